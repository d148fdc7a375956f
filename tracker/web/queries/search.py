"""Find the articles that match a search within its scope, and highlight the matched words.

The index is read from the newest article back, never as a whole: counting or ranking every article with a common word
is what makes an index search slow.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from datasette.database import Database

from tracker.analyse.boilerplate import blanked
from tracker.analyse.days import midnight
from tracker.analyse.search.ranking import LEAD, Candidate
from tracker.analyse.search.scope import Known
from tracker.models import from_utc_text, utc_text
from tracker.store.conditions import COUNTED_AT
from tracker.store.matching import KNOWN, SearchCriteria, conditions, known_from, parameters
from tracker.web.queries.rows import ask

STEPS = (2_000, 6_000, 12_000)
"""Matching articles examined, step by step, until enough are within the scope."""

_MAX_DELAY = timedelta(days=2)
"""An article is seen within two days of publication, or it came from an archive."""

FEW = 500
"""Up to this many articles of a tag or source, they are searched for the words instead of the reverse."""

_TOP = 2**62

_INDEXED = "SELECT rowid AS id FROM articles_fts WHERE articles_fts MATCH :match AND rowid > :low AND rowid <= :high"
_TAGGED = "SELECT article AS id FROM article_tags WHERE tag = :tag_0 AND article > :low AND article <= :high"
_OF_SOURCES = """SELECT id FROM articles INDEXED BY articles_source
    WHERE source IN (SELECT value FROM json_each(:sources)) AND id > :low AND id <= :high"""
_THESE = """SELECT rowid AS id FROM articles_fts
    WHERE articles_fts MATCH :match AND rowid IN (SELECT value FROM json_each(:few))"""
_RELEVANT = (
    "SELECT id FROM articles INDEXED BY articles_relevant WHERE relevance <> 'none' AND id > :low AND id <= :high"
)
_ALL = "SELECT id FROM articles WHERE id > :low AND id <= :high"

# The articles of `looked` come newest first, so the first within the scope are the newest. EXISTS rather than a join:
# for a join SQLite may scan all articles first, to build a Bloom filter.
_FOUND = """
WITH looked AS MATERIALIZED ({looked} ORDER BY id DESC LIMIT :reach)
SELECT (SELECT count(*) FROM looked) AS looked, (SELECT min(id) FROM looked) AS oldest,
    (SELECT json_group_array(id) FROM (SELECT id FROM looked
        WHERE EXISTS (SELECT 1 FROM articles AS a WHERE a.id = looked.id AND {conditions}) LIMIT :most)) AS ids"""

_SINCE = "SELECT id FROM articles WHERE first_seen_at >= :at ORDER BY first_seen_at, id LIMIT 1"
_UNTIL = "SELECT id FROM articles WHERE first_seen_at < :at ORDER BY first_seen_at DESC, id DESC LIMIT 1"

_CANDIDATES = f"""
SELECT a.id, a.source, a.title, substr(a.summary, 1, {LEAD}) AS summary, a.relevance, {COUNTED_AT} AS at, a.story
FROM json_each(:articles) AS j CROSS JOIN articles AS a ON a.id = j.value"""  # noqa: S608  our own text

_BOILERPLATE = "SELECT source, passage FROM boilerplate WHERE source IN (SELECT value FROM json_each(:sources))"

_COUNTS = """
SELECT term, articles FROM term_counts WHERE term IN (SELECT value FROM json_each(:terms))
UNION ALL SELECT '', max(id) FROM articles"""

_HIGHLIGHTED = """
SELECT rowid AS id, highlight(articles_fts, 0, :opening, :closing) AS title,
    highlight(articles_fts, 1, :opening, :closing) AS summary
