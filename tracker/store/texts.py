"""The full texts of articles: which were asked for and why some were not read, and the texts themselves.

The texts are in a file of their own beside the database, under their hashes, so that the site, exports and releases,
which publish the database, cannot publish them. The only module that knows that file.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracker.errors import StoreError
from tracker.models import Validators, utc_text
from tracker.store.connection import Database
from tracker.store.database import opened_private

PRIVATE_NAME: Final = "private.db"
"""The file, in the folder of the database."""

_NO_VALIDATORS: Final = Validators()


@dataclass(frozen=True, slots=True)
class WantedText:
    """An article whose page is due; `failures` counts the attempts since the last answer.

    `validators` are those of the page that was read last.
    """

    article: int
    address: str
    source: str
    failures: int = 0
    validators: Validators = _NO_VALIDATORS


@dataclass(frozen=True, slots=True)
class TextAttempt:
    """How a request for an article's page ended; `next_at` is when to ask again, None for never."""

    outcome: str
    error: str | None = None
    next_at: datetime | None = None
    failures: int = 0
    validators: Validators = _NO_VALIDATORS


def wanted(db: Database, sources: Iterable[str], now: datetime, most: int) -> list[WantedText]:
    """Return the relevant articles of these sources whose pages are due, newest first.

    A page is due if it was never requested, if it is time to try it again, or if the headline or summary has changed
    since it was read.
    """
    rows = db.query(
        """SELECT a.id, a.url, a.source, t.failures, t.etag, t.last_modified
        FROM articles AS a LEFT JOIN texts AS t ON t.article = a.id
        WHERE a.relevance != 'none' AND a.source IN (SELECT value FROM json_each(:sources))
            AND (t.article IS NULL OR t.next_at <= :now OR t.next_at IS NULL AND t.read_at IS NOT NULL
                AND t.asked_at < (SELECT max(replaced_at) FROM revisions WHERE revisions.article = a.id))
        ORDER BY coalesce(a.published_at, a.first_seen_at) DESC, a.id DESC LIMIT :most""",
        {"sources": json.dumps(list(sources)), "now": utc_text(now), "most": most},
    )
    return [
        WantedText(
            row["id"], row["url"], row["source"], row["failures"] or 0, Validators(row["etag"], row["last_modified"])
        )
        for row in rows
    ]


def note(db: Database, article: int, attempt: TextAttempt, now: datetime) -> None:
    """Store how a request ended; a text that was read before is kept."""
    db.execute(
        """INSERT INTO texts (article, outcome, error, asked_at, next_at, failures) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET outcome = excluded.outcome, error = excluded.error, asked_at = excluded.asked_at,
        next_at = excluded.next_at, failures = excluded.failures""",
        (
            article,
            attempt.outcome,
            attempt.error,
            utc_text(now),
            utc_text(attempt.next_at) if attempt.next_at else None,
            attempt.failures,
        ),
    )
    if attempt.validators != _NO_VALIDATORS:
        db.execute(
            "UPDATE texts SET etag = ?, last_modified = ? WHERE article = ?",
            (attempt.validators.etag, attempt.validators.last_modified, article),
        )


def keep(db: Database, article: int, text: str, now: datetime) -> bool:
    """Store the text of an article that `note` has a row for; return whether it differs from the one before.

    It is in the private file before the database refers to it.
    """
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    before = next(db.query("SELECT sha256 FROM texts WHERE article = ?", (article,)))["sha256"]
    with _private(db) as private:
        private.execute("INSERT OR IGNORE INTO bodies (sha256, text) VALUES (?, ?)", (sha256, text))
    db.execute(
        "UPDATE texts SET read_at = ?, sha256 = ?, characters = ?, words = ? WHERE article = ?",
        (utc_text(now), sha256, len(text), len(text.split()), article),
    )
    return bool(sha256 != before)


def bodies(db: Database, articles: Iterable[int]) -> Mapping[int, str]:
    """Return the texts of these articles that were read, by article; never for what is published."""
    rows = db.query(
        "SELECT article, sha256 FROM texts WHERE sha256 IS NOT NULL AND article IN (SELECT value FROM json_each(?))",
        (json.dumps(list(articles)),),
    )
    hashes = {row["article"]: row["sha256"] for row in rows}
    if not hashes:
        return {}
    with _private(db) as private:
        found = private.query(
            "SELECT sha256, text FROM bodies WHERE sha256 IN (SELECT value FROM json_each(?))",
            (json.dumps(list(hashes.values())),),
        )
        texts = {row["sha256"]: row["text"] for row in found}
    return {article: texts[sha256] for article, sha256 in hashes.items() if sha256 in texts}


def outcomes(db: Database) -> dict[str, int]:
    """Return how many texts were read or refused, by outcome; the most frequent first."""
    rows = db.query("SELECT outcome, count(*) AS n FROM texts GROUP BY outcome ORDER BY n DESC, outcome")
    return {row["outcome"]: row["n"] for row in rows}


@contextmanager
def _private(db: Database) -> Iterator[Database]:
    """Open the private file beside a database. Raises StoreError when there is none because that is in memory."""
    if db.file is None:
        raise StoreError("a database in memory has no file beside it for full texts")
    with opened_private(db.file.with_name(PRIVATE_NAME)) as private:
        private.execute("CREATE TABLE IF NOT EXISTS bodies (sha256 TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT")
        yield private
