"""Feeds, polls and the policy timeline as rows: what is declared, which feeds are due, and what each poll left."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from tracker.analyse.timeline import Event
from tracker.analyse.urls import host
from tracker.models import (
    NEW_PER_DAY,
    Feed,
    FeedState,
    Poll,
    Rhythm,
    Source,
    Validators,
    from_utc_text,
    utc_text,
)
from tracker.outcomes import Outcome
from tracker.store import sources
from tracker.store.conditions import IMPORT, POLLED, UNREACHABLE
from tracker.store.connection import Database

FURTHEST = timedelta(days=31)
"""No rule schedules a poll further ahead; a later time was written by a wrong clock."""

_SKEW = timedelta(minutes=10)
"""How far ahead of the clock a recorded poll may be: clocks are set back by seconds and minutes all the time."""

AHEAD = "(next_poll_at > :furthest OR last_poll_at > :latest)"
"""Condition: the feed's times were written by a clock that was ahead, so it is due now; parameters from `moments`."""

DUE = f"(next_poll_at IS NULL OR next_poll_at <= :now OR {AHEAD})"
"""Condition: the feed is due; parameters from `moments`."""

_STATE = f"""
SELECT f.*, s.language, s.kind FROM feeds AS f JOIN sources AS s ON s.id = f.source
WHERE f.declared AND f.{POLLED}
"""  # noqa: S608  our own text


def declare(db: Database, declared_sources: Iterable[Source], feeds: Iterable[Feed]) -> None:
    """Make sources and feeds those of feeds.yaml; ones no longer listed stay, marked as undeclared.

    Call inside a transaction.
    """
    found = [*declared_sources]
    sources.declare(db, found)
    db.execute("UPDATE feeds SET declared = 0 WHERE declared")
    db.conn.executemany(
        """INSERT INTO feeds (url, source, every_seconds, new_per_day) VALUES (?, ?, ?, ?)
        ON CONFLICT (url) DO UPDATE SET source = excluded.source, every_seconds = excluded.every_seconds,
        new_per_day = excluded.new_per_day, declared = 1""",
        [(f.url, f.source, int(f.every.total_seconds()) if f.every else None, f.new_per_day) for f in feeds],
    )
    sources.place(db, found)


def declare_events(db: Database, events: Iterable[Event]) -> None:
    """Replace the timeline by these events, one per day and title; write nothing if it is unchanged.

    Call inside a transaction.
    """
    wanted = {(str(event.day), event.title): (event.url, event.tag) for event in events}
    stored = {(row[0], row[1]): (row[2], row[3]) for row in db.execute("SELECT day, title, url, tag FROM events")}
    if wanted == stored:
        return
    db.execute("DELETE FROM events")
    db.conn.executemany(
        "INSERT INTO events (day, title, url, tag) VALUES (?, ?, ?, ?)",
        [(*key, *value) for key, value in sorted(wanted.items())],
    )


def import_feed(db: Database, source: str) -> FeedState:
    """Return the feed under which a source's imported articles are sighted, creating it if needed."""
    url = IMPORT + source
    db.execute("INSERT INTO feeds (url, source, declared) VALUES (?, ?, 0) ON CONFLICT DO NOTHING", (url, source))
    query = "SELECT f.*, s.language, s.kind FROM feeds AS f JOIN sources AS s ON s.id = f.source WHERE f.url = ?"
    return _state(next(db.query(query, (url,))))


def moments(now: datetime) -> dict[str, str]:
    """Return the parameters of AHEAD and DUE."""
    return {"now": utc_text(now), "furthest": utc_text(now + FURTHEST), "latest": utc_text(now + _SKEW)}


def due(db: Database, now: datetime) -> list[FeedState]:
    """Return the declared feeds that are due, never polled ones first, then the longest overdue.

    Those put off in an outage come before those polled during it.
    """
    rows = db.query(f"{_STATE} AND {DUE} ORDER BY next_poll_at, last_poll_at, f.id", moments(now))
    return [_state(row) for row in rows]


def declared(db: Database) -> list[FeedState]:
    """Return all declared feeds, in the order of first declaration."""
    return [_state(row) for row in db.query(_STATE + "ORDER BY f.id")]


def first_and_last_poll(db: Database, url: str) -> tuple[datetime, datetime] | None:
    """Return when a feed was polled first and last; None if never."""
    query = "SELECT min(started_at), max(started_at) FROM polls WHERE feed = (SELECT id FROM feeds WHERE url = ?)"
    first, last = db.execute(query, (url,)).fetchone()
    return (from_utc_text(first), from_utc_text(last)) if first else None


