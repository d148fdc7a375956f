"""The `coverage` view as a CSV file, whole or filtered; knows how a file comes to be whole or not there at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import TextIO

from tracker.errors import TrackerError
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
