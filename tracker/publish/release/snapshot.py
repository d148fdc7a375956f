"""Copy the database as of one moment, without private data; the same rows always give the same bytes.

Knows what makes two SQLite files with the same rows differ: the order in which rows and indexes were added, records
written before a column was added, and deleted content that is still there.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.store.database import Database, opened_by_reader, opened_to_read, unlogged
from tracker.store.maintenance.backup import readable

_WITHHELD = {"feeds": ("etag", "last_modified", "body_sha256")}
"""Columns emptied in a snapshot: they only matter between the tracker and a publisher's server."""

_SETTINGS = """
PRAGMA main.page_size = 4096;
PRAGMA main.auto_vacuum = none;
PRAGMA main.encoding = 'UTF-8';
PRAGMA main.secure_delete = on;
PRAGMA foreign_keys = off;
PRAGMA cache_size = -65536
"""


@dataclass(frozen=True, slots=True)
class SnapshotState:
    """What is known of a snapshot besides its rows: the time zone of its days, None if none was counted yet, and how
    many days were still to be recounted."""

    zone: str | None
    uncounted_days: int


def take_snapshot(source: Path, target: Path, tables: Collection[str]) -> SnapshotState:
    """Copy these tables and views of the database as they are now to `target`, a new file.

    Everything is read in one transaction, so that concurrent writes are included entirely or not at all.
    """
    with opened_by_reader(source):
        pass  # opening migrates the tables, or says who can
    with unlogged(target) as db, readable(source) as uri:
        for setting in _SETTINGS.strip().split(";\n"):
            db.execute(setting)
        db.execute("ATTACH ? AS source", [uri])
        db.execute("BEGIN")
        _copy_tables(db, tables)
        _make(db, "index", tables)
        _make(db, "view", tables)
        taken = _about(db)
        db.execute("COMMIT")
        db.execute("DETACH source")
    return taken


@contextmanager
def snapshot(path: Path) -> Iterator[Database]:
    """Open a snapshot for reading. Raises StoreError when it is not one."""
    with opened_to_read(path) as db:
        yield db


def faults(db: Database, tables: Collection[str]) -> Iterator[str]:
    """Describe what is wrong with a snapshot that should hold these tables and views, in sentences."""
    problems = [row["integrity_check"] for row in db.query("PRAGMA integrity_check(5)")]
    if problems != ["ok"]:
        yield f"is damaged inside: {'; '.join(problems)}"
    there = {row["name"] for row in db.query("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
    for name in sorted({*tables} - there):
        yield f"has no table or view {name}"
    for name in sorted(there - {*tables}):
        yield f"holds {name}, which is not published"
    for table, columns in _WITHHELD.items():
        kept = " + ".join(f"count({column})" for column in columns)
        if table in there and next(db.query(f"SELECT {kept} AS n FROM {table}"))["n"]:  # noqa: S608  our own names
            yield f"has values in {' or '.join(columns)} of {table}, which must be empty"


def _copy_tables(db: Database, wanted: Collection[str]) -> None:
    """Copy rows in key order, each rewritten: a statement that names columns never copies records verbatim."""
    rows = list(_of(db, "table", wanted))
    kept = {row["name"] for row in rows}
    for row in rows:
        name = row["name"]
        db.execute(_without_references_beyond(kept, row["sql"]))
        columns = list(db.query("SELECT name, pk FROM pragma_table_info(?, 'source') ORDER BY cid", [name]))
        keys = [column["name"] for column in sorted(columns, key=lambda one: one["pk"]) if column["pk"]]
        values = ("NULL" if one["name"] in _WITHHELD.get(name, ()) else _quoted([one["name"]]) for one in columns)
        db.execute(
            f"INSERT INTO main.{name} ({_quoted(one['name'] for one in columns)}) "  # noqa: S608  our own names
            f"SELECT {', '.join(values)} FROM source.{name} ORDER BY {_quoted(keys)}"
        )


def _make(db: Database, kind: str, wanted: Collection[str]) -> None:
    """Create the indexes of the tables, or the views."""
    for row in _of(db, kind, wanted):
        db.execute(row["sql"])


def _of(db: Database, kind: str, wanted: Collection[str]) -> Iterable[dict[str, Any]]:
    return list(
        db.query(
            """SELECT name, sql FROM source.sqlite_master WHERE type = ? AND sql IS NOT NULL
            AND tbl_name IN (SELECT value FROM json_each(?)) ORDER BY name""",
            [kind, json.dumps([*wanted])],
        )
    )


def _without_references_beyond(kept: Collection[str], sql: str) -> str:
    """Return a table's definition without references to tables that are not there."""
    return re.sub(r" REFERENCES (\w+)\(\w+\)", lambda found: found[0] if found[1] in kept else "", sql)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _about(db: Database) -> SnapshotState:
    counting = next(db.query("SELECT zone FROM source.countings"), None)
    uncounted = next(db.query("SELECT count(*) AS n FROM source.stale_days"))["n"]
    return SnapshotState(counting["zone"] if counting else None, uncounted)
