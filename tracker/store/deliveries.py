"""Messages sent out, each at most once; the only module besides batches.py that accesses the table `deliveries`.

A send is committed before it starts. A process killed while sending, or before recording the outcome, leaves it at
`sending`, and it is never retried: it may not have arrived, but it never arrives twice. Only certain failures, refused
or unreachable, are retried, up to `most` attempts.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tracker.models import from_utc_text, utc_text
from tracker.store.connection import Database
from tracker.store.database import transaction

Sort = Literal["digest", "alert"]
Outcome = Literal["sending", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """The outcome of sending one message to one recipient; with a lasting `sending`, nobody knows if it arrived."""

    key: str
    begun_at: datetime
    outcome: Outcome
    attempts: int
    said: str | None


def claim(db: Database, sort: Sort, key: str, now: datetime, most: int = 5) -> bool:
    """Decide whether to send now: not sent, not being sent, and not failed too often. A True is committed first.

    `key` names the message and the recipient, without a secret or an address: sending one key twice would be a
    duplicate.
    """
    with transaction(db):
        changed = db.execute(
            """INSERT INTO deliveries (kind, key, begun_at, outcome, attempts) VALUES (?, ?, ?, 'sending', 1)
            ON CONFLICT (key) DO UPDATE
            SET outcome = 'sending', begun_at = excluded.begun_at, ended_at = NULL, attempts = attempts + 1
            WHERE outcome = 'failed' AND attempts < ?""",
            [sort, key, utc_text(now), most],
        ).rowcount
    return changed == 1


def settle(db: Database, key: str, now: datetime, failure: str | None = None) -> None:
    """Record that a claimed message was sent, or certainly failed and why; the reason must contain no secret."""
    with transaction(db):
        db.execute(
            "UPDATE deliveries SET outcome = ?, ended_at = ?, said = ? WHERE key = ?",
            ["failed" if failure else "sent", utc_text(now), failure, key],
        )


def refused(db: Database, sort: Sort, key: str, now: datetime, why: str) -> None:
    """Record, in one step, an attempt that certainly failed before any claim; the reason must contain no secret."""
    with transaction(db):
        db.execute(
            """INSERT INTO deliveries (kind, key, begun_at, ended_at, outcome, attempts, said)
            VALUES (?1, ?2, ?3, ?3, 'failed', 1, ?4)
            ON CONFLICT (key) DO UPDATE
            SET begun_at = excluded.begun_at, ended_at = excluded.ended_at, attempts = attempts + 1,
                said = excluded.said
            WHERE outcome = 'failed'""",
            [sort, key, utc_text(now), why],
        )


def unsure(db: Database, key: str, why: str) -> None:
    """Record why it is unknown whether a claimed message arrived; it stays claimed."""
    with transaction(db):
        db.execute("UPDATE deliveries SET said = ? WHERE key = ? AND outcome = 'sending'", [why, key])


def known(db: Database, sort: Sort, keys: Sequence[str] = (), last: int = 1000) -> dict[str, Delivery]:
    """Return the deliveries of these keys, or of all when none is given, the latest `last` of them; ordered by key."""
    rows = db.query(
        """SELECT * FROM (SELECT key, begun_at, outcome, attempts, said FROM deliveries
        WHERE kind = :sort AND (:keys = '[]' OR key IN (SELECT value FROM json_each(:keys)))
        ORDER BY id DESC LIMIT :last) ORDER BY key""",
        {"sort": sort, "keys": json.dumps(list(keys)), "last": last},
    )
    found = (Delivery(**row | {"begun_at": from_utc_text(row["begun_at"])}) for row in rows)
    return {delivery.key: delivery for delivery in found}
