"""Messages sent out, each at most once; the only module that accesses the table `deliveries`.

A message has one key, or several if it carries several notices: those are claimed and settled together, and none is
sent twice, whatever message it would be in next time. A key names what is sent and the recipient, without a secret or
an address.

A claim is committed before sending starts. A process killed while sending, or before recording the outcome, leaves it
at `sending`, and it is never retried: it may not have arrived, but it never arrives twice. Only certain failures,
refused or unreachable, are retried.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from tracker.models import from_utc_text, utc_text
from tracker.store.connection import Database
from tracker.store.database import transaction

Sort = Literal["digest", "alert"]

ATTEMPTS: Final = 5
"""Most attempts at a message that certainly failed."""

_FIRST_PAUSE = timedelta(minutes=5)
_TIMES = 6
_LONGEST_PAUSE = timedelta(hours=6)
"""How long an alert waits after a failure: six times longer each time, so the last attempt comes after half a day."""

_CLAIM = """
INSERT INTO deliveries (kind, key, begun_at, outcome, attempts) VALUES (?, ?, ?, 'sending', 1)
ON CONFLICT (key) DO UPDATE
SET outcome = 'sending', begun_at = excluded.begun_at, ended_at = NULL, attempts = attempts + 1
WHERE outcome = 'failed' AND attempts < ?"""

_REFUSE = """
INSERT INTO deliveries (kind, key, begun_at, ended_at, outcome, attempts, said) VALUES (?1, ?2, ?3, ?3, 'failed', 1, ?4)
ON CONFLICT (key) DO UPDATE SET begun_at = excluded.begun_at, ended_at = excluded.ended_at, said = excluded.said,
    attempts = attempts + 1 WHERE outcome = 'failed'"""

_SKIP = """
INSERT OR IGNORE INTO deliveries (kind, key, begun_at, ended_at, outcome, attempts, said)
VALUES (?1, ?2, ?3, ?3, 'sent', 0, ?4)"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The outcome of sending what a key names; a lasting `sending` means nobody knows whether it arrived."""

    key: str
    begun_at: datetime
    outcome: Literal["sending", "sent", "failed"]
    attempts: int
    said: str | None = None

    @property
    def may_have_arrived(self) -> bool:
        """Whether it arrived or may have, so that it is never sent again."""
        return self.outcome != "failed"

    @property
    def given_up(self) -> bool:
        """Whether it failed too often to be retried."""
        return self.outcome == "failed" and self.attempts >= ATTEMPTS

    @property
    def is_final(self) -> bool:
        """Whether nothing is sent for its key any more."""
        return self.may_have_arrived or self.given_up


def claim(db: Database, sort: Sort, keys: Sequence[str], now: datetime) -> bool:
    """Claim all keys for one message, committed, or none; return whether they may be sent now."""
    with transaction(db):
        if any(delivery.is_final for delivery in known(db, keys).values()):
            return False
        for key in keys:
            db.execute(_CLAIM, (sort, key, utc_text(now), ATTEMPTS))
    return True


def settle(db: Database, keys: Sequence[str], now: datetime, failure: str | None = None) -> None:
    """Record that claimed keys were sent, or certainly failed and why; the reason must contain no secret."""
    with transaction(db):
        db.execute(
            """UPDATE deliveries SET outcome = ?, ended_at = ?, said = ?
            WHERE outcome = 'sending' AND key IN (SELECT value FROM json_each(?))""",
            ("failed" if failure else "sent", utc_text(now), failure, json.dumps(keys)),
        )


def refuse(db: Database, sort: Sort, keys: Iterable[str], now: datetime, why: str) -> None:
    """Record an attempt that certainly failed before any claim; the reason must contain no secret."""
    with transaction(db):
        for key in keys:
            db.execute(_REFUSE, (sort, key, utc_text(now), why))


def leave_unsure(db: Database, keys: Sequence[str], why: str) -> None:
    """Record why it is unknown whether claimed keys arrived; they stay claimed."""
    with transaction(db):
        db.execute(
            "UPDATE deliveries SET said = ? WHERE outcome = 'sending' AND key IN (SELECT value FROM json_each(?))",
            (why, json.dumps(keys)),
        )


def skip(db: Database, sort: Sort, keys: Iterable[str], now: datetime, why: str) -> None:
    """Record that these are not sent, because another message already said the same."""
    with transaction(db):
        for key in keys:
            db.execute(_SKIP, (sort, key, utc_text(now), why))


def known(db: Database, keys: Sequence[str]) -> dict[str, Delivery]:
    """Return the deliveries of those of these keys that were ever tried, in key order."""
    return _read(db, "deliveries WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(keys),))


def known_under(db: Database, beginning: str) -> dict[str, Delivery]:
    """Return the deliveries of all keys starting with `beginning`, in key order."""
    return _read(db, "deliveries WHERE key >= ? AND key < ?", (beginning, _after(beginning)))


def latest(db: Database, sort: Sort, most: int) -> dict[str, Delivery]:
    """Return the latest deliveries of a sort, in key order."""
    return _read(db, "(SELECT * FROM deliveries WHERE kind = ? ORDER BY id DESC LIMIT ?)", (sort, most))


def on_hold_until(db: Database, beginning: str, now: datetime) -> datetime | None:
    """Return until when keys starting with `beginning` are on hold after a failed attempt; None if none failed."""
    row = db.execute(
        """SELECT begun_at, max(attempts) FROM deliveries WHERE outcome = 'failed' AND key >= ? AND key < ?
        AND begun_at <= ? GROUP BY begun_at ORDER BY begun_at DESC LIMIT 1""",
        (beginning, _after(beginning), utc_text(now)),  # ignore times from a clock that was ahead
    ).fetchone()
    return from_utc_text(row[0]) + min(_FIRST_PAUSE * _TIMES ** (row[1] - 1), _LONGEST_PAUSE) if row else None


def _read(db: Database, which: str, values: tuple[str | int, ...]) -> dict[str, Delivery]:
    rows = db.query(
        f"SELECT key, begun_at, outcome, attempts, said FROM {which} ORDER BY key",  # noqa: S608  our own text
        values,
    )
    return {row["key"]: Delivery(**row | {"begun_at": from_utc_text(row["begun_at"])}) for row in rows}


def _after(beginning: str) -> str:
    """Return the first text after all that start with `beginning`."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)
