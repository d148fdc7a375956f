"""What an upgrade puts right of what feeds of others did to articles before."""

import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.rulebooks import rulebook
from tracker.analyse.identity import hash_of
from tracker.models import Entry, Feed, Source, from_utc_text
from tracker.pipeline.ingest import ingest
from tracker.store import feeds
from tracker.store.database import Database, opened, transaction
from tracker.store.migrations import steps
from tracker.store.tags import tag_untagged

BOOK = rulebook("- {id: encryption, facet: topic, label: Encryption, terms: {en: [encrypt*]}}")
SOURCES = [Source("press", "The Press", "press", "national", "GB", "en"), Source("evil", "The Forger", "evil", "tech")]
FEEDS = [Feed("https://www.press.example/feed", "press"), Feed("https://evil.example/feed", "evil")]
SEARCH = Source("search", "A Search", "search", "aggregator")

_BEFORE = """
INSERT INTO sources (id, name, family, kind) VALUES ('press', 'The Press', 'press', 'national'),
    ('evil', 'The Forger', 'evil', 'tech'), ('search', 'A Search', 'search', 'aggregator');
INSERT INTO feeds (url, source, etag, body_sha256) VALUES ('https://www.press.example/feed', 'press', 'e', 'b'),
    ('https://evil.example/feed', 'evil', 'e', 'b'), ('https://search.example/', 'search', 'e', 'b');
INSERT INTO rulebooks VALUES ('abc', '2025-01-02T00:00:00Z', '[]');
INSERT INTO tags (id, facet, label) VALUES ('encryption', 'topic', 'Encryption')"""


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Database]:
    """A database of the version before, with two publishers and an aggregator."""
    db = Database(sqlite3.connect(tmp_path / "tracker.db"))
    steps.apply(db, stop_before="m014_publishers")
    for statement in _BEFORE.split(";\n"):
        db.execute(statement)
    db.conn.commit()
    yield db
    db.close()


def hour(number: int) -> str:
    return f"2025-01-02T{number:02}:00:00Z"


def store(db: Database, source: str, turns: list[tuple[int, str]], last: dict[int, str], url: str = "/1") -> None:
    """An article of a source, whose title each of these feeds in turn made another; `last` is what each showed last."""
    number = db.execute("SELECT count(*) FROM articles").fetchone()[0] + 1
    title = turns[-1][1]
    address = f"https://press.example{url}"
    with db.conn:
        db.execute(
            """INSERT INTO articles (id, canonical_url, url, source, title, date_quality, first_seen_at, last_seen_at,
            relevance, rulebook) VALUES (?, ?, ?, ?, ?, 'absent', ?, ?, 'encryption', 'abc')""",
            (number, address, address, source, title, hour(0), hour(len(turns) - 1)),
        )
        db.execute("INSERT INTO article_tags (article, tag) VALUES (?, 'encryption')", (number,))
        for feed, shown in last.items():
            first = next((n for n, (by, _) in enumerate(turns) if by == feed), 9)
            text_hash = hash_of(Entry("", "", shown))
            db.execute(
                """INSERT INTO sightings (feed, guid, article, text_hash, first_seen_at, last_seen_at)
                VALUES (?, ?, ?, ?, ?, ?)""",
                (feed, f"g{number}", number, text_hash, hour(first), hour(9)),
            )
        for at, ((_, earlier), (feed, _)) in enumerate(pairwise(turns), 1):
            db.execute(
                """INSERT INTO revisions (article, feed, title, summary, title_changed, seen_until, replaced_at, kind)
                VALUES (?, ?, ?, '', 1, ?, ?, 'substantive')""",
                (number, feed, earlier, hour(at - 1), hour(at)),
            )
            db.execute(
                "INSERT INTO earlier_words (article, title, summary, from_at, to_at) VALUES (?, ?, '', ?, ?)",
                (number, earlier, hour(at - 1), hour(at)),
            )


def rows(db: Database, sql: str) -> list[dict[str, Any]]:
    return list(db.query(sql))


def test_forged_changes_of_a_headline_are_taken_out_and_the_publishers_title_is_restored(old: Database) -> None:
    turns = [(1, "Ministers on locks"), (2, "Forged encryption"), (2, "Forged again")]
    store(old, "press", turns, {1: "Ministers on locks", 2: "Forged again"})
    steps.apply(old)
    assert rows(old, "SELECT title, source, relevance, rulebook, stated_by FROM articles") == [
        {"title": "Ministers on locks", "source": "press", "relevance": "none", "rulebook": None, "stated_by": 1}
    ]
    assert rows(old, "SELECT article FROM revisions UNION ALL SELECT article FROM earlier_words") == []
    assert rows(old, "SELECT feed, title, first_seen_at FROM citations ORDER BY first_seen_at") == [
        {"feed": 2, "title": "Forged encryption", "first_seen_at": hour(1)},
        {"feed": 2, "title": "Forged again", "first_seen_at": hour(2)},
    ]
    assert rows(old, "SELECT rowid FROM articles_fts('locks')") == [{"rowid": 1}]
    assert rows(old, "SELECT rowid FROM articles_fts('forged')") == []


