"""Read one article: its tags and their evidence, its versions and sightings, and how it relates to other articles."""

import json
from dataclasses import dataclass
from datetime import datetime

from datasette.database import Database

from tracker.models import Evidence, Field, Missing, Role
from tracker.store.appearance import APPEARED
from tracker.web.queries.article_list import ARTICLE, Article, Tag, listed, tags_of
from tracker.web.queries.rows import ask, moment, timed

_EVIDENCE = """
SELECT tag, rule, field, start, "end", words, role, passage FROM evidence
WHERE article = :article ORDER BY field DESC, start, id"""

_WEIGHTS = """
SELECT t.tag, t.score, t.left_out, c.precision, c.precision_low, c.precision_high
FROM article_tags AS t LEFT JOIN codebook AS c ON c.tag = t.tag AND c.precision IS NOT NULL
WHERE t.article = :article"""

_NEAR = """
SELECT t.id, t.label, t.facet, n.missing, n.words, n.excluding FROM near_misses AS n JOIN tags AS t ON t.id = n.tag
WHERE n.article = :article ORDER BY t.position"""

_SIGHTINGS = """
SELECT s.name AS source, f.url AS feed, min(i.first_seen_at) AS first_seen_at, max(i.last_seen_at) AS last_seen_at
FROM sightings AS i JOIN feeds AS f ON f.id = i.feed JOIN sources AS s ON s.id = f.source
WHERE i.article = :article GROUP BY f.id ORDER BY min(i.first_seen_at), f.url"""

_REVISIONS = """
SELECT title, summary, title_changed, seen_until, replaced_at, kind, words, again, again_at FROM revisions
WHERE article = :article ORDER BY id"""


_AT_ONCE = """
SELECT title, feed, first_seen_at, last_seen_at, other_title, other_feed, other_first_seen_at, other_last_seen_at
FROM at_once WHERE article = :article ORDER BY first_seen_at, id"""


_CITATIONS = """
SELECT s.name AS source, c.title, c.summary, c.first_seen_at, c.last_seen_at FROM citations AS c
    JOIN feeds AS f ON f.id = c.feed JOIN sources AS s ON s.id = f.source
WHERE c.article = :article ORDER BY c.first_seen_at, s.name, c.title"""

_TAKEOVERS = """
SELECT t.taken_at, t.title, w.name AS was, s.name AS by FROM takeovers AS t
    JOIN sources AS w ON w.id = t.from_source JOIN sources AS s ON s.id = coalesce(
        (SELECT f.source FROM feeds AS f WHERE f.id = t.from_feed), t.from_source)
WHERE t.article = :article ORDER BY t.id"""

_QUOTED_SOURCE = """
SELECT s.name FROM articles AS a JOIN feeds AS f ON f.id = a.stated_by JOIN sources AS s ON s.id = f.source
WHERE a.id = :article AND f.source <> a.source"""

_TEXT = "SELECT outcome, asked_at, read_at, words FROM texts WHERE article = :article"

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
class Weight:
    """The score of an article's tag, how many matches were not kept as evidence, and the tag's precision in the newest
    coded sample; None if there is none."""

    score: int
    left_out: int
    precision: float | None
    precision_low: float | None
    precision_high: float | None


