"""Articles and what hangs on them as rows: sightings, further links, revisions, tags, evidence, the search index.

All functions are for use inside a transaction.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from tracker.analyse.identity import Identified, Known, Shown, as_read
from tracker.analyse.rules import Rulebook
from tracker.models import Entry, FeedState, Tagging, from_utc_text, utc_text
from tracker.store.feeds import as_list

_ARTICLE = "a.id, a.title, a.summary, a.published_at, a.language"


def known_by_guid(db: Database, feed: int, entries: Sequence[Entry]) -> dict[str, Known]:
    """The articles that a feed has last shown under the guids of these entries."""
    rows = db.query(
        f"""SELECT s.guid, s.text_hash, {_ARTICLE} FROM sightings AS s JOIN articles AS a ON a.id = s.article
        WHERE s.feed = ? AND s.guid IN (SELECT value FROM json_each(?))
        ORDER BY s.last_seen_at, s.article""",  # noqa: S608  a fixed list of columns
        (feed, as_list(entry.guid for entry in entries)),
    )
    return {row["guid"]: _known(row, row["text_hash"]) for row in rows}


def known_by_key(db: Database, keys: Iterable[str]) -> dict[str, Known]:
    """The articles that have one of these keys as canonical URL or as a further link."""
    rows = db.query(
        f"""WITH wanted AS (SELECT value FROM json_each(?))
        SELECT a.canonical_url AS key, {_ARTICLE} FROM articles AS a WHERE a.canonical_url IN wanted
        UNION ALL SELECT l.canonical_url, {_ARTICLE} FROM links AS l JOIN articles AS a ON a.id = l.article
        WHERE l.canonical_url IN wanted""",  # noqa: S608  a fixed list of columns
        (as_list(keys),),
    )
    return {row["key"]: _known(row) for row in rows}


def has_shown(db: Database, feed: int) -> bool:
    """Whether a feed has ever shown an entry."""
    return bool(list(db.query("SELECT 1 FROM sightings WHERE feed = ? LIMIT 1", (feed,))))


def shown(db: Database, feed: int, known: Iterable[Known]) -> dict[int, Shown]:
    """How a feed last showed those of these articles that it has shown, under whatever guid."""
    rows = db.query(
        """SELECT article, text_hash, last_seen_at FROM sightings
        WHERE feed = ? AND article IN (SELECT value + 0 FROM json_each(?)) ORDER BY last_seen_at""",
        (feed, as_list(str(one.article) for one in known)),
    )
    return {row["article"]: Shown(row["text_hash"], from_utc_text(row["last_seen_at"])) for row in rows}


def add(db: Database, state: FeedState, found: Identified, now: datetime) -> int:
    """Store a new article and return its id; its tags come with `tag`, its sighting with `sight`."""
    entry = found.entry
    return int(
        db.execute(
            """INSERT INTO articles (canonical_url, url, source, title, summary, author, language, published_at,
            published_raw, date_quality, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                found.key,
                entry.url,
                state.feed.source,
                entry.title,
                entry.summary,
                entry.author,
                entry.language or state.language,
                utc_text(entry.published) if entry.published else None,
                entry.published_raw,
                entry.date_quality,
                utc_text(now),
                utc_text(now),
            ),
        ).lastrowid
        or 0
    )


