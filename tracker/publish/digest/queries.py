"""Read a digest's news of a period: figures, stories, single articles and changed headlines.

Figures count the articles of a period as the site and the exports do, by their dates. Lists hold what was first seen in
it, so that each article is listed once: by its date, one that is seen after that day's digest was sent, or is
backdated, would never be. What came in a flood is counted but not listed. What was published more than LATE before the
period, such as everything a new feed shows first, is counted separately and not listed.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tracker.analyse.changes import title_change
from tracker.analyse.days import Period
from tracker.models import from_utc_text, utc_text
from tracker.store.appearance import APPEARED
from tracker.store.conditions import COUNTED_AT, COUNTED_BETWEEN, SUBJECTS
from tracker.store.database import Database
from tracker.store.floods import NOT_HELD

LATE: Final = timedelta(days=7)

_TAGS_OF_A_STORY = 5

_RELEVANT = "a.relevance <> 'none'"
_TIMELY = f"{COUNTED_AT} >= :late"
_CHOSEN = """(:kinds = '[]' OR s.kind IN (SELECT value FROM json_each(:kinds)))
    AND (:tags = '[]' OR EXISTS (SELECT 1 FROM article_tags AS t WHERE t.article = a.id
        AND t.tag IN (SELECT value FROM json_each(:tags))))"""
_PERIOD = f"""articles AS a INDEXED BY articles_relevant_seen JOIN sources AS s ON s.id = a.source
WHERE a.first_seen_at >= :since AND a.first_seen_at < :until AND {_RELEVANT} AND {_CHOSEN}"""

_FIGURES = f"""
SELECT count(*) AS articles, coalesce(sum({_RELEVANT}), 0) AS relevant, coalesce(sum(a.relevance = 'both'), 0) AS both,
    count(DISTINCT CASE WHEN {_RELEVANT} THEN s.id END) AS outlets
FROM {COUNTED_BETWEEN} AS c CROSS JOIN articles AS a ON a.id = c.id JOIN sources AS s ON s.id = a.source
WHERE {_CHOSEN}"""  # noqa: S608  our own text

# As many as _FIGURES counts: `source_days` has each article on its day.
_COUNTED = """
SELECT coalesce(sum(d.articles), 0) AS articles,
    coalesce(sum(d.relevant), 0) AS relevant
FROM source_days AS d JOIN sources AS s ON s.id = d.source
WHERE d.day BETWEEN :first AND :last AND (:kinds = '[]' OR s.kind IN (SELECT value FROM json_each(:kinds)))"""

_BELATED = f"""
SELECT coalesce(sum({COUNTED_AT} < :since AND {_TIMELY} AND {NOT_HELD}), 0) AS listed,
    coalesce(sum(NOT {_TIMELY}), 0) AS late
FROM {_PERIOD}"""  # noqa: S608  our own text

# A story weighs what was first seen of it in the period, and is new if nothing relevant was seen before.
_STORIES = f"""
WITH touched AS (SELECT DISTINCT a.story FROM {_PERIOD} AND {_TIMELY} AND {NOT_HELD})
SELECT k.id, h.title, h.language, count(*) AS articles, count(DISTINCT s.id) AS outlets,
    count(DISTINCT s.family) AS owners,
    (SELECT count(*) FROM articles AS e WHERE e.story = k.id AND e.relevance <> 'none' AND e.first_seen_at < :since)
        AS earlier
FROM touched AS t CROSS JOIN stories AS k ON k.id = t.story CROSS JOIN articles AS a ON a.story = k.id
    JOIN sources AS s ON s.id = a.source JOIN articles AS h ON h.id = k.headline
WHERE a.first_seen_at >= :since AND a.first_seen_at < :until
GROUP BY k.id ORDER BY owners DESC, outlets DESC, articles DESC, k.id DESC"""  # noqa: S608  our own text

_REPORTS = f"""
SELECT a.story, a.id, a.title, a.language, a.url, s.name AS source, a.source AS source_id,
    {APPEARED} AS at, a.first_seen_at
