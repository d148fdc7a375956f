"""The database file: opening it, its lock and its one writer; the only module that knows how SQLite is set up."""

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

from sqlite_utils import Database

from tracker.errors import Locked, StoreError
from tracker.files import PRIVATE
from tracker.store.maintenance.backup import snapshot
from tracker.store.maintenance.upgrade import keep_before
from tracker.store.migrations.steps import known_migrations, migrations
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
    """The database at `path`, made or brought up to date first; for one thread, closed by the caller.

    One of an earlier version is backed up before. Raises StoreError when the file cannot be opened, is no database,
    or comes from a newer tracker.
    """
    with explained(path, files=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path)
        connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        try:
            return _prepared(Database(connection), path)
        except BaseException:
            connection.close()
            raise


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    """The database at `path`, as open_database gives it, closed afterwards.

    Raises StoreError also when it cannot be read or written meanwhile.
    """
    db = open_database(path)
    try:
        with explained(path):
            yield db
    finally:
        db.close()


def may_write(path: Path) -> bool:
    """Whether this user may write the database, which takes its folder too; a disk may be mounted to be read only."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


@contextmanager
def opened_by_reader(path: Path) -> Iterator[Database]:
    """The database for what only reads it: as `opened` for whoever may write it; for others nothing is made or changed.

    Raises StoreError also for one of an earlier version that this user cannot bring up to date.
    """
    if may_write(path):
        with opened(path) as db:
            yield db
        return
    with snapshot(path) as connection:
        connection.execute("COMMIT")  # each statement sees what is stored by then, as it does for others
        db = Database(connection)
        applied = {done.name for done in migrations.applied(db)}
        if not applied:
            raise StoreError(f"{path} is a database of another program; name one of the tracker's")
        if applied - known_migrations():
            raise StoreError(_NEWER.format(path=path))
        if migrations.pending(db):
            raise StoreError(
                f"the database {path} is of an earlier version and may not be written by this user; let the user who "
                "runs the tracker open it once, as by `tracker status`"
            )
        yield db


@contextmanager
def opened_to_read(path: Path) -> Iterator[Database]:
    """A database file that nobody changes, such as one of a release: nothing is written to it or beside it.

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
    """A new database file without tables and without a journal: whoever makes it throws it away if that fails.

    Raises StoreError when something cannot be read or written meanwhile.
    """
    with explained(path):
        connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = off")
            yield Database(connection)
        finally:
            connection.close()


@contextmanager
def transaction(db: Database, *, keep: bool = True) -> Iterator[Database]:
    """All that is written inside is kept together, or nothing is; waits for other writers before it reads.

    Nothing is kept of a trial, that is without `keep`. BEGIN IMMEDIATE, because a transaction that begins by reading
    fails at its first write if another wrote since.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT" if keep else "ROLLBACK")
    except BaseException:
        if db.conn.in_transaction:  # a full disk may have ended it already, and may as well have left it open
            db.execute("ROLLBACK")
        raise


@contextmanager
def exclusive(path: Path, purpose: str = "round") -> Iterator[None]:
    """No other process does the same to this database meanwhile; raises Locked if one does already.

    The lock is on a file beside the database and ends with the process, however that ends.
    """
    lock = path.with_name(f"{path.name}.{purpose}.lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = _private(lock)
    except OSError as error:
        raise StoreError(f"the lock {lock} cannot be made ({error.strerror}): {_LOCK_HINT}") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(f"another run is working on {path}; this one did nothing") from None
        yield


def _create(path: Path) -> None:
    """Make an empty file where none is; what SQLite puts beside it gets the same mode.

    One that is there is not opened: to close it would end the locks that SQLite has on it in this process.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))


def _private(lock: Path) -> TextIO:
    """A file to lock, made where it is not there, for the user who runs the tracker alone."""
    return os.fdopen(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE), "a")


