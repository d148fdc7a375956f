"""Backups: whole and checked while others write, kept by number, and made before tables are changed."""

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.forked import ended, forked
from tests.old_databases import MIGRATIONS, make_old
from tests.test_cli import Desk, filled
from tracker.config.load import load_text
from tracker.config.model import Backups
from tracker.errors import ConfigError, StoreError
from tracker.jobs.registry import JOBS
from tracker.store import disk_space
from tracker.store.database import open_database, opened, transaction
from tracker.store.maintenance import backup, backup_folder
from tracker.store.maintenance.backup import back_up, contents, verified

__all__ = ["filled"]  # a fixture

NOW = datetime(2026, 11, 28, 3, 30, tzinfo=UTC)
DAY = timedelta(days=1)
NEWEST = MIGRATIONS[-1]
EARLIER = MIGRATIONS[:-1]
FEEDS = """
settings: {contact: desk@example.org}
sources:
  - {id: one, name: One, kind: tech, country: GB, language: en, feeds: [https://one.example/rss]}
"""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return make_old(tmp_path / "db" / "tracker.db", NEWEST, articles=20)


def ids(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as found:
        return [row[0] for row in found.execute("SELECT id FROM articles ORDER BY id")]


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as found:
        return list(found.iterdump())


# ---- one backup


def test_a_backup_is_one_file_that_holds_what_the_database_held(db: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "copy.db"
    found = back_up(db, target)
    assert found.rows["articles"] == 20
    assert found.schema[-1] == NEWEST
    assert [path.name for path in target.parent.iterdir()] == ["copy.db"]
    assert dump(target) == dump(db)
    assert verified(target) == found


def test_what_still_lies_in_the_wal_is_in_the_backup(db: Path, tmp_path: Path) -> None:
    with opened(db) as writing:
        writing.execute("UPDATE articles SET title = 'Only in the WAL' WHERE id = 7")
        assert db.with_name("tracker.db-wal").stat().st_size
        back_up(db, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copied:
        assert copied.execute("SELECT title FROM articles WHERE id = 7").fetchone() == ("Only in the WAL",)


def test_a_backup_is_of_one_moment_and_no_writer_waits_for_it(db: Path, tmp_path: Path) -> None:
    """A transaction is written between any two steps of the copy; none waits, and none gets into the backup."""
    with opened(db) as filling:
        filling.execute("CREATE TABLE ballast (text TEXT) STRICT")
        with transaction(filling):
            filling.conn.executemany("INSERT INTO ballast VALUES (?)", [("x" * 3000,)] * 20_000)
    with opened(db) as writing:
        writing.execute("PRAGMA busy_timeout = 0")  # whoever had to wait would fail
        steps = []

        def write(done: int, pages: int) -> None:
            steps.append(done)
            with transaction(writing):
                writing.execute("DELETE FROM evidence WHERE article = ?", (len(steps),))
                writing.execute("INSERT INTO sources (id, name, family) VALUES (?, 'New', 'new')", (f"s{len(steps)}",))

        found = back_up(db, tmp_path / "copy.db", write)
    assert len(steps) > 3
    assert (found.rows["sources"], found.rows["evidence"]) == (1, 20)
    assert verified(tmp_path / "copy.db") == found


def test_a_file_that_is_there_is_not_written_over(db: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("dear diary")
    with pytest.raises(StoreError, match="already exists"):
        back_up(db, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "dear diary"


def test_where_there_is_not_enough_room_it_is_said_before_anything_is_written(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_space, "free", lambda folder: 500_000)
    with pytest.raises(
        StoreError, match=r"not enough room for a backup of .*: 1\.\d MB are needed in .*, where 500 KB are free"
    ):
        back_up(db, tmp_path / "backups" / "copy.db")
    assert not (tmp_path / "backups").exists()


def test_a_copy_that_lacks_a_row_is_not_kept(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = backup.copy

    def lossy(source: sqlite3.Connection, target: Path, hear: backup.Progress) -> None:
        whole(source, target, hear)
        with closing(sqlite3.connect(target)) as copied, copied:
            copied.execute("DELETE FROM polls")

    monkeypatch.setattr(backup, "copy", lossy)
    with pytest.raises(StoreError, match="differs from the database"):
        back_up(db, tmp_path / "backups" / "copy.db")
    assert list((tmp_path / "backups").iterdir()) == []


def broken(path: Path) -> Path:
    """Make the inner pages of a database nonsense; its first says that it is one."""
    with closing(sqlite3.connect(path)) as whole:
        whole.execute("PRAGMA journal_mode = delete")
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 40] = b"\xa5" * (4096 * 38)
    path.write_bytes(content)
    return path


def test_of_a_damaged_database_no_backup_is_made(db: Path, tmp_path: Path) -> None:
    broken(db)
    with pytest.raises(StoreError, match=r"is damaged.*`tracker restore` lists the backups"):
        back_up(db, tmp_path / "backups" / "copy.db")
    assert not list((tmp_path / "backups").glob("*"))


# ---- the folder


def test_the_newest_are_kept_and_nothing_else_is_touched(db: Path, tmp_path: Path) -> None:
    folder = db.parent / "backups"
    folder.mkdir()
    others = ["tracker-before-upgrade-m005-to-m009.db", "tracker.db", "notes.txt", "other-2020-01-01T000000Z.db"]
    others += ["tracker-2020-01-01T000000Z.db.gz", "tracker-2020-13-01T000000Z.db"]
    for name in others:
        (folder / name).write_text("mine")
    (folder / "tracker-2020-01-01T000000Z.db").symlink_to(folder / "notes.txt")
    config = load_text(FEEDS + "backup: {keep: 2}\n", "feeds.yaml")
    said = [JOBS["backup"](config, db, NOW + days * DAY) for days in range(4)]
    assert said[3].startswith("tracker-2026-12-01T033000Z.db made and checked (")
    assert said[3].endswith("1 older removed")
    made = ["tracker-2026-11-30T033000Z.db", "tracker-2026-12-01T033000Z.db"]
    assert sorted(path.name for path in folder.iterdir()) == sorted([*others, "tracker-2020-01-01T000000Z.db", *made])


def test_no_backup_is_removed_before_a_newer_one_is_checked(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_text(FEEDS + "backup: {keep: 1}\n", "feeds.yaml")
    JOBS["backup"](config, db, NOW)
    monkeypatch.setattr(disk_space, "free", lambda folder: 0)
    with pytest.raises(StoreError, match="not enough room"):
        JOBS["backup"](config, db, NOW + DAY)
    assert [kept.at for kept in backup_folder.listed(db.parent / "backups", db)] == [NOW]


def test_the_newest_good_backup_is_found_behind_damaged_ones(db: Path, tmp_path: Path) -> None:
    folder = db.parent / "backups"
    for days in range(3):
        back_up(db, folder / backup_folder.name(db, NOW + days * DAY))
    broken(folder / backup_folder.name(db, NOW + 2 * DAY))
    (folder / backup_folder.name(db, NOW + DAY)).write_bytes(b"")
    good = backup_folder.newest_good(folder, db)
    assert good is not None
    assert good.at == NOW


def test_what_a_killed_backup_left_is_removed_by_a_later_one(db: Path, tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    folder = db.parent / "backups"
    folder.mkdir()
    names = [f".tracker-2026-11-27T033000Z.db.{child.pid}.part", f".x.db.{child.pid}.part-wal"]
    living = f".tracker-2026-11-27T033000Z.db.{os.getpid()}.part"
    for name in (*names, living):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (0, 0))
    JOBS["backup"](load_text(FEEDS, "feeds.yaml"), db, NOW)
    assert sorted(path.name for path in folder.iterdir()) == [living, backup_folder.name(db, NOW)]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        pytest.param("backup: {keep: 0}", "6:16", id="none kept"),
        pytest.param("backup: {folder: ''}", "6:18", id="no folder"),
        pytest.param("retention: {summaries: 5d}", "6:24", id="too short"),
        pytest.param("retention: {titles: 400d}", "6:13", id="what is never let go"),
    ],
)
def test_mistakes_in_the_sections_on_upkeep_are_named_with_their_place(line: str, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_text(f"{FEEDS}\n{line}\n", "feeds.yaml")
    assert [f"{one.line}:{one.column}" for one in caught.value.mistakes] == [place]


def test_a_folder_of_backups_begins_at_the_database_unless_its_path_is_whole() -> None:
    db = Path("/srv/tracker/db/tracker.db")
    assert Backups().beside(db) == Path("/srv/tracker/db/backups")
    assert Backups(folder=Path("/mnt/disk")).beside(db) == Path("/mnt/disk")


# ---- the command


def test_the_command_backs_up_to_the_folder_a_folder_or_a_file(filled: Desk, tmp_path: Path) -> None:
    shutil.copytree(filled.folder, tmp_path / "desk")
    desk = Desk(tmp_path / "desk")
    done = desk.run("backup")
    assert "complete, and checked by opening it" in done.err
    assert len(list((desk.folder / "db" / "backups").glob("tracker-*Z.db"))) == 1
    made = desk.run("backup", tmp_path / "usb", "--json").json
    assert verified(Path(made["file"])).rows["articles"] == 3
    desk.run("backup", tmp_path / "mine.db", "--quiet")
    assert verified(tmp_path / "mine.db").rows["articles"] == 3
    again = desk.run("backup", tmp_path / "mine.db", code=1)
    assert again.err == f"{tmp_path}/mine.db already exists; name another file, as backups are never overwritten\n"


@pytest.mark.parametrize("name", ["file:news.db", ":memory:", "50%20.db", "what?.db", "#1.db"])
def test_a_database_may_have_any_name(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Some builds of SQLite take names that begin with "file:" for URIs."""
    monkeypatch.chdir(db.rename(tmp_path / name).parent)
    before = dump(tmp_path / name)

    back_up(Path(name), Path("file:kept.db"))
    with opened(Path(name)) as again:
        assert again.execute("SELECT count(*) FROM articles").fetchone() == (20,)

    assert dump(tmp_path / "file:kept.db") == before
    assert not {one.name for one in tmp_path.iterdir()} & {"news.db", "kept.db"}


def test_without_a_database_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    assert "there is no database" in Desk(tmp_path).run("backup", code=1).err
    assert list(tmp_path.iterdir()) == []


# ---- upgrades


@pytest.mark.parametrize("earlier", EARLIER)
def test_a_database_of_any_earlier_version_is_kept_before_it_is_brought_up_to_date(
    earlier: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tracker")
    db = make_old(tmp_path / "tracker.db", earlier)
    before = dump(db)
    with opened(db) as found:
        assert contents(found.conn).schema == tuple(MIGRATIONS)
        assert found.execute("SELECT count(*) FROM coverage").fetchone()[0] == 3
        assert found.execute("SELECT count(*) FROM revisions").fetchone()[0] == 3
        assert found.execute("SELECT count(*) FROM articles_fts('keys')").fetchone() == (3,)
    versions = f"{earlier[:4]}-to-{NEWEST[:4]}"
    kept = tmp_path / "backups" / f"tracker-before-upgrade-{versions}.db"
    assert dump(kept) == before
    assert any(str(kept) in message for message in caplog.messages)
    assert backup_folder.listed(kept.parent, db) == []


def test_a_new_database_and_one_without_rows_need_no_backup(tmp_path: Path) -> None:
    open_database(tmp_path / "new.db").close()
    empty = make_old(tmp_path / "empty.db", EARLIER[-1], articles=0)
    with closing(sqlite3.connect(empty)) as db, db:
        for table in ("gaps", "polls", "feeds", "sources", "tags", "rulebooks"):
            db.execute(f"DELETE FROM {table}")
    open_database(empty).close()
    assert not (tmp_path / "backups").exists()


def test_without_room_for_the_backup_the_old_database_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = make_old(tmp_path / "tracker.db", EARLIER[3])
    before = db.read_bytes()
    monkeypatch.setattr(disk_space, "free", lambda folder: 0)
    with pytest.raises(StoreError, match="not enough room for a backup"):
        open_database(db)
    assert db.read_bytes() == before
    assert verified(db).schema == tuple(MIGRATIONS[:4])


def test_an_upgrade_that_was_killed_keeps_no_second_copy_of_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = make_old(tmp_path / "tracker.db", EARLIER[3])
    kept = backup_folder.keep_before(db, NEWEST)
    assert backup_folder.keep_before(db, NEWEST) == kept
    with closing(sqlite3.connect(db)) as changed, changed:
        changed.execute("INSERT INTO polls (feed, started_at, outcome) VALUES (1, '2025-01-03T00:00:00Z', 'ok')")
    second = backup_folder.keep_before(db, NEWEST)
    assert kept is not None
    assert second == kept.with_name(f"{kept.stem}-2.db")


def upgraded_until(statement: int, db: Path) -> None:
    """Upgrade, and be killed after this many statements."""
    left = statement

    class Dying(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            return super().execute(*arguments)

    connect = sqlite3.connect
    pytest.MonkeyPatch().setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **{**k, "factory": Dying}))
    open_database(db).close()


def test_an_upgrade_killed_at_any_moment_goes_on_with_all_rows(tmp_path: Path) -> None:
    """Each process kills itself before another statement of its upgrade, some of them in the midst of a migration."""
    kills = 0
    for statement in range(3, 400, 23):
        db = make_old(tmp_path / str(statement) / "tracker.db", EARLIER[0])
        code = ended(forked(partial(upgraded_until, statement, db)))
        kills += code == -signal.SIGKILL
        with opened(db) as found:
            assert contents(found.conn).schema == tuple(MIGRATIONS)
            assert found.execute("SELECT count(*) FROM coverage").fetchone()[0] == 3
            assert found.execute("SELECT count(*) FROM evidence").fetchone()[0] == 3
        if code == 0:
            break
        assert code == -signal.SIGKILL
    assert kills > 5


def test_every_command_refuses_a_database_of_a_newer_version(filled: Desk, tmp_path: Path) -> None:
    shutil.copytree(filled.folder, tmp_path / "desk")
    desk = Desk(tmp_path / "desk")
    with closing(sqlite3.connect(desk.db)) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('tracker', 'm999_later', '2099')"
        )
    before = dump(desk.db)
    lines = desk.write("more.jsonl", {"url": "https://x.example/1", "title": "T", "source": "X"})
    commands = [["poll"], ["run", "--port", "0"], ["serve", "--port", "0"], ["retag"], ["export"], ["status"]]
    commands += [["import", lines], ["politeness"], ["sample", "--tag", "encryption"], ["story", "show", "1"]]
    for command in commands:
        done = desk.run(*command, code=None)
        assert done.code == 1, command
        assert "written by a newer tracker; upgrade this one to open it" in done.err, command
    assert dump(desk.db) == before
