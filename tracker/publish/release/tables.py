"""Write the files of a release that derive from its snapshot alone, so that anyone who has it can reproduce them."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from tracker.models import FileFormat
from tracker.publish.csv_cells import csv_text
from tracker.publish.exports.datapackage import WrittenFile, descriptor
from tracker.publish.exports.files import columns, write_stream
from tracker.publish.exports.formats import AT_ONCE
from tracker.publish.exports.presets import PRESETS, Preset
from tracker.publish.exports.queries import Filter
from tracker.publish.release.documents import gaps_in_words
from tracker.publish.release.queries import CSVS, csv_rows, facts, months, open_gaps
from tracker.publish.tables import ORDER
from tracker.store.database import Database
from tracker.store.tags import debate

SNAPSHOT = "coverage.db"
PUBLISHED = tuple(name for name in ORDER if name != "job_runs")
"""Contents of a snapshot: the tables and views that the site shows, except the history of jobs on this machine."""


def _export(preset: Preset, db: Database, out: BinaryIO) -> None:
    write_stream(db, preset, Filter(), FileFormat(), out)


def _csv(name: str, db: Database, out: BinaryIO) -> None:
    names, rows = csv_rows(db, name)
    out.write(csv_text([names]).encode())
    while some := list(islice(rows, AT_ONCE)):
        out.write(csv_text(some).encode())


def _rulebook(db: Database, out: BinaryIO) -> None:
    found = facts(db)
    out.write((found.rules if found else "").encode())


def _gaps(db: Database, out: BinaryIO) -> None:
    out.write(gaps_in_words(months(db), open_gaps(db)).encode())


DERIVED: Mapping[str, Callable[[Database, BinaryIO], None]] = {
    **{f"{name}.csv": partial(_export, preset) for name, preset in PRESETS.items()},
    **{f"{name}.csv": partial(_csv, name) for name in CSVS},
    "rulebook.json": _rulebook,
    "GAPS.md": _gaps,
}
"""Each derived file by name, with the function that writes it from an open snapshot."""


def write_derived(db: Database, name: str, path: Path) -> None:
    """Write a derived file to `path`, a new file."""
    with path.open("xb") as out:
        DERIVED[name](db, out)


def described(db: Database, folder: Path) -> str:
    """Return the datapackage.json of the exports in a folder."""
    files = [
        WrittenFile(preset, columns(db, preset, Filter()), FileFormat(), folder / f"{name}.csv")
        for name, preset in PRESETS.items()
    ]
    return descriptor(files, debate(db)).decode()
