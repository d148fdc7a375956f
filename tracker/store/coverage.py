"""Reading the `coverage` view, whole or filtered; knows what a filter means in SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from tracker.models import utc_text


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

    def unknown(self, db: Database) -> str | None:
        """What the filter names that is not stored, with what is near it, in words; None if all is stored."""
        for what, name, label in (("tag", self.tag, "label"), ("source", self.source, "name")):
            table = db[f"{what}s"]
            if name is None or list(table.rows_where("id = ?", [name])):
                continue
            like = [f"%{name}%", f"%{name.replace('-', ' ')}%"]
            near = [row["id"] for row in table.rows_where(f"id LIKE ? OR {label} LIKE ?", like, limit=5)]
            return f"{what} {name!r}" + (f" (near it: {', '.join(near)})" if near else "")
        return None


def columns(db: Database) -> list[str]:
    """The columns of the view, in their order."""
    return [column.name for column in db["coverage"].columns]


def rows(db: Database, wanted: Filter) -> Iterator[dict[str, Any]]:
    """The rows of the `coverage` view that pass the filter, oldest first, read as they are used."""
    conditions, parameters = _conditions(wanted)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    yield from db.query(
        f"SELECT * FROM coverage AS c {where} ORDER BY coalesce(published_at, first_seen_at), id",  # noqa: S608  conditions are ours, values are parameters
        parameters,
    )


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
    given: dict[str, str | None] = {
        "tag": wanted.tag,
        "source": wanted.source,
        "relevance": wanted.relevance,
        "since": _midnight(wanted.since, wanted.timezone) if wanted.since else None,
        "until": _midnight(wanted.until + timedelta(days=1), wanted.timezone) if wanted.until else None,
    }
    parameters = {name: value for name, value in given.items() if value is not None}
    return [possible[name] for name in parameters], parameters


def _midnight(day: date, timezone: str) -> str:
    """The stored form of the moment at which a day begins in a zone."""
    return utc_text(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)).astimezone(UTC))
