"""Rounds that were cut off, by a kill or a full disk, and continued by later ones: each counts as one round.

A row spans the moments of a round's parts; its end is empty until all documents are stored. A round that was not cut
off leaves no row. Call every function inside a transaction. Also knows what a cut-off round or an upgrade left undone.
"""

from datetime import datetime
from typing import Final

from tracker.models import utc_text
from tracker.store.connection import Database

_PARTS: Final = "FROM cut_rounds WHERE {0} BETWEEN from_at AND to_at"


def begun_at(moment: str) -> str:
    """Return the SQL for the start of the round that a moment belongs to."""
    return f"coalesce((SELECT min(from_at) {_PARTS.format(moment)}), {moment})"


def ended_at(moment: str) -> str:
    """Return the SQL for the end of the round that a moment belongs to."""
    return f"coalesce((SELECT max(to_at) {_PARTS.format(moment)}), {moment})"


def begin(db: Database, now: datetime) -> None:
    """Note that a round as of `now` stores documents; it continues the one that was cut off, if there is one."""
    db.execute(
        """INSERT INTO cut_rounds (from_at)
        SELECT ? WHERE NOT EXISTS (SELECT 1 FROM cut_rounds WHERE to_at IS NULL)""",
        (utc_text(now),),
    )


def end(db: Database, now: datetime) -> None:
    """Note that the round as of `now` has stored all documents, and with it those that it continues."""
    at = utc_text(now)
    db.execute("DELETE FROM cut_rounds WHERE to_at IS NULL AND from_at = ?", (at,))
    db.execute("UPDATE cut_rounds SET from_at = min(from_at, ?1), to_at = max(from_at, ?1) WHERE to_at IS NULL", (at,))


def is_untagged(db: Database) -> bool:
    """Decide whether an article waits for its tags."""
    return db.execute("SELECT 1 FROM articles WHERE rulebook IS NULL LIMIT 1").fetchone() is not None


def is_ungrouped(db: Database) -> bool:
    """Decide whether an article waits for its story."""
    return db.execute("SELECT 1 FROM articles WHERE story IS NULL LIMIT 1").fetchone() is not None
