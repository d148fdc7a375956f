"""Count how often and where each speaker is quoted; only those whose articles have changed are counted again."""

import json
from collections.abc import Iterable
from typing import Final

from tracker.store.conditions import COUNTED_AT
from tracker.store.connection import Database

_AT_ONCE: Final = 200
"""Speakers counted per transaction."""

_STALE: Final = """
INSERT INTO speaker_counts (tag, speaker)
SELECT DISTINCT coalesce(tag, ''), iif(tag IS NULL, speaker, '') FROM quotes
WHERE article IN (SELECT value + 0 FROM json_each(?)) AND coalesce(tag, speaker) IS NOT NULL
ON CONFLICT DO UPDATE SET stale = 1"""

_COUNT: Final = f"""
SELECT count(DISTINCT q.same),
    count(DISTINCT q.article) FILTER (WHERE c.article IS NULL), count(DISTINCT c.article), count(DISTINCT a.source),
    min({COUNTED_AT}), max({COUNTED_AT})
FROM quotes AS q JOIN articles AS a ON a.id = q.article LEFT JOIN copies AS c ON c.article = q.article WHERE """  # noqa: S608  our own text


def mark_stale(db: Database, articles: Iterable[int]) -> None:
    """Mark those whom these articles quote to be counted again."""
    db.execute(_STALE, (json.dumps([*articles]),))


def recount(db: Database) -> int:
    """Count speakers that are marked; return how many there were."""
    stale = db.execute("SELECT tag, speaker FROM speaker_counts WHERE stale = 1 LIMIT ?", (_AT_ONCE,)).fetchall()
    for tag, speaker in stale:
        of = ("q.tag = ?", tag) if tag else ("q.tag IS NULL AND q.speaker = ?", speaker)
        counted = db.execute(_COUNT + of[0], (of[1],)).fetchone()
        if counted[-1] is None:
            db.execute("DELETE FROM speaker_counts WHERE tag = ? AND speaker = ?", (tag, speaker))
            continue
        db.execute(
            """UPDATE speaker_counts SET stale = 0, quotations = ?, articles = ?, copies = ?, sources = ?, first_at = ?,
            last_at = ? WHERE tag = ? AND speaker = ?""",
            (*counted, tag, speaker),
        )
    return len(stale)
