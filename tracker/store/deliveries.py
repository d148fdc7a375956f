"""What was sent out, each thing at most once: the only module that reads and writes the table `deliveries`.

The rule: that something is being sent is committed before it is sent. Who is killed while sending, or between sending
and noting that it was sent, leaves it at `sending`, and it is never tried again: perhaps it did not arrive, but it
never arrives twice. Only what certainly failed, because the other side refused it or could not be reached, is tried
again, until `most` attempts were made.
"""

from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from tracker.models import utc_text
from tracker.store.database import transaction

Sort = Literal["digest", "alert"]


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
