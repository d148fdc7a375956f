"""The polls of four years and the gaps between them, as rows: hourly for the last months, thin before."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bench.chronicle import SPAN
from tracker.models import utc_text
from tracker.outcomes import Outcome
from tracker.store.database import Database, transaction

_HOURLY = timedelta(days=90)
_THIN = timedelta(days=2)
_OUTAGES = 6  # of the connection, which all feeds share
_GAPS = 9  # of each feed

_OUTCOMES = (Outcome.NOT_MODIFIED, Outcome.OK, Outcome.SAME_BODY, Outcome.TIMEOUT, Outcome.HTTP_ERROR)
_OFTEN = (55, 30, 13, 1, 1)
_STATUS = {Outcome.NOT_MODIFIED: 304, Outcome.OK: 200, Outcome.SAME_BODY: 200, Outcome.HTTP_ERROR: 503}

_POLL = (
    "INSERT INTO polls (feed, started_at, outcome, status, bytes, ms, entries, new, overlap, host) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_STATE = """
UPDATE feeds SET last_poll_at = ?2, last_ok_at = ?2, last_new_at = ?2, full_at = ?2, next_poll_at = ?3,
    last_outcome = 'ok', per_day = ?4, etag = '"' || id || '"' WHERE id = ?1"""
_FAILING = """
UPDATE feeds SET last_outcome = 'http-error', failures = 5, last_error = 'the server answered 503',
    last_ok_at = ?2 WHERE id = ?1"""


def watch(db: Database, feeds: int, until: datetime, dice: random.Random) -> None:
    """Writes polls and gaps of feeds 1 to `feeds`, and the state in which the last poll left each."""
    hosts = {number: url[8:-9] for number, url in db.execute("SELECT id, url FROM feeds")}
    with transaction(db):
        db.conn.executemany(_POLL, ((*row, hosts[row[0]]) for row in _polls(feeds, until, dice)))
        db.conn.executemany(
            "INSERT INTO gaps (feed, from_at, to_at, reason, bridged) VALUES (?, ?, ?, ?, ?)",
            list(_gaps(feeds, until, dice)),
        )
        soon = utc_text(until + timedelta(hours=1))
        states = [(feed, utc_text(until), soon, round(400 / (feed + 30), 1)) for feed in range(1, feeds + 1)]
        db.conn.executemany(_STATE, states)
        failing = [(feed, utc_text(until - timedelta(days=feed / 20))) for feed in range(7, feeds, 40)]
        db.conn.executemany(_FAILING, failing)
        silent = [(feed, utc_text(until - timedelta(days=20))) for feed in range(11, feeds, 70)]
        db.conn.executemany("INSERT INTO gaps (feed, from_at, reason) VALUES (?, ?, 'silent')", silent)


def _polls(feeds: int, until: datetime, dice: random.Random) -> Iterator[tuple[Any, ...]]:
    at = until - SPAN
    while at < until:
        outcomes = dice.choices(_OUTCOMES, _OFTEN, k=feeds)
        for feed, outcome in enumerate(outcomes, 1):
            read = outcome is Outcome.OK
            new = dice.randrange(4) if read else 0
            size, entries = (30_000 + 200 * feed, 40) if read else (0, 0)
            moment = utc_text(at + timedelta(seconds=feed))
            overlap = 40 - new if read else None
            yield feed, moment, outcome, _STATUS.get(outcome), size, 90 + feed, entries, new, overlap
        at += timedelta(hours=1) if at >= until - _HOURLY else _THIN


def _gaps(feeds: int, until: datetime, dice: random.Random) -> Iterator[tuple[Any, ...]]:
    def span(hours: int) -> tuple[str, str]:
        begin = until - timedelta(hours=dice.randrange(24 * 7, int(SPAN.total_seconds()) // 3600 - 24 * 7))
        return utc_text(begin), utc_text(begin + timedelta(hours=dice.randrange(2, hours)))

    for outage in [span(60) for _ in range(_OUTAGES)]:
        for feed in range(1, feeds + 1):
            yield feed, *outage, "outage", int(dice.random() < 0.4)
    for feed in range(1, feeds + 1):
        for _ in range(_GAPS):
            reason = dice.choices(("overflow", "error", "paused"), (3, 5, 2))[0]
            yield feed, *span(96), reason, int(reason != "overflow" and dice.random() < 0.6)
