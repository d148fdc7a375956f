"""The `coverage` view as a CSV file, whole or filtered; knows RFC 4180 and how a spreadsheet is kept from obeying.

A cell that a spreadsheet would take for a formula gets an apostrophe before it; so does one that already has
apostrophes before such a character, so that taking one away always gives the original.
"""

import csv
import os
import re
from pathlib import Path
from typing import Any, TextIO

from tracker.store.coverage import Filter, columns, rows
from tracker.store.database import Database

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def write_csv(db: Database, wanted: Filter, out: TextIO) -> int:
    """Write the filtered view with a header line; how many articles it held."""
    names = columns(db)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    count = 0
    for row in rows(db, wanted):
        writer.writerow([harmless(row[name]) for name in names])
        count += 1
    return count


def write_csv_file(db: Database, wanted: Filter, path: Path) -> int:
    """Put the CSV at `path`, whole or not at all; how many articles it holds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as out:
            count = write_csv(db, wanted, out)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet runs; texts that look like formulas get one apostrophe."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def original(cell: str) -> str:
    """The text that `harmless` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
