"""Maintenance: what is old and matches nothing loses its summary and nothing else; what is damaged is told."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests import hostile_feeds
from tests.histories import configuration
from tests.old_databases import make_old
from tracker.cli.main import main
from tracker.config.load import load_text
from tracker.config.model import Retention
from tracker.errors import Damaged, StoreError
from tracker.jobs.maintenance import back_up_into, run_maintenance
from tracker.jobs.registry import JOBS
from tracker.store import disk_space
from tracker.store.database import Database, opened
from tracker.store.maintenance import upkeep
from tracker.store.migrations import steps

DAY = timedelta(days=1)
NOW = hostile_feeds.NOW + 500 * DAY
OLD = replace(configuration(""), retention=Retention(summaries=365 * DAY))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles that match and articles that do not, with revisions; most were last seen 500 days ago."""
    path = tmp_path_factory.mktemp("upkeep") / "tracker.db"
    hostile_feeds.poll(path)
    with opened(path) as db:
        for table in ("article_tags", "evidence", "near_misses"):
            db.execute(f"DELETE FROM {table} WHERE article % 3 = 0")
        db.execute("UPDATE articles SET relevance = 'none' WHERE id % 3 = 0")
        db.execute("UPDATE articles SET last_seen_at = '2099-01-01T00:00:00Z' WHERE id % 30 = 0")
    return path


