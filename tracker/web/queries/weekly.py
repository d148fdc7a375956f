"""Relevant articles per week, and whether the feeds were seen in it.

An article counts when it was published, or where it has no date when it was first seen, as in all counts.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from datasette.database import Database

from tracker.models import utc_text
from tracker.web.calendar import Span
from tracker.web.queries.attention import spans
from tracker.web.queries.rows import ask

# One short range of the index articles_relevance for each week and topic, and one of articles_undated.
_WEEK_COUNTS = """
SELECT w.key AS week, r.value AS relevance,
    (SELECT count(*) FROM articles WHERE relevance = r.value
     AND published_at >= json_extract(w.value, '$[0]') AND published_at < json_extract(w.value, '$[1]'))
    + (SELECT count(*) FROM articles INDEXED BY articles_undated WHERE published_at IS NULL AND relevance = r.value
     AND first_seen_at >= json_extract(w.value, '$[0]') AND first_seen_at < json_extract(w.value, '$[1]')) AS articles
FROM json_each(:weeks) AS w CROSS JOIN json_each(:relevant) AS r"""

# Of all sources that were watched, the mean of what was seen of each day.
_WEEKS_OBSERVED = """
SELECT w.key AS week, sum(d.seen) / nullif(sum(d.watched), 0) >= 0.5 AS observed
FROM json_each(:weeks) AS w CROSS JOIN days AS d ON d.day BETWEEN w.value ->> 0 AND w.value ->> 1
GROUP BY w.key"""


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
    moments = json.dumps([[utc_text(week.from_at), utc_text(week.to_at)] for week in weeks])
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for row in await ask(db, _WEEK_COUNTS, weeks=moments):
        counts[row["week"]][row["relevance"]] = row["articles"]
    observed = {row["week"] for row in await ask(db, _WEEKS_OBSERVED, weeks=spans(weeks)) if row["observed"]}
    return tuple(
        SpanCount(week, found["both"], found["encryption"], found["child-safety"], number in observed)
        for number, week in enumerate(weeks)
        if (found := counts[number])
    )


async def recent(db: Database, since: datetime, until: datetime) -> Recent:
    """The relevant articles published from `since` until before `until`."""
    moments = json.dumps([[utc_text(since), utc_text(until)]])
    found = {row["relevance"]: row["articles"] for row in await ask(db, _WEEK_COUNTS, weeks=moments)}
    return Recent(relevant=sum(found.values()), both=found["both"])
