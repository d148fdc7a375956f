"""Run a visitor's SQL query within limits on access, memory, time and size; as a module, answer one query.

visitor_process.py runs it in a process that can be killed: many of SQLite's functions check no clock, and one call can
take minutes or all memory. The query is a line of JSON on standard input; the result follows on standard output after
an empty line that signals readiness. The process ends when its input does, and so with the server; timers end it in
any case.

SQLite is first asked, without running the statement, which tables and columns it would read; anything not on the open
list is refused. Only then does it run, because a search reads the internals of the index, which a visitor's statement
must not.
"""

import json
import os
import resource
import signal
import sqlite3
import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Thread
from typing import Any, Final

from tracker.errors import TrackerError
from tracker.web.queries.connection import INDEX, Guard, connected, is_refused

ROWS: Final = 1000
"""Maximum rows of a result."""

_BYTES: Final = 4_000_000
"""Maximum bytes of all cells of a result."""

SECONDS: Final = 2.0
"""Maximum seconds of processor time of a query, so that a busy machine refuses nobody."""

LONGEST: Final = 15.0
"""Maximum seconds of a query by the clock."""

OUT_OF_TIME: Final = frozenset({-signal.SIGPROF, -signal.SIGALRM})
"""How the process exits when its time is up; SQLite need not be asked, as the signals end it at once."""

_MEMORY: Final = 256 << 20
"""Maximum address space of the process in bytes; it has 20 MB before any query."""

_LIMITS: Final = {
    sqlite3.SQLITE_LIMIT_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 10_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 80,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
"""SQLite limits: bytes of a text it builds, of the statement, its columns, and what else could exhaust memory."""


class Refused(TrackerError):
    """The query is invalid or asks for what is closed."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The rows of a result; `cut` says that there were more."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool


def run_query(db: Path, sql: str) -> QueryResult:
    """Return the result of a query. Raises Refused with a sentence for the visitor."""
    guard = Guard()
    try:
        with closing(connected(db, guard)) as connection:
            connection.execute("PRAGMA temp_store = memory")  # sorting counts as memory and fills no disk
            for name, most in _LIMITS.items():
                connection.setlimit(name, most)
            connection.execute("BEGIN")
            return _run(connection, guard, sql)
    except MemoryError:
        raise Refused("The query needs too much memory.") from None
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        raise Refused(_reason(error)) from None


def _run(connection: sqlite3.Connection, guard: Guard, sql: str) -> QueryResult:
    # SQLite opens these with statements of its own; do that before the visitor's is checked.
    for virtual in (INDEX, "json_each", "json_tree"):
        connection.execute(f"SELECT rowid FROM {virtual} LIMIT 0")  # noqa: S608  constants
    guard.strict = True
    if not sql.lstrip().lower().startswith("explain"):
        connection.execute(f"EXPLAIN {sql}").fetchall()
        guard.strict = False
    return _read(connection.execute(sql))


def _read(cursor: sqlite3.Cursor) -> QueryResult:
    columns = tuple(column[0] for column in cursor.description or ())
    rows: list[tuple[Any, ...]] = []
    size = 0
    for row in cursor:
        size += sum(len(cell) for cell in row if isinstance(cell, str | bytes))
        if len(rows) == ROWS or size > _BYTES:
            return QueryResult(columns, tuple(rows), cut=True)
        rows.append(row)
    return QueryResult(columns, tuple(rows), cut=False)


def _reason(error: Exception) -> str:
    if isinstance(error, sqlite3.Error) and is_refused(error):
        return f"Only the open tables can be read, and nothing can be changed: {error}."
    return f"SQLite says: {error}."


def encode_query(sql: str) -> bytes:
    """Encode a query for the process."""
    return json.dumps(sql).encode() + b"\n"


def decode_result(output: bytes) -> QueryResult:
    """Decode the process's output. Raises Refused if it was refused or is incomplete."""
    try:
        found = json.loads(output)
    except ValueError:
        raise Refused("The query needs too much memory or time.") from None
    if "refused" in found:
        raise Refused(found["refused"])
    rows = (
        tuple(bytes.fromhex(cell["blob"]) if isinstance(cell, dict) else cell for cell in row) for row in found["rows"]
    )
    return QueryResult(tuple(found["columns"]), tuple(rows), found["cut"])


def main(db: Path) -> None:
    """Answer the query on standard input."""
    _confine()
    sys.stdout.write("\n")
    sys.stdout.flush()
    sql = json.loads(sys.stdin.buffer.readline())
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    Thread(target=_end_with_server, daemon=True).start()
    try:
        output = asdict(run_query(db, sql))
    except Refused as refused:
        output = {"refused": str(refused)}
    sys.stdout.write(json.dumps(output, default=lambda blob: {"blob": blob.hex()}))
    sys.stdout.flush()
    os._exit(0)  # an orderly end would wait a second for the thread that reads standard input


def _confine() -> None:
    """Lower this process's priority, forbid core dumps and limit its memory."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _end_with_server() -> None:
    """End this process when standard input ends."""
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
