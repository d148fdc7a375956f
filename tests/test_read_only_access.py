"""Commands that only read work for a user who may read the database and its folder, and leave both as they are."""

import csv
import io
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.forked_command import Started, start_command
from tests.old_databases import MIGRATIONS, make_old
from tests.test_cli import Desk, environment, filled
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
    ("backup", "copy.db"),
    ("backup", "backups/"),
    ("release", "--folder", "releases"),
    ("retag", "--dry-run"),
]


@contextmanager
def serving(desk: Desk) -> Iterator[tuple[str, Started | subprocess.Popen[str]]]:
    """Yield the address of `tracker serve` run by a reader, and its process."""
    process = start_command("serve", "--port", "0", cwd=desk.folder, env=environment(), root=False)
    try:
        assert process.stderr is not None
        found = next(
            (seen for line in process.stderr if (seen := re.search(r"the site is at (http://\S+)", line))), None
        )
        assert found, "the site did not open"
        yield found[1], process
    finally:
        process.kill()
        process.communicate()


def fill_in(sheet: str) -> str:
    """Answer yes to each article of a sample."""
    rows = list(csv.DictReader(io.StringIO(sheet.lstrip("\ufeff"), newline="")))
    filled = io.StringIO(newline="")
    writer = csv.DictWriter(filled, rows[0].keys())
    writer.writeheader()
    writer.writerows(row | {"coder_1": "1"} for row in rows)
    return filled.getvalue()


def test_what_only_reads_works_for_whoever_may_only_read(desk: Desk) -> None:
    before = left(desk.db.parent)
    with for_readers(desk.db.parent):
        for command in COMMANDS:
            done = desk.run(*command)
            assert "cannot" not in done.err, command
        assert "cannot be" in desk.run("retag", code=1).err
    assert left(desk.db.parent) == before
    assert (desk.folder / "y.csv").read_text().count("example") >= 3


def test_a_dry_run_tells_a_reader_what_a_retagging_would_do(desk: Desk) -> None:
    with for_readers(desk.db.parent):
        told = desk.run("retag", "--dry-run", "--json").json
    assert told == desk.run("retag", "--json").json
    assert told["articles"] == 3


def test_a_sample_is_scored_for_a_reader_and_not_stored(desk: Desk) -> None:
    desk.run("sample", "--tag", "csam", "--n", "4", "drawn.csv")
    (desk.folder / "coded.csv").write_text(fill_in((desk.folder / "drawn.csv").read_text()))
    before = left(desk.db.parent)
    with for_readers(desk.db.parent):
        done = desk.run("score", "coded.csv")
    assert "not stored" in done.err
    assert left(desk.db.parent) == before
    assert desk.run("score", "coded.csv").out == done.out


def test_a_backup_and_a_release_by_a_reader_are_those_of_their_owner(desk: Desk) -> None:
    with for_readers(desk.db.parent):
        desk.run("backup", "theirs.db")
        desk.run("release", "--folder", "theirs", "--version", "one")
    desk.run("release", "--folder", "ours", "--version", "one")
    sums = [(desk.folder / who / "one" / "SHA256SUMS").read_bytes() for who in ("ours", "theirs")]
    assert sums[0] == sums[1]
    with opened(desk.folder / "theirs.db") as db, opened(desk.db) as ours:
        query = "SELECT title FROM articles ORDER BY id"
        assert list(db.query(query)) == list(ours.query(query))


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a writer"])
def test_the_site_is_served_to_a_reader(desk: Desk, beside: bool) -> None:
    before = left(desk.db.parent)
    with closing(open_database(desk.db)) as db:
        if not beside:
            db.close()
        with for_readers(desk.db.parent), serving(desk) as (site, process):
            assert "Ministers on encryption" in httpx.get(f"{site}search?q=encryption").text
            if beside:
                desk.db.with_name("tracker.db-wal").chmod(0o644)
                with transaction(db):
                    db.execute("UPDATE articles SET title = 'Just now' WHERE id = 1")
                assert "Just now" in httpx.get(f"{site}article/1").text
            process.send_signal(signal.SIGTERM)
            assert process.wait() == 0
    if not beside:
        assert left(desk.db.parent) == before


def test_what_only_the_log_beside_the_database_holds_is_not_read_without_it(desk: Desk) -> None:
    """The file -shm is gone, as after a copy of the other two, so that nobody but a writer can read the log."""
    with closing(open_database(desk.db)) as db:
        with transaction(db):
            db.execute("UPDATE articles SET title = 'Just now' WHERE id = 1")
        kept = {name: desk.db.with_name(name).read_bytes() for name in ("tracker.db", "tracker.db-wal")}
    for name, content in kept.items():
        desk.db.with_name(name).write_bytes(content)
    with for_readers(desk.db.parent):
        refused = desk.run("status", code=1).err
    assert "tracker.db-wal holds what is not in" in refused
    assert "tracker status" in refused
    desk.run("status")
    with for_readers(desk.db.parent):
        assert "Just now" in desk.run("export", "-").out


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
        assert "belongs to another program" in desk.run("status", code=1).err
