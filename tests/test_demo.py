"""The demo, replayed once as a process: all that its feeds showed is stored, and their troubles are told."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.replays import BYSTANDERS, Replay, demo
from tracker.analyse.changes import change
from tracker.analyse.compared_words import Version
from tracker.analyse.identity import as_read
from tracker.analyse.urls import canonical
from tracker.demo.content import DemoFeed, demo_feeds
from tracker.models import Feed, Source, from_utc_text
from tracker.outcomes import Outcome
from tracker.store import feeds
from tracker.store.database import Database, opened, transaction
from tracker.store.status import feed_health

FEEDS = demo_feeds()
WEEK = timedelta(days=7)


@pytest.fixture
def db(replayed: Replay) -> Iterator[Database]:
    with opened(replayed.database) as made:
        yield made


def column(db: Database, sql: str, *parameters: object) -> list[Any]:
    return [next(iter(row.values())) for row in db.query(sql, parameters)]


def seen(db: Database, feed: DemoFeed) -> Iterator[dict[str, tuple[str, str]]]:
    """For each poll that read the feed, title and summary of what it showed by canonical URL; what is the same as at
    the poll before comes once."""
    observed = [outcome.value for outcome in Outcome if outcome.observed]
    before: dict[str, tuple[str, str]] = {}
    for text in column(
        db,
        f"""SELECT started_at FROM polls JOIN feeds ON feeds.id = polls.feed WHERE source = ?
        AND outcome IN ({", ".join("?" * len(observed))}) ORDER BY 1""",
        feed.source.id,
        *observed,
    ):
        now = from_utc_text(text)
        if feed.trouble(now) != "malformed":  # its end is cut off
            shown = {address(entry.link): (version.title, version.summary) for entry, version in feed.shown(now)}
            if shown != before:
                yield shown
            before = shown


@cache
def address(link: str) -> str:
    return canonical(link) or ""


def test_the_command_ends_with_the_state_of_things(replayed: Replay) -> None:
    assert f"articles from {len(FEEDS)} sources" in replayed.said
    assert "gone: The Liffey Post" in replayed.said
    assert "tracker retag" not in replayed.said


def test_it_is_large_and_varied_enough_to_show_the_main_job(db: Database) -> None:
    assert len(FEEDS) >= 12
    assert sum(len(feed.entries) for feed in FEEDS) >= 300
    assert column(db, "SELECT count(*) FROM articles")[0] >= 300
    assert len(column(db, "SELECT DISTINCT language FROM articles")) >= 5
    assert {feed.format for feed in FEEDS} == {"rss", "atom", "rdf"}
    years = column(db, "SELECT DISTINCT substr(published_at, 1, 4) FROM articles WHERE published_at IS NOT NULL")
    assert set(years) >= {str(year) for year in range(2019, 2027)}


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.source.id)
def test_everything_that_a_feed_showed_is_an_article_once(db: Database, feed: DemoFeed) -> None:
    shown = {link for document in seen(db, feed) for link in document}
    stored = Counter(canonical(url) for url in column(db, "SELECT url FROM articles"))
    assert shown
    assert {stored[link] for link in shown} == {1}


def test_nothing_is_stored_that_no_feed_has(db: Database) -> None:
    offered = {canonical(entry.link) for feed in FEEDS for entry in feed.entries}
    assert {canonical(url) for url in column(db, "SELECT url FROM articles")} <= offered


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.source.id)
def test_every_change_that_a_poll_could_see_is_a_revision(db: Database, feed: DemoFeed) -> None:
    expected: list[tuple[str, str]] = []
    last: dict[str, tuple[str, str]] = {}
    for document in seen(db, feed):
        for link, words in document.items():
            before = last.get(link, words)
            if change(Version(*before), Version(*words)).kind != "noise":
                expected.append((link, as_read(before[0])))
        last |= document
    rows = db.query(
        """SELECT canonical_url, r.title, replaced_at FROM revisions r JOIN articles a ON a.id = r.article
        JOIN feeds f ON f.id = r.feed WHERE f.source = ?""",
        (feed.source.id,),
    )
    revisions = [
        (row["canonical_url"], as_read(row["title"]))
        for row in rows
        if "malformed" not in (feed.trouble(moment := from_utc_text(row["replaced_at"])), feed.trouble(moment - WEEK))
    ]
    assert sorted(revisions) == sorted(expected)


def test_changed_headlines_are_among_the_changes(db: Database) -> None:
    assert len(column(db, "SELECT id FROM headline_changes WHERE relevance != 'none'")) >= 10


def test_both_topics_and_neither_are_there_each_with_its_evidence(db: Database) -> None:
    counts = Counter(column(db, "SELECT relevance FROM articles"))
    assert all(counts[relevance] >= 20 for relevance in ("both", "encryption", "child-safety", "none"))
    assert column(db, "SELECT count(*) FROM articles WHERE rulebook IS NULL") == [0]
    unproven = "SELECT count(*) FROM article_tags t WHERE NOT EXISTS"
    assert column(db, f"{unproven} (SELECT 1 FROM evidence e WHERE e.article = t.article AND e.tag = t.tag)") == [0]
    for row in db.query("SELECT a.title, a.summary, e.* FROM evidence e JOIN articles a ON a.id = e.article"):
        assert row[row["field"]][row["start"] : row["end"]] == row["words"]


def test_the_dead_feed_is_shown_as_gone_and_the_others_as_well(db: Database) -> None:
    (last,) = column(db, "SELECT max(started_at) FROM polls")
    health = {feed.source: feed for feed in feed_health(db, from_utc_text(last))}
    dead = health.pop("The Liffey Post")
    assert (dead.health, dead.last_outcome) == ("gone", "gone")
    assert (dead.last_ok_at or "") < "2024-09-01"
    assert {feed.health for feed in health.values()} == {"ok", "silent"}


def test_each_trouble_leaves_its_polls_behind(db: Database) -> None:
    outcomes = Counter(column(db, "SELECT outcome FROM polls"))
    assert set(outcomes) == {"ok", "not-modified", "same-body", "http-error", "gone", "cut-short", "not-a-feed"}
    assert outcomes["not-modified"] > 2 * outcomes["same-body"] > outcomes["ok"] > 300
    malformed = """SELECT count(*) FROM polls JOIN feeds ON feeds.id = feed WHERE source = 'packet-tribune'
        AND outcome = 'cut-short' AND started_at BETWEEN '2022-02-01' AND '2022-03-01'"""
    assert column(db, malformed)[0] >= 1


def test_a_feed_that_showed_nothing_known_has_a_gap(db: Database) -> None:
    expected: set[str] = set()
    for feed in FEEDS:
        documents = [set(document) for document in seen(db, feed)]
        if any(before and after and not before & after for before, after in pairwise(documents)):
            expected.add(feed.source.id)
    missed = "SELECT source FROM gaps JOIN feeds ON feeds.id = feed WHERE to_at IS NOT NULL"
    assert set(column(db, f"{missed} AND NOT bridged AND reason != 'silent'")) == expected != set()


def test_the_database_is_sound_and_its_search_finds_every_article(db: Database) -> None:
    assert column(db, "PRAGMA integrity_check") == ["ok"]
    assert column(db, "PRAGMA foreign_key_check") == []
    db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    assert len(column(db, "SELECT rowid FROM articles_fts('verschlüsselung')")) >= 5


def test_what_lies_beside_the_database_is_left_alone(replayed: Replay) -> None:
    assert [(replayed.database.parent / name).read_text() for name in BYSTANDERS] == ["mine"] * len(BYSTANDERS)


def test_a_database_that_is_no_demo_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "tracker.db"
    with opened(path) as real, transaction(real):
        feed = Feed("https://one.example/rss", "one", timedelta(hours=1))
        feeds.declare(real, [Source("one", "One", "one")], [feed])
    done = demo(path, "--quiet")
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds more than an earlier demo" in done.stderr
    with opened(path) as real:
        assert real.execute("SELECT count(*) FROM feeds").fetchone()[0] == 1


def test_all_is_counted_by_day_source_and_tag(db: Database) -> None:
    assert column(db, "SELECT sum(articles) FROM source_days") == column(db, "SELECT count(*) FROM articles")
    assert column(db, "SELECT sum(articles) FROM tag_days") == column(db, "SELECT count(*) FROM article_tags")
    assert column(db, "SELECT (SELECT count(*) FROM stale_days) + (SELECT count(*) FROM stale_sources)") == [0]
    assert column(db, "SELECT count(*) FROM source_days WHERE observed >= 0.5")[0] > 1000
