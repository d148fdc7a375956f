"""Whole tables as CSV, from a server and from the shell of SQLite: seconds, CPU, memory, and whether all is there."""

import csv
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.meter import cpu_seconds, measure, peak_memory
from bench.served import Server

TABLES = ("articles", "coverage")


@dataclass(frozen=True, slots=True)
class Csv:
    """What one CSV took; `rows` are those that came, whole, of `all` that there are.

    `mebibytes` are how much more the server held at the worst moment than at the beginning; of the shell, all it held.
    """

    who: str
    table: str
    seconds: float
    cpu: float
    mebibytes: float
    rows: int
    all: int

    @property
    def whole(self) -> bool:
        return self.rows == self.all


def shell(database: Path, table: str) -> Csv | None:
    """What `sqlite3 -csv` takes; None where it is not installed."""
    program = shutil.which("sqlite3")
    if program is None:
        return None
    with tempfile.TemporaryDirectory(dir=database.parent) as made:
        target = Path(made) / "table.csv"
        written = f"exec {program} -readonly -header -csv {database} 'SELECT * FROM {table}' > {target}"
        used = measure(["sh", "-c", written], Path(made))
        return Csv("sqlite3 -csv", table, used.wall, used.cpu, used.memory, _rows(target), _stored(database))


def served(server: Server, who: str, table: str, address: str, database: Path, patience: float) -> Csv:
    """What a server takes; it is given so many seconds."""
    with tempfile.TemporaryDirectory(dir=database.parent) as made:
        target = Path(made) / "table.csv"
        before, cpu, stored = peak_memory(server.pid, anew=True), cpu_seconds(server.pid), _stored(database)
        begun = time.monotonic()
        with target.open("wb") as file:
            server.stream(address, file.write, begun + patience)
        seconds = time.monotonic() - begun
        cpu = cpu_seconds(server.pid) - cpu
        return Csv(who, table, seconds, cpu, peak_memory(server.pid) - before, _rows(target), stored)


def _rows(file: Path) -> int:
    """Records that have as many cells as the first, which names the columns; the shell ends lines in its own way."""
    with file.open(newline="", encoding="utf-8", errors="replace") as lines:
        records = csv.reader(lines)
        columns = len(next(records, []))
        return sum(len(record) == columns for record in records)


def _stored(database: Path) -> int:
    with closing(sqlite3.connect(database)) as db:
        return int(db.execute("SELECT count(*) FROM articles").fetchone()[0])
