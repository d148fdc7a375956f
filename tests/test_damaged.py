"""Every command, given a file that is no database of ours any more, says so in a sentence and leaves it as it is."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.polled_feeds import NOW
from tracker.cli.main import main
from tracker.collect.import_rows import read_rows
from tracker.config.load import load_text
from tracker.pipeline.import_file import import_articles
from tracker.store.database import opened

FEEDS = """
settings: {contact: desk@example.org, allow_networks: [127.0.0.0/8]}
sources: [{id: one, name: One, kind: tech, country: GB, language: en, feeds: ["http://127.0.0.1:9/rss"]}]
"""
ARTICLE = '{"url": "https://one.example/1", "title": "Ministers on encryption", "source": "one"}'


def schema(statement: str) -> Callable[[Path], None]:
    """The damage that a statement does to the table in which SQLite keeps its schema."""

    def damage(path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA writable_schema = 1")
            db.execute(f"UPDATE sqlite_schema {statement}" if statement.startswith("SET") else statement)

    return damage


def content(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """The damage that something else than SQLite does to the file."""
    return lambda path: (path.write_bytes(change(path.read_bytes())), None)[1]


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE notes (text)")


def a_newer_tracker(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(
            "UPDATE _sqlite_migrations SET name = 'm999_later' WHERE id = (SELECT max(id) FROM _sqlite_migrations)"
        )


DAMAGES = [
    pytest.param(schema("SET sql = 'CREATE TABEL (' WHERE name = 'articles'"), id="no statement"),
    pytest.param(schema("SET sql = 'CREATE VIEW coverage AS SELEC' WHERE name = 'coverage'"), id="no view"),
    pytest.param(schema("SET sql = CAST(x'ff20fe' AS TEXT) WHERE name = 'feeds'"), id="no text"),
    pytest.param(schema("SET sql = NULL WHERE name = 'articles'"), id="nothing"),
    pytest.param(schema("SET rootpage = 99999 WHERE name = 'polls'"), id="a page that is not there"),
    pytest.param(
        schema("INSERT INTO sqlite_schema VALUES ('trigger', 'x', 'articles', 0, 'x')"), id="a trigger of words"
    ),
    pytest.param(schema("DELETE FROM sqlite_schema WHERE name = 'articles'"), id="a table that is gone"),
    pytest.param(content(lambda whole: whole[: len(whole) // 2]), id="half of the file"),
    pytest.param(content(lambda whole: whole[:4096]), id="one page of it"),
    pytest.param(content(lambda whole: whole[:50]), id="half of the header"),
    pytest.param(content(lambda _: b"Dear reader, " * 1000), id="no database"),
    pytest.param(content(lambda whole: whole[:100] + b"\xff" * 3996 + whole[4096:]), id="a first page of noise"),
    pytest.param(content(lambda whole: whole[:18] + b"\x09\x09" + whole[20:]), id="a later file format"),
    pytest.param(a_folder, id="a folder"),
    pytest.param(another_program, id="another program's"),
    pytest.param(a_newer_tracker, id="a newer tracker's"),
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with an article in it."""
    path = tmp_path_factory.mktemp("damaged") / "tracker.db"
    with opened(path) as db:
        import_articles(db, read_rows([(1, ARTICLE)], NOW), load_text(FEEDS, "feeds.yaml"), NOW, lambda _: None)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return path.read_bytes()


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_command_says_in_a_sentence_what_is_wrong_with_the_file(
    tmp_path: Path, whole: bytes, damage: Callable[[Path], None]
) -> None:
    path, config, more = tmp_path / "t.db", tmp_path / "feeds.yaml", tmp_path / "more.jsonl"
    path.write_bytes(whole)
    config.write_text(FEEDS)
    more.write_text(ARTICLE)
    damage(path)
    before = path.read_bytes() if path.is_file() else b""
    for command in (
        ["status"],
        ["poll"],
        ["import", str(more)],
        ["export", "coverage"],
        ["retag"],
        ["maintenance"],
        ["backup", str(tmp_path / "backups")],
        ["jobs", "list"],
    ):
        done = CliRunner().invoke(main, ["--config", str(config), "--db", str(path), *command])
        assert done.exit_code in {1, 2}, (command, done.output)
        assert isinstance(done.exception, SystemExit), (command, done.exception)
        assert ".db" in done.output, command
        assert "Traceback" not in done.output, command
        assert len(done.stderr.strip().splitlines()) <= 5, (command, done.output)
    assert (path.read_bytes() if path.is_file() else b"") == before
