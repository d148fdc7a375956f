"""The data as it stood at a moment is what an export of that moment held."""

import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.rulebooks import rulebook
from tracker.cli.main import main
from tracker.models import Entry, Feed, Source
from tracker.pipeline.ingest import ingest
from tracker.publish.exports import queries
from tracker.publish.exports.queries import Filter, as_of
from tracker.store import feeds
from tracker.store.database import Database, opened, transaction
from tracker.store.migrations import steps

FOLLOWS_TODAY = {"last_seen_at", "relevance", "tags", "themes", "laws", "organisations", "people", "places", "story"}
"""Columns of coverage that follow the words and rules of today, and the one that is not known of then."""

BOOK = rulebook("- {id: encryption, facet: topic, label: Encryption, terms: {en: [encrypt*]}}")
START = datetime(2025, 7, 1, 12, 0, tzinfo=UTC)


def export(db: Database, moment: datetime | None = None) -> list[dict[str, Any]]:
    """What an export holds, today or as of a moment, without what follows today."""
    with as_of(db, moment):
        names = queries.columns(db, "coverage")
        rows = [dict(zip(names, row, strict=True)) for row in queries.rows(db, "coverage", Filter())]
    return [{name: value for name, value in row.items() if name not in FOLLOWS_TODAY} for row in rows]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with opened(tmp_path / "tracker.db") as made:
        with transaction(made):
            feeds.declare(made, [Source("one", "One", "one")], [Feed("https://one.example/rss", "one")])
        yield made


def see(db: Database, texts: dict[int, tuple[str, str]], now: datetime) -> None:
    """The feed shows these titles and summaries, by the number of the article."""
    entries = [
        Entry(f"g{number}", f"https://one.example/{number}", title, summary=summary, published=now)
        for number, (title, summary) in texts.items()
    ]
    with transaction(db):
        ingest(db, feeds.declared(db)[0], entries, BOOK, now)


def test_words_that_go_back_and_forth_at_random_are_known_of_every_moment(db: Database) -> None:
    dice = random.Random(20250701)
    titles = ["Encryption is safe", "Encryption is not safe", "Encryption: is it safe?", "Encryption is safe ", "Other"]
    summaries = ["", "One.", "Two."]
    made = {}
    for hour in range(120):
        now = START + timedelta(hours=hour)
        shown = {number: (dice.choice(titles), dice.choice(summaries)) for number in range(1, 1 + hour // 20)}
        see(db, shown, now)
        made[now] = export(db)
    for now, rows in made.items():
        assert export(db, now) == rows
        assert export(db, now + timedelta(minutes=59)) == rows
    assert export(db, START - timedelta(days=1)) == []
    turns = "SELECT count(*) AS n FROM earlier_words"
    assert next(db.query(turns))["n"] > next(db.query("SELECT count(*) AS n FROM revisions"))["n"]


def test_the_view_has_one_row_for_each_article_at_each_moment(db: Database) -> None:
    for hour, title in enumerate(["A", "B", "A", "B", "C"]):
        see(db, {1: (f"Encryption {title}", ""), 2: ("Encryption stays", "")}, START + timedelta(hours=hour))
    query = "SELECT article, title FROM versions WHERE valid_from <= ?1 AND (valid_to > ?1 OR valid_to IS NULL)"
    for hour, title in enumerate("ABABC"):
        moment = (START + timedelta(hours=hour, minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert {row["article"]: row["title"] for row in db.query(query, [moment])} == {
            row["article"]: row["title"]
            for row in db.query("SELECT id AS article, title FROM articles WHERE title LIKE '%stays'")
        } | {
            row["id"]: f"Encryption {title}"
            for row in db.query("SELECT id FROM articles WHERE title NOT LIKE '%stays'")
        }


def test_after_a_look_back_the_present_is_there_again(db: Database) -> None:
    see(db, {1: ("Encryption A", "")}, START)
    see(db, {1: ("Encryption B", "")}, START + timedelta(hours=1))
    with as_of(db, START):
        assert [row["title"] for row in db.query("SELECT * FROM coverage")] == ["Encryption A"]
        assert [*db.query("SELECT * FROM headline_changes")] == []
    assert [row["title"] for row in db.query("SELECT * FROM coverage")] == ["Encryption B"]
    assert len([*db.query("SELECT * FROM headline_changes")]) == 1


@pytest.mark.parametrize(
    ("moment", "title"),
    [
        ("2025-07-01T12:00Z", "Encryption A"),
        ("2025-07-01T13:59+01:00", "Encryption A"),
        ("2025-07-01T13:59", "Encryption A"),  # in London, that is 12:59 UTC
        ("2025-07-01T14:00", "Encryption B"),
        ("2025-07-02", "Encryption B"),
        ("2025-07-01", None),
    ],
)
def test_the_command_writes_what_stood_then(db: Database, tmp_path: Path, moment: str, title: str | None) -> None:
    see(db, {1: ("Encryption A", "")}, START)
    see(db, {1: ("Encryption B", "")}, START + timedelta(hours=1))
    feeds_yaml = tmp_path / "feeds.yaml"
    feeds_yaml.write_text(
        "sources: [{id: one, name: One, kind: tech, country: GB, language: en, feeds: [{url: 'https://one.example/rss'}]}]"
    )
    paths = ["--config", str(feeds_yaml), "--db", str(tmp_path / "tracker.db")]
    done = CliRunner().invoke(main, [*paths, "export", "--as-of", moment])
    assert done.exit_code == 0, done.output
    assert done.output.count("Encryption") == (title is not None)
    assert title is None or title in done.output


def test_what_is_not_a_moment_is_reported(db: Database, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--db", str(tmp_path / "tracker.db"), "export", "--as-of", "June"])
    assert done.exit_code == 2
    assert "use one such as 2026-06-01" in done.output


def test_what_was_known_of_earlier_words_before_they_were_kept_with_their_times_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    steps.apply(Database(connection), stop_before="m010_earlier_words")
    connection.executescript(
        """INSERT INTO sources (id, name, family) VALUES ('one', 'One', 'one');
        INSERT INTO feeds (id, url, source) VALUES (1, 'https://one.example/rss', 'one');
        INSERT INTO articles (id, canonical_url, url, source, title, date_quality, first_seen_at, last_seen_at)
            VALUES (1, 'https://one.example/1', 'u', 'one', 'B', 'absent', '2025-07-01T10:00:00Z', '2025-07-02');
        INSERT INTO revisions (article, feed, title, summary, title_changed, seen_until, replaced_at, again, again_at)
            VALUES (1, 1, 'A', '', 1, '', '2025-07-01T11:00:00Z', 1, '2025-07-01T13:00:00Z'),
                (1, 1, 'B', '', 1, '', '2025-07-01T12:00:00Z', 0, NULL);"""
    )
    connection.close()
    with opened(path) as db:
        rows = db.query("SELECT title, substr(valid_from, 12, 2) AS a, substr(valid_to, 12, 2) AS b FROM versions")
        found = sorted((row["a"], row["b"], row["title"]) for row in rows)
    assert found == [("10", "11", "A"), ("11", "12", "B"), ("12", "13", "A"), ("13", None, "B")]
