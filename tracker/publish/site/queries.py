"""Every SQL statement of the site's own pages, one named function each; the only module that knows the columns.

Each takes Datasette's database object, which runs it under the site's time limit, and returns frozen values.
"Relevant" means that an article carries at least one of the two topics.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from datasette.database import Database

from tracker.models import Evidence, from_utc_text, utc_text
from tracker.outcomes import Outcome
from tracker.publish.site import shapes
from tracker.publish.site.weeks import Week

_CONSTANTS = {
    "relevant": json.dumps(["both", "encryption", "child-safety"]),
    "observed": json.dumps([outcome for outcome in Outcome if outcome.observed]),
}

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

# One short range of the index articles_relevance for each week and topic.
_WEEK_COUNTS = """
SELECT w.key AS week, r.value AS relevance,
    (SELECT count(*) FROM articles WHERE relevance = r.value
     AND published_at >= json_extract(w.value, '$[0]') AND published_at < json_extract(w.value, '$[1]')) AS articles
FROM json_each(:weeks) AS w CROSS JOIN json_each(:relevant) AS r"""

# The time of all feeds, each from the first poll that saw it to its last poll, and how much of it lies in gaps that
# were not bridged. What no feed had begun to watch is in no row.
_WEEKS_OBSERVED = """
WITH watched AS MATERIALIZED (
    SELECT id, last_poll_at AS to_at, (SELECT min(started_at) FROM polls
        WHERE feed = feeds.id AND outcome IN (SELECT value FROM json_each(:observed))) AS from_at
    FROM feeds WHERE last_ok_at IS NOT NULL AND url NOT LIKE 'import:%'
),
spans AS (
    SELECT w.key AS week, f.id AS feed, max(f.from_at, json_extract(w.value, '$[0]')) AS from_at,
        min(f.to_at, json_extract(w.value, '$[1]')) AS to_at
    FROM json_each(:weeks) AS w JOIN watched AS f
    ON f.from_at < json_extract(w.value, '$[1]') AND f.to_at >= json_extract(w.value, '$[0]')
),
seen AS (
    SELECT week, unixepoch(s.to_at) - unixepoch(s.from_at) AS seconds, (
        SELECT coalesce(sum(unixepoch(min(coalesce(to_at, s.to_at), s.to_at)) - unixepoch(max(from_at, s.from_at))), 0)
        FROM gaps WHERE feed = s.feed AND NOT bridged AND reason != 'silent'
            AND from_at < s.to_at AND coalesce(to_at, s.to_at) > s.from_at) AS missed
    FROM spans AS s
)
SELECT week, sum(missed) * 2 <= sum(seconds) AS observed FROM seen GROUP BY week"""

_ARTICLE = """
SELECT a.id, a.title, a.summary, a.url, s.name AS source, a.source AS source_id, a.language, a.author, a.relevance,
    a.published_at, a.first_seen_at, a.last_seen_at, a.date_quality, a.published_raw
FROM articles AS a JOIN sources AS s ON s.id = a.source"""

# The newest of each topic by its own index range, and those without a date by when they were first seen.
_LATEST = f"""
WITH newest AS (
    SELECT * FROM (SELECT id, published_at AS at FROM articles
        WHERE relevance = 'both' AND published_at <= :until ORDER BY published_at DESC LIMIT :limit)
    UNION ALL SELECT * FROM (SELECT id, published_at FROM articles
        WHERE relevance = 'encryption' AND published_at <= :until ORDER BY published_at DESC LIMIT :limit)
    UNION ALL SELECT * FROM (SELECT id, published_at FROM articles
        WHERE relevance = 'child-safety' AND published_at <= :until ORDER BY published_at DESC LIMIT :limit)
    UNION ALL SELECT * FROM (SELECT id, first_seen_at FROM articles
        WHERE relevance IN (SELECT value FROM json_each(:relevant)) AND published_at IS NULL
        ORDER BY first_seen_at DESC LIMIT :limit)
)
{_ARTICLE} JOIN newest ON newest.id = a.id ORDER BY newest.at DESC, a.id DESC LIMIT :limit"""  # noqa: S608  our own text

_TAGS_OF = """
SELECT at.article, t.id, t.label, t.facet FROM json_each(:articles) AS j
    JOIN article_tags AS at ON at.article = j.value JOIN tags AS t ON t.id = at.tag ORDER BY at.article, t.position"""

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

# feed_health also counts polls and entries, which is slow on an old database: what is not named is not counted.
_FEEDS = """
SELECT id, source, url, health, why, continuity_percent AS continuity, last_ok_at, last_new_at, gaps
FROM feed_health ORDER BY health NOT IN ('failing', 'gone'), health <> 'silent', source COLLATE NOCASE, url"""

_FAILING = """
SELECT id, source, url, health, why, NULL AS continuity, last_ok_at, last_new_at, gaps
FROM feed_health WHERE health IN ('failing', 'gone') ORDER BY last_ok_at, source LIMIT :limit"""

# A warning that a feed is silent is no gap: the feed was seen.
_GAPS = """
SELECT s.name AS source, f.url AS feed, g.from_at, g.to_at, g.reason, g.bridged FROM gaps AS g
    JOIN feeds AS f ON f.id = g.feed JOIN sources AS s ON s.id = f.source
