"""The `coverage` view as a CSV file, whole or filtered; knows RFC 4180 and how a spreadsheet is kept from obeying.

A cell that a spreadsheet would take for a formula gets an apostrophe before it; so does one that already has
apostrophes before such a character, so that taking one away always gives the original.
"""

import csv
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from tracker.models import utc_text

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Filter:
    """What to export; None means all. Days are those of `timezone`, `until` is included.

    `relevance` is one of the relevances, or `any` for every article that is not `none`. Articles without a date
    count on the day they were first seen.
    """

    tag: str | None = None
    source: str | None = None
    relevance: str | None = None
    since: date | None = None
    until: date | None = None
    timezone: str = "UTC"


def rows(db: Database, wanted: Filter) -> Iterator[dict[str, Any]]:
    """The rows of the `coverage` view that pass the filter, oldest first, read as they are used."""
    conditions, parameters = _conditions(wanted)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    yield from db.query(
        f"SELECT * FROM coverage AS c {where} ORDER BY coalesce(published_at, first_seen_at), id",  # noqa: S608  conditions are ours, values are parameters
        parameters,
    )


def write_csv(db: Database, wanted: Filter, out: TextIO) -> int:
    """Write the filtered view with a header line; how many articles it held."""
    columns = [column.name for column in db["coverage"].columns]
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    count = 0
    for row in rows(db, wanted):
        writer.writerow([harmless(row[column]) for column in columns])
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


def _conditions(wanted: Filter) -> tuple[list[str], dict[str, str]]:
    """SQL conditions and their parameters."""
    day = "coalesce(c.published_at, c.first_seen_at)"
    possible = {
        "tag": "EXISTS (SELECT 1 FROM article_tags AS t WHERE t.article = c.id AND t.tag = :tag)",
        "source": "c.source_id = :source",
        "relevance": "c.relevance != 'none'" if wanted.relevance == "any" else "c.relevance = :relevance",
        "since": f"{day} >= :since",
        "until": f"{day} < :until",
    }
    given = {
        "tag": wanted.tag,
        "source": wanted.source,
        "relevance": wanted.relevance,
        "since": wanted.since and _midnight(wanted.since, wanted.timezone),
        "until": wanted.until and _midnight(wanted.until + timedelta(days=1), wanted.timezone),
    }
    parameters = {name: value for name, value in given.items() if value is not None}
    return [possible[name] for name in parameters], parameters


def _midnight(day: date, timezone: str) -> str:
    """The stored form of the moment at which a day begins in a zone."""
    return utc_text(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)).astimezone(UTC))