FROM json_each(:stories) AS j CROSS JOIN articles AS a ON a.story = j.value JOIN sources AS s ON s.id = a.source
ORDER BY at, a.canonical_url"""  # noqa: S608  our own text

_TAGS = f"""
SELECT a.story, t.label, count(*) AS articles FROM json_each(:stories) AS j CROSS JOIN articles AS a
    ON a.story = j.value JOIN article_tags AS at ON at.article = a.id JOIN tags AS t ON t.id = at.tag
WHERE t.facet IN {SUBJECTS} GROUP BY a.story, t.id ORDER BY a.story, articles DESC, t.position"""  # noqa: S608  our own text

_SINGLE = f"""
SELECT a.id, a.title, a.language, a.url, s.name AS source, a.source AS source_id,
    {APPEARED} AS at,
    (SELECT json_group_array(label) FROM (SELECT t.label FROM article_tags AS at JOIN tags AS t ON t.id = at.tag
        WHERE at.article = a.id AND t.facet IN {SUBJECTS} ORDER BY t.position LIMIT {_TAGS_OF_A_STORY}))
        AS labels
FROM {_PERIOD} AND {_TIMELY} AND {NOT_HELD} AND NOT EXISTS (SELECT 1 FROM stories WHERE id = a.story)
ORDER BY at DESC, a.id DESC"""  # noqa: S608  our own text

_CHANGES = f"""
SELECT r.id, r.article, s.name AS source, a.url, a.language, r.title AS earlier, r.words, r.replaced_at,
    coalesce((SELECT n.title FROM revisions AS n WHERE n.article = r.article AND n.id > r.id ORDER BY n.id LIMIT 1),
        a.title) AS later
FROM revisions AS r JOIN articles AS a ON a.id = r.article JOIN sources AS s ON s.id = a.source
WHERE r.title_changed AND r.replaced_at >= :since AND r.replaced_at < :until AND r.kind = 'substantive'
    AND {_RELEVANT} AND {_CHOSEN}
