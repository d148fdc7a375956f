"""Read what was not observed in a period and which feeds need attention: the blind spots that a digest reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tracker.analyse.observation import ENOUGH
from tracker.models import from_utc_text, utc_text
from tracker.store.conditions import POLLED
from tracker.store.database import Database

_SEEN = """
SELECT sum(seen) / nullif(sum(watched), 0) AS seen, count(*) AS days FROM days
WHERE day BETWEEN :first AND :last AND watched > 0"""

_UNTIL = "SELECT max(started_at) AS at FROM polls WHERE started_at < :until"

_GAPS = f"""
SELECT s.name AS source, g.from_at, g.to_at, g.reason FROM gaps AS g JOIN feeds AS f ON f.id = g.feed
    JOIN sources AS s ON s.id = f.source
WHERE NOT g.bridged AND g.reason <> 'silent' AND g.from_at < :until AND coalesce(g.to_at, '9999') > :since
    AND f.declared AND f.{POLLED}
ORDER BY g.from_at, s.name COLLATE NOCASE, f.id"""  # noqa: S608  our own text

_TROUBLED = """
SELECT source, health, why FROM feed_health WHERE health IN ('failing', 'gone', 'flooding', 'silent')
ORDER BY health, source COLLATE NOCASE, url"""


@dataclass(frozen=True, slots=True)
class Seen:
    """How much of a period was seen: `share` of the time of all feeds together, None when none was watched.

    `until` is the last poll before its end, None when there was none; `days` counts its days with any feed watched.
    """

    share: float | None
    days: int
    until: datetime | None

    @property
    def enough(self) -> bool:
        """Whether at least half of it was observed, so that its counts are comparable."""
        return self.share is not None and self.share >= ENOUGH


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which entries of a feed may have been missed; the end is None while it is open."""

    source: str
    from_at: datetime
    to_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Troubled:
    """A feed that fails, is gone, floods, or answers and shows nothing new; `why` in a sentence."""

    source: str
    health: str
    why: str


def seen(db: Database, days: tuple[date, date], until: datetime) -> Seen:
    """Return how much was seen from the first to the last day, which ends at `until`."""
    row = next(db.query(_SEEN, {"first": str(days[0]), "last": str(days[1])}))
    last = next(db.query(_UNTIL, {"until": utc_text(until)}))["at"]
    whole = (days[1] - days[0]).days + 1
    share = None if row["seen"] is None else row["seen"] * row["days"] / whole
    return Seen(share, row["days"], from_utc_text(last) if last else None)


def gaps(db: Database, since: datetime, until: datetime) -> tuple[Gap, ...]:
    """Return the gaps in this time, even partly, of the feeds in feeds.yaml."""
    return tuple(_gap(row) for row in db.query(_GAPS, {"since": utc_text(since), "until": utc_text(until)}))


def troubled(db: Database) -> Sequence[Troubled]:
    """Return the feeds of feeds.yaml that need attention now."""
    return tuple(Troubled(**row) for row in db.query(_TROUBLED))


def _gap(row: dict[str, Any]) -> Gap:
    to_at = from_utc_text(row["to_at"]) if row["to_at"] else None
    return Gap(row["source"], from_utc_text(row["from_at"]), to_at, row["reason"])
