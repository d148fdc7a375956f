"""Read the data of tag pages besides daily counts: meaning, rules, related tags, and the timeline of a law."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from datasette.database import Database

from tracker.store.appearance import APPEARED
from tracker.store.conditions import SUBJECTS
from tracker.web.queries.article_list import ARTICLE, Article, Tag, listed, tags_of
from tracker.web.queries.rows import ask

_TAG = "SELECT id, label, facet, about FROM tags WHERE id = :tag"

_TAGS = "SELECT id, label, facet, about FROM tags ORDER BY position"

_TOTALS = "SELECT tag, sum(articles) AS articles FROM tag_days GROUP BY tag"

_HASH = "SELECT hash FROM rulebooks ORDER BY applied_at DESC LIMIT 1"

_TEXT = "SELECT text FROM rulebooks WHERE hash = :hash"

# Ids grow with time, so the last ones of the index are the newest, except late imports.
_LATEST = f"""
WITH newest AS MATERIALIZED (
    SELECT article FROM article_tags WHERE tag = :tag ORDER BY article DESC LIMIT :most)
{ARTICLE} JOIN newest ON newest.article = a.id
ORDER BY {APPEARED} DESC, a.id DESC LIMIT :limit"""  # noqa: S608  our own text

_RELATED = f"""
WITH newest AS MATERIALIZED (
    SELECT article FROM article_tags WHERE tag = :tag ORDER BY article DESC LIMIT :most)
SELECT t.id, t.label, t.facet, count(*) AS articles FROM newest
    JOIN article_tags AS at ON at.article = newest.article JOIN tags AS t ON t.id = at.tag
WHERE at.tag <> :tag AND t.facet IN {SUBJECTS} GROUP BY t.id
ORDER BY articles DESC, t.position LIMIT :limit"""  # noqa: S608  our own text

_NEAR_MISSES = "SELECT count(*) AS n FROM near_misses WHERE tag = :tag"

_DAYS = 7

# A week counts as seen if at least half of what was watched was seen.
_EVENTS = """
SELECT e.day, e.title, e.url,
    (SELECT coalesce(sum(articles), 0) FROM tag_days WHERE tag = :tag AND day >= date(e.day, :back) AND day < e.day)
        AS before,
    (SELECT coalesce(sum(articles), 0) FROM tag_days WHERE tag = :tag AND day >= e.day AND day < date(e.day, :on))
        AS after,
    (SELECT sum(seen) / nullif(sum(watched), 0) FROM days WHERE day >= date(e.day, :back) AND day < e.day)
        AS seen_before,
    (SELECT sum(seen) / nullif(sum(watched), 0) FROM days WHERE day >= e.day AND day < date(e.day, :on))
        AS seen_after
FROM events AS e WHERE e.tag = :tag ORDER BY e.day DESC"""

NEWEST = 500
"""Newest articles of a tag examined for the latest by date and for co-occurring tags."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A tag's name and meaning, and the tags it implies and is implied by."""

    tag: Tag
    about: str
    implies: tuple[Tag, ...] = ()
    implied_by: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a rule: terms by language, and the names of word lists."""

    name: str
    terms: Mapping[str, tuple[str, ...]]
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the rulebook writes it; a hint is too weak to give the tag alone."""

    id: str
    hint: bool
    parts: tuple[Part, ...]
    with_tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class RelatedTag:
    """A tag, and how many of the newest articles have it as well."""

    tag: Tag
    articles: int


@dataclass(frozen=True, slots=True)
class TagListing:
    """A tag in the list of all, with its number of articles."""

    tag: Tag
    about: str
    articles: int


@dataclass(frozen=True, slots=True)
class EventCoverage:
    """An event, and articles with its tag in the seven days before and from its day on; None if not observed."""

    day: date
    title: str
    url: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class ParsedRulebook:
    """A parsed rulebook, by tag; `lists` are the terms of each word list by language."""

    hash: str
    tags: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lists: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


async def meaning(db: Database, tag: str) -> Meaning | None:
    """Return what a tag means; None if there is no such tag."""
    rows = await ask(db, _TAG, tag=tag)
    if not rows:
        return None
    rulebook = await _rulebook(db)
    known = {row["id"]: _tag(row) for row in await ask(db, _TAGS)}
    implied = rulebook.tags.get(tag, {}).get("implies", ())
    implied_by = (name for name, one in rulebook.tags.items() if tag in one.get("implies", ()))
    return Meaning(
        _tag(rows[0]),
        rows[0]["about"],
        tuple(known[name] for name in implied if name in known),
        tuple(known[name] for name in implied_by if name in known),
    )


