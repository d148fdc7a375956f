"""The `coverage` view as a CSV file, whole or filtered."""

from itertools import islice
from pathlib import Path
from typing import TextIO

from tracker.files import whole
from tracker.publish.cells import csv_text
from tracker.store.coverage import Filter, columns, rows
from tracker.store.database import Database

_AT_ONCE = 500
"""Rows written at once."""


def write_csv(db: Database, wanted: Filter, out: TextIO) -> int:
    """Write the filtered view with a header line; how many articles it held."""
    names = columns(db)
    out.write(csv_text([names]))
    found = rows(db, wanted)
    count = 0
    while some := [[row[name] for name in names] for row in islice(found, _AT_ONCE)]:
        out.write(csv_text(some))
        count += len(some)
    return count


def write_csv_file(db: Database, wanted: Filter, path: Path) -> int:
    """Put the CSV at `path`, whole or not at all; how many articles it holds."""
    with whole(path) as out:
        return write_csv(db, wanted, out)
