"""Read the attention that a tag or source gets over time from daily counts; no article is read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from datasette.database import Database

from tracker.analyse.observation import ENOUGH
from tracker.store.conditions import SUBJECTS
from tracker.web.calendar import Span
from tracker.web.queries.article_list import Tag
from tracker.web.queries.rows import ask

# In each statement :weeks is a JSON list of pairs, the first and last day of each week.
_TAG = """
SELECT w.key AS week, sum(n.articles) AS matching, count(DISTINCT n.source) AS outlets,
    count(DISTINCT s.family) AS owners
FROM json_each(:weeks) AS w CROSS JOIN tag_days AS n ON n.tag = :tag AND n.day BETWEEN w.value ->> 0 AND w.value ->> 1
JOIN sources AS s ON s.id = n.source GROUP BY w.key"""


_ALL = """
SELECT w.key AS week, sum(d.articles) AS total, sum(d.seen) / nullif(sum(d.watched), 0) AS observed
FROM json_each(:weeks) AS w CROSS JOIN days AS d ON d.day BETWEEN w.value ->> 0 AND w.value ->> 1
GROUP BY w.key"""

_SOURCE = """
SELECT w.key AS week, sum(d.articles) AS total, avg(d.observed) AS observed,
    sum(d.relevant) AS matching,
    sum(d.relevant) > 0 AS outlets,
    sum(d.relevant) > 0 AS owners
FROM json_each(:weeks) AS w CROSS JOIN source_days AS d
    ON d.source = :source AND d.day BETWEEN w.value ->> 0 AND w.value ->> 1
GROUP BY w.key"""

_TOP_SOURCES = """
WITH found AS (SELECT source, sum(articles) AS matching FROM tag_days
    WHERE tag = :tag AND day BETWEEN :first AND :last
    GROUP BY source ORDER BY matching DESC, source LIMIT :limit)
SELECT s.id, s.name, f.matching, (SELECT sum(articles) FROM source_days
    WHERE source = s.id AND day BETWEEN :first AND :last) AS total
FROM found AS f JOIN sources AS s ON s.id = f.source ORDER BY f.matching DESC, s.id"""

_TOP_TAGS = f"""
SELECT t.id, t.label, t.facet, sum(n.articles) AS matching FROM tag_days AS n JOIN tags AS t ON t.id = n.tag
WHERE n.source = :source AND n.day BETWEEN :first AND :last
    AND t.facet IN {SUBJECTS}
GROUP BY t.id ORDER BY matching DESC, t.position LIMIT :limit"""  # noqa: S608  our own text

_EXTENT = """
SELECT coalesce(sum(n.articles), 0) AS articles, count(DISTINCT n.source) AS outlets,
    count(DISTINCT s.family) AS owners
FROM tag_days AS n JOIN sources AS s ON s.id = n.source WHERE n.tag = :tag AND n.day BETWEEN :first AND :last"""


@dataclass(frozen=True, slots=True)
class Attention:
    """Matching and all articles of a week or month, and the outlets and owners of the matching ones.

    `observed` means seen for at least half of the watched time; otherwise the counts are only what is known. `total`
    counts all articles of the sources in question, whatever their subject.
    """

    span: Span
    matching: int
    total: int
    outlets: int
    owners: int
    observed: bool

    @property
    def share(self) -> float | None:
        """Matching articles as a share of all; None if the week was not observed or had no articles."""
        return self.matching / self.total if self.observed and self.total else None


@dataclass(frozen=True, slots=True)
class TopSource:
    """A source, and how many of its articles match and how many it published in all."""

    id: str
    name: str
    matching: int
    total: int

    @property
    def share(self) -> float | None:
        """Matching articles as a share of all; None if there are none."""
        return self.matching / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Extent:
    """Articles with a tag in an interval, and the number of their outlets and owners."""

    articles: int
    outlets: int
    owners: int


@dataclass(frozen=True, slots=True)
class TopTag:
    """A tag and its number of articles."""

    tag: Tag
    matching: int


async def of_tag(db: Database, tag: str, weeks: Sequence[Span]) -> tuple[Attention, ...]:
    """Return the articles of each week with a tag, out of all articles."""
    days = spans(weeks)
    return _series(weeks, await ask(db, _ALL, weeks=days), await ask(db, _TAG, weeks=days, tag=tag))


async def of_source(db: Database, source: str, weeks: Sequence[Span]) -> tuple[Attention, ...]:
    """Return the relevant articles of each week out of one source's; observed is what its own feeds saw."""
    return _series(weeks, await ask(db, _SOURCE, weeks=spans(weeks), source=source))


async def top_sources(db: Database, tag: str, days: tuple[date, date], limit: int) -> tuple[TopSource, ...]:
    """Return the sources with the most articles with a tag between two days, inclusive."""
    return tuple(TopSource(**row) for row in await ask(db, _TOP_SOURCES, tag=tag, limit=limit, **_interval(days)))


async def top_tags(db: Database, source: str, days: tuple[date, date], limit: int) -> tuple[TopTag, ...]:
    """Return a source's most frequent tags, topics excluded, between two days, inclusive."""
    rows = await ask(db, _TOP_TAGS, source=source, limit=limit, **_interval(days))
    return tuple(TopTag(Tag(row["id"], row["label"], row["facet"]), row["matching"]) for row in rows)


async def extent(db: Database, tag: str, days: tuple[date, date]) -> Extent:
    """Return how much was written on a tag between two days, inclusive."""
    return Extent(**(await ask(db, _EXTENT, tag=tag, **_interval(days)))[0])


def _series(weeks: Sequence[Span], *found: Sequence[dict[str, Any]]) -> tuple[Attention, ...]:
    """Merge the rows of the statements into one value per week; a week without rows was not observed."""
    merged: list[dict[str, Any]] = [{} for _ in weeks]
    for row in (row for rows in found for row in rows):
        merged[row["week"]] |= row
    return tuple(
        Attention(
            span=week,
            matching=row.get("matching", 0),
            total=row.get("total", 0),
            outlets=row.get("outlets", 0),
            owners=row.get("owners", 0),
            observed=(row.get("observed") or 0.0) >= ENOUGH,
        )
        for week, row in zip(weeks, merged, strict=True)
    )


def spans(weeks: Sequence[Span]) -> str:
    """Return the first and last day of each week as JSON, as the statements take them."""
    return json.dumps([[str(week.first), str(week.last)] for week in weeks])


def _interval(days: tuple[date, date]) -> dict[str, str]:
    return {"first": str(days[0]), "last": str(days[1])}