WHERE g.reason <> 'silent' ORDER BY g.bridged, g.id DESC LIMIT :limit"""

_MISSED = """
SELECT count(*) AS gaps, count(DISTINCT feed) AS feeds FROM gaps
WHERE NOT bridged AND reason <> 'silent' AND from_at < :until AND coalesce(to_at, :until) > :since"""

_HEADLINE_CHANGES = """
SELECT r.article, s.name AS source, a.language, r.title AS earlier, a.title AS now, r.replaced_at
FROM revisions AS r JOIN articles AS a ON a.id = r.article JOIN sources AS s ON s.id = a.source
WHERE r.title_changed AND a.relevance <> 'none' AND r.title <> a.title ORDER BY r.id DESC LIMIT :limit"""

_EVIDENCE = """
SELECT tag, rule, field, start, "end", words, role FROM evidence
WHERE article = :article ORDER BY field DESC, start, id"""

_WEIGHTS = """
SELECT t.tag, t.score, c.precision, c.precision_low, c.precision_high
FROM article_tags AS t LEFT JOIN codebook AS c ON c.tag = t.tag AND c.precision IS NOT NULL
WHERE t.article = :article"""

_NEAR = """
SELECT t.id, t.label, t.facet, n.missing, n.words FROM near_misses AS n JOIN tags AS t ON t.id = n.tag
WHERE n.article = :article ORDER BY t.position"""

_SIGHTINGS = """
SELECT s.name AS source, f.url AS feed, i.first_seen_at, i.last_seen_at FROM sightings AS i
    JOIN feeds AS f ON f.id = i.feed JOIN sources AS s ON s.id = f.source
WHERE i.article = :article ORDER BY i.first_seen_at, f.url"""

_REVISIONS = """
SELECT title, summary, title_changed, first_seen_at, seen_until, replaced_at
FROM revisions WHERE article = :article ORDER BY id"""

_AT_ONCE = """
SELECT title, feed, first_seen_at, last_seen_at, other_title, other_feed, other_first_seen_at, other_last_seen_at
FROM at_once WHERE article = :article ORDER BY first_seen_at, id"""


async def totals(db: Database) -> shapes.Totals:
    """What is stored in all."""
    row = (await _rows(db, _TOTALS))[0]
    times = {key: _moment(row[key]) for key in ("since", "last_activity", "last_ok")}
    return shapes.Totals(articles=row["articles"], sources=row["sources"], **times)


async def first_relevant(db: Database) -> datetime | None:
    """When the oldest relevant article was published; None when there is none with a date."""
    return _moment((await _rows(db, _FIRST_RELEVANT))[0]["at"])


async def week_counts(db: Database, weeks: Sequence[Week]) -> tuple[shapes.WeekCount, ...]:
    """The relevant articles published in each week, and whether the feeds were seen for half of it or more."""
    spans = json.dumps([[utc_text(week.from_at), utc_text(week.to_at)] for week in weeks])
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for row in await _rows(db, _WEEK_COUNTS, weeks=spans):
        counts[row["week"]][row["relevance"]] = row["articles"]
    observed = {row["week"] for row in await _rows(db, _WEEKS_OBSERVED, weeks=spans) if row["observed"]}
    return tuple(
        shapes.WeekCount(week, found["both"], found["encryption"], found["child-safety"], number in observed)
        for number, week in enumerate(weeks)
        if (found := counts[number])
    )


async def recent(db: Database, since: datetime, until: datetime) -> shapes.Recent:
    """The relevant articles published from `since` until before `until`."""
    spans = json.dumps([[utc_text(since), utc_text(until)]])
    found = {row["relevance"]: row["articles"] for row in await _rows(db, _WEEK_COUNTS, weeks=spans)}
    return shapes.Recent(relevant=sum(found.values()), both=found["both"])


async def latest(db: Database, until: datetime, limit: int) -> tuple[shapes.Article, ...]:
    """The newest relevant articles published no later than `until`, with their tags."""
    rows = await _rows(db, _LATEST, until=utc_text(until), limit=limit)
    tags = await _tags_of(db, [row["id"] for row in rows])
    return tuple(_article(row, tags[row["id"]]) for row in rows)


async def article(db: Database, number: int) -> shapes.Article | None:
    """One article by its id, with its tags; None when there is none."""
    rows = await _rows(db, _ARTICLE + " WHERE a.id = :article", article=number)
    tags = await _tags_of(db, [number])
    return _article(rows[0], tags[number]) if rows else None


async def evidence(db: Database, number: int) -> tuple[Evidence, ...]:
    """The words that gave an article its tags, the title's first."""
    return tuple(Evidence(**row) for row in await _rows(db, _EVIDENCE, article=number))


