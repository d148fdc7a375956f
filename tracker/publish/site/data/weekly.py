"""Relevant articles per week, and whether the feeds were seen in it."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from datasette.database import Database

from tracker.models import utc_text
from tracker.publish.site.data.rows import ask
from tracker.publish.site.weeks import Span

# One short range of the index articles_relevance for each week and topic.
_WEEK_COUNTS = """
SELECT w.key AS week, r.value AS relevance,
    (SELECT count(*) FROM articles WHERE relevance = r.value
     AND published_at >= json_extract(w.value, '$[0]') AND published_at < json_extract(w.value, '$[1]')) AS articles
FROM json_each(:weeks) AS w CROSS JOIN json_each(:relevant) AS r"""

# The time of all feeds, each from the first poll that saw it to its last poll, and how much of it lies in gaps that
# were not bridged. What no feed had begun to watch is in no row.
_WEEKS_OBSERVED = """
WITH watched AS MATERIALIZED (
    SELECT id, last_poll_at AS to_at, (SELECT min(started_at) FROM polls
        WHERE feed = feeds.id AND outcome IN (SELECT value FROM json_each(:observed))) AS from_at
    FROM feeds WHERE last_ok_at IS NOT NULL AND url NOT LIKE 'import:%'
),
spans AS (
    SELECT w.key AS week, f.id AS feed, max(f.from_at, json_extract(w.value, '$[0]')) AS from_at,
        min(f.to_at, json_extract(w.value, '$[1]')) AS to_at
    FROM json_each(:weeks) AS w JOIN watched AS f
    ON f.from_at < json_extract(w.value, '$[1]') AND f.to_at >= json_extract(w.value, '$[0]')
),
seen AS (
    SELECT week, unixepoch(s.to_at) - unixepoch(s.from_at) AS seconds, (
        SELECT coalesce(sum(unixepoch(min(coalesce(to_at, s.to_at), s.to_at)) - unixepoch(max(from_at, s.from_at))), 0)
        FROM gaps WHERE feed = s.feed AND NOT bridged AND reason != 'silent'
            AND from_at < s.to_at AND coalesce(to_at, s.to_at) > s.from_at) AS missed
    FROM spans AS s
)
SELECT week, sum(missed) * 2 <= sum(seconds) AS observed FROM seen GROUP BY week"""


@dataclass(frozen=True, slots=True)
class Recent:
    """Articles published in an interval: all that carry a topic, and those that carry both."""

    relevant: int
    both: int


@dataclass(frozen=True, slots=True)
class SpanCount:
    """Relevant articles published in a week; when it was not observed the counts are only what is known."""

    span: Span
    both: int
    encryption: int
    child_safety: int
    observed: bool

    @property
    def total(self) -> int:
        """All relevant articles of the week."""
        return self.both + self.encryption + self.child_safety


async def week_counts(db: Database, weeks: Sequence[Span]) -> tuple[SpanCount, ...]:
    """The relevant articles published in each week, and whether the feeds were seen for half of it or more."""
    spans = json.dumps([[utc_text(week.from_at), utc_text(week.to_at)] for week in weeks])
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for row in await ask(db, _WEEK_COUNTS, weeks=spans):
        counts[row["week"]][row["relevance"]] = row["articles"]
    observed = {row["week"] for row in await ask(db, _WEEKS_OBSERVED, weeks=spans) if row["observed"]}
    return tuple(
        SpanCount(week, found["both"], found["encryption"], found["child-safety"], number in observed)
        for number, week in enumerate(weeks)
        if (found := counts[number])
    )


async def recent(db: Database, since: datetime, until: datetime) -> Recent:
    """The relevant articles published from `since` until before `until`."""
    spans = json.dumps([[utc_text(since), utc_text(until)]])
    found = {row["relevance"]: row["articles"] for row in await ask(db, _WEEK_COUNTS, weeks=spans)}
    return Recent(relevant=sum(found.values()), both=found["both"])
