"""Commands that only read work for a user who may read the database and its folder, and leave both as they are."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.old_databases import MIGRATIONS, make_old
from tests.test_cli import Desk, filled
from tracker.store.database import open_database, opened, transaction

__all__ = ["filled"]  # a fixture


@contextmanager
def for_readers(folder: Path) -> Iterator[None]:
    """Inside, nobody may write the folder or a file in it."""
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    try:
        yield
    finally:
        folder.chmod(0o755)
        for file in folder.iterdir():
            file.chmod(0o644)


@pytest.fixture
def desk(filled: Desk, tmp_path: Path) -> Desk:
    shutil.copytree(filled.folder, tmp_path / "copy")
    made = Desk(tmp_path / "copy")
    with made.config.open("a") as config:
        config.write("schedule: {backup: daily 03:30}\nrecipients: [{name: desk, mail: a@b.example}]\n")
        config.write("mail: {server: 'smtp://127.0.0.1', from: a@b.example}\noperator_alerts: {to: [desk]}\n")
    return made


def left(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


COMMANDS = [
    ("status",),
    ("export", "-"),
    ("export", "--as-of", "2025-07-01", "x.csv"),
    ("export", "all/"),
    ("export", "--append", "y.csv"),
    ("feeds", "list"),
    ("digest",),
    ("digest", "--status"),
    ("story", "show", "1"),
    ("politeness",),
    ("jobs", "list"),
    ("alerts",),
    ("codebook",),
    ("maintenance", "--dry-run"),
    ("restore",),
]


def test_what_only_reads_works_for_whoever_may_only_read(desk: Desk) -> None:
    before = left(desk.db.parent)
    with for_readers(desk.db.parent):
        for command in COMMANDS:
            done = desk.run(*command)
            assert "cannot" not in done.err, command
        assert "cannot be" in desk.run("retag", code=1).err
    assert left(desk.db.parent) == before
    assert (desk.folder / "y.csv").read_text().count("example") >= 3


def test_what_another_user_has_just_stored_is_read_beside_that_user(desk: Desk) -> None:
    """It stands in the file beside the database, which only goes into it later."""
    with closing(open_database(desk.db)) as db:
        with transaction(db):
            db.execute("UPDATE articles SET title = 'Just now' WHERE id = 1")
        with for_readers(desk.db.parent):
            assert "Just now" in desk.run("export", "-").out


def test_a_database_of_an_earlier_version_is_left_to_whoever_may_write_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.feeds(one="https://one.example/rss")
    make_old(desk.db, MIGRATIONS[-2])
    before = left(desk.db.parent)
    with for_readers(desk.db.parent):
        refused = desk.run("status", code=1)
    assert "is of an earlier version" in refused.err
    assert left(desk.db.parent) == before
    assert "brought up to date" in desk.run("status").err


def test_a_reader_is_told_of_a_database_of_another_program(tmp_path: Path, desk: Desk) -> None:
    desk.db.unlink()
    with opened(tmp_path / "t.db") as db:
        db.execute("DROP TABLE _sqlite_migrations")
    shutil.move(tmp_path / "t.db", desk.db)
    with for_readers(desk.db.parent):
        assert "is a database of another program" in desk.run("status", code=1).err
