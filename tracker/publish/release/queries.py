"""Query a snapshot for its description: the rows of its CSVs, its figures, and its gaps by month."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.analyse.observation import ENOUGH
from tracker.models import from_utc_text
from tracker.store.conditions import POLLED
from tracker.store.count_columns import column_of, topics_counted
from tracker.store.database import Database

CSVS: Mapping[str, str] = {
    "versions": """SELECT w.article, w.from_at AS valid_from, w.to_at AS valid_to, s.name AS source, w.title,
        w.summary, a.url, a.source AS source_id FROM earlier_words AS w JOIN articles AS a ON a.id = w.article
        JOIN sources AS s ON s.id = a.source ORDER BY w.article, w.id""",
    "days": """SELECT d.day, s.name AS source, d.articles, d.both_topics, {topics}d.observed, d.source AS source_id
        FROM source_days AS d JOIN sources AS s ON s.id = d.source ORDER BY d.day, d.source""",
    "continuity": "SELECT * FROM continuity ORDER BY month, feed",
}
"""The query of each CSV found only in releases, by its name; each orders rows completely, so that the result is the
same everywhere. `{topics}` is where the columns of the topics go."""

_MOMENTS = {
    "polls": "started_at",
    "articles": "first_seen_at",
    "rulebooks": "applied_at",
    "retaggings": "retagged_at",
    "tag_quality": "measured_at",
    "story_changes": "changed_at",
}


@dataclass(frozen=True, slots=True)
class Month:
    """How much of a month the feeds were seen, with no entries possibly missed; `observed` is from 0 to 1."""

    month: str
    feeds: int
    observed: float
    hours_missed: float
    gaps: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a snapshot holds. `rulebook` is the hash of the last one applied, `rules` its text; `tagged_by` counts
    articles by the rulebook of their tags; `days` are the first and last day on which articles count; `sqlite` is the
    version that wrote it."""

    at: datetime
    articles: int
    relevant: int
    sources: int
    feeds: int
    days: tuple[str, str] | None
    observed_days: int
    rulebook: str
    rules: str
    tagged_by: Mapping[str, int]
    sqlite: str


def facts(db: Database) -> Facts | None:
    """Return the figures of a snapshot; None while it holds nothing to release."""
    book = next(db.query("SELECT hash, text FROM rulebooks ORDER BY applied_at DESC LIMIT 1"), None)
    if book is None or not (articles := _number(db, "SELECT count(*) FROM articles")):
        return None
    moments = [next(db.query(f"SELECT max({column}) AS at FROM {table}"))["at"] for table, column in _MOMENTS.items()]  # noqa: S608  our own names
    days = next(db.query("SELECT min(day) AS first, max(day) AS last FROM source_days WHERE articles > 0"))
    tagged = db.query("SELECT coalesce(rulebook, '') AS hash, count(*) AS n FROM articles GROUP BY 1 ORDER BY 1")
    return Facts(
        at=max(from_utc_text(moment) for moment in moments if moment),
        articles=articles,
        relevant=_number(db, "SELECT count(*) FROM articles WHERE relevance != 'none'"),
        sources=_number(db, "SELECT count(DISTINCT source) FROM articles"),
        feeds=_number(db, f"SELECT count(*) FROM feeds WHERE {POLLED}"),  # noqa: S608  our own text
        days=(days["first"], days["last"]) if days["first"] else None,
        observed_days=_number(db, f"SELECT count(DISTINCT day) FROM source_days WHERE observed >= {ENOUGH}"),  # noqa: S608  our own number
        rulebook=book["hash"],
        rules=book["text"],
        tagged_by={row["hash"]: row["n"] for row in tagged},
        sqlite=next(db.query("SELECT sqlite_version() AS v"))["v"],
    )


def months(db: Database) -> list[Month]:
    """Return each month in which feeds were polled, in order; a feed counts for the time it was polled."""
    rows = db.query(
        """WITH timed AS (SELECT *, max(1, unixepoch(to_at) - unixepoch(from_at)) AS seconds FROM continuity)
        SELECT month, count(*) AS feeds, sum(observed * seconds) / sum(seconds) AS observed,
        sum(hours_missed) AS hours_missed, sum(gaps) AS gaps FROM timed GROUP BY month ORDER BY month"""
    )
    return [Month(**row) for row in rows]


def open_gaps(db: Database) -> list[dict[str, Any]]:
    """Return gaps and silences that had not ended, with `source`, `url`, `from_at` and `reason`."""
    return list(
        db.query(
            """SELECT s.name AS source, f.url, g.from_at, g.reason FROM gaps AS g JOIN feeds AS f ON f.id = g.feed
            JOIN sources AS s ON s.id = f.source WHERE g.to_at IS NULL AND f.declared ORDER BY s.name, f.url, g.id"""
        )
    )


def csv_rows(db: Database, name: str) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
    """Return the columns of a CSV and its rows, read lazily."""
    topics = "".join(f"d.{column_of(topic)}, " for topic in topics_counted(db))
    cursor = db.execute(CSVS[name].replace("{topics}", topics))
    return [column[0] for column in cursor.description], cursor


def _number(db: Database, query: str) -> int:
    return int(db.execute(query).fetchone()[0])
