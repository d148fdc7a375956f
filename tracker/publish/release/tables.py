"""The files of a release that follow from its snapshot alone, so that whoever has that can make them again."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from tracker.publish.cells import csv_text
from tracker.publish.release.missing import gaps_in_words
from tracker.publish.site.metadata import ORDER
from tracker.store.database import Database
from tracker.store.released import CSVS, csv_rows, facts, months, open_gaps

SNAPSHOT = "coverage.db"
PUBLISHED = tuple(name for name in ORDER if name != "job_runs")
"""What a snapshot holds: the tables and views that the site shows, but for when this machine did what."""

_AT_ONCE = 500


def _csv(name: str, db: Database, out: TextIO) -> None:
    columns, rows = csv_rows(db, name)
    out.write(csv_text([columns]))
    while some := list(islice(rows, _AT_ONCE)):
        out.write(csv_text(some))


def _rulebook(db: Database, out: TextIO) -> None:
    found = facts(db)
    out.write(found.rules if found else "")


def _gaps(db: Database, out: TextIO) -> None:
    out.write(gaps_in_words(months(db), open_gaps(db)))


DERIVED: Mapping[str, Callable[[Database, TextIO], None]] = {
    **{f"{name}.csv": partial(_csv, name) for name in CSVS},
    "rulebook.json": _rulebook,
    "GAPS.md": _gaps,
}
"""Each file by its name, and what writes it from an opened snapshot."""


def write_derived(db: Database, name: str, path: Path) -> None:
    """Write a derived file, a new one, at `path`."""
    with path.open("x", encoding="utf-8", newline="") as out:
        DERIVED[name](db, out)
