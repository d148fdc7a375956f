"""What others call an article, and that its publisher took it over from them, as rows; for use inside a transaction.

What others said stays theirs: their words become citations, and no version of the article's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from tracker.analyse.identity import Identified, Known
from tracker.models import FeedState, utc_text
from tracker.store import articles, dirty_days, stories
from tracker.store.grouping import keep_headline

_MOST_TITLES = 24
"""How many titles of one article are kept of one feed: a feed that changes its own at every poll says nothing more."""

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
"""The words of those who held an article so far, as theirs."""


@dataclass(frozen=True, slots=True)
class Citation:
    """What a feed calls an article of others."""

    article: int
    title: str
    summary: str


def cite(db: Database, feed: int, found: Iterable[Citation], now: datetime) -> None:
    """Keep what a feed calls articles of others now; no more than a few titles of each."""
    what = f"""SELECT ?1, ?2, ?3, ?4, ?5, ?5 WHERE (SELECT count(*) FROM citations
    WHERE article = ?1 AND feed = ?2 AND title <> ?3) < {_MOST_TITLES}"""  # noqa: S608  a number
    db.conn.executemany(
        _CITE.format(what=what), [(one.article, feed, one.title, one.summary, utc_text(now)) for one in found]
    )


def take_over(db: Database, state: FeedState, earlier: Known, found: Identified, now: datetime) -> Known:
    """Make an article that others showed first what its publisher's feed says; returns it.

    What they called it, and how they changed that, is kept as theirs, and a row of `takeovers` says what it was. Only
    when it was first seen stays, and its number.
    """
    number = (earlier.article,)
    dirty_days.note_articles(db, number)
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
    _leave_story(db, earlier.article)
    dirty_days.note_articles(db, number)
    return taken


def _leave_story(db: Database, article: int) -> None:
    """Let an article be grouped anew, unless others were put beside it, or a person put it where it is."""
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
    db.execute("UPDATE articles SET story = NULL, agency = NULL WHERE id = ?", (article,))
    if story != article:
        keep_headline(db, story, stories.headline(db, story))
