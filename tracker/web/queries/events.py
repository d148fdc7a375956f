"""The policy timeline of a law, and how much was written before and after each of its events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from datasette.database import Database

from tracker.web.queries.rows import ask

_DAYS = 7

# A week counts as seen when half of what was watched in it was.
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
    """An event, and the articles with its tag in the seven days before and from its day on; None where nobody saw."""

    day: date
    title: str
    url: str
    before: int | None
    after: int | None


async def events(db: Database, tag: str, today: date) -> tuple[EventCoverage, ...]:
    """What happened to a law, the latest first; what lies ahead has no numbers yet."""
    back, on = f"-{_DAYS} days", f"+{_DAYS} days"
    return tuple(_told(row, today) for row in await ask(db, _EVENTS, tag=tag, back=back, on=on))


def _told(row: Mapping[str, Any], today: date) -> EventCoverage:
    day = date.fromisoformat(row["day"])
    before = row["before"] if day <= today and (row["seen_before"] or 0) >= 0.5 else None
    ended = day + timedelta(days=_DAYS) <= today + timedelta(days=1)
    after = row["after"] if ended and (row["seen_after"] or 0) >= 0.5 else None
    return EventCoverage(day, row["title"], row["url"], before, after)
