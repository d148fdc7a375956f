"""Read how an article relates to others: its story, its original, and its copies."""

from dataclasses import dataclass
from datetime import datetime

from datasette.database import Database

from tracker.store.appearance import APPEARED
from tracker.web.queries.rows import ask, moment

_IN_STORY = """
SELECT k.id, h.title, h.language, k.articles, k.sources AS outlets, k.families AS owners, l.near, l.why, l.score,
    n.title AS near_title, n.language AS near_language, o.name AS near_source
FROM articles AS a JOIN stories AS k ON k.id = a.story JOIN articles AS h ON h.id = k.headline
    LEFT JOIN story_links AS l ON l.article = a.id LEFT JOIN articles AS n ON n.id = l.near
    LEFT JOIN sources AS o ON o.id = n.source
WHERE a.id = :article"""

_RELATED = """
SELECT a.id, a.title, a.language, s.name AS source, {at} AS at, c.why, c.score,
    s.family = (SELECT o.family FROM articles AS m JOIN sources AS o ON o.id = m.source WHERE m.id = :article)
        AS same_owner
FROM copies AS c JOIN articles AS a ON a.id = {other} JOIN sources AS s ON s.id = a.source
WHERE {this} = :article ORDER BY at, a.canonical_url LIMIT :limit"""

_ROOT = _RELATED.format(at=APPEARED, this="c.article", other="c.root")
_COPIES = _RELATED.format(at=APPEARED, this="c.root", other="c.article")
_COPY_COUNT = "SELECT count(*) AS n FROM copies WHERE root = :article"


@dataclass(frozen=True, slots=True)
class InStory:
    """The story of an article, and the nearest article when it joined, if any."""

    id: int
    title: str
    language: str | None
    articles: int
    outlets: int
    owners: int
    near: int | None
    why: str | None
    score: float | None
    near_title: str | None
    near_language: str | None
    near_source: str | None


@dataclass(frozen=True, slots=True)
class RelatedArticle:
    """An article with (nearly) the same text, and the reason."""

    id: int
    title: str
    language: str | None
    source: str
    at: datetime
    why: str
    score: float
    same_owner: bool


async def in_story(db: Database, article: int) -> InStory | None:
    """Return the story of an article; None while it is the only one."""
    rows = await ask(db, _IN_STORY, article=article)
    return InStory(**rows[0]) if rows else None


async def root(db: Database, article: int) -> RelatedArticle | None:
    """Return the article of which this one is a copy; None if it is none."""
    found = await _related(db, _ROOT, article, 1)
    return found[0] if found else None


async def copies(db: Database, article: int, limit: int) -> tuple[RelatedArticle, ...]:
    """Return the first `limit` copies of an article by date."""
    return await _related(db, _COPIES, article, limit)


async def number_of_copies(db: Database, article: int) -> int:
    """Return the number of copies of an article."""
    return int((await ask(db, _COPY_COUNT, article=article))[0]["n"])


async def _related(db: Database, sql: str, article: int, limit: int) -> tuple[RelatedArticle, ...]:
    rows = await ask(db, sql, article=article, limit=limit)
    return tuple(
        RelatedArticle(**row | {"at": moment(row["at"]), "same_owner": bool(row["same_owner"])}) for row in rows
    )