@dataclass(frozen=True, slots=True)
class AssignedTag:
    """A tag of an article with its evidence; none means that another tag implies it."""

    tag: Tag
    evidence: tuple[Evidence, ...]
    weight: Weight

    @property
    def matched(self) -> tuple[tuple[str, Field, Role], ...]:
        """The matched words, once per field and role, however many rules and places they matched.

        In the full text, which is not shown, they stand in their passages.
        """
        found = ((item.passage or item.words, item.field, item.role) for item in self.evidence)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A tag that an article nearly got, what was missing, the words in its favour, and the word that ruled it out."""

    tag: Tag
    missing: Missing
    words: str
    excluding: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """An article seen in a feed, first and last time."""

    source: str
    feed: str
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier title and summary of an article, when last seen and when first replaced.

    `words` are the words of the debate's argument that were added ("+") or removed ("-") by the change; `again` is how
    many more times this wording was replaced, last at `again_at`.
    """

    title: str
    summary: str
    title_changed: bool
    seen_until: datetime
    replaced_at: datetime
    kind: str
    words: tuple[str, ...]
    again: int
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class SimultaneousHeadlines:
    """A headline in one feed while another feed showed a different one; each with when it was seen."""

    title: str
    feed: str
    first_seen_at: datetime
    last_seen_at: datetime
    other_title: str
    other_feed: str
    other_first_seen_at: datetime
    other_last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Citation:
    """What another source's feed calls an article, first and last seen."""

    source: str
    title: str
    summary: str
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Takeover:
    """When an article's publisher took it over, its previous title and source, and who worded that."""

    taken_at: datetime
    title: str
    was: str
    by: str


async def article(db: Database, number: int) -> Article | None:
    """Return an article by id, with its tags; None if there is none."""
    rows = await ask(db, ARTICLE + " WHERE a.id = :article", article=number)
    tags = await tags_of(db, [number])
    return listed(rows[0], tags[number]) if rows else None


async def evidence(db: Database, number: int) -> tuple[Evidence, ...]:
    """Return the evidence of an article's tags, the title's first."""
    return tuple(Evidence(**row) for row in await ask(db, _EVIDENCE, article=number))


async def weights(db: Database, number: int) -> dict[str, Weight]:
    """Return the weight of each of an article's tags, by tag id."""
    rows = await ask(db, _WEIGHTS, article=number)
    return {row.pop("tag"): Weight(**row) for row in rows}


async def near_misses(db: Database, number: int) -> tuple[NearMiss, ...]:
    """Return the tags that an article nearly got, in the rulebook's order."""
    return tuple(
        NearMiss(Tag(row["id"], row["label"], row["facet"]), row["missing"], row["words"], row["excluding"])
        for row in await ask(db, _NEAR, article=number)
    )


@dataclass(frozen=True, slots=True)
class FullText:
    """How the last request for an article's page ended, and the length of the text; None if there is none."""

    outcome: str
    asked_at: datetime
    read_at: datetime | None
    words: int | None


async def full_text(db: Database, number: int) -> FullText | None:
    """Return what is known of an article's full text; None if its page was never asked for."""
    rows = await ask(db, _TEXT, article=number)
    return FullText(**timed(rows[0])) if rows else None


async def sightings(db: Database, number: int) -> tuple[Sighting, ...]:
    """Return the feeds in which an article was seen, earliest first."""
    return tuple(Sighting(**timed(row)) for row in await ask(db, _SIGHTINGS, article=number))


async def revisions(db: Database, number: int) -> tuple[Revision, ...]:
    """Return the earlier versions of an article, oldest first."""
    rows = await ask(db, _REVISIONS, article=number)
    return tuple(Revision(**timed(row | {"words": tuple(json.loads(row["words"]))})) for row in rows)


async def at_once(db: Database, number: int) -> tuple[SimultaneousHeadlines, ...]:
    """Return pairs of headlines that two feeds of a source showed at once, earliest first."""
    return tuple(SimultaneousHeadlines(**timed(row)) for row in await ask(db, _AT_ONCE, article=number))


async def citations(db: Database, number: int) -> tuple[Citation, ...]:
    """Return what feeds of other sources call an article, earliest first."""
    return tuple(Citation(**timed(row)) for row in await ask(db, _CITATIONS, article=number))


async def takeovers(db: Database, number: int) -> tuple[Takeover, ...]:
    """Return how an article passed to its publisher after others had shown it, earliest first."""
    return tuple(Takeover(**timed(row)) for row in await ask(db, _TAKEOVERS, article=number))


async def quoted_source(db: Database, number: int) -> str | None:
    """Return the source of an article's wording if it is not the publisher; else None."""
    rows = await ask(db, _QUOTED_SOURCE, article=number)
    return str(rows[0]["name"]) if rows else None


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
