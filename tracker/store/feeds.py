"""Sources, feeds and polls as rows: what is declared, what is due, and what each poll left."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from tracker.models import Feed, FeedState, Poll, Source, Validators, from_utc_text, utc_text

IMPORT = "import:"
"""The address of the feed under which articles imported for a source are seen; it is never polled."""

_STATE = """
SELECT f.*, s.language FROM feeds AS f JOIN sources AS s ON s.id = f.source
WHERE f.declared AND f.url NOT LIKE 'import:%'
"""


def declare(db: Database, sources: Iterable[Source], feeds: Iterable[Feed]) -> None:
    """Make sources and feeds those of feeds.yaml; what is no longer there stays, marked as not declared.

    For use inside a transaction.
    """
    for table in ("sources", "feeds"):
        db.execute(f"UPDATE {table} SET declared = 0 WHERE declared")  # noqa: S608  two fixed names
    db.conn.executemany(
        """INSERT INTO sources (id, name, family, kind, country, language) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, family = excluded.family, kind = excluded.kind,
        country = excluded.country, language = excluded.language, declared = 1""",
        [(s.id, s.name, s.family, s.kind, s.country, s.language) for s in sources],
    )
    db.conn.executemany(
        """INSERT INTO feeds (url, source, every_seconds) VALUES (?, ?, ?)
        ON CONFLICT (url) DO UPDATE SET source = excluded.source, every_seconds = excluded.every_seconds,
        declared = 1""",
        [(f.url, f.source, int(f.every.total_seconds()) if f.every else None) for f in feeds],
    )


def import_feed(db: Database, source: Source) -> FeedState:
    """The feed under which imported articles of a source are seen; made, with its source, if need be."""
    db.execute(
        "INSERT INTO sources (id, name, family, declared) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING",
        (source.id, source.name, source.family),
    )
    url = IMPORT + source.id
    db.execute("INSERT INTO feeds (url, source, declared) VALUES (?, ?, 0) ON CONFLICT DO NOTHING", (url, source.id))
    row = next(db.query("SELECT f.*, s.language FROM feeds f JOIN sources s ON s.id = source WHERE url = ?", (url,)))
    return _state(row)


def due(db: Database, now: datetime) -> list[FeedState]:
    """The declared feeds whose time has come, longest overdue first; those never polled come first of all."""
    rows = db.query(
        _STATE + "AND (next_poll_at IS NULL OR next_poll_at <= ?) ORDER BY next_poll_at, f.id", (utc_text(now),)
    )
    return [_state(row) for row in rows]


def declared(db: Database) -> list[FeedState]:
    """All declared feeds, in the order in which they were first declared."""
    return [_state(row) for row in db.query(_STATE + "ORDER BY f.id")]


def record_poll(db: Database, feed: int, poll: Poll, charged: float, now: datetime) -> None:
    """Add a poll's row; `charged` is what it added to the feed's failures."""
    db.execute(
        """INSERT INTO polls (feed, started_at, outcome, status, bytes, ms, entries, new, updated, skipped, overlap,
        charged, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            feed,
            utc_text(now),
            poll.outcome.value,
            poll.status,
            poll.size,
            round(poll.elapsed / timedelta(milliseconds=1)),
            poll.entries,
            poll.new,
            poll.updated,
            poll.skipped,
            poll.overlap,
            charged,
            poll.error,
        ),
    )


def record_state(db: Database, state: FeedState, poll: Poll, now: datetime) -> None:
    """Make `state` what the next poll of the feed starts from, after `poll` at `now`."""
    db.execute(
        """UPDATE feeds SET etag = :etag, last_modified = :last_modified, body_sha256 = :body, moved_to = :moved,
        failures = :failures, next_poll_at = :next, last_poll_at = :now, last_outcome = :outcome, last_error = :error,
        last_ok_at = CASE WHEN :observed THEN :now ELSE last_ok_at END,
        last_new_at = CASE WHEN :new THEN :now ELSE last_new_at END WHERE id = :id""",
        {
            "id": state.id,
            "etag": state.validators.etag,
            "last_modified": state.validators.last_modified,
            "body": state.body_sha256,
            "moved": state.moved_to,
            "failures": state.failures,
            "next": utc_text(state.next_poll_at) if state.next_poll_at else None,
            "now": utc_text(now),
            "outcome": poll.outcome.value,
            "error": poll.error,
            "observed": poll.outcome.observed,
            "new": poll.new > 0,
        },
    )


def open_gap(db: Database, state: FeedState, reason: str, now: datetime) -> None:
    """Record that between the last poll that saw the feed and now entries may have been missed."""
    if state.last_ok_at is not None:
        db.execute(
            "INSERT INTO gaps (feed, from_at, to_at, reason) VALUES (?, ?, ?, ?)",
            (state.id, utc_text(state.last_ok_at), utc_text(now), reason),
        )


def select(states: Sequence[FeedState], names: Sequence[str]) -> list[FeedState]:
    """The feeds that names mean: a feed's address or a source's id."""
    return [state for state in states if state.feed.url in names or state.feed.source in names]


def as_list(values: Iterable[str]) -> str:
    """Values as one JSON parameter for `IN (SELECT value FROM json_each(?))`."""
    return json.dumps(list(values))


def _state(row: dict[str, Any]) -> FeedState:
    every = row["every_seconds"]
    return FeedState(
        id=row["id"],
        feed=Feed(row["url"], row["source"], timedelta(seconds=every) if every else None),
        language=row["language"],
        validators=Validators(row["etag"], row["last_modified"]),
        body_sha256=row["body_sha256"],
        moved_to=row["moved_to"],
        failures=row["failures"],
        next_poll_at=_moment(row["next_poll_at"]),
        last_ok_at=_moment(row["last_ok_at"]),
    )


def _moment(text: str | None) -> datetime | None:
    return from_utc_text(text) if text else None
