"""Figures for whoever watches over the site's process: each from an index or a small table, in milliseconds."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tracker.models import from_utc_text, utc_text
from tracker.publish.site.data.connection import Wrong, connected

_DAY = timedelta(days=1)

# Articles are never deleted, so the last number is how many there are; to count them would read an index whole.
_FIGURES = """
SELECT (SELECT max(last_poll_at) FROM feeds) AS last_poll_at,
    (SELECT max(last_ok_at) FROM feeds) AS last_ok_at,
    (SELECT count(*) FROM feeds WHERE declared AND url NOT LIKE 'import:%'
        AND (next_poll_at IS NULL OR next_poll_at <= :now)) AS due,
    (SELECT max(id) FROM articles) AS articles,
    (SELECT count(*) FROM articles WHERE story IS NULL) AS ungrouped"""

_HEALTH = "SELECT health, count(*) FROM feed_health GROUP BY health"

_OUTCOMES = "SELECT outcome, count(*) FROM polls WHERE started_at > :since GROUP BY outcome"


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the process that polls is doing; times are None where it has not come to that yet, sizes are in bytes."""

    last_poll: datetime | None
    last_ok: datetime | None
    due: int
    articles: int
    ungrouped: int
    health: Mapping[str, int]
    outcomes: Mapping[str, int]
    database: int
    log: int


def vitals(path: Path, now: datetime) -> Vitals | None:
    """The figures as they are; the outcomes are those of the last day. None when the database cannot be read."""
    try:
        with closing(connected(path)) as db:
            ((last_poll, last_ok, due, articles, ungrouped),) = db.execute(_FIGURES, {"now": utc_text(now)})
            return Vitals(
                from_utc_text(last_poll) if last_poll else None,
                from_utc_text(last_ok) if last_ok else None,
                due,
                articles or 0,
                ungrouped,
                dict(db.execute(_HEALTH).fetchall()),
                dict(db.execute(_OUTCOMES, {"since": utc_text(now - _DAY)}).fetchall()),
                path.stat().st_size,
                _size(path.with_name(f"{path.name}-wal")),
            )
    except (Wrong, OSError):
        return None


def readable(path: Path) -> bool:
    """Whether the database, opened anew, can be read."""
    try:
        with closing(connected(path)) as db:
            db.execute("SELECT id FROM feeds LIMIT 1").fetchall()
    except Wrong:
        return False
    return True


def _size(path: Path) -> int:
    """The size of a file; 0 where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
