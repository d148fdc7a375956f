"""How much was written, week by week, on a tag or by a source, beside all that was seen: from the counts by day."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasette.database import Database

from tracker.publish.site.data.listed import Tag
from tracker.publish.site.data.rows import ask
from tracker.publish.site.weeks import Span

_IN_WEEK = "d.day >= json_extract(w.value, '$[0]') AND d.day <= json_extract(w.value, '$[1]')"

_OF_TAG = f"""
SELECT w.key AS week, sum(d.articles) AS matching, count(DISTINCT d.source) AS outlets,
    count(DISTINCT s.family) AS owners
FROM json_each(:weeks) AS w CROSS JOIN tag_days AS d ON d.tag = :tag AND {_IN_WEEK}
JOIN sources AS s ON s.id = d.source GROUP BY w.key"""  # noqa: S608  fixed conditions

_OF_SOURCE = f"""
SELECT w.key AS week, sum(both_topics + encryption + child_safety) AS matching, sum(articles) AS total,
    avg(observed) AS observed
FROM json_each(:weeks) AS w CROSS JOIN source_days AS d ON d.source = :source AND {_IN_WEEK}
GROUP BY w.key"""  # noqa: S608  fixed conditions

_OF_ALL = f"""
SELECT w.key AS week, sum(articles) AS total, avg(observed) AS observed
FROM json_each(:weeks) AS w CROSS JOIN source_days AS d ON {_IN_WEEK}
GROUP BY w.key"""  # noqa: S608  fixed conditions

_EXTENT = """
SELECT coalesce(sum(t.articles), 0) AS articles, count(DISTINCT t.source) AS outlets,
    count(DISTINCT s.family) AS owners
FROM tag_days AS t JOIN sources AS s ON s.id = t.source WHERE t.tag = :tag AND t.day BETWEEN :first AND :last"""

_SOURCES_OF_TAG = """
WITH most AS (SELECT source, sum(articles) AS matching FROM tag_days
    WHERE tag = :tag AND day BETWEEN :first AND :last GROUP BY source ORDER BY matching DESC, source LIMIT :limit)
SELECT s.id, s.name, most.matching, (SELECT sum(articles) FROM source_days
    WHERE source = s.id AND day BETWEEN :first AND :last) AS total
FROM most JOIN sources AS s ON s.id = most.source ORDER BY most.matching DESC, s.name"""

_TAGS_OF_SOURCE = """
SELECT t.id, t.label, t.facet, sum(d.articles) AS articles FROM tag_days AS d JOIN tags AS t ON t.id = d.tag
WHERE d.source = :source AND d.day BETWEEN :first AND :last AND t.facet NOT IN ('topic', 'noise')
GROUP BY t.id ORDER BY articles DESC, t.position LIMIT :limit"""

_BY_SOURCE = """
SELECT source, sum(both_topics + encryption + child_safety) AS matching, sum(articles) AS total
FROM source_days WHERE day BETWEEN :first AND :last GROUP BY source"""

HALF = 0.5
"""The share of a time that must have been seen for it to count as observed."""


@dataclass(frozen=True, slots=True)
class SpanOf:
    """A week's articles that match, of `total` that were seen of any kind, by so many outlets of so many owners.

    `observed` is the share of the week that was seen, None where nobody watched. What is known of a week that was not
    observed is less than there was.
    """

    span: Span
    matching: int
    total: int
    outlets: int
    owners: int
    observed: float | None

    @property
    def is_observed(self) -> bool:
        """Whether its numbers can be believed."""
        return self.observed is not None and self.observed >= HALF

    @property
    def share(self) -> float | None:
        """The share of all articles seen; None where the week was not observed, or was empty."""
        return self.matching / self.total if self.is_observed and self.total else None


@dataclass(frozen=True, slots=True)
class Extent:
    """Articles with a tag in an interval, the outlets that had them, and the owners of those."""

    articles: int
    outlets: int
    owners: int


@dataclass(frozen=True, slots=True)
class SourceShare:
    """A source's articles that match, of all that it published."""

    id: str
    name: str
    matching: int
    total: int

    @property
    def share(self) -> float | None:
        """The share of its articles; None where there are none."""
        return self.matching / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and the articles of a source that carry it."""

    tag: Tag
    articles: int


async def of_tag(db: Database, tag: str, weeks: Sequence[Span]) -> tuple[SpanOf, ...]:
    """The weeks of a tag."""
    found = await _by_week(db, _OF_TAG, weeks, tag=tag)
    seen = await _by_week(db, _OF_ALL, weeks)
    return tuple(_week(week, {**seen.get(number, {}), **found.get(number, {})}) for number, week in enumerate(weeks))


async def of_source(db: Database, source: str, weeks: Sequence[Span]) -> tuple[SpanOf, ...]:
    """The weeks of a source: what matches are its articles on either topic."""
    found = await _by_week(db, _OF_SOURCE, weeks, source=source)
    return tuple(_week(week, found.get(number, {})) for number, week in enumerate(weeks))


async def extent(db: Database, tag: str, weeks: Sequence[Span]) -> Extent:
    """How much was written on a tag in these weeks together."""
    return Extent(**(await ask(db, _EXTENT, tag=tag, **_days(weeks)))[0])


async def sources_of_tag(db: Database, tag: str, weeks: Sequence[Span], limit: int) -> tuple[SourceShare, ...]:
    """The sources with the most articles on a tag in these weeks."""
    rows = await ask(db, _SOURCES_OF_TAG, tag=tag, limit=limit, **_days(weeks))
    return tuple(SourceShare(row["id"], row["name"], row["matching"], row["total"] or 0) for row in rows)


async def tags_of_source(db: Database, source: str, weeks: Sequence[Span], limit: int) -> tuple[TagCount, ...]:
    """The tags, topics aside, that most articles of a source carry in these weeks."""
    rows = await ask(db, _TAGS_OF_SOURCE, source=source, limit=limit, **_days(weeks))
    return tuple(TagCount(Tag(row["id"], row["label"], row["facet"]), row["articles"]) for row in rows)


async def by_source(db: Database, weeks: Sequence[Span]) -> dict[str, tuple[int, int]]:
    """The relevant articles and all articles of each source in these weeks, by the source's id."""
    return {row["source"]: (row["matching"], row["total"]) for row in await ask(db, _BY_SOURCE, **_days(weeks))}


async def _by_week(db: Database, sql: str, weeks: Sequence[Span], **parameters: object) -> dict[int, dict[str, Any]]:
    spans = json.dumps([[str(week.first), str(week.last)] for week in weeks])
    return {row.pop("week"): row for row in await ask(db, sql, weeks=spans, **parameters)}


def _days(weeks: Sequence[Span]) -> dict[str, str]:
    return {"first": str(weeks[0].first), "last": str(weeks[-1].last)}


def _week(week: Span, row: Mapping[str, Any]) -> SpanOf:
    matching = row.get("matching") or 0
    return SpanOf(
        week,
        matching,
        row.get("total") or 0,
        row.get("outlets", int(matching > 0)) or 0,
        row.get("owners", int(matching > 0)) or 0,
        row.get("observed"),
    )
