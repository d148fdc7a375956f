"""Read articles as lists show them, with their tags; "relevant" ones are about at least one topic."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from datasette.database import Database

from tracker.models import SUBJECT_FACETS, Facet, Relevance, utc_text
from tracker.store.conditions import RELEVANCES
from tracker.web.queries.rows import ask, timed

ARTICLE = """
SELECT a.id, a.title, a.summary, a.url, s.name AS source, a.source AS source_id, a.language, a.author, a.relevance,
    a.published_at, a.first_seen_at, a.last_seen_at, a.date_quality, a.published_raw, a.canonical_url, a.story,
    a.appeared_at, a.stated_at, (SELECT max(replaced_at) FROM revisions WHERE revisions.article = a.id) AS changed_at
FROM articles AS a JOIN sources AS s ON s.id = a.source"""


# The newest of each relevance by its own index range; undated ones by first sighting.
_LATEST = f"""
WITH newest AS (
    SELECT n.value ->> 0 AS id, n.value ->> 1 AS at FROM {RELEVANCES} AS r CROSS JOIN json_each((
        SELECT json_group_array(json_array(id, published_at)) FROM (SELECT id, published_at FROM articles
        WHERE relevance = r.value AND published_at <= :until ORDER BY published_at DESC LIMIT :limit))) AS n
    UNION ALL SELECT * FROM (SELECT id, first_seen_at FROM articles
        WHERE relevance IN {RELEVANCES} AND published_at IS NULL ORDER BY first_seen_at DESC LIMIT :limit)
)
{ARTICLE} JOIN newest ON newest.id = a.id ORDER BY newest.at DESC, a.id DESC LIMIT :limit"""  # noqa: S608  our own text

_THESE = f"{ARTICLE} WHERE a.id IN (SELECT value FROM json_each(:articles))"  # noqa: S608  our own text

_TAGS_OF = """
SELECT at.article, t.id, t.label, t.facet FROM json_each(:articles) AS j
    JOIN article_tags AS at ON at.article = j.value JOIN tags AS t ON t.id = at.tag ORDER BY at.article, t.position"""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of an article."""

    id: str
    label: str
    facet: Facet


def key_tags(tags: Sequence[Tag]) -> list[Tag]:
    """Return the most informative tags first: laws, people, organisations, themes, places; topics are omitted."""
    return [tag for facet in SUBJECT_FACETS for tag in tags if tag.facet == facet]


@dataclass(frozen=True, slots=True)
class Article:
    """An article as a list shows it; `url` is as the feed gave it and may be anything.

    `appeared_at` is when its source's feeds first showed it if its date cannot be right, else None. `stated_at` is
    since when it has its publisher's wording, if others showed it first. `changed_at` is when its wording was last seen
    to change; None if never.
    """

    id: int
    title: str
    summary: str
    url: str
    source: str
    source_id: str
    language: str | None
    author: str | None
    relevance: Relevance
    published_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    date_quality: str
    published_raw: str | None
    canonical_url: str
    story: int | None
    appeared_at: datetime | None
    changed_at: datetime | None
    stated_at: datetime | None = None
    tags: tuple[Tag, ...] = ()


async def latest(db: Database, until: datetime, limit: int) -> tuple[Article, ...]:
    """Return the newest relevant articles published no later than `until`, with their tags."""
    rows = await ask(db, _LATEST, until=utc_text(until), limit=limit)
    tags = await tags_of(db, [row["id"] for row in rows])
    return tuple(listed(row, tags[row["id"]]) for row in rows)


async def articles(db: Database, numbers: Sequence[int]) -> tuple[Article, ...]:
    """Return these articles with their tags, in the given order, omitting those not stored."""
    rows = {row["id"]: row for row in await ask(db, _THESE, articles=json.dumps(numbers))}
    tags = await tags_of(db, numbers)
    return tuple(listed(rows[number], tags[number]) for number in numbers if number in rows)


async def tags_of(db: Database, articles: Sequence[int]) -> Mapping[int, tuple[Tag, ...]]:
    """Return the tags of these articles by article id, in the rulebook's order."""
    tags: dict[int, tuple[Tag, ...]] = defaultdict(tuple)
    for row in await ask(db, _TAGS_OF, articles=json.dumps(articles)):
        tags[row["article"]] += (Tag(row["id"], row["label"], row["facet"]),)
    return tags


def listed(row: Mapping[str, Any], tags: tuple[Tag, ...]) -> Article:
    """Return an article from a row with the columns of ARTICLE."""
    return Article(**timed(row), tags=tags)
