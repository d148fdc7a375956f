"""Read a week's stories: which had articles in it, their weight and content."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from datasette.database import Database

from tracker.models import BOTH, NO_TOPIC, Relevance, utc_text
from tracker.store.conditions import COUNTED_AT, RELEVANCES, SUBJECTS
from tracker.web.calendar import Week
from tracker.web.queries.article_list import Tag
from tracker.web.queries.rows import ask, moment, timed

TAGS = 6
"""Maximum tags shown with a story."""

# From the week's articles of these relevances, through a short index range, to their stories; all of a story's articles
# in the week count. A story of one article has no row in `stories`.
_TOUCHED = """
    SELECT a.story FROM json_each(:relevances) AS r CROSS JOIN articles AS a
        ON a.relevance = r.value AND a.published_at >= :since AND a.published_at < :until
    UNION
    SELECT a.story FROM json_each(:relevances) AS r CROSS JOIN articles AS a ON a.relevance = r.value
        AND a.published_at IS NULL AND a.first_seen_at >= :since AND a.first_seen_at < :until"""

# The most widely covered stories that had articles between two moments, whatever they are about.
_WIDEST = """
    SELECT id AS story FROM stories WHERE last_at >= :since AND first_at < :until
    ORDER BY families DESC, sources DESC, articles DESC, id DESC LIMIT :limit"""

_WEIGHED = f"""
WITH touched AS MATERIALIZED ({{}})
SELECT k.id, count(*) AS articles, count(DISTINCT s.id) AS outlets, count(DISTINCT s.family) AS owners,
    count(*) OVER () AS found
FROM touched AS t CROSS JOIN stories AS k ON k.id = t.story CROSS JOIN articles AS a ON a.story = k.id
    JOIN sources AS s ON s.id = a.source
WHERE {COUNTED_AT} >= :since AND {COUNTED_AT} < :until
GROUP BY k.id ORDER BY owners DESC, outlets DESC, articles DESC, k.id DESC LIMIT :limit"""  # noqa: S608  our own text

_STORIES = """
SELECT v.id, v.title, h.language, v.articles, v.texts, v.outlets, v.owners, v.relevant, v.first_at, v.last_at,
    v.first_source, v.agencies, v.releases, v.languages,
    (SELECT json_group_array(DISTINCT relevance) FROM articles WHERE story = v.id) AS relevances
FROM json_each(:stories) AS j CROSS JOIN stories_view AS v ON v.id = j.value JOIN articles AS h ON h.id = v.headline"""

_TAGS = f"""
SELECT a.story, t.id, t.label, t.facet, count(*) AS articles FROM json_each(:stories) AS j
    CROSS JOIN articles AS a ON a.story = j.value JOIN article_tags AS at ON at.article = a.id
    JOIN tags AS t ON t.id = at.tag
WHERE t.facet IN {SUBJECTS} GROUP BY a.story, t.id ORDER BY a.story, articles DESC, t.position"""  # noqa: S608  our own text

_LAST_BEFORE = f"""
SELECT max(at) AS at FROM (SELECT (SELECT a.published_at FROM articles AS a
    WHERE a.relevance = r.value AND a.published_at < :until AND EXISTS (SELECT 1 FROM stories WHERE id = a.story)
    ORDER BY a.published_at DESC LIMIT 1) AS at FROM {RELEVANCES} AS r)"""  # noqa: S608  as above


@dataclass(frozen=True, slots=True)
class Weight:
    """A story's articles, outlets and owners in a week."""

    articles: int
    outlets: int
    owners: int


@dataclass(frozen=True, slots=True)
class Story:
    """A whole story: the headline of its most central article, and counts over all its articles.

    `texts` counts copies of one text once; `releases` are the actors whose own texts others printed.
    """

    id: int
    title: str
    language: str | None
    articles: int
    texts: int
    outlets: int
    owners: int
    relevant: int
    first_at: datetime
    last_at: datetime
    first_source: str
    agencies: tuple[str, ...]
    releases: tuple[str, ...]
    languages: tuple[str, ...]
    relevance: Relevance


@dataclass(frozen=True, slots=True)
class StoryListing:
    """A story in a week's list, with its most frequent tags."""

    story: Story
    week: Weight
    tags: tuple[Tag, ...]


async def heaviest(
    db: Database, between: tuple[datetime, datetime], relevances: Sequence[Relevance], limit: int
) -> tuple[int, tuple[StoryListing, ...]]:
    """Return how many stories had an article of these relevances between two moments, and the heaviest.

    The weight counts that interval only: owners first, then outlets, then articles.
    """
    rows = await _weighed(db, _TOUCHED, between, relevances, limit)
    return (rows[0]["found"] if rows else 0), await _listed(db, rows)


async def widest(db: Database, between: tuple[datetime, datetime], limit: int) -> tuple[StoryListing, ...]:
    """Return the most widely covered stories on anything between two moments that may be years apart.

    They are chosen by the counts of whole stories, as weighing every article would take too long.
    """
    return await _listed(db, await _weighed(db, _WIDEST, between, (), limit))


async def _weighed(
    db: Database, chosen: str, between: tuple[datetime, datetime], relevances: Sequence[Relevance], limit: int
) -> list[dict[str, Any]]:
    since, until = map(utc_text, between)
    asked = {"relevances": json.dumps(relevances), "limit": limit, "since": since, "until": until}
    return await ask(db, _WEIGHED.format(chosen), **asked)


async def _listed(db: Database, rows: Sequence[Mapping[str, Any]]) -> tuple[StoryListing, ...]:
    found = await stories(db, [row["id"] for row in rows])
    tags = await _tags(db, list(found))
    return tuple(
        StoryListing(found[row["id"]], Weight(row["articles"], row["outlets"], row["owners"]), tags[row["id"]])
        for row in rows
    )


async def stories(db: Database, numbers: Sequence[int]) -> dict[int, Story]:
    """Return these stories by id, omitting those with fewer than two articles."""
    rows = await ask(db, _STORIES, stories=json.dumps(numbers))
    return {row["id"]: _story(row) for row in rows}


async def newest(db: Database, limit: int) -> tuple[int, ...]:
    """Return the ids of the stories that began last, the latest first."""
    rows = await ask(db, "SELECT id FROM stories ORDER BY id DESC LIMIT :limit", limit=limit)
    return tuple(row["id"] for row in rows)


async def last_before(db: Database, week: Week) -> datetime | None:
    """Return when a relevant article of a story was last published before a week; None if never."""
    return moment((await ask(db, _LAST_BEFORE, until=utc_text(week.from_at)))[0]["at"])


async def _tags(db: Database, numbers: Sequence[int]) -> Mapping[int, tuple[Tag, ...]]:
    tags: dict[int, tuple[Tag, ...]] = defaultdict(tuple)
    for row in await ask(db, _TAGS, stories=json.dumps(numbers)):
        if len(tags[row["story"]]) < TAGS:
            tags[row["story"]] += (Tag(row["id"], row["label"], row["facet"]),)
    return tags


def _story(row: dict[str, Any]) -> Story:
    lists = {name: tuple(json.loads(row[name])) for name in ("agencies", "releases", "languages")}
    relevance = _relevance(json.loads(row.pop("relevances")))
    return Story(**timed(row) | lists | {"relevance": relevance})


def _relevance(found: Sequence[Relevance]) -> Relevance:
    """Return the combined topics of a story's articles."""
    topics = set(found) - {NO_TOPIC}
    if len(topics) > 1:
        return BOTH
    return topics.pop() if topics else NO_TOPIC
