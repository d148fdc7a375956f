"""Citations of an article by others, and takeovers by its publisher, as rows; call inside a transaction.

The words of others become citations, never a version of the article.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tracker.analyse.identity import Identified, Known
from tracker.models import FeedState, utc_text
from tracker.store import articles, counts, stories
from tracker.store.connection import Database
from tracker.store.grouping import keep_headline

_MOST_TITLES = 24
"""Titles kept per article and feed: a feed that changes its title at every poll adds nothing more."""

_CITE = """INSERT INTO citations (article, feed, title, summary, first_seen_at, last_seen_at) {what}
ON CONFLICT DO UPDATE SET summary = excluded.summary, first_seen_at = min(first_seen_at, excluded.first_seen_at),
last_seen_at = max(last_seen_at, excluded.last_seen_at)"""

_AS_CITATIONS = (
    """SELECT article, feed, title, '', min(first_seen_at), max(last_seen_at) FROM variants
    WHERE article = ?1 GROUP BY feed, title""",
    """SELECT id, stated_by, title, summary, coalesce((SELECT max(to_at) FROM earlier_words WHERE article = ?1),
    stated_at, first_seen_at), last_seen_at FROM articles WHERE id = ?1 AND stated_by IS NOT NULL""",
    """SELECT article, feed, title, summary, min(coalesce(first_seen_at, seen_until)), max(seen_until) FROM revisions
    WHERE article = ?1 GROUP BY feed, title""",
)
"""Turn the words of an article's previous holders into citations."""


@dataclass(frozen=True, slots=True)
class Citation:
    """What a feed calls another source's article."""

    article: int
    title: str
    summary: str


def cite(db: Database, feed: int, found: Iterable[Citation], now: datetime) -> None:
    """Store what a feed now calls other sources' articles, up to a few titles of each."""
    what = f"""SELECT ?1, ?2, ?3, ?4, ?5, ?5 WHERE (SELECT count(*) FROM citations
    WHERE article = ?1 AND feed = ?2 AND title <> ?3) < {_MOST_TITLES}"""  # noqa: S608  a number
    db.conn.executemany(
        _CITE.format(what=what), [(one.article, feed, one.title, one.summary, utc_text(now)) for one in found]
    )


def take_over(db: Database, state: FeedState, earlier: Known, found: Identified, now: datetime) -> Known:
    """Rewrite an article first shown by others from its publisher's feed; return the result.

    Others' titles and their changes are kept as citations, and a row of `takeovers` records what the article was. Only
    its id and the time it was first seen stay.
    """
    number = (earlier.article,)
    counts.mark_articles_stale(db, number)
    db.execute(
        """INSERT INTO takeovers (article, taken_at, from_source, from_feed, source, feed, title, summary, author,
        language, published_at) SELECT id, ?2, source, stated_by, ?3, ?4, title, summary, author, language, published_at
        FROM articles WHERE id = ?1""",
        (*number, utc_text(now), found.source, state.id),
    )
    for what in _AS_CITATIONS:
        db.execute(_CITE.format(what=what), number)
    for table in ("revisions", "earlier_words", "variants"):
        db.execute(f"DELETE FROM {table} WHERE article = ?", number)  # noqa: S608  three fixed names
    if earlier.source != found.source:
        db.execute("DELETE FROM links WHERE article = ?", number)
    db.execute(
        """DELETE FROM citations WHERE article = ? AND title = ? AND feed IN (SELECT id FROM feeds WHERE source = ?)""",
        (*number, found.entry.title, state.feed.source),
    )
    taken = articles.restate(db, state, earlier, found, now)
    _ungroup(db, earlier.article)
    counts.mark_articles_stale(db, number)
    return taken


def _ungroup(db: Database, article: int) -> None:
    """Let an article be grouped again, unless others were grouped with it or a person placed it."""
    held = db.execute(
        """SELECT EXISTS (SELECT 1 FROM copies WHERE root = ?1) OR EXISTS (SELECT 1 FROM story_links WHERE near = ?1)
        OR EXISTS (SELECT 1 FROM articles WHERE story = ?1 AND id <> ?1)
        OR EXISTS (SELECT 1 FROM story_changes, json_each(story_changes.articles) AS moved WHERE moved.value = ?1)""",
        (article,),
    ).fetchone()[0]
    story = db.execute("SELECT story FROM articles WHERE id = ?", (article,)).fetchone()[0]
    if held or story is None:
        return
    for table in ("copies", "story_links"):
        db.execute(f"DELETE FROM {table} WHERE article = ?", (article,))  # noqa: S608  two fixed names
    db.execute("UPDATE articles SET story = NULL, grouped = NULL, agency = NULL WHERE id = ?", (article,))
    if story != article:
        keep_headline(db, story, stories.headline(db, story))
