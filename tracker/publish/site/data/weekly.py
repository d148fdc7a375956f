"""Relevant articles per week, and whether the feeds were seen in it."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from datasette.database import Database

from tracker.models import utc_text
from tracker.publish.site.data.rows import ask
from tracker.publish.site.weeks import Week

# One short range of the index articles_relevance for each week and topic.
_WEEK_COUNTS = """
SELECT w.key AS week, r.value AS relevance,
    (SELECT count(*) FROM articles WHERE relevance = r.value
     AND published_at >= json_extract(w.value, '$[0]') AND published_at < json_extract(w.value, '$[1]')) AS articles
FROM json_each(:weeks) AS w CROSS JOIN json_each(:relevant) AS r"""

# The time of all feeds, each from the first poll that saw it to its last poll, and how much of it lies in gaps that
# were not bridged. What no feed had begun to watch is in no row. Gaps are few: they are looked through once.
_WEEKS_OBSERVED = """
WITH weeks AS MATERIALIZED (
    SELECT key AS week, json_extract(value, '$[0]') AS from_at, json_extract(value, '$[1]') AS to_at
    FROM json_each(:weeks)
),
watched AS MATERIALIZED (
    SELECT id, last_poll_at AS to_at, (SELECT min(started_at) FROM polls
        WHERE feed = feeds.id AND outcome IN (SELECT value FROM json_each(:observed))) AS from_at
    FROM feeds WHERE last_ok_at IS NOT NULL AND url NOT LIKE 'import:%'
),
spans AS (
    SELECT w.week, f.id AS feed, max(f.from_at, w.from_at) AS from_at, min(f.to_at, w.to_at) AS to_at
    FROM weeks AS w JOIN watched AS f ON f.from_at < w.to_at AND f.to_at >= w.from_at
),
seen AS (SELECT week, sum(unixepoch(to_at) - unixepoch(from_at)) AS seconds FROM spans GROUP BY week),
unbridged AS MATERIALIZED (
    SELECT g.feed, max(g.from_at, f.from_at) AS from_at, min(coalesce(g.to_at, f.to_at), f.to_at) AS to_at
    FROM gaps AS g JOIN watched AS f ON f.id = g.feed WHERE NOT g.bridged AND g.reason != 'silent'
        AND g.from_at < (SELECT max(to_at) FROM weeks) AND coalesce(g.to_at, f.to_at) > (SELECT min(from_at) FROM weeks)
),
missed AS (
    SELECT w.week, sum(unixepoch(min(g.to_at, w.to_at)) - unixepoch(max(g.from_at, w.from_at))) AS seconds
    FROM unbridged AS g JOIN weeks AS w ON g.from_at < w.to_at AND g.to_at > w.from_at AND g.from_at < g.to_at
    GROUP BY w.week
)
SELECT week, coalesce(missed.seconds, 0) * 2 <= seen.seconds AS observed FROM seen LEFT JOIN missed USING (week)"""


@dataclass(frozen=True, slots=True)
class Recent:
    """Articles published in an interval: all that carry a topic, and those that carry both."""

    relevant: int
    both: int


@dataclass(frozen=True, slots=True)
class WeekCount:
    """Relevant articles published in a week; when it was not observed the counts are only what is known."""

    week: Week
    both: int
    encryption: int
    child_safety: int
    observed: bool

    @property
    def total(self) -> int:
        """All relevant articles of the week."""
        return self.both + self.encryption + self.child_safety


async def week_counts(db: Database, weeks: Sequence[Week]) -> tuple[WeekCount, ...]:
    """The relevant articles published in each week, and whether the feeds were seen for half of it or more."""
    spans = json.dumps([[utc_text(week.from_at), utc_text(week.to_at)] for week in weeks])
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for row in await ask(db, _WEEK_COUNTS, weeks=spans):
        counts[row["week"]][row["relevance"]] = row["articles"]
    observed = {row["week"] for row in await ask(db, _WEEKS_OBSERVED, weeks=spans) if row["observed"]}
    return tuple(
        WeekCount(week, found["both"], found["encryption"], found["child-safety"], number in observed)
        for number, week in enumerate(weeks)
        if (found := counts[number])
    )


async def recent(db: Database, since: datetime, until: datetime) -> Recent:
    """The relevant articles published from `since` until before `until`."""
    spans = json.dumps([[utc_text(since), utc_text(until)]])
    found = {row["relevance"]: row["articles"] for row in await ask(db, _WEEK_COUNTS, weeks=spans)}
    return Recent(relevant=sum(found.values()), both=found["both"])
