"""Keep the database fast and small, and check that it is intact.

Among the old data, the summaries of articles that match nothing and that no feed shows any more can be removed. Titles,
addresses, dates, counts and sightings stay, so no denominator changes. Only articles without a tag or near miss under
the rules last applied qualify, and only single ones: members of a story, copies, articles waiting to be grouped and
those drawn for hand coding keep their words. Later retaggings see only the titles of the others;
`articles.summary_removed_at` marks them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.models import utc_text
from tracker.store.database import Database, opened, transaction
from tracker.store.disk_space import require
from tracker.store.maintenance.backup import check, snapshot
from tracker.store.search_index import reindex

Say = Callable[[str], None]

_PAGES = 500
"""Pages of the search index merged at once; a writer waits some tens of milliseconds for it."""

_REMOVABLE = """
FROM articles AS a WHERE a.relevance = 'none' AND a.summary <> '' AND a.last_seen_at < :before
AND a.rulebook = (SELECT hash FROM rulebooks ORDER BY applied_at DESC LIMIT 1) AND a.story IS NOT NULL
AND a.id NOT IN (SELECT article FROM sample_articles)
AND NOT EXISTS (SELECT 1 FROM article_tags AS t WHERE t.article = a.id)
AND NOT EXISTS (SELECT 1 FROM near_misses AS n WHERE n.article = a.id)
AND NOT EXISTS (SELECT 1 FROM stories AS s WHERE s.id = a.story)
AND NOT EXISTS (SELECT 1 FROM copies AS c WHERE a.id IN (c.article, c.root))"""


@dataclass(frozen=True, slots=True)
class RemovableSummaries:
    """How many summaries can be removed, and their size in bytes."""

    articles: int
    bytes: int


@dataclass(frozen=True, slots=True)
class UpkeepResult:
    """What maintenance did: summaries removed, bytes of the write-ahead log emptied, and unused bytes of the file,
    which new articles fill or `--vacuum` gives back."""

    aged: RemovableSummaries
    log: int
    size: int
    unused: int


def check_whole(path: Path, *, full: bool = False) -> None:
    """Raise Damaged when the database is damaged; others may write meanwhile.

    `full` also compares every index with its table, and the search index with the articles.
    """
    with snapshot(path) as db:
        check(db, path, full=full)
    if full:
        with opened(path) as writable, transaction(writable):
            writable.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")


def maintain(path: Path, before: datetime | None, now: datetime, say: Say = lambda _: None) -> UpkeepResult:
    """Empty summaries of articles unseen since `before`, merge the search index, refresh statistics, empty the log."""
    with opened(path) as db:
        aged = RemovableSummaries(0, 0)
        if before is not None:
            say("removing old summaries")
            aged = _aged(db, before, now)
        say("merging the search index")
        _merge(db)
        say("looking at the tables")
        db.execute("PRAGMA analysis_limit = 1000")
        db.execute("PRAGMA optimize")
        log = _size(path.with_name(f"{path.name}-wal"))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return UpkeepResult(aged, log - _size(path.with_name(f"{path.name}-wal")), _size(path), _unused(db))


def vacuum(path: Path) -> int:
    """Rewrite the database without unused pages, while nobody else writes; return the bytes freed.

    Raises StoreError when there is no room for a second copy next to it.
    """
    before = _size(path)
    require(path.parent, 2 * before, f"rewriting {path}")
    with opened(path) as db:
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return before - _size(path)


def _aged(db: Database, before: datetime, now: datetime) -> RemovableSummaries:
    found = removable_summaries(db, before)
    last: int | None = 0
    while last is not None:
        with transaction(db):
            last = remove_summaries(db, before, now, last)
    return found


def _merge(db: Database) -> None:
    """Merge the search index completely, some pages at a time."""
    with transaction(db):
        db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('usermerge', 2)")
    changed = 2
    while changed >= 2:  # fewer changes mean nothing was left to do (fts5, "the merge command")
        with transaction(db):
            before = db.conn.total_changes
            db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('merge', ?)", [_PAGES])
            changed = db.conn.total_changes - before


def _unused(db: Database) -> int:
    query = "SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size"
    return int(db.execute(query).fetchone()[0])


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def removable_summaries(db: Database, before: datetime) -> RemovableSummaries:
    """Measure the removable summaries of articles that no feed has shown since `before`."""
    query = f"SELECT count(*), coalesce(sum(length(CAST(a.summary AS BLOB))), 0) {_REMOVABLE}"
    return RemovableSummaries(*db.execute(query, {"before": utc_text(before)}).fetchone())


def remove_summaries(db: Database, before: datetime, now: datetime, after: int = 0, most: int = 200) -> int | None:
    """Remove up to `most` of them inside a transaction, by ascending id from above `after`.

    Returns the last id removed, to continue from; None when there was none.
    """
    found = db.execute(
        f"SELECT a.id, a.title, a.summary {_REMOVABLE} AND a.id > :after ORDER BY a.id LIMIT :most",
        {"before": utc_text(before), "after": after, "most": most},
    ).fetchall()
    for article, title, summary in found:
        reindex(db, article, (title, summary), (title, ""))
        db.execute("UPDATE articles SET summary = '', summary_removed_at = ? WHERE id = ?", [utc_text(now), article])
        db.execute("UPDATE revisions SET summary = '' WHERE article = ?", [article])
        db.execute("UPDATE earlier_words SET summary = '' WHERE article = ?", [article])
    return found[-1][0] if found else None
