"""The `coverage` view as a CSV file, whole or filtered; knows RFC 4180 and how a spreadsheet is kept from obeying.

A cell that a spreadsheet would take for a formula gets an apostrophe before it; so does one that already has
apostrophes before such a character, so that taking one away always gives the original.
"""

import csv
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from tracker.errors import TrackerError
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
    with _whole(path) as out:
        return write_csv(db, wanted, out)


def write_whole(path: Path, content: bytes) -> None:
    """Put the content at `path`, whole or not at all."""
    with _whole(path) as out:
        out.buffer.write(content)


@contextmanager
def _whole(path: Path) -> Iterator[TextIOWrapper]:
    """A file that is at `path` when the body has ended well; raises TrackerError when it cannot be written.

    What is there and no file, such as /dev/stdout, is written to as it is.
    """
    in_place = path.exists() and not path.is_file()
    unfinished = path if in_place else path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("w", encoding="utf-8", newline="") as out:
            yield out
            out.flush()
            if not in_place:
                os.fsync(out.fileno())
        if not in_place:
            unfinished.replace(path)
    except OSError as error:
        raise TrackerError(f"{path} cannot be written: {error}") from error
    finally:
        if not in_place:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet runs; texts that look like formulas get one apostrophe."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def original(cell: str) -> str:
    """The text that `harmless` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
