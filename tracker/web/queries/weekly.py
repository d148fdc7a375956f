"""Count relevant articles per week, and whether the feeds were observed.

An article counts when it was published, or first seen if undated, as in all counts.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from datasette.database import Database

from tracker.analyse.observation import ENOUGH
from tracker.models import BOTH, Relevance, utc_text
from tracker.store.conditions import RELEVANCES
from tracker.web.calendar import Span
from tracker.web.queries.attention import spans
from tracker.web.queries.rows import ask

# One short range of the index articles_relevant for each week and topic, and one of articles_undated.
_WEEK_COUNTS = f"""
SELECT w.key AS week, r.value AS relevance,
    (SELECT count(*) FROM articles WHERE relevance = r.value
     AND published_at >= json_extract(w.value, '$[0]') AND published_at < json_extract(w.value, '$[1]'))
    + (SELECT count(*) FROM articles INDEXED BY articles_undated WHERE published_at IS NULL AND relevance = r.value
     AND first_seen_at >= json_extract(w.value, '$[0]') AND first_seen_at < json_extract(w.value, '$[1]')) AS articles
FROM json_each(:weeks) AS w CROSS JOIN {RELEVANCES} AS r"""  # noqa: S608  our own text

# The mean over all watched sources of what was seen of each day.
_WEEKS_OBSERVED = f"""
SELECT w.key AS week, sum(d.seen) / nullif(sum(d.watched), 0) >= {ENOUGH} AS observed
FROM json_each(:weeks) AS w CROSS JOIN days AS d ON d.day BETWEEN w.value ->> 0 AND w.value ->> 1
GROUP BY w.key"""  # noqa: S608  our own number


@dataclass(frozen=True, slots=True)
class Recent:
    """Articles published in an interval: relevant ones, and those on both topics."""

    relevant: int
    both: int


@dataclass(frozen=True, slots=True)
class SpanCount:
    """Relevant articles published in a week; only what is known if the week was not observed."""

    span: Span
    counts: Mapping[Relevance, int]
    observed: bool

    @property
    def total(self) -> int:
        """All relevant articles of the week."""
        return sum(self.counts.values())


async def week_counts(db: Database, weeks: Sequence[Span]) -> tuple[SpanCount, ...]:
    """Return the relevant articles of each week, and whether the feeds were seen for at least half of it."""
    moments = json.dumps([[utc_text(week.from_at), utc_text(week.to_at)] for week in weeks])
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for row in await ask(db, _WEEK_COUNTS, weeks=moments):
        counts[row["week"]][row["relevance"]] = row["articles"]
    seen = await observed(db, weeks)
    return tuple(SpanCount(week, counts[number], seen[number]) for number, week in enumerate(weeks))


async def observed(db: Database, weeks: Sequence[Span]) -> list[bool]:
    """Return for each week whether the feeds were seen for at least half of it."""
    seen = {row["week"] for row in await ask(db, _WEEKS_OBSERVED, weeks=spans(weeks)) if row["observed"]}
    return [number in seen for number in range(len(weeks))]


async def recent(db: Database, since: datetime, until: datetime) -> Recent:
    """Return the relevant articles published from `since` until before `until`."""
    moments = json.dumps([[utc_text(since), utc_text(until)]])
    found = {row["relevance"]: row["articles"] for row in await ask(db, _WEEK_COUNTS, weeks=moments)}
    return Recent(relevant=sum(found.values()), both=found[BOTH])
