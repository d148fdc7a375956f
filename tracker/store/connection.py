"""A connection to SQLite, and the two ways to ask it."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Parameters = Sequence[Any] | Mapping[str, Any]


class Database:
    """A connection whose rows can be had as dictionaries.

    sqlite-utils' class of this name does far more: importing it takes longer than opening the database, and it wraps
    each query in a savepoint.
    """

    __slots__ = ("conn",)

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn

    def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run a statement; return its cursor."""
        return self.conn.execute(sql, parameters)

    def query(self, sql: str, parameters: Parameters = ()) -> Iterator[dict[str, Any]]:
        """Run a statement at once; return an iterator over its rows, as dictionaries by column name.

        A statement that both writes and returns rows must be read to its end before the transaction commits.
        """
        cursor = self.conn.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return (dict(zip(names, row, strict=True)) for row in cursor)

    @property
    def file(self) -> Path | None:
        """The file of the database, absolute; None if it is in memory."""
        name = next(row["file"] for row in self.query("PRAGMA database_list") if row["name"] == "main")
        return Path(name) if name else None

    def close(self) -> None:
        """Close the connection."""
        self.conn.close()
