"""Read the data of source pages besides daily counts: identity, feeds, and changed headlines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from datasette.database import Database

from tracker.web.queries.article_list import ARTICLE, Article, listed, tags_of
from tracker.web.queries.health import FeedHealth
from tracker.web.queries.rows import ask, timed

_SOURCE = "SELECT id, name, family, kind, country, language, declared FROM sources WHERE id = :source"

_SOURCES = """
SELECT s.id, s.name, s.family, s.kind, s.country, s.language, s.declared FROM sources AS s
WHERE s.declared OR EXISTS (SELECT 1 FROM articles WHERE source = s.id) ORDER BY s.name COLLATE NOCASE"""

_SIBLINGS = """
SELECT id, name, family, kind, country, language, declared FROM sources
WHERE family = (SELECT family FROM sources WHERE id = :source) AND id <> :source
ORDER BY name COLLATE NOCASE LIMIT 50"""

_FEEDS = """
SELECT id, source, url, health, why, continuity_percent AS continuity, last_ok_at, last_new_at, gaps
FROM feed_health WHERE source_id = :source ORDER BY url"""

# A gap counts in the month in which it began.
_MONTHS = """
SELECT substr(day, 1, 7) AS month, avg(observed) AS observed, (SELECT count(*) FROM feeds AS f JOIN gaps AS g
    ON g.feed = f.id WHERE f.source = :source AND NOT g.bridged AND g.reason <> 'silent'
    AND substr(g.from_at, 1, 7) = substr(d.day, 1, 7)) AS gaps
FROM source_days AS d WHERE source = :source AND observed IS NOT NULL
    AND day >= (SELECT date(max(day), 'start of month', :back) FROM source_days WHERE source = :source)
GROUP BY month ORDER BY month DESC"""

# The newest by date, and of the undated the last stored, from one index: its entries end in their ids.
_NEWEST = """
SELECT id, at FROM (
    SELECT * FROM (SELECT id, published_at AS at FROM articles
        WHERE source = :source AND {which} AND published_at IS NOT NULL ORDER BY published_at DESC LIMIT :limit)
    UNION ALL SELECT * FROM (SELECT id, first_seen_at FROM articles
        WHERE source = :source AND {which} AND published_at IS NULL ORDER BY id DESC LIMIT :limit))
ORDER BY at DESC, id DESC LIMIT :limit"""

# Uses the index articles_relevant, which holds only relevant articles.
_LATEST = f"""
WITH newest AS MATERIALIZED ({_NEWEST.format(which="relevance <> 'none'")})
{ARTICLE} JOIN newest ON newest.id = a.id ORDER BY newest.at DESC, a.id DESC"""

_EDITED = f"""
SELECT count(*) AS articles, coalesce(sum(EXISTS (SELECT 1 FROM revisions AS r
    WHERE r.article = newest.id AND r.title_changed AND r.kind IN ('substantive', 'flip-flop'))), 0) AS edited
FROM ({_NEWEST.format(which="true")}) AS newest"""  # noqa: S608  our own text

_BOILERPLATE = "SELECT passage FROM boilerplate WHERE source = :source ORDER BY learned_at, passage"

_TEXTS = """
SELECT t.outcome, count(*) AS n FROM texts AS t JOIN articles AS a ON a.id = t.article
WHERE a.source = :source GROUP BY t.outcome ORDER BY n DESC, t.outcome"""

_MOST = 3000
"""Newest articles of a source examined: some months of a busy one."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source as stored; what feeds.yaml omits is None."""

    id: str
    name: str
    family: str
    kind: str | None
    country: str | None
    language: str | None
    declared: bool


@dataclass(frozen=True, slots=True)
class Month:
    """The share (0 to 1) of a month (such as `2026-03`) in which a source's feeds were seen, and its gaps."""

    month: str
    observed: float
    gaps: int

    @property
    def first(self) -> date:
        """The first day."""
        return date.fromisoformat(f"{self.month}-01")


@dataclass(frozen=True, slots=True)
class Edited:
    """The number of newest articles, and of those with a headline change that states something else."""

    articles: int
    edited: int

    @property
    def share(self) -> float | None:
        """Share of edited articles; None if there are none."""
        return self.edited / self.articles if self.articles else None


async def source(db: Database, name: str) -> Source | None:
    """Return a source by id; None if there is none."""
    rows = await ask(db, _SOURCE, source=name)
    return _source(rows[0]) if rows else None


async def all_sources(db: Database) -> tuple[Source, ...]:
    """Return the sources that are watched or have articles, by name."""
    return tuple(_source(row) for row in await ask(db, _SOURCES))


async def siblings(db: Database, name: str) -> tuple[Source, ...]:
    """Return the other sources of the same owner."""
    return tuple(_source(row) for row in await ask(db, _SIBLINGS, source=name))


async def feeds(db: Database, name: str) -> tuple[FeedHealth, ...]:
    """Return the feeds of a source and their health."""
    return tuple(FeedHealth(**timed(row)) for row in await ask(db, _FEEDS, source=name))


async def months(db: Database, name: str, limit: int) -> tuple[Month, ...]:
    """Return how much of each month was seen, latest first."""
    return tuple(Month(**row) for row in await ask(db, _MONTHS, source=name, back=f"-{limit - 1} months"))


async def latest(db: Database, name: str, limit: int) -> tuple[Article, ...]:
    """Return the newest relevant articles of a source, with their tags."""
    rows = await ask(db, _LATEST, source=name, limit=limit)
    tags = await tags_of(db, [row["id"] for row in rows])
    return tuple(listed(row, tags[row["id"]]) for row in rows)


async def boilerplate(db: Database, name: str) -> tuple[str, ...]:
    """Return what a source repeats under its articles, in the order in which that was learned."""
    return tuple(row["passage"] for row in await ask(db, _BOILERPLATE, source=name))


async def texts(db: Database, name: str) -> dict[str, int]:
    """Return how many of a source's full texts were read or refused, by outcome."""
    return {row["outcome"]: row["n"] for row in await ask(db, _TEXTS, source=name)}


async def edited(db: Database, name: str) -> Edited:
    """Return how often a source changes its headlines."""
    return Edited(**(await ask(db, _EDITED, source=name, limit=_MOST))[0])


def _source(row: Mapping[str, Any]) -> Source:
    return Source(**{**row, "declared": bool(row["declared"])})
