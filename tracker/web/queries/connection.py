"""How the site opens the database: read only, and SQLite itself refuses what is closed; its one module with sqlite3."""

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final

from tracker.publish.tables import CLOSED, CONTENT, ORDER

INDEX: Final = "articles_fts"
_INSIDE_INDEX: Final = frozenset(name for name in CLOSED if name.startswith(f"{INDEX}_"))
_OPEN: Final = frozenset(ORDER) | CONTENT | {"json_each", "json_tree"}
_OURS: Final = _OPEN | _INSIDE_INDEX | {INDEX, "sqlite_master"}
_MADE_ON_DEMAND: Final = ("sqlite_", "pragma_")
_PRAGMAS: Final = frozenset({
    "data_version", "database_list", "foreign_key_list", "index_info", "index_list", "index_xinfo", "schema_version",
    "table_info", "table_list", "table_xinfo", "temp_store",
})  # fmt: skip
_ENGINE: Final = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE}

_OF_THE_FILE: Final = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM,
}  # fmt: skip

Wrong = sqlite3.Error
"""What SQLite raises, whatever the fault."""

Impossible = sqlite3.OperationalError
"""What SQLite raises for a statement that it cannot run, or that was interrupted."""


class Guard:
    """Decides, when a statement is prepared, what it may touch. `strict` while it is a visitor's own."""

    def __init__(self) -> None:
        self.strict = False
        self._there = frozenset(CLOSED)

    def learn(self, connection: sqlite3.Connection) -> None:
        """Note what can be read at all: the schema's tables and views, and SQLite's tables that are in no schema."""
        named = "SELECT name FROM sqlite_master UNION SELECT name FROM pragma_module_list"
        self._there |= {name.lower() for (name,) in connection.execute(named)}

    def __call__(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        """SQLITE_OK or SQLITE_DENY; anything that is not named is denied, so nothing can write or attach a file."""
        if action == sqlite3.SQLITE_READ:
            may = self._may_be_read(first or "", second or "")
        elif action == sqlite3.SQLITE_PRAGMA:
            may = not self.strict and (first or "").lower() in _PRAGMAS
        elif action in {sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_INSERT}:
            may = not self.strict and first == "sqlite_master"  # so SQLite opens the index; the file is read only
        elif action == sqlite3.SQLITE_FUNCTION:
            may = second != "load_extension"
        else:
            may = action in _ENGINE or (action == sqlite3.SQLITE_TRANSACTION and not self.strict)
        return sqlite3.SQLITE_OK if may else sqlite3.SQLITE_DENY

    def _may_be_read(self, table: str, column: str) -> bool:
        """The search index reads its own inside as any search does, so that is shut only for visitors' statements.

        A table of which no column is read, because its rows are counted, comes in whatever capitals the statement has.
        """
        name = table.lower()
        if self.strict and name == INDEX:
            return column in {"", INDEX, "rank", "ROWID"}
        if name in (_OPEN if self.strict else _OURS):
            return True
        # A name that a statement gives to a part of itself comes without a column, and is no table's.
        return not column and name not in self._there and not name.startswith(_MADE_ON_DEMAND)


def connected(path: str | Path, guard: Guard | None = None) -> sqlite3.Connection:
    """A connection that cannot write and cannot read what is closed; for any thread, one at a time."""
    uri = f"{Path(path).absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
    guard = guard or Guard()
    guard.learn(connection)
    connection.set_authorizer(guard)
    return connection


def row(connection: sqlite3.Connection, sql: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The one row of a statement, by the names of its columns."""
    cursor = connection.execute(sql, parameters)
    return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))


class Snapshot:
    """One statement, read piece by piece inside one transaction: what is stored meanwhile is not in it."""

    def __init__(self, path: str | Path) -> None:
        self.connection = connected(path)
        self._lock = Lock()
        self.connection.execute("BEGIN")
        self._cursor = self.connection.cursor()

    def begin(self, sql: str, parameters: Mapping[str, Any]) -> None:
        """Start to read; raises sqlite3.Error when that is not possible."""
        with self._lock:
            self._cursor.execute(sql, parameters)

    def some(self, most: int) -> list[tuple[Any, ...]]:
        """The next rows; none when all were given."""
        with self._lock:
            return self._cursor.fetchmany(most)

    def ask(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows of another statement on the same state of the data."""
        with self._lock:
            return self.connection.execute(sql, parameters).fetchall()

    def interrupt(self) -> None:
        """End what is under way, from any thread; it raises sqlite3.OperationalError."""
        with suppress(sqlite3.ProgrammingError):  # it is closed already
            self.connection.interrupt()

    def close(self) -> None:
        """End the transaction; waits for what is under way."""
        with self._lock:
            self.connection.close()


def is_refused(error: sqlite3.Error) -> bool:
    """Whether the guard refused it."""
    return str(error).endswith(("prohibited", "not authorized"))


def is_interrupted(error: sqlite3.Error) -> bool:
    """Whether nobody waits for it any more."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT


def is_unreadable(error: sqlite3.Error) -> bool:
    """Whether the file, and not the statement, is the trouble."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _OF_THE_FILE