async def rules(db: Database, tag: str) -> tuple[Rule, ...]:
    """Return the rules that give a tag in the rulebook applied last."""
    rulebook = await _rulebook(db)
    known = {row["id"]: _tag(row) for row in await ask(db, _TAGS)}
    return tuple(_rule(rule, known) for rule in rulebook.tags.get(tag, {}).get("rules", ()))


async def latest(db: Database, tag: str, limit: int) -> tuple[Article, ...]:
    """Return the newest articles with a tag, with all their tags."""
    rows = await ask(db, _LATEST, tag=tag, most=NEWEST, limit=limit)
    tags = await tags_of(db, [row["id"] for row in rows])
    return tuple(listed(row, tags[row["id"]]) for row in rows)


async def related_tags(db: Database, tag: str, limit: int) -> tuple[RelatedTag, ...]:
    """Return the tags that co-occur with a tag in its newest articles."""
    rows = await ask(db, _RELATED, tag=tag, most=NEWEST, limit=limit)
    return tuple(RelatedTag(_tag(row), row["articles"]) for row in rows)


async def near_misses(db: Database, tag: str) -> int:
    """Return the number of articles that narrowly missed a tag."""
    return int((await ask(db, _NEAR_MISSES, tag=tag))[0]["n"])


async def all_tags(db: Database) -> tuple[TagListing, ...]:
    """Return every tag, in the rulebook's order, with its number of articles."""
    totals = {row["tag"]: row["articles"] for row in await ask(db, _TOTALS)}
    return tuple(TagListing(_tag(row), row["about"], totals.get(row["id"], 0)) for row in await ask(db, _TAGS))


async def events(db: Database, tag: str, today: date) -> tuple[EventCoverage, ...]:
    """Return the events of a law, latest first; those ahead have no counts yet."""
    back, on = f"-{_DAYS} days", f"+{_DAYS} days"
    return tuple(_event_coverage(row, today) for row in await ask(db, _EVENTS, tag=tag, back=back, on=on))


async def _rulebook(db: Database) -> ParsedRulebook:
    """Return the rulebook applied last, parsed."""
    rows = await ask(db, _HASH)
    if not rows:
        return ParsedRulebook("")
    name = rows[0]["hash"]
    if name not in _PARSED:
        _PARSED[name] = _parse((await ask(db, _TEXT, hash=name))[0]["text"], name)
        for old in list(_PARSED)[:-4]:
            del _PARSED[old]
    return _PARSED[name]


_PARSED: dict[str, ParsedRulebook] = {}
"""Parsed rulebooks by hash: one is nearly a megabyte and never changes."""


def _parse(text: str, name: str) -> ParsedRulebook:
    whole = json.loads(text)
    if not isinstance(whole, dict):  # an early version is a list of tags
        whole = {"tags": whole}
    return ParsedRulebook(name, {tag["id"]: tag for tag in whole["tags"]}, whole.get("lists", {}))


def _rule(rule: Mapping[str, Any], known: Mapping[str, Tag]) -> Rule:
    parts = []
    for name, terms in rule.items():
        if isinstance(terms, dict):
            by_language = {language: tuple(group) for language, group in terms.items() if language != "words" and group}
            lists = tuple(terms.get("words", ()))
            if by_language or lists:
                parts.append(Part(name, by_language, lists))
    with_tags = tuple(known[tag] for tag in rule.get("with_tags", ()) if tag in known)
    return Rule(rule["id"], bool(rule.get("hint")), tuple(parts), with_tags)


def _tag(row: Mapping[str, Any]) -> Tag:
    return Tag(row["id"], row["label"], row["facet"])


def _event_coverage(row: Mapping[str, Any], today: date) -> EventCoverage:
    day = date.fromisoformat(row["day"])
    before = row["before"] if day <= today and (row["seen_before"] or 0) >= 0.5 else None
    ended = day + timedelta(days=_DAYS) <= today + timedelta(days=1)
    after = row["after"] if ended and (row["seen_after"] or 0) >= 0.5 else None
    return EventCoverage(day, row["title"], row["url"], before, after)
