"""The database file: opening, locks and transactions; the only module that configures SQLite."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from tracker.errors import Locked, StoreError
from tracker.files import PRIVATE
from tracker.store.connection import Database
from tracker.store.migrations import steps
from tracker.store.sqlite_errors import explained

__all__ = [
    "Database",
    "exclusive",
    "may_write",
    "open_database",
    "opened",
    "opened_by_reader",
    "opened_private",
    "opened_to_read",
    "transaction",
    "unlogged",
]

_LOCK_HINT = "allow the user who runs the tracker to write to this folder; check that its disk is mounted and not full"
_NEWER = "the database {path} was written by a newer tracker; upgrade this one to open it"


def open_database(path: Path) -> Database:
    """Open the database at `path`, creating or upgrading it first; for one thread, closed by the caller.

    An older version is backed up before its upgrade. Raises StoreError when the file cannot be opened, is not a
    database, or comes from a newer tracker.
    """
    with explained(path, files=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path)
        # Absolute, because some builds of SQLite take a name that begins with "file:" for a URI.
        connection = sqlite3.connect(path.absolute(), timeout=10, isolation_level=None)
        try:
            return _prepare(Database(connection), path)
        except BaseException:
            connection.close()
            raise


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    """Open the database as open_database does, and close it afterwards.

    Raises StoreError also when it cannot be read or written in the body.
    """
    db = open_database(path)
    try:
        with explained(path):
            yield db
    finally:
        db.close()


@contextmanager
def opened_private(path: Path) -> Iterator[Database]:
    """Open a database file that only the tracker's user may read, creating it first; nothing that publishes opens it.

    Raises StoreError when it cannot be read or written, in the body too.
    """
    with explained(path, files=True):
        _create_private(path)
        connection = sqlite3.connect(path.absolute(), timeout=10, isolation_level=None)
        try:
            yield Database(connection)
        finally:
            connection.close()


def may_write(path: Path) -> bool:
    """Return whether this user may write, or create, the database in its folder; the disk may be mounted read-only."""
    return os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


@contextmanager
def opened_by_reader(path: Path) -> Iterator[Database]:
    """Open the database for reading: as `opened` does for a user who may write it; for others nothing is created or
    changed.

    Raises StoreError also for an older version that this user cannot upgrade.
    """
    if may_write(path):
        with opened(path) as db:
            yield db
        return
    from tracker.store.maintenance.backup import snapshot  # noqa: PLC0415  a user who may write needs none

    with snapshot(path) as connection:
        connection.execute("COMMIT")  # each statement sees the latest data, as it does for writers
        db = Database(connection)
        applied = steps.applied(db)
        if not applied:
            raise StoreError(f"{path} belongs to another program; name a database of the tracker")
        if {*applied} - {*steps.known()}:
            raise StoreError(_NEWER.format(path=path))
        if not steps.current(db):
            raise StoreError(
                f"the database {path} is of an earlier version and may not be written by this user; let the user who "
                "runs the tracker open it once, as by `tracker status`"
            )
        yield db


@contextmanager
def opened_to_read(path: Path) -> Iterator[Database]:
    """Open a database file that nobody changes, such as a release, without writing to it or next to it.

    Raises StoreError when it cannot be opened or read.
    """
    with explained(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
        try:
            yield Database(connection)
        finally:
            connection.close()


@contextmanager
def unlogged(path: Path) -> Iterator[Database]:
    """Create a database file without tables or journal, to which others can be attached by URI; the caller discards
    it on failure.

    Raises StoreError when something cannot be read or written in the body.
    """
    with explained(path):
        connection = sqlite3.connect(path.absolute().as_uri(), uri=True, timeout=10, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = off")
            yield Database(connection)
        finally:
            connection.close()


@contextmanager
def transaction(db: Database) -> Iterator[Database]:
    """Commit everything written in the body, or nothing; wait for other writers before reading.

    BEGIN IMMEDIATE, because a transaction that begins by
    reading fails at its first write if another wrote in between.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:  # a full disk may have ended the transaction or left it open
            db.execute("ROLLBACK")
        raise


@contextmanager
def exclusive(path: Path, purpose: str = "round") -> Iterator[None]:
    """Hold the lock for `purpose` on this database; raises Locked when another process holds it.

    It is a lock on a file next to the database, released when the process ends, however it ends.
    """
    lock = _lock_file(path, purpose)
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = _open_lock(lock)
    except OSError as error:
        raise StoreError(f"the lock {lock} cannot be made ({error.strerror}): {_LOCK_HINT}") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(f"another run is working on {path}; this one did nothing") from None
        yield


def _create(path: Path) -> None:
    """Create an empty file if none exists; SQLite gives the files next to it the same mode.

    An existing one is not opened: closing it would release this process's SQLite locks on it.
    """
    _create_private(path)


def _create_private(path: Path) -> None:
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))


def _lock_file(path: Path, purpose: str) -> Path:
    """Return the lock of a database, the same under every name that a symbolic link gives it."""
    database = path.resolve() if path.is_symlink() else path
    return database.with_name(f"{database.name}.{purpose}.lock")


def _open_lock(lock: Path) -> TextIO:
    """Open the lock file, creating it readable only by the tracker's user."""
    return os.fdopen(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE), "a")


def _prepare(db: Database, path: Path) -> Database:
    """Configure a connection and bring its tables and views up to date.

    One process at a time: neither sqlite-utils' migrations nor the switch to WAL wait for another.
    """
    db.execute("PRAGMA foreign_keys = on")
    db.execute("PRAGMA cache_size = -65536")  # 64 MiB; a million articles' search index takes four times that
    db.execute("PRAGMA synchronous = normal")  # in WAL a power cut may lose the last polls, which are then due again
    if {*steps.applied(db)} - {*steps.known()}:
        raise StoreError(_NEWER.format(path=path))
    if not steps.current(db) or next(db.query("PRAGMA journal_mode"))["journal_mode"] != "wal":
        with _open_lock(_lock_file(path, "schema")) as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            before = steps.applied(db)
            if not before and _tables(db) - {steps.TABLE}:
                raise StoreError(f"{path} belongs to another program; name a database of the tracker, or a new file")
            pending = steps.pending(db)
            if pending and before:
                from tracker.store.maintenance.backup_folder import keep_before  # noqa: PLC0415  only before an upgrade

                keep_before(path, pending[-1])
            db.execute("PRAGMA journal_mode = wal")
            steps.apply(db)
    return db


def _tables(db: Database) -> set[str]:
    return {row["name"] for row in db.query("SELECT name FROM sqlite_master WHERE type = 'table'")}
