"""The index of the words of all articles, in folded form; call every function inside a transaction."""

import logging
from collections.abc import Iterable

from tracker.analyse.folding import UNSPACED, fold
from tracker.store.connection import Database

log = logging.getLogger(__name__)

_INDEXED_AT_ONCE = 50_000


def index(db: Database, at_least: int = 1) -> None:
    """Add new articles to the search index once at least `at_least` are missing from it.

    Large batches cost half as much as small ones. Articles missed by a killed process are picked up here too.
    """
    last = _last_indexed(db)
    if _newest(db) - last >= at_least:
        index_after(db, last)


def index_after(db: Database, last: int) -> None:
    """Index all articles after `last`, none of which is in the search index yet, in folded form.

    Progress is logged when there are many: a million take minutes.
    """
    newest = _newest(db)
    for begin in range(last, newest, _INDEXED_AT_ONCE):
        span = (begin, min(begin + _INDEXED_AT_ONCE, newest))
        _fold(db, db.execute("SELECT id, title, summary FROM articles WHERE id > ? AND id <= ?", span))
        words = "SELECT id, title, summary FROM articles_fts_words WHERE id > ? AND id <= ?"
        db.execute(f"INSERT INTO articles_fts (rowid, title, summary) {words}", span)
        if newest - last > _INDEXED_AT_ONCE:
            log.info("the search index is being built: %s of %s articles", f"{span[1] - last:,}", f"{newest - last:,}")


def index_unspaced_again(db: Database) -> None:
    """Index the articles in scripts without spaces anew, where whole runs of their characters were words."""
    last = _last_indexed(db)
    anywhere = f"*{UNSPACED}*"
    for article, title, summary in db.execute(
        "SELECT id, title, summary FROM articles WHERE id <= ? AND (title GLOB ? OR summary GLOB ?)",
        (last, anywhere, anywhere),
    ).fetchall():
        reindex(db, article, (title, summary), (title, summary))


def _fold(db: Database, articles: Iterable[tuple[int, str, str]]) -> None:
    """Store the words of these articles whose folded form differs from the original."""
    db.conn.executemany(
        "INSERT INTO articles_fts_folded (article, title, summary) VALUES (?, ?, ?)",
        [
            (article, *different)
            for article, *written in articles
            if any(different := [made if (made := fold(text)) != text else None for text in written])
        ],
    )


def _newest(db: Database) -> int:
    """Return the id of the newest article."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()[0])


def _last_indexed(db: Database) -> int:
    """Return the id of the last article in the search index."""
    return int(next(db.query("SELECT coalesce(max(id), 0) AS id FROM articles_fts_docsize"))["id"])


def reindex(db: Database, article: int, old: tuple[str, str], new: tuple[str, str]) -> None:
    """Replace an article's words in the search index; FTS5 must be given exactly the words it holds."""
    if article <= _last_indexed(db):
        folded = "SELECT coalesce(title, ?2), coalesce(summary, ?3) FROM articles_fts_folded WHERE article = ?1"
        held = db.execute(folded, (article, *old)).fetchone() or old
        columns = "(articles_fts, rowid, title, summary) VALUES ('delete', ?, ?, ?)"
        db.execute(f"INSERT INTO articles_fts {columns}", (article, *held))
        db.execute("DELETE FROM articles_fts_folded WHERE article = ?", (article,))
        _fold(db, [(article, *new)])
        db.execute("INSERT INTO articles_fts (rowid, title, summary) VALUES (?, ?, ?)", (article, *map(fold, new)))
