"""Find the new articles that match alerts, and how many match on a day; owns `alert_watches`.

An article is considered once it is grouped, so that its copies and other reports of the event are known. Delivery keys
name single articles, so an article stays reported whatever story it is moved to by hand; the others in its story are
then noted as reported too.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from tracker.analyse.days import bounds, day_of
from tracker.analyse.search.scope import Known
from tracker.analyse.spikes import FEWEST
from tracker.models import from_utc_text, utc_text
from tracker.publish.panel import Panel, Volume, panel
from tracker.store import deliveries
from tracker.store.conditions import COUNTED_AT, POLLED, STATED_AT
from tracker.store.database import Database, transaction
from tracker.store.matching import KNOWN, SearchCriteria, conditions, known_from, parameters

OLDEST: Final = timedelta(hours=48)
"""Articles published, or first seen, longer ago are not news."""

_UNGROUPED = timedelta(minutes=30)
"""Longest wait for grouping; after that grouping is assumed broken and the article is reported on its own."""

_FIRST_LOOK = timedelta(minutes=10)
"""Undated entries that a feed shows this soon after its first poll may be of any age."""

_LOW = """SELECT min(id) FROM (
    SELECT * FROM (SELECT id FROM articles WHERE first_seen_at >= ?1 ORDER BY first_seen_at, id LIMIT 1)
    UNION ALL SELECT id FROM articles WHERE stated_at >= ?1)"""

_BY_WORDS = "SELECT rowid AS id FROM articles_fts WHERE articles_fts MATCH :match AND rowid >= :low"
_BY_TAGS = """SELECT DISTINCT article AS id FROM article_tags
    WHERE tag IN (SELECT value FROM json_each(:any)) AND article >= :low"""
_BY_NUMBER = "SELECT id FROM articles WHERE id >= :low"

_ANY = """EXISTS (SELECT 1 FROM article_tags AS t WHERE t.article = a.id
    AND t.tag IN (SELECT value FROM json_each(:any)))"""
_EVERY = """(SELECT count(*) FROM article_tags AS t WHERE t.article = a.id
    AND t.tag IN (SELECT value FROM json_each(:any))) = json_array_length(:any)"""
_RELEVANT = "a.relevance IN (SELECT value FROM json_each(:relevance))"
_OF_SOURCES = "a.source IN (SELECT value FROM json_each(:among))"
_OF_KINDS = "a.source IN (SELECT id FROM sources WHERE kind IN (SELECT value FROM json_each(:kinds)))"

# Polled, and not from an archive; undated only if its feed was known before.
_NEWS = f"""
SELECT a.id, a.story FROM ({{looked}}) AS l CROSS JOIN articles AS a ON a.id = l.id
WHERE {STATED_AT} >= :first_seen AND {COUNTED_AT} >= :oldest
AND (a.story IS NOT NULL OR a.first_seen_at < :ungrouped)
AND EXISTS (SELECT 1 FROM sightings AS s JOIN feeds AS f ON f.id = s.feed WHERE s.article = a.id
    AND f.{POLLED} AND (a.published_at IS NOT NULL OR unixepoch(s.first_seen_at) > :first_look +
        unixepoch((SELECT min(started_at) FROM polls WHERE polls.feed = f.id))))
AND {{conditions}} ORDER BY a.id"""  # noqa: S608  our own text

_COUNTED = f"""
SELECT {COUNTED_AT} AS at, a.source FROM ({{looked}}) AS l CROSS JOIN articles AS a ON a.id = l.id
WHERE {COUNTED_AT} >= :begin AND {COUNTED_AT} < :end AND a.source IN (SELECT value FROM json_each(:panel))
    AND {{conditions}}"""  # noqa: S608  our own text

_MEMBERS = """
SELECT id, story FROM articles WHERE story IN (SELECT value FROM json_each(?)) AND story IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What an alert is about: a search and further conditions; an empty tuple excludes nothing."""

    wanted: SearchCriteria
    tags: tuple[str, ...] = ()
    every: bool = False
    relevance: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def statement(self) -> tuple[str, str]:
        """The FROM part and the conditions of the query."""
        wanted = self.wanted
        looked = _BY_WORDS if wanted.match else _BY_TAGS if self.tags else _BY_NUMBER
        more = [
            *([_EVERY if self.every else _ANY] if self.tags else []),
            *([_RELEVANT] if self.relevance else []),
            *([_OF_SOURCES] if self.sources else []),
            *([_OF_KINDS] if self.kinds else []),
        ]
        return looked, " AND ".join((*conditions(wanted.scope), *more)) or "1"

    def values(self) -> dict[str, str | None]:
        """The parameters of the statement."""
        lists = {"any": self.tags, "relevance": self.relevance, "among": self.sources, "kinds": self.kinds}
        return parameters(self.wanted) | {name: json.dumps(value) for name, value in lists.items()}


@dataclass(frozen=True, slots=True)
class Watch:
    """Since when an alert watches for a recipient, and when it last ran; None before the first run."""

    since: datetime
    ran_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Unreported articles of one story that an alert found; with story None, a single article."""

    story: int | None
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unreported:
    """What to report, and the articles to skip because others of their story were reported."""

    groups: tuple[Group, ...] = ()
    covered: tuple[int, ...] = ()


