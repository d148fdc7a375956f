"""Replace the database with a backup, safe against being killed at any moment; the old one is kept aside."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from tracker.errors import Locked, StoreError, UsageError
from tracker.files import unfinished
from tracker.store.database import Database, exclusive
from tracker.store.disk_space import require
from tracker.store.jobs import settle_restored
from tracker.store.maintenance.backup import Contents, Progress, copy, size_of, snapshot, verified
from tracker.store.sqlite_errors import explained, is_busy, is_damage

_SIDE_FILES = ("-wal", "-journal")
"""Files next to a database that was not closed; it is incomplete without them."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What the database holds now, and where the replaced one is kept, None if there was none."""

    contents: Contents
    aside: Path | None


def restore(db: Path, backup: Path, now: datetime, progress: Progress = lambda _done, _all: None) -> Restored:
    """Replace the database with a backup, once that is verified.

    A process killed meanwhile leaves the old database or the new one. Raises UsageError when the backup is the database
    itself; StoreError when the backup is unsound, there is not enough room or the folder cannot be written; Locked when
    the database is in use.
    """
    if db.exists() and backup.exists() and db.samefile(backup):
        raise UsageError(f"{backup} is the database itself; name a backup of it")
    found = verified(backup)
    with (
        exclusive(db, "run"),
        exclusive(db),
        exclusive(db, "backup"),
        explained(db, files=True),
        _exclusive_access(db) as damaged,
        snapshot(backup) as source,
        unfinished(db) as part,
    ):
        require(db.parent, size_of(source), f"{backup} in the place of {db}")
        copy(source, part, progress)
        if verified(part) != found:
            raise StoreError(f"the copy of {backup} differs from the backup; nothing was changed")
        _settle_runs(part)
        _copy_owner(part, db)
        aside = _keep_aside(db, now, damaged=damaged) if db.exists() else None
    return Restored(found, aside)


def _settle_runs(part: Path) -> None:
    """Settle runs that were in progress when the backup was made, so that they do not count as running or killed."""
    with closing(sqlite3.connect(part.absolute(), isolation_level=None)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'job_runs'").fetchone():
            settle_restored(Database(connection))


@contextmanager
def _exclusive_access(db: Path) -> Iterator[bool]:
    """Hold the database exclusively, as a single file; yield whether it is too damaged for that."""
    if not db.exists():
        yield False
        return
    with closing(sqlite3.connect(db.absolute(), timeout=1, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = exclusive")
            connection.execute("PRAGMA journal_mode = delete")  # moves the WAL into the file
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if is_busy(error):
                raise Locked(f"another program has {db} open, such as `tracker serve`; end it, then restore") from None
            if not is_damage(error):
                raise
            damaged = True
        else:
            damaged = False
        yield damaged


def _keep_aside(db: Path, now: datetime, *, damaged: bool) -> Path:
    """Give the database a second name, which survives when the first is taken over; return it.

    The files next to a damaged one move with it: SQLite would apply them to the new database.
    """
    aside = _free_name(db, now)
    for end in _SIDE_FILES if damaged else ():
        side_file = db.with_name(f"{db.name}{end}")
        if side_file.exists():
            _hard_link(side_file, aside.with_name(f"{aside.name}{end}"))
    _hard_link(db, aside)
    for end in (*_SIDE_FILES, "-shm") if damaged else ("-shm",):
        db.with_name(f"{db.name}{end}").unlink(missing_ok=True)
    return aside


def _free_name(db: Path, now: datetime) -> Path:
    stem = f"{db.stem}-before-restore-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
    names = (db.with_name(f"{stem}{f'-{number}' if number > 1 else ''}.db") for number in count(1))
    return next(name for name in names if not name.exists())


def _hard_link(file: Path, name: Path) -> None:
    """Give a file a second name; copy it where the file system has no hard links."""
    try:
        name.hardlink_to(file)
    except OSError:
        require(name.parent, file.stat().st_size, f"a copy of {file}")
        with unfinished(name) as part:
            shutil.copyfile(file, part)


def _copy_owner(file: Path, db: Path) -> None:
    """Give a file the owner and mode of the database it replaces, or the owner of its folder."""
    state = (db if db.exists() else db.parent).stat()
    with suppress(PermissionError):
        os.chown(file, state.st_uid, state.st_gid)
    if db.exists():
        file.chmod(state.st_mode & 0o777)
