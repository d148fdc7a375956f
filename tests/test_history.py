"""A real feed of half a year, version by version: nothing is lost, nothing is doubled, whatever kills the process."""

import asyncio
import io
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.histories import Version, replay, versions
from tracker.analyse.urls import canonical
from tracker.outcomes import Outcome
from tracker.store.database import Database, open_database

ARCHIVE = "history/arstechnica-2025h1.tar.xz"
KILLS = 50


@pytest.fixture(scope="module")
def series(shared_data: Path) -> list[Version]:
    return list(versions(shared_data / ARCHIVE))


@pytest.fixture(scope="module")
def undisturbed(series: list[Version], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database after every version was polled once."""
    db = tmp_path_factory.mktemp("history") / "undisturbed.db"
    rounds = asyncio.run(replay(series, db))
    assert [done.outcomes for done in rounds] == [{Outcome.OK: 1}] * len(series)
    return db


def content(db: Database) -> dict[str, list[dict[str, Any]]]:
    """All that was collected, without row numbers, which a killed poll may have used up."""
    queries = {
        "articles": """SELECT canonical_url, url, title, summary, author, published_at, first_seen_at, last_seen_at,
            relevance FROM articles ORDER BY 1""",
        "sightings": """SELECT guid, canonical_url, changes, s.first_seen_at, s.last_seen_at FROM sightings s
            JOIN articles a ON a.id = article ORDER BY 1""",
        "revisions": """SELECT canonical_url, r.title, r.summary, seen_until, replaced_at FROM revisions r
            JOIN articles a ON a.id = article ORDER BY 1, 5""",
        "tags": "SELECT canonical_url, tag FROM article_tags JOIN articles a ON a.id = article ORDER BY 1, 2",
        "evidence": """SELECT canonical_url, tag, rule, field, start, words FROM evidence
            JOIN articles a ON a.id = article ORDER BY 1, 2, 3, 4, 5""",
        "gaps": "SELECT from_at, to_at, reason, bridged FROM gaps ORDER BY 1, 3",
        "feeds": "SELECT failures, last_new_at, full_at, usual_seconds, shown FROM feeds ORDER BY id",
        "polls": "SELECT started_at, outcome, entries, new, updated, overlap FROM polls ORDER BY 1",
    }
    return {name: list(db.query(query)) for name, query in queries.items()}


def test_every_item_of_every_version_is_an_article_once(series: list[Version], undisturbed: Path) -> None:
    db = open_database(undisturbed)
    items = [item for version in series for item in feedparser.parse(io.BytesIO(version.body)).entries]
    addresses = {row["canonical_url"] for row in db.query("SELECT canonical_url FROM articles")} | {
        row["canonical_url"] for row in db.query("SELECT canonical_url FROM links")
    }
    assert len(series) == 311
    assert db.execute("SELECT count(*) FROM articles").fetchone()[0] == len({item.id for item in items})
    assert {canonical(item.link) for item in items} == addresses
    shown = {
        row["guid"]: row for row in db.query("SELECT guid, title FROM sightings JOIN articles a ON a.id = article")
    }
    assert set(shown) == {item.id for item in items}


def test_the_same_version_again_is_a_304_and_changes_no_row_but_the_poll(
    series: list[Version], undisturbed: Path, tmp_path: Path
) -> None:
    db = tmp_path / "again.db"
    open_database(undisturbed).execute("VACUUM INTO ?", (str(db),))
    again = Version(len(series), series[-1].time + timedelta(minutes=30), series[-1].body)
    (done,) = asyncio.run(replay([*series, again], db))
    assert done.outcomes == {Outcome.NOT_MODIFIED: 1}
    before, after = content(open_database(undisturbed)), content(open_database(db))
    (poll,) = [row for row in after.pop("polls") if row not in before["polls"]]
    assert (poll["outcome"], poll["entries"], poll["new"]) == ("not-modified", 0, 0)
    before.pop("polls")
    assert after == before


@pytest.mark.timeout(1200)  # fifty processes; two minutes on a machine that has nothing else to do
def test_a_process_killed_at_random_moments_loses_and_doubles_nothing(
    shared_data: Path, undisturbed: Path, tmp_path: Path
) -> None:
    db = tmp_path / "killed.db"
    command = [sys.executable, "-m", "tests.histories", str(shared_data / ARCHIVE), str(db), str(KILLS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    assert done.stdout.count(".") == KILLS
    assert content(open_database(db)) == content(open_database(undisturbed))
    open_database(db).execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
