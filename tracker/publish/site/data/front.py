"""What the overview reads besides articles and weeks: totals, and what was used most in an interval."""

from dataclasses import dataclass
from datetime import datetime

from datasette.database import Database

from tracker.models import utc_text
from tracker.publish.site.data.listed import Tag
from tracker.publish.site.data.rows import ask, moment, timed

_TOTALS = """
SELECT (SELECT count(*) FROM articles) AS articles,
    (SELECT count(*) FROM sources AS s WHERE EXISTS (SELECT 1 FROM articles WHERE source = s.id)) AS sources,
    (SELECT min(first_seen_at) FROM articles) AS since,
    nullif(max(ifnull((SELECT max(last_poll_at) FROM feeds), ''),
               ifnull((SELECT max(first_seen_at) FROM articles), '')), '') AS last_activity,
    (SELECT max(last_ok_at) FROM feeds) AS last_ok"""

_FIRST_RELEVANT = """
SELECT min(at) AS at FROM (SELECT (SELECT min(published_at) FROM articles WHERE relevance = r.value) AS at
    FROM json_each(:relevant) AS r)"""

_TAG_COUNTS = """
SELECT t.id, t.label, t.facet, count(*) AS articles FROM json_each(:relevant) AS r
    CROSS JOIN articles AS a ON a.relevance = r.value AND a.published_at >= :since AND a.published_at <= :until
    JOIN article_tags AS at ON at.article = a.id JOIN tags AS t ON t.id = at.tag
WHERE t.facet <> 'topic' GROUP BY t.id ORDER BY articles DESC, t.position LIMIT :limit"""

_SOURCE_COUNTS = """
WITH counted AS (SELECT a.source, count(*) AS relevant FROM json_each(:relevant) AS r
    CROSS JOIN articles AS a ON a.relevance = r.value AND a.published_at >= :since AND a.published_at <= :until
    GROUP BY a.source ORDER BY relevant DESC, a.source LIMIT :limit)
SELECT s.id, s.name, counted.relevant, (SELECT count(*) FROM articles
    WHERE source = s.id AND published_at >= :since AND published_at <= :until) AS articles
FROM counted JOIN sources AS s ON s.id = counted.source ORDER BY relevant DESC, s.name"""

_HEADLINE_CHANGES = """
SELECT r.article, s.name AS source, a.language, r.title AS earlier, a.title AS now, r.replaced_at
FROM revisions AS r JOIN articles AS a ON a.id = r.article JOIN sources AS s ON s.id = a.source
WHERE r.title_changed AND a.relevance <> 'none' AND r.title <> a.title ORDER BY r.id DESC LIMIT :limit"""


@dataclass(frozen=True, slots=True)
class Totals:
    """What is stored: articles, the sources they came from, the first sighting, the last activity and success."""

    articles: int
    sources: int
    since: datetime | None
    last_activity: datetime | None
    last_ok: datetime | None


@dataclass(frozen=True, slots=True)
class TagCount:
    """How many relevant articles carry a tag."""

    tag: Tag
    articles: int


@dataclass(frozen=True, slots=True)
class SourceCount:
    """How many of the articles of a source are relevant."""

    id: str
    name: str
    relevant: int
    all: int


@dataclass(frozen=True, slots=True)
class HeadlineChange:
    """A title that was replaced, and the title now."""

    article: int
    source: str
    language: str | None
    earlier: str
    now: str
    replaced_at: datetime


async def totals(db: Database) -> Totals:
    """What is stored in all."""
    row = (await ask(db, _TOTALS))[0]
    times = {key: moment(row[key]) for key in ("since", "last_activity", "last_ok")}
    return Totals(articles=row["articles"], sources=row["sources"], **times)


async def first_relevant(db: Database) -> datetime | None:
    """When the oldest relevant article was published; None when there is none with a date."""
    return moment((await ask(db, _FIRST_RELEVANT))[0]["at"])


async def tag_counts(db: Database, since: datetime, until: datetime, limit: int) -> tuple[TagCount, ...]:
    """The tags, topics aside, that most of the relevant articles of an interval carry."""
    rows = await ask(db, _TAG_COUNTS, since=utc_text(since), until=utc_text(until), limit=limit)
    return tuple(TagCount(Tag(row["id"], row["label"], row["facet"]), row["articles"]) for row in rows)


async def source_counts(db: Database, since: datetime, until: datetime, limit: int) -> tuple[SourceCount, ...]:
    """The sources with the most relevant articles in an interval, and all they published in it."""
    rows = await ask(db, _SOURCE_COUNTS, since=utc_text(since), until=utc_text(until), limit=limit)
    return tuple(SourceCount(row["id"], row["name"], row["relevant"], row["articles"]) for row in rows)


async def headline_changes(db: Database, limit: int) -> tuple[HeadlineChange, ...]:
    """The headlines of relevant articles that were replaced last."""
    return tuple(HeadlineChange(**timed(row)) for row in await ask(db, _HEADLINE_CHANGES, limit=limit))
