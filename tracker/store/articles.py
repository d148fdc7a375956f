"""Articles and their rows: sightings, further links, revisions, tags, evidence.

Call every function inside a transaction.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tracker.analyse.identity import Identified, Known, Shown
from tracker.analyse.observation import Before
from tracker.analyse.tagging.rules import Rulebook
from tracker.models import Entry, FeedState, Tagging, from_utc_text, utc_text
from tracker.store import quotes, revisions
from tracker.store.conditions import STATED_AT
from tracker.store.connection import Database
from tracker.store.feeds import as_list
from tracker.store.search_index import reindex

_ARTICLE = """a.id, a.title, a.summary, a.published_at, a.language, a.author, a.url, a.canonical_url, a.source,
coalesce((SELECT f.source FROM feeds AS f WHERE f.id = a.stated_by), a.source) AS speaker"""


@dataclass(frozen=True, slots=True)
class New:
    """An article to add under an id from next_id()."""

    id: int
    found: Identified
    language: str | None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a feed now shows under a guid; `counted` is True for a counted change of words under an unchanged date.

    `cites` is True for another source's article, whose last-seen time then stays as it is.
    """

    guid: str
    article: int
    text_hash: str
    counted: bool
    cites: bool = False


def known_by_guid(db: Database, feed: int, entries: Sequence[Entry]) -> dict[str, Known]:
    """Return the articles this feed last showed under the guids of these entries.

    A guid that is an address stays the same when its site moves from http to https.
    """
    guids = [entry.guid for entry in entries]
    asked = {_with_other_scheme(guid): guid for guid in guids} | {guid: guid for guid in guids}
    rows = db.query(
        f"""SELECT s.guid, s.text_hash, s.changes, {_ARTICLE},
        count(*) OVER (PARTITION BY s.guid) > 1 AS reused FROM sightings AS s JOIN articles AS a ON a.id = s.article
        WHERE s.feed = ? AND s.guid IN (SELECT value FROM json_each(?))
        ORDER BY s.last_seen_at, s.article""",  # noqa: S608  a fixed list of columns
        (feed, as_list(asked)),
    )
    return {
        asked[row["guid"]]: replace(
            _known(row), text_hash=row["text_hash"], changes=row["changes"], reused=bool(row["reused"])
        )
        for row in rows
    }


def _with_other_scheme(guid: str) -> str:
    """Return a guid that is an address with https for http, or the reverse; any other as it is."""
    scheme, mark, rest = guid.partition("://")
    other = {"http": "https", "https": "http"}.get(scheme, scheme)
    return f"{other}{mark}{rest}"


def known_by_key(db: Database, keys: Iterable[str]) -> dict[str, Known]:
    """Return the articles with one of these keys as canonical URL or further link."""
    rows = db.query(
        f"""WITH wanted AS (SELECT value FROM json_each(?))
        SELECT a.canonical_url AS key, {_ARTICLE} FROM articles AS a WHERE a.canonical_url IN wanted
        UNION ALL SELECT l.canonical_url, {_ARTICLE} FROM links AS l JOIN articles AS a ON a.id = l.article
        WHERE l.canonical_url IN wanted""",  # noqa: S608  a fixed list of columns
        (as_list(keys),),
    )
    return {row["key"]: _known(row) for row in rows}


def known_by_title(
    db: Database, titles: Iterable[tuple[str, str]], since: datetime | None = None
) -> dict[tuple[str, str], Known]:
    """Return the latest articles with one of these (source, title), first seen or taken over since `since` if given."""
    rows = db.query(
        f"""SELECT {_ARTICLE} FROM json_each(?) AS wanted JOIN articles AS a
        ON a.source = wanted.value ->> 0 AND a.title = wanted.value ->> 1
        WHERE {STATED_AT} >= ? ORDER BY a.id""",  # noqa: S608  a fixed list of columns
        (json.dumps(list(titles)), utc_text(since) if since else ""),
    )
    return {(row["source"], row["title"]): _known(row) for row in rows}


def known_at(db: Database, ids: Sequence[int], moments: Iterable[datetime]) -> list[Known]:
    """Return those of these articles that were published at one of these moments."""
    rows = db.query(
        f"""SELECT {_ARTICLE} FROM json_each(?) AS wanted JOIN articles AS a ON a.id = wanted.value
        WHERE a.published_at IN (SELECT value FROM json_each(?))""",  # noqa: S608  a fixed list of columns
        (json.dumps(list(ids)), as_list(map(utc_text, moments))),
    )
    return [_known(row) for row in rows]


def window(db: Database, articles: Iterable[int]) -> list[Before]:
    """Return these articles and their dates as the previous content of a feed document."""
    rows = db.query(
        "SELECT id, published_at FROM articles WHERE id IN (SELECT value + 0 FROM json_each(?))",
        (as_list(map(str, articles)),),
    )
    return [Before(row["id"], _moment(row["published_at"])) for row in rows]