class Writer:
    """The one thread that writes, on the one connection, in the order asked.

    Each piece of work is done whole or not at all. Pieces that wait at the same time share a transaction, because a
    commit costs as much as a poll that brought nothing; none is reported done before it is committed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._waiting: list[_Piece] = []
        self._at_work: asyncio.Future[list[Any]] | None = None
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
        """What `work(db, ...)` returns, run in the writer's thread inside a transaction; raises what it raises."""
        answer: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        self._waiting.append((lambda db: work(db, *args, **kwargs), answer))
        if self._at_work is None:
            self._begin()
        return await answer

    def _begin(self) -> None:
        """Let the thread do what waits."""
        pieces, self._waiting = self._waiting, []
        work = [piece for piece, _ in pieces]
        self._at_work = asyncio.get_running_loop().run_in_executor(self._thread, self._all, work)
        self._at_work.add_done_callback(lambda done: self._end([answer for _, answer in pieces], done))

    def _end(self, answers: list[asyncio.Future[Any]], done: asyncio.Future[Any]) -> None:
        """Tell who asked what became of it, and begin what was asked for meanwhile."""
        results = [done.exception()] * len(answers) if done.exception() else done.result()
        for answer, result in zip(answers, results, strict=True):
            if answer.done():
                continue  # who asked was cancelled
            if isinstance(result, BaseException):
                answer.set_exception(result)
            else:
                answer.set_result(result)
        self._at_work = None
        if self._waiting:
            self._begin()

    def _all(self, pieces: list[Callable[[Database], Any]]) -> list[Any]:
        """What each piece of work returned, or the exception that undid it; all are committed together."""
        assert self._db is not None, "a Writer is used inside `async with`"  # noqa: S101  a mistake of ours
        with explained(self._path), transaction(self._db) as db:
            self._still_there()
            return [_whole(db, piece, self._path) for piece in pieces]

    def _still_there(self) -> None:
        """Raises StoreError if what is written would be gone with this process: a file that has no name any more."""
        if _identity(self._path) != self._file:
            raise StoreError(
                f"the database {self._path} was moved, removed or replaced while it was open, or its disk is gone; "
                "nothing is written until it is there again; where another file is to stay in its place, start anew"
            )


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file is at a path, whatever it is called; None where there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino


def _whole(db: Database, work: Callable[[Database], Any], path: Path) -> Any:
    """What the work returned, or the exception because of which nothing of it is kept."""
    db.execute("SAVEPOINT piece")
    try:
        with explained(path):
            result = work(db)
    except Exception as error:
        if not db.conn.in_transaction:
            raise  # SQLite has undone all of it, as it may where the disk is full
        db.execute("ROLLBACK TO piece")
        result = error  # raised again where the work was asked for
    db.execute("RELEASE piece")
    return result


def _prepared(db: Database, path: Path) -> Database:
    """A connection set up as all of ours are, its tables brought up to date.

    One process at a time does so: neither sqlite-utils' migrations nor the change to WAL wait for another.
    """
    db.execute("PRAGMA foreign_keys = on")
    db.execute("PRAGMA cache_size = -65536")  # 64 MiB: of a million articles the search index alone is four times that
    db.execute("PRAGMA synchronous = normal")  # in WAL a power cut may lose the last polls, which are due again then
    if {done.name for done in migrations.applied(db)} - known_migrations():
        raise StoreError(_NEWER.format(path=path))
    if migrations.pending(db) or next(db.query("PRAGMA journal_mode"))["journal_mode"] != "wal":
        with _private(path.with_name(f"{path.name}.schema.lock")) as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not migrations.applied(db) and set(db.table_names()) - {migrations.migrations_table}:
                raise StoreError(f"{path} is a database of another program; name one of the tracker's, or a new file")
            pending = migrations.pending(db)
            if pending and migrations.applied(db):
                keep_before(path, pending[-1].name)
            db.execute("PRAGMA journal_mode = wal")
            migrations.apply(db)
    return db
