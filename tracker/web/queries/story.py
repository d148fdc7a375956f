"""Read one story: its articles and why they belong, its tags, and corrections by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from datasette.database import Database

from tracker.models import Relevance
from tracker.store.appearance import APPEARED
from tracker.web.queries.article_list import ARTICLE, Article, Tag, listed, tags_of
from tracker.web.queries.rows import ask, moment, timed

_PLACE = """
SELECT a.story, EXISTS (SELECT 1 FROM stories WHERE id = a.story) AS several,
    EXISTS (SELECT 1 FROM story_changes WHERE from_story = a.id AND kind = 'merge') AS merged
FROM articles AS a WHERE a.id = :number"""

_MEMBERS = f"""
SELECT a.id, a.title, a.url, a.language, a.relevance, {APPEARED} AS at,
    a.published_at IS NULL AS undated, CASE WHEN a.appeared_at IS NOT NULL THEN a.published_at END AS stated_date,
    s.id AS source_id, s.name AS source, s.family, c.root, c.why AS copied,
    c.score AS copied_score, l.near, l.why AS linked, l.score AS linked_score, n.title AS near_title,
    n.language AS near_language, o.name AS near_source
FROM articles AS a JOIN sources AS s ON s.id = a.source
    LEFT JOIN copies AS c ON c.article = a.id LEFT JOIN story_links AS l ON l.article = a.id
    LEFT JOIN articles AS n ON n.id = coalesce(c.root, l.near) LEFT JOIN sources AS o ON o.id = n.source
WHERE a.story = :story ORDER BY at, a.canonical_url LIMIT :limit"""  # noqa: S608  our own text

_TAGS = """
SELECT t.id, t.label, t.facet, count(*) AS articles FROM articles AS a
    JOIN article_tags AS at ON at.article = a.id JOIN tags AS t ON t.id = at.tag
WHERE a.story = :story AND t.facet <> 'noise' GROUP BY t.id ORDER BY articles DESC, t.position"""

_CHANGES = """
SELECT changed_at, kind, from_story, to_story, json_array_length(articles) AS articles FROM story_changes
WHERE from_story = :story OR to_story = :story ORDER BY id"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article belongs: its story (None: not grouped yet), and whether that has several articles.

    `merged` says that the id was once that of a story since merged into another.
    """

    story: int | None
    several: bool
    merged: bool


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a story, and why it belongs; `at` is when it was published, or first seen if `undated`.

    If its date cannot be right, `stated_date` is that date, and `at` when the article was first seen.

    `root` is what it is a copy of, `near` the nearest article of the story when it joined; `near_title`,
    `near_language` and `near_source` describe whichever there is. The article that began the story has neither.
    """

    id: int
    title: str
    url: str
    language: str | None
    relevance: Relevance
    at: datetime
    undated: bool
    stated_date: datetime | None
    source_id: str
    source: str
    family: str
    root: int | None
    copied: str | None
    copied_score: float | None
    near: int | None
    linked: str | None
    linked_score: float | None
    near_title: str | None
    near_language: str | None
    near_source: str | None


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and its number of articles in a story."""

    tag: Tag
    articles: int


@dataclass(frozen=True, slots=True)
class HandChange:
    """A correction by hand: how many articles moved from one story to another."""

    changed_at: datetime
    kind: Literal["merge", "split"]
    from_story: int
    to_story: int
    articles: int


async def place(db: Database, number: int) -> Place | None:
    """Return where an article belongs; None if there is no such article."""
    rows = await ask(db, _PLACE, number=number)
    return Place(rows[0]["story"], bool(rows[0]["several"]), bool(rows[0]["merged"])) if rows else None


async def members(db: Database, story: int, limit: int) -> tuple[Member, ...]:
    """Return the first `limit` articles of a story in order of appearance."""
    rows = (timed(row) for row in await ask(db, _MEMBERS, story=story, limit=limit))
    return tuple(Member(**row | {"at": moment(row["at"]), "stated_date": moment(row["stated_date"])}) for row in rows)


async def tag_counts(db: Database, story: int) -> tuple[TagCount, ...]:
    """Return the tags of a story's articles, most frequent first."""
    rows = await ask(db, _TAGS, story=story)
    return tuple(TagCount(Tag(row["id"], row["label"], row["facet"]), row["articles"]) for row in rows)


async def hand_changes(db: Database, story: int) -> tuple[HandChange, ...]:
    """Return the story's merges and splits, oldest first."""
    return tuple(HandChange(**timed(row)) for row in await ask(db, _CHANGES, story=story))


async def entries(db: Database, story: int, limit: int) -> tuple[Article, ...]:
    """Return a story's articles as lists and feeds show them, newest first, with their tags."""
    order = f" WHERE a.story = :story ORDER BY {APPEARED} DESC, a.id DESC LIMIT :limit"
    rows = await ask(db, ARTICLE + order, story=story, limit=limit)
    tags = await tags_of(db, [row["id"] for row in rows])
    return tuple(listed(row, tags[row["id"]]) for row in rows)
