"""Repair articles altered by other sources' feeds, for the migration that ties articles to their publishers.

The evidence is the hosts of feeds, which feed replaced which words, and the hash each feed left of the words it showed
last. What it cannot decide, the publisher's next document corrects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from tracker.analyse.changes import change
from tracker.analyse.compared_words import Version
from tracker.analyse.identity import Known, hash_of
from tracker.analyse.publishers import Place, Publishers
from tracker.analyse.urls import canonical
from tracker.models import Entry, from_utc_text
from tracker.store import counts, revisions
from tracker.store.connection import Database

_SHOWN_BY_OTHERS = """
SELECT id, canonical_url, source, title, summary, stated_by FROM articles AS a
WHERE EXISTS (SELECT 1 FROM sightings AS s JOIN feeds AS f ON f.id = s.feed WHERE s.article = a.id
    AND f.source <> a.source)"""

_SIGHTINGS = """
SELECT s.feed, f.source, s.text_hash, s.first_seen_at FROM sightings AS s JOIN feeds AS f ON f.id = s.feed
WHERE s.article = ? ORDER BY s.first_seen_at, s.feed"""

_TURNS = """
SELECT w.title, w.summary, w.from_at, w.to_at, r.feed, f.source, r.seen_until FROM earlier_words AS w
LEFT JOIN revisions AS r ON r.article = w.article AND r.title = w.title AND r.summary = w.summary
LEFT JOIN feeds AS f ON f.id = r.feed WHERE w.article = ? ORDER BY w.id"""

_CITE = """INSERT INTO citations (article, feed, title, summary, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET first_seen_at = min(first_seen_at, excluded.first_seen_at),
last_seen_at = max(last_seen_at, excluded.last_seen_at)"""


@dataclass(frozen=True, slots=True)
class _Words:
    """Words that an article bore from one moment to another, last seen at `seen_until`; `feed` is the other source's
    feed that put them there, else None."""

    title: str
    summary: str
    from_at: str
    to_at: str
    seen_until: str
    feed: int | None

    @property
    def text_hash(self) -> str:
        """The hash a feed leaves of these words."""
        return hash_of(Entry("", "", self.title, self.summary))


def normalize_addresses(db: Database) -> None:
    """Normalize the percent-encoding of stored addresses.

    Of two articles whose addresses become one, the first gets it; the other keeps its own, and both stay.
    """
    for table, key in (("articles", "id"), ("links", "canonical_url")):
        rows = db.execute(f"SELECT {key}, canonical_url FROM {table} WHERE canonical_url LIKE '%\\%%' ESCAPE '\\'")  # noqa: S608  our own names
        for row, address in rows.fetchall():
            place, mark, rest = address.partition("#")
            normalized = (canonical(place) or place) + mark + rest
            taken = "SELECT EXISTS (SELECT 1 FROM articles WHERE canonical_url = ?1)"
            taken += " OR EXISTS (SELECT 1 FROM links WHERE canonical_url = ?1)"
            if normalized != address and not db.execute(taken, (normalized,)).fetchone()[0]:
                db.execute(f"UPDATE {table} SET canonical_url = ? WHERE {key} = ?", (normalized, row))  # noqa: S608  our own names


def reassign(db: Database) -> None:
    """Return articles first shown by others to their publishers, and remove others' words from the rest.

    Articles whose words changed wait to be tagged.
    """
    rows = db.query("SELECT host, path, source, declared FROM domains")
    publishers = Publishers(Place(row["host"], row["path"], row["source"], bool(row["declared"])) for row in rows)
    aggregators = {row[0] for row in db.execute("SELECT id FROM sources WHERE kind = 'aggregator'")}
    for row in list(db.query(_SHOWN_BY_OTHERS)):
        seen = list(db.query(_SIGHTINGS, (row["id"],)))
        owners = publishers.of(row["canonical_url"])
        rightful = next((one for one in seen if one["source"] in owners), None)
        if owners and row["source"] not in owners and rightful:
            _give_to_publisher(
                db, row, rightful, {one["text_hash"] for one in seen if one["source"] == rightful["source"]}
            )
        elif any(one["source"] == row["source"] for one in seen):
            _remove_foreign_words(db, row, seen, aggregators)


def _give_to_publisher(db: Database, row: dict[str, Any], rightful: dict[str, Any], hashes: set[str]) -> None:
    """Give an article to its publisher, in its words where known; its next document restates everything."""
    words = _words(db, row, row["source"])
    for one in words:
        if one.text_hash not in hashes and row["stated_by"]:
            _cite(db, row["id"], one, one.feed or row["stated_by"])
    db.execute(
        """INSERT INTO takeovers (article, taken_at, from_source, from_feed, source, feed, title, summary, author,
        language, published_at) SELECT id, ?2, source, stated_by, ?3, ?4, title, summary, author, language, published_at
        FROM articles WHERE id = ?1""",
        (row["id"], rightful["first_seen_at"], rightful["source"], rightful["feed"]),
    )
    for table in ("revisions", "earlier_words", "variants", "links"):
        db.execute(f"DELETE FROM {table} WHERE article = ?", (row["id"],))  # noqa: S608  four fixed names
    db.execute("UPDATE articles SET source = ? WHERE id = ?", (rightful["source"], row["id"]))
    own = [one for one in words if one.text_hash in hashes]
    _restore(db, row, own[-1] if own else words[-1])
    db.execute(
        "UPDATE feeds SET etag = NULL, last_modified = NULL, body_sha256 = NULL WHERE source = ?",
        (rightful["source"],),
    )


def _remove_foreign_words(
    db: Database, row: dict[str, Any], seen: Sequence[dict[str, Any]], aggregators: Iterable[str]
) -> None:
    """Remove the wordings that other sources' feeds put into an article's history; record whose wording it has now."""
    own_seen = [one for one in seen if one["source"] == row["source"]]
    hashes = {one["text_hash"] for one in own_seen}
    words = _words(db, row, row["source"])
    own = [one for one in words if one.feed is None or one.text_hash in hashes]
    if len(own) < len(words):
        _rebuild(db, row, own, own_seen[0]["feed"])
        for one in words:
            if one not in own and one.feed:
                _cite(db, row["id"], one, one.feed)
    elif len(words) == 1 and seen[0]["source"] in aggregators and words[0].text_hash not in hashes:
        db.execute("UPDATE articles SET stated_by = ? WHERE id = ?", (seen[0]["feed"], row["id"]))


def _words(db: Database, row: dict[str, Any], source: str) -> list[_Words]:
    """Return all words an article bore, the last being its current ones."""
    found: list[_Words] = []
    feed, since = None, ""
    for turn in db.query(_TURNS, (row["id"],)):
        words = (turn["title"], turn["summary"], turn["from_at"], turn["to_at"])
        found.append(_Words(*words, turn["seen_until"] or turn["to_at"], feed))
        since = turn["to_at"]
        if turn["feed"] is not None:
            feed = turn["feed"] if turn["source"] != source else None
    first, last = db.execute("SELECT first_seen_at, last_seen_at FROM articles WHERE id = ?", (row["id"],)).fetchone()
    return [*found, _Words(row["title"], row["summary"], since or first, last, last, feed)]


def _rebuild(db: Database, row: dict[str, Any], own: Sequence[_Words], feed: int) -> None:
    """Rebuild an article's history from its publisher's words alone."""
    for table in ("revisions", "earlier_words"):
        db.execute(f"DELETE FROM {table} WHERE article = ?", (row["id"],))  # noqa: S608  two fixed names
    for earlier, later in pairwise(own):
        if (earlier.title, earlier.summary) == (later.title, later.summary):
            continue
        before, after = (Known(row["id"], one.title, one.summary, None) for one in (earlier, later))
        made = change(Version(before.title, before.summary), Version(after.title, after.summary))
        between = (from_utc_text(earlier.seen_until), from_utc_text(later.from_at))
        if made.kind != "noise":
            made = replace(made, kind="substantive") if made.kind == "reworded" else made  # a later migration's kind
            revisions.keep(db, feed, before, after, made, between)
        revisions.keep_words(db, before, between[1])
    _restore(db, row, own[-1])


def _restore(db: Database, row: dict[str, Any], words: _Words) -> None:
    """Give an article these words, without the tags of others' words; a later migration rebuilds the search index."""
    before, after = (row["title"], row["summary"]), (words.title, words.summary)
    if before == after:
        return
    counts.mark_days_of_articles_stale(db, [row["id"]])
    for table in ("article_tags", "evidence", "near_misses"):
        db.execute(f"DELETE FROM {table} WHERE article = ?", (row["id"],))  # noqa: S608  three fixed names
    db.execute(
        "UPDATE articles SET title = ?, summary = ?, relevance = 'none', rulebook = NULL WHERE id = ?",
        (*after, row["id"]),
    )


def _cite(db: Database, article: int, words: _Words, feed: int) -> None:
    db.execute(_CITE, (article, feed, words.title, words.summary, words.from_at, words.seen_until))