@pytest.fixture
def path(filled: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "tracker.db"
    with closing(sqlite3.connect(filled)) as db:
        db.execute("VACUUM INTO ?", [str(copy)])
    return copy


def rows(path: Path, query: str) -> list[dict[str, Any]]:
    with opened(path) as db:
        return list(db.query(query))


def test_what_is_old_and_matches_nothing_loses_its_summary_and_nothing_else(path: Path) -> None:
    before = rows(path, "SELECT * FROM articles ORDER BY id")
    alone = {
        row["id"]
        for row in rows(path, "SELECT id FROM articles WHERE story NOT IN (SELECT id FROM stories) AND id NOT IN "
            "(SELECT article FROM copies UNION SELECT root FROM copies)")
    }  # fmt: skip
    done = run_maintenance(OLD, path, NOW)
    after = rows(path, "SELECT * FROM articles ORDER BY id")
    gone = {old["id"] for old, new in zip(before, after, strict=True) if old["summary"] != new["summary"]}
    assert gone == {
        row["id"] for row in before
        if row["relevance"] == "none" and row["id"] in alone and row["summary"] and row["last_seen_at"] < "2099"
    }  # fmt: skip
    assert done.aged.articles == len(gone) > 20
    for old, new in zip(before, after, strict=True):
        assert new["summary"] == ("" if new["id"] in gone else old["summary"])
        assert bool(new["summary_removed_at"]) == (new["id"] in gone)
        assert {**new, "summary": "", "summary_removed_at": None} == {**old, "summary": "", "summary_removed_at": None}
    kept = rows(path, "SELECT DISTINCT article FROM revisions WHERE summary <> ''")
    assert gone.isdisjoint(row["article"] for row in kept)
    assert kept


def test_the_search_finds_no_word_of_a_summary_that_is_gone_and_its_index_is_whole(path: Path) -> None:
    (one,) = rows(path, "SELECT id FROM articles WHERE relevance = 'none' AND summary <> '' AND id % 30 <> 0 LIMIT 1")
    run_maintenance(OLD, path, NOW)
    query = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'summary : grooming'"
    assert one["id"] not in {row["rowid"] for row in rows(path, query)}
    upkeep.check_whole(path, full=True)


def test_without_retention_nothing_is_removed(path: Path) -> None:
    before = rows(path, "SELECT * FROM articles")
    assert run_maintenance(configuration(""), path, NOW).aged.articles == 0
    assert rows(path, "SELECT * FROM articles") == before


def test_a_trial_says_what_would_be_removed_and_removes_nothing(path: Path, tmp_path: Path) -> None:
    config = tmp_path / "feeds.yaml"
    config.write_text(
        "sources: [{id: a, name: A, kind: tech, country: GB, language: en, feeds: [https://a.example/rss]}]\n"
        "retention: {summaries: 30d}\n"
    )
    before = rows(path, "SELECT * FROM articles")
    command = ["--config", str(config), "--db", str(path), "maintenance"]
    said = CliRunner().invoke(main, [*command, "--dry-run"])
    assert said.exit_code == 0
    assert "summaries would be removed" in said.output
    assert rows(path, "SELECT * FROM articles") == before
    done = json.loads(CliRunner().invoke(main, [*command, "--json"]).stdout)
    assert said.output.startswith(f"{done['aged']['articles']} ")


def test_a_second_run_finds_nothing_to_do(path: Path) -> None:
    run_maintenance(OLD, path, NOW)
    assert run_maintenance(OLD, path, NOW).aged.articles == 0


def test_the_log_is_emptied_and_the_unused_pages_can_be_given_back(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = wal")
        other.execute("CREATE TABLE ballast AS SELECT randomblob(100000) FROM articles LIMIT 50")
        other.execute("DROP TABLE ballast")
        other.commit()
        done = run_maintenance(configuration(""), path, NOW)
    assert done.log > 1_000_000
    assert done.unused > 1_000_000
    assert path.with_name("tracker.db-wal").stat().st_size == 0 if path.with_name("tracker.db-wal").exists() else True
    assert upkeep.vacuum(path) > 1_000_000
    assert run_maintenance(configuration(""), path, NOW).unused < 100_000


def test_a_file_is_not_written_anew_where_there_is_no_room_for_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_space, "free", lambda folder: 500_000)
    with pytest.raises(StoreError, match=r"there is not enough room for rewriting .*"):
        upkeep.vacuum(path)


def test_a_damaged_database_is_reported_with_the_newest_backup_that_is_whole(path: Path) -> None:
    folder = path.parent / "backups"
    first, _ = back_up_into(folder, path, NOW - 2 * DAY, None)
    second, _ = back_up_into(folder, path, NOW - DAY, None)
    damaged(second)
    run_maintenance(configuration(""), path, NOW)
    damaged(path)
    with pytest.raises(Damaged, match=rf"is damaged.*the newest intact one is {first}"):
        run_maintenance(configuration(""), path, NOW)
    done = CliRunner().invoke(main, ["--db", str(path), "maintenance"])
    assert done.exit_code == 1
    assert str(first) in done.output
    assert "Traceback" not in done.output


def damaged(path: Path) -> None:
    """Pages in the middle of the file are overwritten."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    content = bytearray(path.read_bytes())
    for page in range(20, len(content) // 4096 - 5, 7):
        content[page * 4096 : page * 4096 + 2000] = b"\xff" * 2000
    path.write_bytes(content)


def test_an_index_that_lies_is_found_by_the_full_look_only(path: Path) -> None:
    with opened(path) as db:
        db.execute("INSERT INTO articles_fts (articles_fts, rowid, title, summary) VALUES ('delete', 1, 'x', 'y')")
    upkeep.check_whole(path)
    with pytest.raises(Damaged):
        upkeep.check_whole(path, full=True)


def test_the_job_says_in_a_line_what_it_did(path: Path) -> None:
    said = JOBS["maintenance"](OLD, path, NOW)
    assert said.startswith("the database is intact; ")
    assert "old summaries removed" in said


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Database]:
    with opened(make_old(tmp_path / "old.db", "m011_scheduled")) as db:
        yield db


def test_articles_of_an_earlier_version_have_all_their_summaries(old: Database) -> None:
    assert not steps.pending(old)
    assert {row["summary_removed_at"] for row in old.query("SELECT * FROM articles")} == {None}


def test_the_age_of_what_is_removed_is_a_duration() -> None:
    text = "sources: [{id: a, name: A, kind: tech, country: GB, language: en, feeds: [https://a.example/rss]}]\n"
    assert load_text(text, "feeds.yaml").retention.summaries is None
    assert load_text(text + "retention: {summaries: 365d}\n", "feeds.yaml").retention.summaries == 365 * DAY