FROM articles_fts WHERE articles_fts MATCH :match AND rowid IN (SELECT value FROM json_each(:articles))"""

# Looking up a word prefix is expensive, so it is done once and not per article.
_HIGHLIGHTED_AT_ONCE = _HIGHLIGHTED.replace("AND rowid IN", "AND rowid >= :low AND rowid <= :high AND +rowid IN")

_COVERAGE = """
SELECT c.* FROM json_each(:articles) AS j CROSS JOIN coverage AS c ON c.id = j.value ORDER BY j.key"""


@dataclass(frozen=True, slots=True)
class SearchHits:
    """Articles newest first; those before `looked_back_to`, if given, were not examined."""

    ids: tuple[int, ...] = ()
    looked_back_to: int | None = None


async def known(db: Database) -> Known:
    """Return the known sources and tags."""
    return known_from(await ask(db, KNOWN))


async def newest(db: Database, wanted: SearchCriteria, most: int, back: int | None = None) -> SearchHits:
    """Return up to `most` matching articles, newest first; with `back`, those before that one."""
    if not wanted.narrow:
        plain = f"{_INDEXED if wanted.match else _ALL} ORDER BY id DESC LIMIT :most"
        rows = await ask(db, plain, match=wanted.match, low=0, high=_TOP if back is None else back - 1, most=most)
        return SearchHits(tuple(row["id"] for row in rows))
    few = await _few(db, wanted, back)
    if few is not None:
        return SearchHits(tuple((await _step(db, wanted, (0, _TOP), (FEW + 1, most), few))[0]))
    ids: list[int] = []
    steps = iter(STEPS)
    for low, high in await _ranges(db, wanted, back):
        oldest: int | None = high + 1
        while oldest is not None and len(ids) < most:
            reach = next(steps, 0)
            if not reach:
                return SearchHits(tuple(ids), oldest)
            found, oldest = await _step(db, wanted, (low, oldest - 1), (reach, most - len(ids)))
            ids += found
    return SearchHits(tuple(ids))


async def _few(db: Database, wanted: SearchCriteria, back: int | None) -> list[int] | None:
    """Return the ids of the tag's or sources' articles if there are few and words are searched; else None."""
    driver = _TAGGED if wanted.scope.tags else _OF_SOURCES if wanted.scope.sources else None
    if driver is None or wanted.match is None:
        return None
    tag, sources = min(wanted.scope.tags, default=""), json.dumps(sorted(wanted.scope.sources))
    rows = await ask(db, f"{driver} LIMIT {FEW + 1}", tag_0=tag, sources=sources, low=0, high=_TOP)
    return [row["id"] for row in rows if back is None or row["id"] < back] if len(rows) <= FEW else None


async def _step(
    db: Database,
    wanted: SearchCriteria,
    between: tuple[int, int],
    limits: tuple[int, int],
    few: Sequence[int] | None = None,
) -> tuple[list[int], int | None]:
    """Return the matches among the newest articles in a range of ids, and the oldest id examined, None if all were.

    `limits` are how many to examine and how many to find; with `few`, only those are examined.
    """
    (low, high), (reach, most) = between, limits
    numbers = {"low": low, "high": high, "reach": reach, "most": most}
    values = {"few": json.dumps(few), **numbers, **parameters(wanted)}
    row = (await ask(db, _statement(wanted, only=few is not None), **values))[0]
    return json.loads(row["ids"]), row["oldest"] if row["looked"] == reach else None


async def candidates(db: Database, articles: Sequence[int]) -> tuple[dict[int, int], list[Candidate]]:
    """Return the story of each article that is in one, and what ranks the articles."""
    rows = await ask(db, _CANDIDATES, articles=json.dumps(articles))
    stories = {row["id"]: row.pop("story") for row in rows}
    boilerplate = await _boilerplate(db, {row["source"] for row in rows})
    for row in rows:
        row["summary"] = blanked(row["summary"], boilerplate[row.pop("source")])
    found = [Candidate(**row | {"at": from_utc_text(row["at"])}) for row in rows]
    return {article: story for article, story in stories.items() if story is not None}, found


async def _boilerplate(db: Database, sources: Iterable[str]) -> Mapping[str, set[str]]:
    """Return what each of these sources repeats under its articles."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in await ask(db, _BOILERPLATE, sources=json.dumps([*sources])):
        found[row["source"]].add(row["passage"])
    return found


async def counts(db: Database, terms: Iterable[str]) -> tuple[dict[str, int], int]:
    """Return how many articles contain each stem, as last counted, and the number of articles."""
    rows = await ask(db, _COUNTS, terms=json.dumps(list(terms), ensure_ascii=False))
    found = {row["term"]: row["articles"] or 0 for row in rows}
    return found, found.pop("")


async def highlighted(
    db: Database, match: str, articles: Sequence[int], marks: tuple[str, str], *, at_once: bool
) -> Mapping[int, tuple[str, str]]:
    """Return title and summary by article id, with matches between the two marks; `at_once` is for word prefixes."""
    values = {"articles": json.dumps(articles), "low": min(articles), "high": max(articles)}
    sql = _HIGHLIGHTED_AT_ONCE if at_once else _HIGHLIGHTED
    rows = await ask(db, sql, match=match, opening=marks[0], closing=marks[1], **values)
    return {row["id"]: (row["title"], row["summary"]) for row in rows}


async def coverage(db: Database, articles: Sequence[int]) -> list[dict[str, Any]]:
    """Return the rows of the coverage view, in the order of these articles."""
    return await ask(db, _COVERAGE, articles=json.dumps(articles))


async def _ranges(db: Database, wanted: SearchCriteria, back: int | None) -> list[tuple[int, int]]:
    """Return the ranges of ids to search, in order: ids grow with time.

    Anything published before a day was also seen before it, except archives, which are searched last.
    """
    scope, low, turn = wanted.scope, 0, _TOP
    if scope.since:
        low = await _number(db, _SINCE, midnight(scope.since, wanted.zone) - _MAX_DELAY, _TOP) - 1
    if scope.until:
        turn = await _number(db, _UNTIL, midnight(scope.until, wanted.zone) + _MAX_DELAY, 0)
    if back is None:
        both = [(low, turn), (max(low, turn), _TOP)]
    elif back <= turn:
        both = [(low, back - 1), (max(low, turn), _TOP)]
    else:
        both = [(max(low, turn), back - 1)]
    return [(first, last) for first, last in both if first < last]


async def _number(db: Database, sql: str, moment: datetime, default: int) -> int:
    rows = await ask(db, sql, at=utc_text(moment))
    return int(rows[0]["id"]) if rows else default


def _statement(wanted: SearchCriteria, *, only: bool) -> str:
    scope = wanted.scope
    looked = _TAGGED if scope.tags else _OF_SOURCES if scope.sources else _RELEVANT if scope.relevant else _ALL
    if wanted.match:
        looked = _THESE if only else _INDEXED
    return _FOUND.format(looked=looked, conditions=" AND ".join(conditions(scope)))
