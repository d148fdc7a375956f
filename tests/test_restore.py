"""Restoring a backup: only one that can be relied on, never over what others use, and killed at any moment."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from tests.forked import ended, forked
from tests.old_databases import MIGRATIONS, make_old
from tests.test_backup import broken, dump, ids
from tests.test_cli import Desk, filled
from tracker.errors import Locked, StoreError, UsageError
from tracker.store import disk_space, jobs
from tracker.store.database import exclusive, opened
from tracker.store.maintenance.backup import back_up, verified
from tracker.store.maintenance.restore import restore

pytestmark = pytest.mark.slow

__all__ = ["filled"]  # a fixture

NOW = datetime(2026, 11, 28, 3, 30, tzinfo=UTC)
NEWEST = MIGRATIONS[-1]
ASIDE = "tracker-before-restore-2026-11-28T033000Z.db"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A database of 20 articles."""
    return make_old(tmp_path / "db" / "tracker.db", NEWEST, articles=20)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A backup that holds 5 articles."""
    backup = tmp_path / "saved.db"
    back_up(make_old(tmp_path / "earlier" / "tracker.db", NEWEST, articles=5), backup)
    return backup


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def test_the_database_is_what_the_backup_holds_and_what_was_there_is_kept(db: Path, saved: Path) -> None:
    before = dump(db)
    done = restore(db, saved, NOW)
    assert done.aside == db.with_name(ASIDE)
    assert dump(db) == dump(saved)
    assert dump(done.aside) == before
    assert names(db.parent) == sorted([ASIDE, "tracker.db"])
    with opened(db) as found:
        assert found.execute("SELECT count(*) FROM coverage").fetchone()[0] == 5


def test_what_lies_in_the_wal_of_the_old_database_is_kept_with_it_and_does_not_get_into_the_new(
    db: Path, saved: Path
) -> None:
    code = f"""if True:
        import os
        from pathlib import Path
        from tracker.store.database import open_database
        db = open_database(Path({str(db)!r}))
        db.execute("UPDATE articles SET title = 'Only in the WAL'")
        os.kill(os.getpid(), 9)
    """
    subprocess.run([sys.executable, "-c", code], check=False)
    assert db.with_name("tracker.db-wal").stat().st_size
    done = restore(db, saved, NOW)
    assert done.aside is not None
    assert "Only in the WAL" in "".join(dump(done.aside))
    assert dump(db) == dump(saved)
    assert names(db.parent) == sorted([ASIDE, "tracker.db"])


def test_two_restores_in_one_second_keep_both_databases(db: Path, saved: Path) -> None:
    first = restore(db, saved, NOW).aside
    second = restore(db, saved, NOW).aside
    assert first is not None
    assert second is not None
    assert (len(ids(first)), len(ids(second)), second.name) == (20, 5, ASIDE.replace("Z.db", "Z-2.db"))


def test_where_there_is_no_database_the_backup_becomes_it(tmp_path: Path, saved: Path) -> None:
    done = restore(tmp_path / "new" / "tracker.db", saved, NOW)
    assert done.aside is None
    assert len(ids(tmp_path / "new" / "tracker.db")) == 5


def test_a_backup_of_an_earlier_version_is_brought_up_to_date_when_it_is_opened(db: Path, tmp_path: Path) -> None:
    restore(db, make_old(tmp_path / "old.db", MIGRATIONS[2], articles=4), NOW)
    with opened(db) as found:
        assert found.execute("SELECT count(*) FROM coverage").fetchone()[0] == 4
    kept = db.parent / "backups" / f"tracker-before-upgrade-{MIGRATIONS[2][:4]}-to-{NEWEST[:4]}.db"
    assert len(ids(kept)) == 4


def test_the_new_database_can_be_read_by_whom_the_old_one_could(db: Path, saved: Path) -> None:
    db.chmod(0o640)
    restore(db, saved, NOW)
    assert db.stat().st_mode & 0o777 == 0o640
    if os.geteuid() == 0:
        os.chown(db, 1234, 2345)
        restore(db, saved, NOW)
        assert (db.stat().st_uid, db.stat().st_gid) == (1234, 2345)


# ---- what is refused


def newer(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('tracker', 'm999_later', '2099')"
        )
    return path


def text(path: Path) -> Path:
    path.write_text("id,title\n1,one\n" * 100)
    return path


def foreign(path: Path) -> Path:
    path.unlink()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE photos (id INTEGER)")
    return path


def cut(path: Path) -> Path:
    os.truncate(path, path.stat().st_size * 2 // 3)
    return path


def orphaned(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM articles WHERE id = 3")
    return path


def gone(path: Path) -> Path:
    path.unlink()
    return path


@pytest.mark.parametrize(
    ("spoiled", "message"),
    [
        pytest.param(text, "it is not a database", id="a text"),
        pytest.param(foreign, "not a database of the tracker", id="another program's"),
        pytest.param(newer, "written by a newer tracker; upgrade this one to use it", id="a newer version"),
        pytest.param(broken, "is damaged", id="damaged"),
        pytest.param(cut, "is damaged", id="cut off"),
        pytest.param(orphaned, "a row of .* belongs to one of articles that does not exist", id="rows are missing"),
        pytest.param(gone, "there is no file", id="not there"),
    ],
)
def test_a_file_that_cannot_be_relied_on_is_refused_and_nothing_changes(
    db: Path, saved: Path, spoiled: object, message: str
) -> None:
    before = db.read_bytes()
    assert callable(spoiled)
    spoiled(saved)
    with pytest.raises(StoreError, match=message):
        restore(db, saved, NOW)
    assert db.read_bytes() == before
    assert names(db.parent) == ["tracker.db"]


def test_the_database_itself_is_no_backup(db: Path) -> None:
    with pytest.raises(UsageError, match="is the database itself"):
        restore(db, db, NOW)


@pytest.mark.parametrize("purpose", ["run", "round", "backup"])
def test_nothing_is_restored_while_a_run_is_at_work(db: Path, saved: Path, purpose: str) -> None:
    before = db.read_bytes()
    with exclusive(db, purpose), pytest.raises(Locked):
        restore(db, saved, NOW)
    assert db.read_bytes() == before


def test_nothing_is_restored_while_a_site_has_the_database_open(db: Path, saved: Path) -> None:
    before = dump(db)
    with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as reading:
        reading.execute("SELECT count(*) FROM articles")
        with pytest.raises(Locked, match="such as `tracker serve`; end it, then restore"):
            restore(db, saved, NOW)
    assert dump(db) == before


def test_without_room_nothing_is_changed(db: Path, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dump(db)
    monkeypatch.setattr(disk_space, "free", lambda folder: 0)
    with pytest.raises(StoreError, match=r"not enough room for .*saved.db in the place of"):
        restore(db, saved, NOW)
    assert dump(db) == before
    assert names(db.parent) == ["tracker.db"]


# ---- what was damaged


def test_a_damaged_database_is_replaced_and_kept_with_all_that_lay_beside_it(db: Path, saved: Path) -> None:
    damaged = b"no database any more" * 1000
    db.write_bytes(damaged)
    db.with_name("tracker.db-wal").write_bytes(b"wal")
    done = restore(db, saved, NOW)
    assert done.aside is not None
    assert done.aside.read_bytes() == damaged
    assert done.aside.with_name(f"{ASIDE}-wal").read_bytes() == b"wal"
    assert not db.with_name("tracker.db-wal").exists()
    assert dump(db) == dump(saved)


@pytest.mark.parametrize("links", [True, False], ids=["second names", "no second names"])
def test_the_old_database_is_kept_on_file_systems_of_either_kind(
    db: Path, saved: Path, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    before = dump(db)
    aside = restore(db, saved, NOW).aside
    assert aside is not None
    assert dump(aside) == before


# ---- killed


def test_killed_at_any_moment_there_is_the_old_database_or_the_new_one(tmp_path: Path) -> None:
    """Real SIGKILLs after random times, spread over what a whole restore takes."""
    db = make_old(tmp_path / "db" / "tracker.db", NEWEST, articles=300)
    saved = tmp_path / "saved.db"
    back_up(make_old(tmp_path / "earlier" / "tracker.db", NEWEST, articles=200), saved)
    whole, dice, seen = 0.0, random.Random(7), set()
    for attempt in range(20):
        folder = tmp_path / str(attempt)
        shutil.copytree(db.parent, folder)
        begun = time.monotonic()
        child = forked(partial(restore, folder / "tracker.db", saved, NOW))
        if attempt:
            time.sleep(dice.uniform(0, whole * 1.1))  # the random moment
            os.kill(child, signal.SIGKILL)
        code = ended(child)
        whole = whole or time.monotonic() - begun
        held = verified(folder / "tracker.db")
        assert held.rows["articles"] in {200, 300}
        if held.rows["articles"] == 200:
            assert len(ids(folder / ASIDE)) == 300
        seen.add((code, held.rows["articles"]))
        assert restore(folder / "tracker.db", saved, NOW).contents.rows["articles"] == 200
        shutil.rmtree(folder)
    assert {(0, 200), (-signal.SIGKILL, 300)} <= seen


_STEPS = {"os.link", "os.rename", "os.remove", "os.chmod", "os.chown", "open", "sqlite3.connect"}


def restored_until(step: int, db: Path, saved: Path) -> None:
    """Restore, and be killed after this many operations on files of the folder, each of which the kernel reports."""
    left = step

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in _STEPS and str(db.parent) in str(arguments[0]):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    restore(db, saved, NOW)


@pytest.mark.parametrize("damaged", [False, True], ids=["whole", "damaged"])
def test_killed_before_each_step_on_files_nothing_is_lost(db: Path, saved: Path, tmp_path: Path, damaged: bool) -> None:
    """Killed before its first step on a file, before its second, and so on, until it is through."""
    if damaged:
        db.write_bytes(b"no database any more" * 1000)
        db.with_name("tracker.db-wal").write_bytes(b"wal")
    old = db.read_bytes()
    for step in range(1, 100):
        folder = tmp_path / "steps" / str(step)
        shutil.copytree(db.parent, folder)
        code = ended(forked(partial(restored_until, step, folder / "tracker.db", saved)))
        content = (folder / "tracker.db").read_bytes()
        is_new = content[:16] == b"SQLite format 3\0" and len(ids(folder / "tracker.db")) == 5
        kept = folder / ASIDE if is_new else folder / "tracker.db"
        if damaged:
            assert kept.read_bytes() == old
            wals = [path.read_bytes() for path in folder.glob("*-wal") if not path.name.startswith(".")]
            assert b"wal" in wals
            assert not is_new or not (folder / "tracker.db-wal").exists()
        else:
            assert len(ids(kept)) == 20
        if code == 0:
            break
        assert code == -signal.SIGKILL
    assert is_new
    assert step > 8


# ---- the command


def test_the_command_lists_backups_and_restores_one_by_its_name(filled: Desk, tmp_path: Path) -> None:
    shutil.copytree(filled.folder, tmp_path / "desk")
    desk = Desk(tmp_path / "desk")
    assert "there are no backups" in desk.run("restore").err
    made = Path(desk.run("backup", "--json").json["file"])
    desk.run("import", desk.write("more.jsonl", {"url": "https://x.example/1", "title": "More", "source": "X"}))
    assert len(ids(desk.db)) == 4
    listed = desk.run("restore").out.splitlines()
    assert [line.split("  ")[0] for line in listed] == [str(made)]
    done = desk.run("restore", made.name)
    assert "3 articles; the previous database was kept as db/tracker-before-restore-" in done.err
    assert len(ids(desk.db)) == 3
    assert len(desk.run("restore").out.splitlines()) == 2
    assert desk.run("restore", "nothing.db", code=2).err.startswith("nothing.db was not found, nor was it in ")
    with exclusive(desk.db, "run"):
        assert "another run is working on" in desk.run("restore", made.name, code=75).err


def test_a_restored_database_has_no_run_at_work_and_says_nothing_of_one(filled: Desk, tmp_path: Path) -> None:
    """The backup is made by the job of that name, beside another job that is at work."""
    shutil.copytree(filled.folder, tmp_path / "copy")
    desk = Desk(tmp_path / "copy")
    with desk.config.open("a") as config:
        config.write(
            "schedule: {backup: daily 03:30, export: daily 06:00}\nrecipients: [{name: desk, mail: a@b.example}]\n"
        )
        config.write("mail: {server: 'smtp://127.0.0.1', from: a@b.example}\noperator_alerts: {to: [desk]}\n")
    with opened(desk.db) as db:
        jobs.begin(db, "export", NOW, NOW)
    desk.run("jobs", "run", "backup")
    (made,) = (desk.folder / "db" / "backups").iterdir()
    with opened(made) as db:
        assert jobs.unfinished(db), "the backup was made while its own job was at work"
    desk.run("restore", made.name)
    with opened(desk.db) as db:
        runs = [(run.job, run.outcome) for run in jobs.latest(db).values()]
    assert runs == [("backup", "done")]
    listed = desk.run("jobs", "list").out
    assert "The database was restored from this backup." in listed
    assert "export: daily 06:00" in listed
    assert "killed" not in listed
    assert "stopped before it finished" not in desk.run("alerts", "--dry-run").out


def test_a_configuration_is_no_database_to_restore(filled: Desk) -> None:
    before = filled.config.read_bytes()
    refused = filled.run("--db", "feeds.yaml", "restore", "x.db", code=2)
    assert "feeds.yaml is the configuration" in refused.err
    assert filled.config.read_bytes() == before
