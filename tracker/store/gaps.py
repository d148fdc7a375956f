"""Gaps as rows: intervals in which a feed was not observed, and whether entries may have been missed.

A gap is closed by the next poll that reads the feed. It is bridged if that poll shows something the feed showed before:
then nothing dropped out of the document unseen. A feed has at most one open gap, plus one open warning that it is
silent.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from tracker.models import utc_text
from tracker.store.connection import Database
from tracker.store.feeds import as_list

Reason = Literal["overflow", "outage", "error", "paused"]
"""Why a feed was not observed: its window moved on too fast, our connection, its own failure, or nobody polled."""

_NO_LATER = """ON CONFLICT (feed, reason = 'silent') WHERE to_at IS NULL
    DO UPDATE SET from_at = min(from_at, excluded.from_at)"""


def open_for(db: Database, feeds: Iterable[int], reason: Reason, now: datetime) -> None:
    """Open a gap for those of these feeds seen before, starting when they were last seen.

    An open gap stays, and starts no later than now, whatever a clock that was ahead wrote.
    """
    db.execute(
        f"""INSERT INTO gaps (feed, from_at, reason) SELECT id, min(last_ok_at, ?3), ?1 FROM feeds
        WHERE id IN (SELECT value + 0 FROM json_each(?2)) AND last_ok_at IS NOT NULL {_NO_LATER}""",  # noqa: S608  our own text
        (reason, as_list(map(str, feeds)), utc_text(now)),
    )


def open_for_all(db: Database, reason: Reason, now: datetime) -> None:
    """Open a gap for every declared feed that was seen before, but not just now."""
    unseen = db.query("SELECT id FROM feeds WHERE declared AND last_ok_at <> ?", (utc_text(now),))
    open_for(db, [row["id"] for row in unseen], reason, now)


def close(db: Database, feed: int, now: datetime, *, bridged: bool) -> bool:
    """Close the open gap of a feed that is read again; return whether there was one."""
    closed = db.query(
        """UPDATE gaps SET from_at = min(from_at, ?1), to_at = ?1, bridged = ?2
        WHERE feed = ?3 AND to_at IS NULL AND reason != 'silent' RETURNING id""",
        (utc_text(now), bridged, feed),
    )
    return bool(list(closed))


def record(db: Database, feed: int, since: datetime, now: datetime, reason: Reason) -> None:
    """Insert a gap noticed only at its end."""
    db.execute(
        "INSERT INTO gaps (feed, from_at, to_at, reason) VALUES (?, ?, ?, ?)",
        (feed, utc_text(since), utc_text(now), reason),
    )


def warn_of_silence(db: Database, feed: int, since: datetime) -> None:
    """Record that a feed answers but has shown nothing new since `since`."""
    db.execute(
        f"INSERT INTO gaps (feed, from_at, reason) VALUES (?, ?, 'silent') {_NO_LATER}",  # noqa: S608  our own text
        (feed, utc_text(since)),
    )


def end_silence(db: Database, feed: int, now: datetime) -> None:
    """End a feed's silence, if any: it shows something new, and nothing was missed."""
    db.execute(
        "UPDATE gaps SET to_at = ?, bridged = 1 WHERE feed = ? AND to_at IS NULL AND reason = 'silent'",
        (utc_text(now), feed),
    )
