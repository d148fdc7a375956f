"""The database file: opening, locks and the single writer; the only module that configures SQLite."""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TextIO, TypeVar

from tracker.errors import Locked, StoreError
from tracker.files import PRIVATE
from tracker.store.connection import Database
from tracker.store.maintenance.backup import snapshot
from tracker.store.maintenance.upgrade import keep_before
from tracker.store.migrations import steps
from tracker.store.sqlite_errors import explained

__all__ = [
    "Database",
    "Writer",
    "exclusive",
    "may_write",
    "open_database",
    "opened",
    "opened_by_reader",
    "opened_to_read",
    "transaction",
    "unlogged",
]

_P = ParamSpec("_P")
_T = TypeVar("_T")
_LOCK_HINT = "let the user who runs the tracker write this folder, and see that its disk is mounted and not full"
_NEWER = "the database {path} was written by a newer tracker; upgrade this one to open it"
_Piece = tuple[Callable[[Database], Any], "asyncio.Future[Any]"]


def open_database(path: Path) -> Database:
    """Open the database at `path`, creating or upgrading it first; for one thread, closed by the caller.

    An older version is backed up before its upgrade. Raises StoreError when the file cannot be opened, is no database,
    or comes from a newer tracker.
    """
    with explained(path, files=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path)
        connection = sqlite3.connect(path, timeout=10, isolation_level=None)
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
    with snapshot(path) as connection:
        connection.execute("COMMIT")  # each statement sees the latest data, as it does for writers
        db = Database(connection)
        applied = steps.applied(db)
        if not applied:
            raise StoreError(f"{path} is a database of another program; name one of the tracker's")
        if {*applied} - {*steps.known()}:
            raise StoreError(_NEWER.format(path=path))
        if steps.pending(db):
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
    lock = path.with_name(f"{path.name}.{purpose}.lock")
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
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))


def _open_lock(lock: Path) -> TextIO:
    """Open the lock file, creating it readable only by the tracker's user."""
    return os.fdopen(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE), "a")


class Writer:
    """The one writing thread, on the one connection, in the order of the calls.

    Each piece of work is done whole or not at all. Waiting pieces share a transaction, as a commit costs as much as a
    poll that brought nothing; none is reported done before it is committed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._waiting: list[_Piece] = []
        self._running: asyncio.Future[list[Any]] | None = None
        self._db: Database | None = None
        self._file: tuple[int, int] | None = None

    async def __aenter__(self) -> Self:
        self._db = await asyncio.get_running_loop().run_in_executor(self._thread, open_database, self._path)
        self._file = _identity(self._path)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._db is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._db.close)
        self._thread.shutdown()

    async def do(self, work: Callable[Concatenate[Database, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Run `work(db, ...)` in the writer's thread inside a transaction; return or raise what it does."""
        answer: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        self._waiting.append((lambda db: work(db, *args, **kwargs), answer))
        if self._running is None:
            self._start()
        return await answer

    def _start(self) -> None:
        """Have the thread run the waiting work."""
        pieces, self._waiting = self._waiting, []
        work = [piece for piece, _ in pieces]
        self._running = asyncio.get_running_loop().run_in_executor(self._thread, self._run_all, work)
        self._running.add_done_callback(lambda done: self._finish([answer for _, answer in pieces], done))

    def _finish(self, answers: list[asyncio.Future[Any]], done: asyncio.Future[Any]) -> None:
        """Deliver the results, and start on work queued meanwhile."""
        results = [done.exception()] * len(answers) if done.exception() else done.result()
        for answer, result in zip(answers, results, strict=True):
            if answer.done():
                continue  # the caller was cancelled
            if isinstance(result, BaseException):
                answer.set_exception(result)
            else:
                answer.set_result(result)
        self._running = None
        if self._waiting:
            self._start()

    def _run_all(self, pieces: list[Callable[[Database], Any]]) -> list[Any]:
        """Run all pieces in one transaction; return the result of each, or the exception that rolled it back."""
        assert self._db is not None, "a Writer is used inside `async with`"  # noqa: S101  a mistake of ours
        with explained(self._path), transaction(self._db) as db:
            self._check_file()
            return [_run_piece(db, piece, self._path) for piece in pieces]

    def _check_file(self) -> None:
        """Raise StoreError if the file no longer has a name, so that writes would vanish with this process."""
        if _identity(self._path) != self._file:
            raise StoreError(
                f"the database {self._path} was moved, removed or replaced while it was open, or its disk is gone; "
                "nothing is written until it is there again; where another file is to stay in its place, start anew"
            )


def _identity(path: Path) -> tuple[int, int] | None:
    """Return which file is at a path, under whatever name; None if there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino


def _run_piece(db: Database, work: Callable[[Database], Any], path: Path) -> Any:
    """Run one piece of work; return its result, or the exception that rolled it back."""
    db.execute("SAVEPOINT piece")
    try:
        with explained(path):
            result = work(db)
    except Exception as error:
        if not db.conn.in_transaction:
            raise  # SQLite rolled back everything, as it may on a full disk
        db.execute("ROLLBACK TO piece")
        result = error  # raised again in the caller
    db.execute("RELEASE piece")
    return result


def _prepare(db: Database, path: Path) -> Database:
    """Configure a connection and bring its tables up to date.

    One process at a time: neither sqlite-utils' migrations nor the switch to WAL wait for another.
    """
    db.execute("PRAGMA foreign_keys = on")
    db.execute("PRAGMA cache_size = -65536")  # 64 MiB; a million articles' search index takes four times that
    db.execute("PRAGMA synchronous = normal")  # in WAL a power cut may lose the last polls, which are then due again
    if {*steps.applied(db)} - {*steps.known()}:
        raise StoreError(_NEWER.format(path=path))
    if steps.pending(db) or next(db.query("PRAGMA journal_mode"))["journal_mode"] != "wal":
        with _open_lock(path.with_name(f"{path.name}.schema.lock")) as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            before = steps.applied(db)
            if not before and _tables(db) - {steps.TABLE}:
                raise StoreError(f"{path} is a database of another program; name one of the tracker's, or a new file")
            pending = steps.pending(db)
            if pending and before:
                keep_before(path, pending[-1])
            db.execute("PRAGMA journal_mode = wal")
            if pending:
                steps.apply(db)
    return db


def _tables(db: Database) -> set[str]:
    return {row["name"] for row in db.query("SELECT name FROM sqlite_master WHERE type = 'table'")}