def known(db: Database) -> Known:
    """Return the sources and tags that a search may name."""
    return known_from(list(db.query(KNOWN)))


def watch(db: Database, alert: str, recipient: str, meaning: str, now: datetime) -> Watch:
    """Return since when an alert watches for a recipient, if it runs now.

    That is now on the first run; if the alert's meaning has changed, when it last ran.
    """
    row = db.execute(
        "SELECT meaning, since, ran_at FROM alert_watches WHERE alert = ? AND recipient = ?", (alert, recipient)
    ).fetchone()
    if row is None:
        return Watch(now)
    since, ran_at = (min(from_utc_text(at), now) for at in (row[1], row[2]))  # the clock may have been ahead
    return Watch(since if row[0] == meaning else ran_at, ran_at)


def record_runs(db: Database, watches: Mapping[tuple[str, str], tuple[str, Watch]], now: datetime) -> None:
    """Record that these alerts ran: maps (alert, recipient) to the alert's meaning and its watch."""
    with transaction(db):
        db.conn.executemany(
            """INSERT INTO alert_watches (alert, recipient, meaning, since, ran_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET meaning = excluded.meaning, since = excluded.since, ran_at = excluded.ran_at""",
            [(*names, meaning, utc_text(at.since), utc_text(now)) for names, (meaning, at) in watches.items()],
        )


def first_since(db: Database, moment: datetime) -> int | None:
    """Return the first article first seen, or first shown by its publisher, at or after a moment; articles are numbered
    in order of arrival."""
    row = db.execute(_LOW, (utc_text(moment),)).fetchone()
    return None if row[0] is None else int(row[0])


def found(db: Database, criteria: Criteria, since: datetime, now: datetime) -> list[tuple[int, int | None]]:
    """Return the articles that an alert finds, first seen since a moment and at most OLDEST ago, with their stories."""
    first_seen = max(since, now - OLDEST)
    low = first_since(db, first_seen)
    if low is None:
        return []
    looked_up, holds = criteria.statement()
    values = criteria.values() | {
        "low": low,
        "first_seen": utc_text(first_seen),
        "oldest": utc_text(now - OLDEST),
        "ungrouped": utc_text(now - _UNGROUPED),
        "first_look": int(_FIRST_LOOK.total_seconds()),
    }
    statement = _NEWS.format(looked=looked_up, conditions=holds)
    return [(row[0], row[1]) for row in db.execute(statement, values)]


def unreported(db: Database, beginning: str, articles: Sequence[tuple[int, int | None]]) -> Unreported:
    """Return which of these articles are not reported yet; the key of each is `beginning` plus its number."""
    if not articles:
        return Unreported()
    stories = {story for _, story in articles if story is not None}
    members: dict[int, list[int]] = defaultdict(list)
    for article, story in db.execute(_MEMBERS, (json.dumps(sorted(stories)),)):
        members[story].append(article)
    every = {article for article, _ in articles}.union(*members.values())
    tried = {int(key.removeprefix(beginning)): state for key, state in _states(db, beginning, every)}
    reported = {article for article, state in tried.items() if state.may_have_arrived}
    reported_stories = {story for story, inside in members.items() if reported.intersection(inside)}
    fresh: dict[int, list[int]] = defaultdict(list)
    covered = []
    for article, story in articles:
        if article in reported or (article in tried and tried[article].given_up):
            continue
        if story in reported_stories:
            covered.append(article)
        else:
            fresh[-article if story is None else story].append(article)
    groups = (Group(story if story > 0 else None, tuple(inside)) for story, inside in fresh.items())
    return Unreported(tuple(groups), tuple(covered))


def _states(db: Database, beginning: str, articles: set[int]) -> Any:
    return deliveries.known(db, [f"{beginning}{article}" for article in sorted(articles)]).items()


def volume(db: Database, criteria: Criteria, day: date) -> Volume | None:
    """Compare what an alert finds on a day with the days before; None when there are too few for a spike."""
    among = panel(db, day)
    today = _counted(db, criteria, among, (day, day))
    if sum(today.values()) < FEWEST:
        return None
    by_owner, before = Counter[str](), Counter[date]()
    for (_, source), articles in today.items():
        by_owner[among.owners[source]] += articles
    for (at, _), articles in _counted(db, criteria, among, (among.first, among.eve)).items():
        before[at] += articles
    return among.volume(by_owner.values(), before)


def _counted(db: Database, criteria: Criteria, among: Panel, days: tuple[date, date]) -> Counter[tuple[date, str]]:
    """Count the articles found from the first to the last day, by day and source."""
    zone = criteria.wanted.zone
    begin, end = bounds(days[0], zone)[0], bounds(days[1], zone)[1]
    low = first_since(db, begin)
    if low is None or not among.owners:
        return Counter()
    looked, holds = criteria.statement()
    values: dict[str, Any] = criteria.values()
    values |= {"low": low, "begin": utc_text(begin), "end": utc_text(end), "panel": json.dumps(sorted(among.owners))}
    rows = db.execute(_COUNTED.format(looked=looked, conditions=holds), values)
    return Counter((day_of(from_utc_text(at), zone), source) for at, source in rows)
