"""What was sent out, each thing at most once: the only module that reads and writes the table `deliveries`.

The rule: that something is being sent is committed before it is sent. Who is killed while sending, or between sending
and noting that it was sent, leaves it at `sending`, and it is never tried again: perhaps it did not arrive, but it
never arrives twice. Only what certainly failed, because the other side refused it or could not be reached, is tried
again, until `most` attempts were made.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from tracker.models import from_utc_text, utc_text
from tracker.store.database import transaction

Sort = Literal["digest", "alert"]
Outcome = Literal["sending", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of sending one thing to one recipient; `sending` for long is that nobody knows whether it arrived."""

    key: str
    begun_at: datetime
    outcome: Outcome
    attempts: int
    said: str | None


def claim(db: Database, sort: Sort, key: str, now: datetime, most: int = 5) -> bool:
    """Whether to send it now: it is neither sent nor being sent, nor failed too often. Committed when it says so.

    `key` names what is sent and to which of its recipients, without a secret or an address: two sendings of one key
    would be a doubled message.
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
    """Note that what was claimed was sent, or that it certainly was not, and why; nothing secret in the reason."""
    with transaction(db):
        db.execute(
            "UPDATE deliveries SET outcome = ?, ended_at = ?, said = ? WHERE key = ?",
            ["failed" if failure else "sent", utc_text(now), failure, key],
        )


def refused(db: Database, sort: Sort, key: str, now: datetime, why: str) -> None:
    """Note an attempt that certainly failed before anything was claimed, in one step; nothing secret in the reason."""
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
    """Note why it is not known whether what was claimed has arrived; it stays claimed."""
    with transaction(db):
        db.execute("UPDATE deliveries SET said = ? WHERE key = ? AND outcome = 'sending'", [why, key])


def known(db: Database, sort: Sort, keys: Sequence[str] = (), last: int = 1000) -> dict[str, Delivery]:
    """What came of these keys, of all where none is named, the latest `last` of them; by key, in the order of keys."""
    rows = db.query(
        """SELECT * FROM (SELECT key, begun_at, outcome, attempts, said FROM deliveries
        WHERE kind = :sort AND (:keys = '[]' OR key IN (SELECT value FROM json_each(:keys)))
        ORDER BY id DESC LIMIT :last) ORDER BY key""",
        {"sort": sort, "keys": json.dumps(list(keys)), "last": last},
    )
    found = (Delivery(**row | {"begun_at": from_utc_text(row["begun_at"])}) for row in rows)
    return {delivery.key: delivery for delivery in found}
