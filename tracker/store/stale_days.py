"""Mark days for recounting, in the same transaction that changes an article's day, relevance or tags."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tracker.analyse.days import day_of
from tracker.models import from_utc_text
from tracker.store.connection import Database
from tracker.store.feeds import as_list

_MOMENTS = """
SELECT published_at AS at FROM articles WHERE id IN (SELECT value + 0 FROM json_each(?1)) AND published_at IS NOT NULL
UNION SELECT first_seen_at FROM articles WHERE id IN (SELECT value + 0 FROM json_each(?1))
AND (published_at IS NULL OR id IN (SELECT value + 0 FROM json_each(?2)))
"""


def counted_zone(db: Database) -> ZoneInfo | None:
    """Return the time zone of the counted days; None when nothing was counted yet, so nothing can be stale."""
    row = db.execute("SELECT zone FROM countings").fetchone()
    return ZoneInfo(row[0]) if row else None


def note(db: Database, moments: Iterable[datetime]) -> None:
    """Mark the days of these moments as stale."""
    found = list(moments)
    zone = counted_zone(db) if found else None
    if zone:
        add(db, {day_of(moment, zone) for moment in found})


def note_articles(db: Database, articles: Iterable[int], dated: Iterable[int] = ()) -> None:
    """Mark the days of these articles as stale; for those just `dated`, also the day they counted on before."""
    just_dated = [*dated]
    ids = [*articles, *just_dated]
    if ids and counted_zone(db) is not None:
        found = db.execute(_MOMENTS, (as_list(map(str, ids)), as_list(map(str, just_dated))))
        note(db, [from_utc_text(row[0]) for row in found])


def add(db: Database, days: Iterable[date]) -> None:
    """Mark these days as stale."""
    db.conn.executemany("INSERT INTO stale_days (day) VALUES (?) ON CONFLICT DO NOTHING", [(str(day),) for day in days])