def revise(db: Database, feed: int, earlier: Known, revised: Known, between: tuple[datetime, datetime]) -> None:
    """Make the title and summary of an article the revised ones, the earlier ones kept as a revision.

    They were replaced `between` the moment at which the feed last showed them and now.
    """
    seen_until, now = between
    db.execute(
        """INSERT INTO revisions (article, feed, title, summary, title_changed, seen_until, replaced_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (
            earlier.article,
            feed,
            earlier.title,
            earlier.summary,
            as_read(earlier.title) != as_read(revised.title),
            utc_text(seen_until),
            utc_text(now),
        ),
    )
    _unindex(db, [(earlier.article, earlier.title, earlier.summary)])
    db.execute(
        "UPDATE articles SET title = ?, summary = ? WHERE id = ?", (revised.title, revised.summary, revised.article)
    )


def sight(db: Database, feed: int, sightings: Mapping[str, tuple[int, str]], now: datetime) -> None:
    """Record that a feed shows articles now: `sightings` gives for each guid the article and its text's hash."""
    moment = utc_text(now)
    db.conn.executemany(
        """INSERT INTO sightings (feed, guid, article, text_hash, first_seen_at, last_seen_at)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (feed, guid, article) DO UPDATE SET
        text_hash = excluded.text_hash, last_seen_at = max(last_seen_at, excluded.last_seen_at)""",
        [(feed, guid, article, text_hash, moment, moment) for guid, (article, text_hash) in sightings.items()],
    )
    db.conn.executemany(
        "UPDATE articles SET last_seen_at = ?1 WHERE id = ?2 AND last_seen_at < ?1",
        [(moment, article) for article, _ in sightings.values()],
    )


def link(db: Database, key: str, article: int) -> None:
    """Let a further key lead to an article."""
    db.execute("INSERT INTO links (canonical_url, article) VALUES (?, ?) ON CONFLICT DO NOTHING", (key, article))


def tag(db: Database, taggings: Mapping[int, Tagging], rulebook: Rulebook) -> None:
    """Make the tags, evidence and relevance of articles what a rulebook said of them."""
    ids = as_list(map(str, taggings))
    for table in ("article_tags", "evidence"):
        db.execute(f"DELETE FROM {table} WHERE article IN (SELECT value + 0 FROM json_each(?))", (ids,))  # noqa: S608  two fixed names
    db.conn.executemany(
        "UPDATE articles SET relevance = ?, rulebook = ? WHERE id = ?",
        [(tagging.relevance, rulebook.hash, article) for article, tagging in taggings.items()],
    )
    used = {name for tagging in taggings.values() for name in tagging.tags}
    declare_tags(db, rulebook, used)  # a retagging by other rules may have removed them
    db.conn.executemany(
        "INSERT INTO article_tags (article, tag) VALUES (?, ?)",
        [(article, name) for article, tagging in taggings.items() for name in tagging.tags],
    )
    db.conn.executemany(
        'INSERT INTO evidence (article, tag, rule, field, start, "end", words) VALUES (?, ?, ?, ?, ?, ?, ?)',
        [
            (article, item.tag, item.rule, item.field, item.start, item.end, item.words)
            for article, tagging in taggings.items()
            for item in tagging.evidence
        ],
    )


def declare_tags(db: Database, rulebook: Rulebook, names: Collection[str]) -> None:
    """Make tags of a rulebook known to the database, as the rulebook describes them."""
    db.conn.executemany(
        """INSERT INTO tags (id, facet, label, about, position) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
        facet = excluded.facet, label = excluded.label, about = excluded.about, position = excluded.position""",
        [
            (tag.id, tag.facet, tag.label, tag.about, place)
            for place, tag in enumerate(rulebook.tags)
            if tag.id in names
        ],
    )


def index(db: Database, articles: Iterable[int]) -> None:
    """Put articles into the search index; in one statement, because row by row costs four times as much."""
    db.execute(
        """INSERT INTO articles_fts (rowid, title, summary)
        SELECT id, title, summary FROM articles WHERE id IN (SELECT value + 0 FROM json_each(?))""",
        (as_list(map(str, articles)),),
    )


def _unindex(db: Database, rows: Iterable[tuple[int, str, str]]) -> None:
    """Take articles out of the search index; it must be told the words that it holds."""
    db.conn.executemany(
        "INSERT INTO articles_fts (articles_fts, rowid, title, summary) VALUES ('delete', ?, ?, ?)", rows
    )


def _known(row: dict[str, Any], text_hash: str | None = None) -> Known:
    published = row["published_at"]
    moment = from_utc_text(published) if published else None
    return Known(row["id"], row["title"], row["summary"], moment, row["language"], text_hash)