ORDER BY r.words = '[]', r.replaced_at DESC, r.id DESC"""  # noqa: S608  our own text


@dataclass(frozen=True, slots=True)
class Choice:
    """What a digest is about; empty means all tags, or all kinds of source."""

    tags: Sequence[str] = ()
    kinds: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """The articles of a period, by their dates; `outlets` counts those of the relevant ones."""

    articles: int
    relevant: int
    both: int
    outlets: int


@dataclass(frozen=True, slots=True)
class Amount:
    """The number of articles of a period, by their dates, and of the relevant ones."""

    articles: int
    relevant: int


@dataclass(frozen=True, slots=True)
class Belated:
    """Relevant articles first seen in a period and dated before it: `listed` ones, and `late` ones, which are not."""

    listed: int
    late: int


@dataclass(frozen=True, slots=True)
class Report:
    """An article; `url` is unchecked, as the feed gave it. `at` is its date, or when it was first seen."""

    id: int
    title: str
    language: str | None
    url: str
    source: str
    at: datetime
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryNews:
    """A story and what was first seen of it in a period: how many articles, by which outlets, of how many owners.

    `first` is the earliest article of the whole story; `earlier` counts its relevant articles seen before the period.
    """

    id: int
    title: str
    language: str | None
    articles: int
    outlets: int
    owners: int
    earlier: int
    first: Report
    sources: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    """A headline replaced by one that says something else, and the words of the argument in which they differ.

    Of these, "+" marks a word that was added, "-" one that was removed.
    """

    article: int
    source: str
    url: str
    language: str | None
    earlier: str
    later: str
    words: tuple[str, ...]
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class Some:
    """Stories by weight, new and continuing: as many as requested, each with the total."""

    new: tuple[StoryNews, ...]
    new_in_all: int
    further: tuple[StoryNews, ...]
    further_in_all: int


def figures(db: Database, since: datetime, until: datetime, choice: Choice) -> Figures:
    """Return the figures from `since` to `until`, exclusive."""
    return Figures(**next(db.query(_FIGURES, _asked(since, until, choice))))


def amount(db: Database, period: Period, choice: Choice) -> Amount:
    """Return how many articles a period has: from the counts of its days where they tell, else from its articles."""
    if period.so_far or choice.tags:
        found = figures(db, period.from_at, period.to_at, choice)
        return Amount(found.articles, found.relevant)
    days = {"first": str(period.first), "last": str(period.last), "kinds": json.dumps(list(choice.kinds))}
    return Amount(**next(db.query(_COUNTED, days)))


def belated(db: Database, since: datetime, until: datetime, choice: Choice) -> Belated:
    """Return how much of what was first seen in this time is dated before it."""
    return Belated(**next(db.query(_BELATED, _asked(since, until, choice))))


def stories(db: Database, between: tuple[datetime, datetime], choice: Choice, limit: int) -> Some:
    """Return the stories with a relevant article first seen in this time, heaviest first."""
    rows = list(db.query(_STORIES, _asked(*between, choice)))
    new = [row for row in rows if not row["earlier"]]
    further = [row for row in rows if row["earlier"]]
    described = list(_story_news(db, [*new[:limit], *further[:limit]], between))
    return Some(tuple(described[: len(new[:limit])]), len(new), tuple(described[len(new[:limit]) :]), len(further))


def single(
    db: Database, between: tuple[datetime, datetime], choice: Choice, limit: int
) -> tuple[tuple[Report, ...], int]:
    """Return relevant articles first seen in this time that are in no story, newest first, and their total."""
    rows = list(db.query(_SINGLE, _asked(*between, choice)))
    return tuple(_report(row, tuple(json.loads(row["labels"]))) for row in rows[:limit]), len(rows)


def renamed(
    db: Database, between: tuple[datetime, datetime], choice: Choice, limit: int
) -> tuple[tuple[Renamed, ...], int]:
    """Return headlines of relevant articles that were replaced in this time, and their total.

    Those in which words of the debate's argument came or went are first, then the newest.
    """
    rows = [
        row
        for row in db.query(_CHANGES, _asked(*between, choice))
        if title_change(row["earlier"], row["later"]) == "substantive"
    ]
    return tuple(map(_renamed, rows[:limit])), len(rows)


def _asked(since: datetime, until: datetime, choice: Choice) -> dict[str, str]:
    return {
        "since": utc_text(since),
        "until": utc_text(until),
        "counted_since": utc_text(since),
        "counted_before": utc_text(until),
        "late": utc_text(since - LATE),
        "tags": json.dumps(list(choice.tags)),
        "kinds": json.dumps(list(choice.kinds)),
    }


def _story_news(
    db: Database, rows: Sequence[dict[str, Any]], between: tuple[datetime, datetime]
) -> Iterator[StoryNews]:
    """Yield the stories of these rows, with what a digest says of each."""
    numbers = json.dumps([row["id"] for row in rows])
    since, until = map(utc_text, between)
    reports: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in db.query(_REPORTS, {"stories": numbers}):
        reports[row["story"]].append(row)
    tags: dict[int, list[str]] = defaultdict(list)
    for row in db.query(_TAGS, {"stories": numbers}):
        tags[row["story"]].append(row["label"])
    for row in rows:
        fresh = [report["source"] for report in reports[row["id"]] if since <= report["first_seen_at"] < until]
        yield StoryNews(
            **row,
            first=_report(reports[row["id"]][0]),
            sources=tuple(dict.fromkeys(fresh)),
            tags=tuple(tags[row["id"]][:_TAGS_OF_A_STORY]),
        )


def _report(row: dict[str, Any], tags: tuple[str, ...] = ()) -> Report:
    kept = {name: row[name] for name in ("id", "title", "language", "url", "source")}
    return Report(**kept, at=from_utc_text(row["at"]), tags=tags)


def _renamed(row: dict[str, Any]) -> Renamed:
    kept = {name: row[name] for name in ("article", "source", "url", "language", "earlier", "later")}
    return Renamed(**kept, words=tuple(json.loads(row["words"])), replaced_at=from_utc_text(row["replaced_at"]))
