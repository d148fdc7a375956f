"""The single writer: one thread and one connection, for all that runs in the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from tracker.errors import StoreError
from tracker.store.connection import Database
from tracker.store.database import open_database, transaction
from tracker.store.sqlite_errors import explained

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Piece = tuple[Callable[[Database], Any], "asyncio.Future[Any]"]


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
        assert self._db is not None, "a Writer is used inside `async with`"  # noqa: S101  a programming error
        with explained(self._path), transaction(self._db) as db:
            self._check_file()
            return [_run_piece(db, piece, self._path) for piece in pieces]

    def _check_file(self) -> None:
        """Raise StoreError if the file no longer has a name, so that writes would vanish with this process."""
        if _identity(self._path) != self._file:
            raise StoreError(
                f"the database {self._path} was moved, removed or replaced while it was open, or its disk is gone; "
                "nothing is written until it is back; to use another file in its place, restart the tracker"
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
