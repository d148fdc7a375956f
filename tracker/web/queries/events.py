"""Read the policy timeline of a law, and the coverage before and after each event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from datasette.database import Database

from tracker.web.queries.rows import ask

_DAYS = 7

# A week counts as seen if at least half of what was watched was seen.
_EVENTS = """
SELECT e.day, e.title, e.url,
    (SELECT coalesce(sum(articles), 0) FROM tag_days WHERE tag = :tag AND day >= date(e.day, :back) AND day < e.day)
        AS before,
    (SELECT coalesce(sum(articles), 0) FROM tag_days WHERE tag = :tag AND day >= e.day AND day < date(e.day, :on))
        AS after,
    (SELECT sum(seen) / nullif(sum(watched), 0) FROM days WHERE day >= date(e.day, :back) AND day < e.day)
        AS seen_before,
    (SELECT sum(seen) / nullif(sum(watched), 0) FROM days WHERE day >= e.day AND day < date(e.day, :on))
        AS seen_after
FROM events AS e WHERE e.tag = :tag ORDER BY e.day DESC"""


@dataclass(frozen=True, slots=True)
class EventCoverage:
    """An event, and articles with its tag in the seven days before and from its day on; None if not observed."""

    day: date
    title: str
    url: str
    before: int | None
    after: int | None


async def events(db: Database, tag: str, today: date) -> tuple[EventCoverage, ...]:
    """Return the events of a law, latest first; those ahead have no counts yet."""
    back, on = f"-{_DAYS} days", f"+{_DAYS} days"
    return tuple(_event_coverage(row, today) for row in await ask(db, _EVENTS, tag=tag, back=back, on=on))


def _event_coverage(row: Mapping[str, Any], today: date) -> EventCoverage:
    day = date.fromisoformat(row["day"])
    before = row["before"] if day <= today and (row["seen_before"] or 0) >= 0.5 else None
    ended = day + timedelta(days=_DAYS) <= today + timedelta(days=1)
    after = row["after"] if ended and (row["seen_after"] or 0) >= 0.5 else None
    return EventCoverage(day, row["title"], row["url"], before, after)
