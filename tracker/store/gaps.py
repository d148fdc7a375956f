"""Gaps as rows: the intervals in which a feed was not seen, and whether anything can have been missed in them.

A gap is opened when it begins and closed by the next poll that sees the feed. It is bridged when that poll shows
something of what the feed showed before: then nothing fell out of the document in between. A feed has at most one open
gap, and beside it one open warning that it is silent.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from tracker.models import utc_text
from tracker.store.feeds import as_list

Reason = Literal["overflow", "outage", "error", "paused"]
"""Why a feed was not seen: its window moved on too fast, our connection, its own failure, or nobody polled."""

_NO_LATER = """ON CONFLICT (feed, reason = 'silent') WHERE to_at IS NULL
    DO UPDATE SET from_at = min(from_at, excluded.from_at)"""


def open_for(db: Database, feeds: Iterable[int], reason: Reason, now: datetime) -> None:
    """Open a gap for those of these feeds that have been seen before, from when they were last seen.

    One that is open stays, and begins no later than now, whatever a clock that was ahead noted.
    """
    db.execute(
        f"""INSERT INTO gaps (feed, from_at, reason) SELECT id, min(last_ok_at, ?3), ?1 FROM feeds
        WHERE id IN (SELECT value + 0 FROM json_each(?2)) AND last_ok_at IS NOT NULL {_NO_LATER}""",  # noqa: S608  our own text
        (reason, as_list(map(str, feeds)), utc_text(now)),
    )


def open_for_all(db: Database, reason: Reason, now: datetime) -> None:
    """Open a gap for every feed that is declared and has been seen before, but not just now."""
    unseen = db.query("SELECT id FROM feeds WHERE declared AND last_ok_at <> ?", (utc_text(now),))
    open_for(db, [row["id"] for row in unseen], reason, now)


def close(db: Database, feed: int, now: datetime, *, bridged: bool) -> bool:
    """Close the open gap of a feed that is seen again; returns whether there was one."""
    closed = db.query(
        """UPDATE gaps SET from_at = min(from_at, ?1), to_at = ?1, bridged = ?2
        WHERE feed = ?3 AND to_at IS NULL AND reason != 'silent' RETURNING id""",
        (utc_text(now), bridged, feed),
    )
    return bool(list(closed))


def record(db: Database, feed: int, since: datetime, now: datetime, reason: Reason) -> None:
    """Add a gap that was noticed only at its end."""
    db.execute(
        "INSERT INTO gaps (feed, from_at, to_at, reason) VALUES (?, ?, ?, ?)",
        (feed, utc_text(since), utc_text(now), reason),
    )


def warn_of_silence(db: Database, feed: int, since: datetime) -> None:
    """Note that a feed answers, but has shown nothing new `since` then."""
    db.execute(
        f"INSERT INTO gaps (feed, from_at, reason) VALUES (?, ?, 'silent') {_NO_LATER}",  # noqa: S608  our own text
        (feed, utc_text(since)),
    )


def end_silence(db: Database, feed: int, now: datetime) -> None:
    """A feed shows something new again: its silence, if any, is over, and hid nothing."""
    db.execute(
        "UPDATE gaps SET to_at = ?, bridged = 1 WHERE feed = ? AND to_at IS NULL AND reason = 'silent'",
        (utc_text(now), feed),
    )
