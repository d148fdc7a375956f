"""Read the front page's totals and the most frequent tags of an interval."""

from dataclasses import dataclass
from datetime import datetime

from datasette.database import Database

from tracker.models import utc_text
from tracker.store.conditions import RELEVANCES
from tracker.web.queries.article_list import Tag
from tracker.web.queries.rows import ask, moment

# The days have each article; before the first count, they are empty.
_TOTALS = """
SELECT coalesce((SELECT nullif(sum(articles), 0) FROM days), (SELECT count(*) FROM articles)) AS articles,
    (SELECT count(*) FROM sources AS s WHERE EXISTS (SELECT 1 FROM articles WHERE source = s.id)) AS sources,
    (SELECT min(first_seen_at) FROM articles) AS since,
    nullif(max(ifnull((SELECT max(last_poll_at) FROM feeds), ''),
               ifnull((SELECT max(first_seen_at) FROM articles), '')), '') AS last_activity,
    (SELECT max(last_ok_at) FROM feeds) AS last_ok"""

_FIRST_RELEVANT = f"""
SELECT min(at) AS at FROM (SELECT (SELECT min(published_at) FROM articles WHERE relevance = r.value) AS at
    FROM {RELEVANCES} AS r
    UNION ALL SELECT min(first_seen_at) FROM articles INDEXED BY articles_undated
    WHERE published_at IS NULL AND relevance IN {RELEVANCES})"""  # noqa: S608  our own text

_TAG_COUNTS = f"""
WITH lately AS (SELECT a.id FROM {RELEVANCES} AS r
    CROSS JOIN articles AS a ON a.relevance = r.value AND a.published_at >= :since AND a.published_at < :until
    UNION ALL SELECT id FROM articles INDEXED BY articles_undated
    WHERE published_at IS NULL AND first_seen_at >= :since AND first_seen_at < :until
        AND relevance IN {RELEVANCES})
SELECT t.id, t.label, t.facet, count(*) AS articles FROM lately AS a
    JOIN article_tags AS at ON at.article = a.id JOIN tags AS t ON t.id = at.tag
WHERE t.facet <> 'topic' GROUP BY t.id ORDER BY articles DESC, t.position LIMIT :limit"""  # noqa: S608  as above


@dataclass(frozen=True, slots=True)
class Totals:
    """What is stored: articles, their sources, and the first sighting, last activity and last success (UTC)."""

    articles: int
    sources: int
    since: datetime | None
    last_activity: datetime | None
    last_ok: datetime | None


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and its number of relevant articles."""

    tag: Tag
    articles: int


async def totals(db: Database) -> Totals:
    """Return the totals of what is stored."""
    row = (await ask(db, _TOTALS))[0]
    times = {key: moment(row[key]) for key in ("since", "last_activity", "last_ok")}
    return Totals(articles=row["articles"], sources=row["sources"], **times)


async def first_relevant(db: Database) -> datetime | None:
    """Return when the oldest relevant article was published, or first seen if undated; None if there is none."""
    return moment((await ask(db, _FIRST_RELEVANT))[0]["at"])


async def tag_counts(db: Database, since: datetime, until: datetime, limit: int) -> tuple[TagCount, ...]:
    """Return the most frequent tags, topics excluded, of the relevant articles in [`since`, `until`)."""
    rows = await ask(db, _TAG_COUNTS, since=utc_text(since), until=utc_text(until), limit=limit)
    return tuple(TagCount(Tag(row["id"], row["label"], row["facet"]), row["articles"]) for row in rows)