def record_poll(db: Database, feed: int, poll: Poll, charged: float, now: datetime) -> None:
    """Insert a poll; `charged` is what it added to the feed's failures."""
    db.execute(
        """INSERT INTO polls (feed, started_at, outcome, status, host, requests, bytes, ms, entries, new, updated,
        skipped, left_out, changes_left_out, overlap, charged, error)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            feed,
            utc_text(now),
            poll.outcome.value,
            poll.status,
            poll.host,
            poll.requests,
            poll.size,
            round(poll.elapsed / timedelta(milliseconds=1)),
            poll.entries,
            poll.new,
            poll.updated,
            poll.skipped,
            poll.left_out,
            poll.changes_left_out,
            poll.overlap,
            charged,
            poll.error,
        ),
    )


def record_state(db: Database, state: FeedState, poll: Poll, now: datetime) -> None:
    """Store `state`, from which the next poll of the feed starts, after `poll` at `now`."""
    rhythm = state.rhythm
    db.execute(
        """UPDATE feeds SET etag = ?, last_modified = ?, body_sha256 = ?, moved_to = ?, failures = ?,
        next_poll_at = ?, last_ok_at = ?, last_new_at = ?, full_at = ?, per_day = ?, usual_seconds = ?,
        stated_seconds = ?, shown = ?, unconditional = ?, last_poll_at = ?, last_outcome = ?, last_error = ?
        WHERE id = ?""",
        (
            state.validators.etag,
            state.validators.last_modified,
            state.body_sha256,
            state.moved_to,
            state.failures,
            _text(state.next_poll_at),
            _text(state.last_ok_at),
            _text(state.last_new_at),
            _text(state.full_at),
            rhythm.per_day,
            _seconds(rhythm.usual),
            _seconds(rhythm.stated),
            json.dumps(state.shown),
            state.unconditional,
            utc_text(now),
            poll.outcome.value,
            poll.error,
            state.id,
        ),
    )


def postpone(db: Database, feeds: Iterable[int], at: datetime) -> None:
    """Schedule the next poll of these feeds at `at`, without polling them."""
    db.execute(
        "UPDATE feeds SET next_poll_at = ? WHERE id IN (SELECT value + 0 FROM json_each(?))",
        (utc_text(at), as_list(map(str, feeds))),
    )


def postpone_host(db: Database, name: str, until: datetime) -> None:
    """Poll no feed of this host before `until`."""
    states = [state for state in declared(db) if host(state.address) == name]
    postpone(db, [one.id for one in states if one.next_poll_at is None or one.next_poll_at < until], until)


def silent_polls(db: Database, since: datetime, now: datetime) -> list[tuple[int, int, str, float]]:
    """Return the polls since `since` that reached no host, with no host reached after them.

    Each is (poll, feed, host, charged); feeds that had been failing before are left out.
    """
    rows = db.query(
        f"""SELECT id, feed, host, charged FROM polls
        WHERE started_at BETWEEN ?1 AND ?2 AND requests = 0 AND outcome IN {UNREACHABLE}
        AND id > coalesce((SELECT max(id) FROM polls
            WHERE started_at BETWEEN ?1 AND ?2 AND outcome != '{Outcome.IMPORTED}'
            AND (requests > 0 OR outcome NOT IN {UNREACHABLE})), 0)
        AND (SELECT failures FROM feeds WHERE feeds.id = feed) < 2""",  # noqa: S608  fixed words
        (utc_text(since), utc_text(now)),
    )
    return [(row["id"], row["feed"], row["host"], row["charged"]) for row in rows]


def refund(db: Database, polls: Iterable[tuple[int, int, str, float]]) -> None:
    """Take back what was charged for polls returned by silent_polls()."""
    for poll, feed, _, charged in polls:
        db.execute("UPDATE polls SET charged = 0 WHERE id = ?", (poll,))
        db.execute("UPDATE feeds SET failures = max(0.0, failures - ?) WHERE id = ?", (charged, feed))


def select(states: Sequence[FeedState], names: Sequence[str]) -> list[FeedState]:
    """Return the feeds named by URL or by source id."""
    return [state for state in states if state.feed.url in names or state.feed.source in names]


def as_list(values: Iterable[str]) -> str:
    """Encode values as one JSON parameter for `IN (SELECT value FROM json_each(?))`."""
    return json.dumps(list(values))


def _state(row: dict[str, Any]) -> FeedState:
    every, usual, stated = (_duration(row[f"{name}_seconds"]) for name in ("every", "usual", "stated"))
    shown = tuple(json.loads(row["shown"]))
    return FeedState(
        id=row["id"],
        feed=Feed(row["url"], row["source"], every, row["new_per_day"] or NEW_PER_DAY),
        language=row["language"],
        kind=row["kind"],
        validators=Validators(row["etag"], row["last_modified"]),
        body_sha256=row["body_sha256"],
        moved_to=row["moved_to"],
        failures=row["failures"],
        next_poll_at=_moment(row["next_poll_at"]),
        last_ok_at=_moment(row["last_ok_at"]),
        last_new_at=_moment(row["last_new_at"]),
        full_at=_moment(row["full_at"]),
        unconditional=bool(row["unconditional"]),
        rhythm=Rhythm(row["per_day"], usual, stated, len(shown)),
        shown=shown,
        last_outcome=Outcome(row["last_outcome"]) if row["last_outcome"] else None,
    )


def _moment(text: str | None) -> datetime | None:
    return from_utc_text(text) if text else None


def _text(moment: datetime | None) -> str | None:
    return utc_text(moment) if moment else None


def _duration(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _seconds(duration: timedelta | None) -> int | None:
    return None if duration is None else round(duration.total_seconds())
