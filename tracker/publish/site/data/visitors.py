"""A visitor's own SQL: what it may read, how long it may take, and how much it may give.

It runs on a connection of its own. SQLite is asked first, without running it, which tables and columns it would read;
what is not on the open list is refused. Only then it runs, because a search reads the inside of the index, which a
visitor's statement must not.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Any, Final

from tracker.errors import TrackerError
from tracker.publish.site.data.connection import INDEX, Guard, Snapshot, is_refused

ROWS: Final = 1000
"""Rows that a question is answered with at the most."""

_BYTES: Final = 4_000_000
"""Bytes of all cells of an answer."""

_STEPS: Final = 10_000
"""Instructions of SQLite's machine between two looks at the time: well under a millisecond."""

_LIMITS: Final = {
    sqlite3.SQLITE_LIMIT_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 10_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 80,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
"""Of one statement: the bytes of a text that it makes, its own, its columns, and what else could take all memory."""


class Refused(TrackerError):
    """The question is no question, or asks for what is closed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of an answer; `cut` says that there were more."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool


class Inquiry:
    """One question, asked in a thread and ended from another."""

    def __init__(self, open_snapshot: Callable[[Guard], Snapshot], sql: str) -> None:
        self._open = open_snapshot
        self._sql = sql
        self._late = Event()

    def stop(self) -> None:
        """End it soon; the answer is then a Refused."""
        self._late.set()

    def answer(self) -> Answer:
        """The answer; raises Refused with a sentence for the visitor."""
        guard = Guard()
        snapshot = self._open(guard)
        try:
            for name, most in _LIMITS.items():
                snapshot.connection.setlimit(name, most)
            snapshot.connection.set_progress_handler(self._late.is_set, _STEPS)
            return self._asked(snapshot, guard)
        except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
            raise Refused(self._why(error)) from None
        finally:
            snapshot.close()

    def _asked(self, snapshot: Snapshot, guard: Guard) -> Answer:
        # SQLite opens these with statements of its own; here that is done before the visitor's is looked at.
        for virtual in (INDEX, "json_each", "json_tree"):
            snapshot.ask(f"SELECT rowid FROM {virtual} LIMIT 0", {})  # noqa: S608  constants
        guard.strict = True
        explains = self._sql.lstrip().lower().startswith("explain")
        if explains:
            return self._read(snapshot)
        snapshot.ask(f"EXPLAIN {self._sql}", {})
        guard.strict = False
        return self._read(snapshot)

    def _read(self, snapshot: Snapshot) -> Answer:
        cursor = snapshot.connection.execute(self._sql)
        columns = tuple(column[0] for column in cursor.description or ())
        rows: list[tuple[Any, ...]] = []
        size = 0
        for row in cursor:
            size += sum(len(cell) for cell in row if isinstance(cell, str | bytes))
            if len(rows) == ROWS or size > _BYTES:
                return Answer(columns, tuple(rows), cut=True)
            rows.append(row)
        return Answer(columns, tuple(rows), cut=False)

    def _why(self, error: Exception) -> str:
        if self._late.is_set():
            return "The database could not answer within the time that a question may take."
        if isinstance(error, sqlite3.Error) and is_refused(error):
            return f"Only the open tables can be read, and nothing can be changed: {error}."
        return f"SQLite says: {error}."