async def weights(db: Database, number: int) -> dict[str, shapes.Weight]:
    """How strongly an article's words speak for each of its tags, and how right the tag was found to be."""
    rows = await _rows(db, _WEIGHTS, article=number)
    return {row.pop("tag"): shapes.Weight(**row) for row in rows}


async def near_misses(db: Database, number: int) -> tuple[shapes.Nearly, ...]:
    """The tags that an article nearly got, in the rulebook's order."""
    return tuple(
        shapes.Nearly(shapes.Tag(row["id"], row["label"], row["facet"]), row["missing"], row["words"])
        for row in await _rows(db, _NEAR, article=number)
    )


async def sightings(db: Database, number: int) -> tuple[shapes.Sighting, ...]:
    """The feeds in which an article was seen, earliest first."""
    return tuple(shapes.Sighting(**_timed(row)) for row in await _rows(db, _SIGHTINGS, article=number))


async def revisions(db: Database, number: int) -> tuple[shapes.Revision, ...]:
    """The earlier versions of an article, oldest first."""
    return tuple(shapes.Revision(**_timed(row)) for row in await _rows(db, _REVISIONS, article=number))


async def at_once(db: Database, number: int) -> tuple[shapes.AtOnce, ...]:
    """The pairs of headlines under which two feeds of a source showed an article at once, earliest first."""
    return tuple(shapes.AtOnce(**_timed(row)) for row in await _rows(db, _AT_ONCE, article=number))


async def tag_counts(db: Database, since: datetime, until: datetime, limit: int) -> tuple[shapes.TagCount, ...]:
    """The tags, topics aside, that most of the relevant articles of an interval carry."""
    rows = await _rows(db, _TAG_COUNTS, since=utc_text(since), until=utc_text(until), limit=limit)
    return tuple(shapes.TagCount(shapes.Tag(row["id"], row["label"], row["facet"]), row["articles"]) for row in rows)


async def source_counts(db: Database, since: datetime, until: datetime, limit: int) -> tuple[shapes.SourceCount, ...]:
    """The sources with the most relevant articles in an interval, and all they published in it."""
    rows = await _rows(db, _SOURCE_COUNTS, since=utc_text(since), until=utc_text(until), limit=limit)
    return tuple(shapes.SourceCount(row["id"], row["name"], row["relevant"], row["articles"]) for row in rows)


async def headline_changes(db: Database, limit: int) -> tuple[shapes.HeadlineChange, ...]:
    """The headlines of relevant articles that were replaced last."""
    return tuple(shapes.HeadlineChange(**_timed(row)) for row in await _rows(db, _HEADLINE_CHANGES, limit=limit))


async def failing(db: Database, limit: int) -> tuple[shapes.FeedHealth, ...]:
    """The feeds that fail or are gone, longest without success first."""
    return tuple(shapes.FeedHealth(**_timed(row)) for row in await _rows(db, _FAILING, limit=limit))


async def feeds(db: Database) -> tuple[shapes.FeedHealth, ...]:
    """Every feed: those in trouble first, then by source."""
    return tuple(shapes.FeedHealth(**_timed(row)) for row in await _rows(db, _FEEDS))


async def gaps(db: Database, limit: int) -> tuple[shapes.Gap, ...]:
    """The gaps found last, those in which entries may have been missed before those that were bridged."""
    return tuple(shapes.Gap(**_timed(row)) for row in await _rows(db, _GAPS, limit=limit))


async def missed(db: Database, since: datetime, until: datetime) -> shapes.Missed:
    """The gaps in which entries may have been missed, as far as they touch an interval."""
    return shapes.Missed(**(await _rows(db, _MISSED, since=utc_text(since), until=utc_text(until)))[0])


async def _rows(db: Database, sql: str, **parameters: object) -> list[dict[str, Any]]:
    return [dict(row) for row in (await db.execute(sql, _CONSTANTS | parameters)).rows]


async def _tags_of(db: Database, articles: Sequence[int]) -> Mapping[int, tuple[shapes.Tag, ...]]:
    tags: dict[int, tuple[shapes.Tag, ...]] = defaultdict(tuple)
    for row in await _rows(db, _TAGS_OF, articles=json.dumps(articles)):
        tags[row["article"]] += (shapes.Tag(row["id"], row["label"], row["facet"]),)
    return tags


def _article(row: Mapping[str, Any], tags: tuple[shapes.Tag, ...]) -> shapes.Article:
    return shapes.Article(**_timed(row), tags=tags)


def _timed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its times as moments; by name, because every stored time is called something_at."""
    return {key: _moment(value) if key.endswith(("_at", "_until")) else value for key, value in row.items()}


def _moment(text: str | None) -> datetime | None:
    return from_utc_text(text) if text else None
