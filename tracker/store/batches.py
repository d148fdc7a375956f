"""Several notices in one message, as rows of `deliveries`: claimed together, settled together.

The at-most-once rule of deliveries.py holds for all keys of a message at once: none is sent twice, whatever message it
would be in next time.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.models import from_utc_text, utc_text
from tracker.store.connection import Database
from tracker.store.database import transaction
from tracker.store.deliveries import Sort

MOST = 5
"""Attempts after certain failures; the first retry comes soon, the last after half a day."""

_FIRST_PAUSE = timedelta(minutes=5)
_TIMES = 6
_LONGEST_PAUSE = timedelta(hours=6)

_CLAIM = """
INSERT INTO deliveries (kind, key, begun_at, outcome, attempts) VALUES (?, ?, ?, 'sending', 1)
ON CONFLICT (key) DO UPDATE
SET outcome = 'sending', begun_at = excluded.begun_at, ended_at = NULL, attempts = attempts + 1
WHERE outcome = 'failed' AND attempts < ?"""

_REFUSED = """
INSERT INTO deliveries (kind, key, begun_at, ended_at, outcome, attempts, said) VALUES (?1, ?2, ?3, ?3, 'failed', 1, ?4)
ON CONFLICT (key) DO UPDATE SET begun_at = excluded.begun_at, ended_at = excluded.ended_at, said = excluded.said,
    attempts = attempts + 1 WHERE outcome = 'failed'"""

_ALONG = """
INSERT OR IGNORE INTO deliveries (kind, key, begun_at, ended_at, outcome, attempts, said)
VALUES (?1, ?2, ?3, ?3, 'sent', 0, ?4)"""


@dataclass(frozen=True, slots=True)
class State:
    """The outcome for one key; a lasting `sending` means nobody knows whether it arrived."""

    key: str
    outcome: str
    attempts: int
    begun_at: datetime

    @property
    def may_have_arrived(self) -> bool:
        """Whether it arrived or may have, so that it is never sent again."""
        return self.outcome != "failed"

    @property
    def given_up(self) -> bool:
        """Whether it failed too often to be retried."""
        return self.outcome == "failed" and self.attempts >= MOST

    @property
    def is_final(self) -> bool:
        """Whether nothing is sent for its key any more."""
        return self.may_have_arrived or self.given_up


def claim_all(db: Database, sort: Sort, keys: Sequence[str], now: datetime) -> bool:
    """Claim all keys for one message, committed, or none; return whether they may be sent now."""
    with transaction(db):
        if any(state.is_final for state in states(db, keys).values()):
            return False
        for key in keys:
            db.execute(_CLAIM, (sort, key, utc_text(now), MOST))
    return True


def settle_all(db: Database, keys: Sequence[str], now: datetime, failure: str | None = None) -> None:
    """Record that claimed keys were sent, or certainly failed and why; the reason must contain no secret."""
    with transaction(db):
        db.execute(
            """UPDATE deliveries SET outcome = ?, ended_at = ?, said = ?
            WHERE outcome = 'sending' AND key IN (SELECT value FROM json_each(?))""",
            ("failed" if failure else "sent", utc_text(now), failure, json.dumps(keys)),
        )


def refuse_all(db: Database, sort: Sort, keys: Iterable[str], now: datetime, why: str) -> None:
    """Record an attempt that certainly failed before any claim; the reason must contain no secret."""
    with transaction(db):
        for key in keys:
            db.execute(_REFUSED, (sort, key, utc_text(now), why))


def unsure_all(db: Database, keys: Sequence[str], why: str) -> None:
    """Record why it is unknown whether claimed keys arrived; they stay claimed."""
    with transaction(db):
        db.execute(
            "UPDATE deliveries SET said = ? WHERE outcome = 'sending' AND key IN (SELECT value FROM json_each(?))",
            (why, json.dumps(keys)),
        )


def skip_all(db: Database, sort: Sort, keys: Iterable[str], now: datetime, why: str) -> None:
    """Record that these are not sent, because another message already said the same."""
    with transaction(db):
        for key in keys:
            db.execute(_ALONG, (sort, key, utc_text(now), why))


def states(db: Database, keys: Sequence[str]) -> dict[str, State]:
    """Return the outcomes of those of these keys that were ever tried."""
    return _read(db, "key IN (SELECT value FROM json_each(?))", (json.dumps(keys),))


def states_under(db: Database, beginning: str) -> dict[str, State]:
    """Return the outcomes of all keys starting with `beginning`, in key order."""
    return _read(db, "key >= ? AND key < ?", (beginning, _after(beginning)))


def on_hold_until(db: Database, beginning: str, now: datetime) -> datetime | None:
    """Return until when keys starting with `beginning` are on hold after a failed attempt; None if none failed."""
    row = db.execute(
        """SELECT begun_at, max(attempts) FROM deliveries WHERE outcome = 'failed' AND key >= ? AND key < ?
        AND begun_at <= ? GROUP BY begun_at ORDER BY begun_at DESC LIMIT 1""",
        (beginning, _after(beginning), utc_text(now)),  # ignore times from a clock that was ahead
    ).fetchone()
    return from_utc_text(row[0]) + min(_FIRST_PAUSE * _TIMES ** (row[1] - 1), _LONGEST_PAUSE) if row else None


def _read(db: Database, condition: str, values: tuple[str, ...]) -> dict[str, State]:
    rows = db.query(
        f"SELECT key, outcome, attempts, begun_at FROM deliveries WHERE {condition} ORDER BY key",  # noqa: S608  a condition of ours
        values,
    )
    return {row["key"]: State(**row | {"begun_at": from_utc_text(row["begun_at"])}) for row in rows}


def _after(beginning: str) -> str:
    """Return the first text after all that start with `beginning`."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)
