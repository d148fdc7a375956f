"""Remove old data: summaries of articles that match nothing and that no feed shows any more.

Titles, addresses, dates, counts and sightings stay, so no denominator changes. Only articles without a tag or near miss
under the rules last applied qualify, and only single ones: members of a story, copies, articles waiting to be grouped
and those drawn for hand coding keep their words. Later retaggings see only the titles of the others;
`articles.summary_removed_at` marks them.
"""

from dataclasses import dataclass
from datetime import datetime

from tracker.models import utc_text
from tracker.store.connection import Database
from tracker.store.search_index import reindex

_WHICH = """
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


def removable_summaries(db: Database, before: datetime) -> RemovableSummaries:
    """Measure the removable summaries of articles that no feed has shown since `before`."""
    query = f"SELECT count(*), coalesce(sum(length(CAST(a.summary AS BLOB))), 0) {_WHICH}"
    return RemovableSummaries(*db.execute(query, {"before": utc_text(before)}).fetchone())


def remove_summaries(db: Database, before: datetime, now: datetime, after: int = 0, most: int = 200) -> int | None:
    """Remove up to `most` of them inside a transaction, by ascending id from above `after`.

    Returns the last id removed, to continue from; None when there was none.
    """
    found = db.execute(
        f"SELECT a.id, a.title, a.summary {_WHICH} AND a.id > :after ORDER BY a.id LIMIT :most",
        {"before": utc_text(before), "after": after, "most": most},
    ).fetchall()
    for article, title, summary in found:
        reindex(db, article, (title, summary), (title, ""))
        db.execute("UPDATE articles SET summary = '', summary_removed_at = ? WHERE id = ?", [utc_text(now), article])
        db.execute("UPDATE revisions SET summary = '' WHERE article = ?", [article])
        db.execute("UPDATE earlier_words SET summary = '' WHERE article = ?", [article])
    return found[-1][0] if found else None
