"""Open the site's database connections: read-only, with SQLite itself refusing closed tables."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final

from tracker.clock import cpu_time
from tracker.publish.tables import CLOSED, CONTENT, ORDER

INDEX: Final = "articles_fts"
_INSIDE_INDEX: Final = frozenset(name for name in CLOSED if name.startswith(f"{INDEX}_"))
_VISITOR_READABLE: Final = frozenset(ORDER) | CONTENT | {"json_each", "json_tree"}
_SITE_READABLE: Final = _VISITOR_READABLE | _INSIDE_INDEX | {INDEX, "sqlite_master"}
_VIRTUAL_PREFIXES: Final = ("sqlite_", "pragma_")
_PRAGMAS: Final = frozenset({
    "data_version", "database_list", "foreign_key_list", "index_info", "index_list", "index_xinfo", "schema_version",
    "table_info", "table_list", "table_xinfo", "temp_store",
})  # fmt: skip
_READ_ACTIONS: Final = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE}

_FILE_ERRORS: Final = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM,
}  # fmt: skip

SqliteError = sqlite3.Error
"""Any error of SQLite."""

StatementError = sqlite3.OperationalError
"""Raised by SQLite for a statement that it cannot run, or that was interrupted."""


CPU_SECONDS: Final = 1.5
"""CPU time that a page's statement may take."""


class TimedConnection(sqlite3.Connection):
    """A connection that adds a CPU-time limit to Datasette's wall-clock limits.

    By the clock alone a page would fail because the machine is busy with something else.
    """

    def set_progress_handler(self, progress_handler: Callable[[], Any] | None, /, n: int) -> None:
        """Interrupt a statement when the handler says so, or when it has taken CPU_SECONDS."""
        end = cpu_time() + CPU_SECONDS
        either = progress_handler and (lambda: progress_handler() or cpu_time() >= end)
        super().set_progress_handler(either, n)


class Guard:
    """Authorises what a statement may access when it is prepared; `strict` while it is a visitor's own."""

    def __init__(self) -> None:
        self.strict = False
        self._existing = frozenset(CLOSED)

    def learn(self, connection: sqlite3.Connection) -> None:
        """Record everything readable: the schema's tables and views, and SQLite's table-valued modules."""
        named = "SELECT name FROM sqlite_master UNION SELECT name FROM pragma_module_list"
        self._existing |= {name.lower() for (name,) in connection.execute(named)}

    def __call__(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        """Return SQLITE_OK or SQLITE_DENY; what is not listed is denied, so nothing can write or attach a file."""
        if action == sqlite3.SQLITE_READ:
            allowed = self._is_readable(first or "", second or "")
        elif action == sqlite3.SQLITE_PRAGMA:
            allowed = not self.strict and (first or "").lower() in _PRAGMAS
        elif action in {sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_INSERT}:
            allowed = not self.strict and first == "sqlite_master"  # lets SQLite open the index; the file is read-only
        elif action == sqlite3.SQLITE_FUNCTION:
            allowed = second != "load_extension"
        else:
            allowed = action in _READ_ACTIONS or (action == sqlite3.SQLITE_TRANSACTION and not self.strict)
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    def _is_readable(self, table: str, column: str) -> bool:
        """Return whether a table may be read; the index's internals are closed only to visitors' statements.

        Any search reads those internals. A table of which no column is read, because only its rows are counted, arrives
        spelled in the statement's own upper and lower case.
        """
        name = table.lower()
        if self.strict and name == INDEX:
            return column in {"", INDEX, "rank", "ROWID"}
        if name in (_VISITOR_READABLE if self.strict else _SITE_READABLE):
            return True
        # A name that a statement defines itself, such as a CTE, comes without a column and is no table's.
        return not column and name not in self._existing and not name.startswith(_VIRTUAL_PREFIXES)


def connected(path: str | Path, guard: Guard | None = None) -> sqlite3.Connection:
    """Return a connection that can neither write nor read closed tables; usable from any thread, one at a time."""
    uri = f"{Path(path).absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None, factory=TimedConnection)
    guard = guard or Guard()
    guard.learn(connection)
    connection.set_authorizer(guard)
    return connection


def row(connection: sqlite3.Connection, sql: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the single row of a statement, by column name."""
    cursor = connection.execute(sql, parameters)
    return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))


class Snapshot:
    """One statement, read in chunks inside one transaction, unaffected by later writes."""

    def __init__(self, path: str | Path) -> None:
        self.connection = connected(path)
        self._lock = Lock()
        self.connection.execute("BEGIN")
        self._cursor = self.connection.cursor()

    def begin(self, sql: str, parameters: Mapping[str, Any]) -> None:
        """Start reading. Raises sqlite3.Error if the statement fails."""
        with self._lock:
            self._cursor.execute(sql, parameters)

    def fetch(self, most: int) -> list[tuple[Any, ...]]:
        """Return up to `most` next rows; empty at the end."""
        with self._lock:
            return self._cursor.fetchmany(most)

    def ask(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return all rows of another statement on the same database state."""
        with self._lock:
            return self.connection.execute(sql, parameters).fetchall()

    def interrupt(self) -> None:
        """Interrupt the current statement, from any thread; it raises sqlite3.OperationalError."""
        with suppress(sqlite3.ProgrammingError):  # already closed
            self.connection.interrupt()

    def close(self) -> None:
        """End the transaction, after the current statement."""
        with self._lock:
            self.connection.close()


def is_refused(error: sqlite3.Error) -> bool:
    """Return whether the guard refused the statement."""
    return str(error).endswith(("prohibited", "not authorized"))


def is_interrupted(error: sqlite3.Error) -> bool:
    """Return whether the statement was interrupted."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT


def is_unreadable(error: sqlite3.Error) -> bool:
    """Return whether the database file, not the statement, is at fault."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _FILE_ERRORS