def shown(db: Database, feed: int, known: Iterable[Known]) -> dict[int, Shown]:
    """Return how a feed last showed each of these articles that it has shown, under any guid."""
    rows = db.query(
        """SELECT article, text_hash, last_seen_at FROM sightings
        WHERE feed = ? AND article IN (SELECT value + 0 FROM json_each(?)) ORDER BY last_seen_at""",
        (feed, as_list(str(one.article) for one in known)),
    )
    return {row["article"]: Shown(row["text_hash"], from_utc_text(row["last_seen_at"])) for row in rows}


def next_id(db: Database) -> int:
    """Return the id of the next article; it holds until the transaction ends or articles are added."""
    return int(next(db.query("SELECT coalesce(max(id), 0) + 1 AS id FROM articles"))["id"])


def add(db: Database, feed: int, articles: Sequence[New], rulebook: Rulebook, now: datetime) -> None:
    """Store new articles in a feed's words; `tag` adds this rulebook's tags, `record_sightings` their sightings."""
    moment = utc_text(now)
    db.conn.executemany(
        """INSERT INTO articles (id, canonical_url, url, source, title, summary, author, language, published_at,
        published_raw, date_quality, first_seen_at, last_seen_at, stated_by, claimed, rulebook)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (
                new.id,
                new.found.key,
                entry.url,
                new.found.source,
                entry.title,
                entry.summary,
                entry.author,
                new.language,
                utc_text(entry.published) if entry.published else None,
                entry.published_raw,
                entry.date_quality,
                moment,
                moment,
                feed,
                new.found.role == "cites",
                rulebook.hash,
            )
            for new in articles
            for entry in (new.found.entry,)
        ],
    )


def fill_missing(db: Database, article: int, entry: Entry) -> None:
    """Fill in an article's missing date, author and language from an entry."""
    db.execute(
        """UPDATE articles SET author = coalesce(author, ?1), language = coalesce(language, ?2),
        published_raw = CASE WHEN published_at IS NULL AND ?3 IS NOT NULL THEN ?4 ELSE published_raw END,
        date_quality = CASE WHEN published_at IS NULL AND ?3 IS NOT NULL THEN ?5 ELSE date_quality END,
        published_at = coalesce(published_at, ?3) WHERE id = ?6""",
        (
            entry.author,
            entry.language,
            utc_text(entry.published) if entry.published else None,
            entry.published_raw,
            entry.date_quality,
            article,
        ),
    )


def resolve(db: Database, article: int, url: str) -> None:
    """Replace an aggregator's link to an article with the article's own address."""
    db.execute("UPDATE articles SET url = ? WHERE id = ?", (url, article))


def revise(db: Database, feed: int, earlier: Known, revised: Known, between: tuple[datetime, datetime]) -> None:
    """Replace an article's title and summary, keeping the earlier ones as a revision.

    They were replaced `between` the feed's last showing of them and now. A change invisible to readers makes no
    revision; words that return are a flip-flop, whose further turns are only counted. The changes of a running page
    are all of that kind, save trivial ones. What its source repeats under its articles is no part of their words here.
    The table `earlier_words` has every turn.
    """
    made = revisions.classify(db, earlier, revised)
    if made.kind != "noise":
        revisions.keep(db, feed, earlier, revised, made, between)
        revisions.note_running(db, earlier.article, (earlier.title, revised.title))
    revisions.keep_words(db, earlier, between[1])
    reindex(db, earlier.article, (earlier.title, earlier.summary), (revised.title, revised.summary))
    db.execute(
        "UPDATE articles SET title = ?, summary = ? WHERE id = ?", (revised.title, revised.summary, revised.article)
    )


def restate(db: Database, state: FeedState, earlier: Known, found: Identified, now: datetime) -> Known:
    """Rewrite an article from its publisher's feed, as if that had been the first to show it; return the result."""
    entry, language = found.entry, found.entry.language or state.language
    reindex(db, earlier.article, (earlier.title, earlier.summary), (entry.title, entry.summary))
    db.execute(
        """UPDATE articles SET url = ?, source = ?, title = ?, summary = ?, author = ?, language = ?, published_at = ?,
        published_raw = ?, date_quality = ?, stated_by = ?, stated_at = ?11, last_seen_at = ?11,
        summary_removed_at = NULL, claimed = 0, worded_at = NULL WHERE id = ?12""",
        (
            entry.url,
            found.source,
            entry.title,
            entry.summary,
            entry.author,
            language,
            utc_text(entry.published) if entry.published else None,
            entry.published_raw,
            entry.date_quality,
            state.id,
            utc_text(now),
            earlier.article,
        ),
    )
    return replace(
        earlier,
        title=entry.title,
        summary=entry.summary,
        published=entry.published,
        language=language,
        author=entry.author,
        url=entry.url,
        source=found.source,
        speaker=state.feed.source,
        text_hash=None,
        changes=0,
    )


def record_sightings(db: Database, feed: int, sightings: Sequence[Sighting], now: datetime) -> None:
    """Record what a feed shows now."""
    moment = utc_text(now)
    db.conn.executemany(
        """INSERT INTO sightings (feed, guid, article, text_hash, first_seen_at, last_seen_at)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (feed, guid, article) DO UPDATE SET text_hash = excluded.text_hash,
        last_seen_at = max(last_seen_at, excluded.last_seen_at), changes = changes + ?""",
        [(feed, one.guid, one.article, one.text_hash, moment, moment, one.counted) for one in sightings],
    )
    db.conn.executemany(
        "UPDATE articles SET last_seen_at = ?1 WHERE id = ?2 AND last_seen_at < ?1",
        [(moment, one.article) for one in sightings if not one.cites],
    )


def mark_left(db: Database, feed: int, articles: Iterable[int], seen_until: datetime) -> None:
    """Record that a feed dropped these articles and showed them until `seen_until`, having answered unchanged."""
    left = [(utc_text(seen_until), article) for article in articles]
    db.conn.executemany(
        f"UPDATE sightings SET last_seen_at = ?1 WHERE article = ?2 AND feed = {int(feed)} AND last_seen_at < ?1",  # noqa: S608  a number
        left,
    )
    db.conn.executemany(
        f"""UPDATE articles SET last_seen_at = ?1 WHERE id = ?2 AND last_seen_at < ?1 AND (SELECT source FROM feeds
        WHERE id = {int(feed)}) IN (source, (SELECT f.source FROM feeds AS f WHERE f.id = stated_by))""",  # noqa: S608  a number
        left,
    )


def unlink(db: Database, keys: Iterable[str]) -> None:
    """Remove these keys."""
    db.execute("DELETE FROM links WHERE canonical_url IN (SELECT value FROM json_each(?))", (as_list(keys),))


def displace(db: Database, articles: Iterable[int]) -> None:
    """Free these articles' addresses for the publisher's own; each keeps its old one with source and id appended."""
    db.execute(
        """UPDATE articles SET canonical_url = canonical_url || '#' || source || '#' || id
        WHERE id IN (SELECT value + 0 FROM json_each(?))""",
        (as_list(map(str, articles)),),
    )


def link(db: Database, keys: Iterable[tuple[str, int]]) -> None:
    """Add further keys of articles."""
    db.conn.executemany("INSERT INTO links (canonical_url, article) VALUES (?, ?) ON CONFLICT DO NOTHING", keys)


def tag(db: Database, taggings: Mapping[int, Tagging], rulebook: Rulebook) -> None:
    """Store the tags, evidence, near misses and relevance a rulebook assigned, and who relevant articles quote."""
    ids = as_list(map(str, taggings))
    for table in ("article_tags", "evidence", "near_misses"):
        db.execute(f"DELETE FROM {table} WHERE article IN (SELECT value + 0 FROM json_each(?))", (ids,))  # noqa: S608  three fixed names
    db.conn.executemany(
        """UPDATE articles SET relevance = ?1, rulebook = ?2
        WHERE id = ?3 AND (relevance <> ?1 OR rulebook IS NOT ?2)""",  # an update that changes nothing costs as much
        [(tagging.relevance, rulebook.hash, article) for article, tagging in taggings.items()],
    )
    used = {name for tagging in taggings.values() for name in (*tagging.tags, *(miss.tag for miss in tagging.near))}
    declare_tags(db, rulebook, used)  # retagging by other rules may have removed them
    db.conn.executemany(
        "INSERT INTO article_tags (article, tag, score, left_out) VALUES (?, ?, ?, ?)",
        [
            (article, *row)
            for article, tagging in taggings.items()
            for row in zip(tagging.tags, tagging.scores, tagging.left_out, strict=True)
        ],
    )
    db.conn.executemany(
        """INSERT INTO evidence (article, tag, rule, field, start, "end", words, role, passage)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (article, item.tag, item.rule, item.field, item.start, item.end, item.words, item.role, item.passage)
            for article, tagging in taggings.items()
            for item in tagging.evidence
        ],
    )
    db.conn.executemany(
        "INSERT INTO near_misses (article, tag, missing, words, excluding) VALUES (?, ?, ?, ?, ?)",
        [
            (article, miss.tag, miss.missing, miss.words, miss.excluding)
            for article, tagging in taggings.items()
            for miss in tagging.near
        ],
    )
    quotes.keep(db, taggings, rulebook)


def declare_tags(db: Database, rulebook: Rulebook, names: Collection[str]) -> None:
    """Store tags as the rulebook describes them."""
    db.conn.executemany(
        """INSERT INTO tags (id, facet, label, about, noun, camp, position) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET facet = excluded.facet, label = excluded.label, about = excluded.about,
        noun = excluded.noun, camp = excluded.camp, position = excluded.position""",
        [
            (tag.id, tag.facet, tag.label, tag.about, tag.noun, tag.camp, place)
            for place, tag in enumerate(rulebook.tags)
            if tag.id in names
        ],
    )


def _known(row: dict[str, Any]) -> Known:
    return Known(
        article=row["id"],
        title=row["title"],
        summary=row["summary"],
        published=_moment(row["published_at"]),
        language=row["language"],
        author=row["author"],
        url=row["url"],
        key=row["canonical_url"],
        source=row["source"],
        speaker=row["speaker"],
    )


def _moment(text: str | None) -> datetime | None:
    return from_utc_text(text) if text else None
