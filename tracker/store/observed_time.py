"""How much of each day a source was observed, as rows, recomputed for what polls and gaps changed since the last scan.

A scan compares feeds and gaps with their state at the last one, not with any clock, and marks from which day on a
source is stale. Call every function inside a transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tracker.analyse.days import day_of, midnight
from tracker.analyse.observation import Watch, observed
from tracker.models import from_utc_text, utc_text
from tracker.store.conditions import OBSERVED, POLLED
from tracker.store.connection import Database

# Feeds polled, first seen or moved to another source since the last scan.
_CHANGED = f"""
SELECT f.id, f.source, f.last_poll_at AS to_at, w.source AS was_source, w.to_at AS was_until,
    coalesce(CASE WHEN w.from_at <= f.last_poll_at THEN w.from_at END, (SELECT min(started_at) FROM polls
        WHERE feed = f.id AND started_at <= f.last_poll_at AND outcome IN {OBSERVED}), f.last_poll_at) AS from_at
FROM feeds AS f LEFT JOIN watches AS w ON w.feed = f.id
WHERE f.last_ok_at IS NOT NULL AND f.{POLLED} AND (w.source, w.to_at) IS NOT (f.source, f.last_poll_at)
"""  # noqa: S608  fixed words

_GAPS = """
SELECT w.source, g.from_at FROM gaps AS g JOIN watches AS w ON w.feed = g.feed
WHERE g.reason != 'silent' AND (g.id > ?1 OR g.id IN (SELECT value FROM json_each(?2)) AND g.to_at IS NOT NULL)
"""

_MISSED = """
SELECT g.feed, g.from_at, g.to_at FROM watches AS w JOIN gaps AS g ON g.feed = w.feed
WHERE w.source = ?1 AND NOT g.bridged AND g.reason != 'silent' AND (g.to_at IS NULL OR g.to_at > ?2)
"""

_STATE = """
SELECT (SELECT max(to_at) FROM watches) AS watched_until, (SELECT coalesce(max(id), 0) FROM gaps) AS last_gap,
    (SELECT json_group_array(id) FROM gaps WHERE to_at IS NULL AND reason != 'silent') AS open_gaps
"""


_EVER = "1000-01-01"  # an early day that has a midnight in every zone


def forget(db: Database) -> None:
    """Mark all observation as stale, as after a change of time zone."""
    db.execute("DELETE FROM watches")
    db.execute("INSERT OR REPLACE INTO stale_sources (source, day) SELECT id, ? FROM sources", (_EVER,))


def scan(db: Database, zone: ZoneInfo) -> None:
    """Mark from which day on the observation of each source is stale."""
    before = dict(next(db.query("SELECT watched_until, last_gap, open_gaps FROM countings")))
    stale = _watch(db, zone)
    for row in db.query(_GAPS, (before["last_gap"], before["open_gaps"])):
        _note(stale, row["source"], _day(row["from_at"], zone))
    after = dict(next(db.query(_STATE)))
    if before["watched_until"] and _day(after["watched_until"], zone) > _day(before["watched_until"], zone):
        last = _day(before["watched_until"], zone)
        for row in db.query("SELECT source FROM watches WHERE to_at >= ?", (utc_text(midnight(last, zone)),)):
            _note(stale, row["source"], last)  # the day has ended, so it now counts in full
    db.conn.executemany(
        "INSERT INTO stale_sources (source, day) VALUES (?, ?) ON CONFLICT DO UPDATE SET day = min(day, excluded.day)",
        [(source, str(day)) for source, day in stale.items()],
    )
    if before != after:
        db.execute(
            "UPDATE countings SET watched_until = :watched_until, last_gap = :last_gap, open_gaps = :open_gaps", after
        )


def recompute(db: Database, zone: ZoneInfo, most: int) -> int:
    """Recompute the observation of stale sources for up to `most` days; return how many were done."""
    done = 0
    horizon = db.execute("SELECT watched_until FROM countings").fetchone()[0]
    while done < most:
        stale = next(db.query("SELECT source, day FROM stale_sources LIMIT 1"), None)
        if stale is None:
            break
        source, since = stale["source"], date.fromisoformat(stale["day"])
        shares: dict[date, float] = {}
        if horizon:
            shares = observed(_watches(db, source, midnight(since, zone)), zone, from_utc_text(horizon), since)
        _keep(db, source, since, {str(day): share for day, share in shares.items()})
        db.execute("DELETE FROM stale_sources WHERE source = ?", (source,))
        done += len(shares) + 1
    return done


def _watch(db: Database, zone: ZoneInfo) -> dict[str, date]:
    """Bring `watches` up to date; return the day from which each affected source is stale."""
    stale: dict[str, date] = {}
    changed = list(db.query(_CHANGED))
    for row in changed:
        moved = row["was_source"] != row["source"]
        since = row["from_at"] if moved else min(row["was_until"], row["to_at"])  # a clock may be set back
        _note(stale, row["source"], _day(since, zone))
        if moved and row["was_source"]:
            _note(stale, row["was_source"], _day(row["from_at"], zone))
    db.conn.executemany(
        """INSERT INTO watches (feed, source, from_at, to_at) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET source = excluded.source, from_at = excluded.from_at, to_at = excluded.to_at""",
        [(row["id"], row["source"], row["from_at"], row["to_at"]) for row in changed],
    )
    return stale


def _note(stale: dict[str, date], source: str, day: date) -> None:
    stale[source] = min(day, stale.get(source, day))


def _watches(db: Database, source: str, since: datetime) -> list[Watch]:
    """Return when the feeds of a source were watched, with their unbridged gaps since `since`."""
    gaps: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for feed, from_at, to_at in db.execute(_MISSED, (source, utc_text(since))):
        gaps[feed].append((from_utc_text(from_at), from_utc_text(to_at) if to_at else None))
    rows = db.execute("SELECT feed, from_at, to_at FROM watches WHERE source = ? ORDER BY feed", (source,))
    return [Watch(from_utc_text(from_at), from_utc_text(to_at), gaps[feed]) for feed, from_at, to_at in rows]


def _keep(db: Database, source: str, since: date, shares: Mapping[str, float]) -> None:
    """Store a source's observed shares from `since` on; only differences are written."""
    rows = db.execute(
        "SELECT day, observed FROM source_days WHERE source = ? AND day >= ? AND observed IS NOT NULL",
        (source, str(since)),
    )
    stored = dict(rows.fetchall())
    db.conn.executemany(
        """INSERT INTO source_days (day, source, observed) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET observed = excluded.observed""",
        [(day, source, share) for day, share in shares.items() if stored.get(day) != share],
    )
    _blank(db, source, stored.keys() - shares.keys())


def _blank(db: Database, source: str, days: Iterable[str]) -> None:
    """Clear the observation of a source that was not watched on these days."""
    for day in days:
        db.execute("UPDATE source_days SET observed = NULL WHERE day = ? AND source = ?", (day, source))
        db.execute("DELETE FROM source_days WHERE day = ? AND source = ? AND articles = 0", (day, source))


def _day(moment: str, zone: ZoneInfo) -> date:
    return day_of(from_utc_text(moment), zone)