def test_changes_that_a_publisher_made_between_forgeries_stay_its_own(old: Database) -> None:
    turns = [(1, "Ministers on locks"), (2, "Forged"), (1, "Ministers drop encryption"), (2, "Forged again")]
    store(old, "press", turns, {1: "Ministers drop encryption", 2: "Forged again"})
    steps.apply(old)
    assert rows(old, "SELECT title FROM articles") == [{"title": "Ministers drop encryption"}]
    assert rows(old, "SELECT feed, title, title_changed, first_seen_at, seen_until, replaced_at FROM revisions") == [
        {
            "feed": 1,
            "title": "Ministers on locks",
            "title_changed": 1,
            "first_seen_at": hour(0),
            "seen_until": hour(0),
            "replaced_at": hour(2),
        }
    ]
    assert len(rows(old, "SELECT * FROM citations")) == 2


def test_a_history_that_no_other_touched_stays_as_it_is(old: Database) -> None:
    turns = [(1, "Ministers on 9 keys"), (1, "Ministers on 12 keys")]
    store(old, "press", turns, {1: "Ministers on 12 keys", 2: "Seen elsewhere"})
    before = [rows(old, f"SELECT * FROM {table}") for table in ("revisions", "earlier_words")]
    steps.apply(old)
    assert [rows(old, f"SELECT * FROM {table}") for table in ("revisions", "earlier_words")] == before
    assert rows(old, "SELECT tag FROM article_tags") == [{"tag": "encryption"}]
    assert rows(old, "SELECT title, rulebook FROM articles") == [{"title": "Ministers on 12 keys", "rulebook": "abc"}]
    assert rows(old, "SELECT etag FROM feeds WHERE id = 2") == [{"etag": "e"}]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param("Encryption", "Encryption", id="words that both showed"),
        pytest.param("Never stored", "Encryption", id="words that are not recoverable"),
    ],
)
def test_an_article_that_another_showed_first_is_its_publishers(old: Database, shown: str, expected: str) -> None:
    store(old, "evil", [(2, "Forged"), (2, "Encryption")], {2: "Encryption", 1: shown})
    steps.apply(old)
    assert rows(old, "SELECT source, title, stated_by FROM articles") == [
        {"source": "press", "title": expected, "stated_by": 2}
    ]
    assert rows(old, "SELECT from_source, source, title FROM takeovers") == [
        {"from_source": "evil", "source": "press", "title": "Encryption"}
    ]
    assert rows(old, "SELECT * FROM revisions") == []
    assert rows(old, "SELECT id FROM feeds WHERE etag IS NULL AND body_sha256 IS NULL") == [{"id": 1}]


def test_what_cannot_be_recovered_is_put_right_by_the_publishers_next_document_and_tagged(
    old: Database, tmp_path: Path
) -> None:
    store(old, "evil", [(2, "Forged encryption")], {2: "Forged encryption", 1: "Never stored"})
    store(old, "press", [(1, "On encryption"), (2, "Forged")], {1: "On encryption", 2: "Forged"}, "/2")
    old.close()
    now = from_utc_text(hour(12))
    with opened(tmp_path / "tracker.db") as db, transaction(db):
        feeds.declare(db, [*SOURCES, SEARCH], FEEDS)
        tag_untagged(db, lambda: BOOK, now)
        assert rows(db, "SELECT words FROM evidence") == [{"words": "encryption"}]
        ingest(db, feeds.declared(db)[0], [Entry("g1", "https://press.example/1", "Ministers on locks")], BOOK, now)
        assert rows(db, "SELECT title, relevance FROM articles ORDER BY id") == [
            {"title": "Ministers on locks", "relevance": "none"},
            {"title": "On encryption", "relevance": "encryption"},
        ]


def test_the_words_of_an_aggregator_are_known_to_be_its_own(old: Database) -> None:
    store(old, "press", [(3, "Found")], {3: "Found", 1: "Ministers on locks"})
    store(old, "press", [(3, "Found")], {3: "Found", 1: "Found"}, "/2")
    steps.apply(old)
    assert rows(old, "SELECT stated_by FROM articles ORDER BY id") == [{"stated_by": 3}, {"stated_by": 1}]


def test_addresses_that_become_one_leave_both_articles_and_lead_to_the_first(old: Database) -> None:
    for url in ("/%ce%ba", "/%CE%BA", "/%7ea#guid-%ce", "/b%2fc"):
        store(old, "press", [(1, "A ban")], {1: "A ban"}, url)
    old.execute("INSERT INTO links (canonical_url, article) VALUES ('https://press.example/%7efurther', 1)")
    old.conn.commit()
    steps.apply(old)
    addresses = [
        row["canonical_url"].removeprefix("https://press.example") for row in old.query("SELECT * FROM articles")
    ]
    assert addresses == ["/%ce%ba", "/%CE%BA", "/~a#guid-%ce", "/b%2Fc"]
    assert rows(old, "SELECT * FROM links") == [{"canonical_url": "https://press.example/~further", "article": 1}]
