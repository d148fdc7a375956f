"""Entries per feed and day, and floods as rows: polls in which a feed showed implausibly many new entries.

A flood lasts from the first poll that found it to the last. Articles first shown in a flood, and by nobody else, are
held: alerts, spikes and digests say so instead of reporting them, until someone releases them.
"""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker.models import FeedState, from_utc_text, utc_text
from tracker.store.connection import Database

DAY: Final = timedelta(days=1)
_BEFORE = timedelta(days=28)
"""The period before a day from which the usual number is taken."""

_IN_FLOOD = "f.feed = i.feed AND f.released_at IS NULL AND i.first_seen_at BETWEEN f.from_at AND f.to_at"

NOT_HELD: Final = f"""NOT (EXISTS (SELECT 1 FROM sightings AS i JOIN floods AS f ON {_IN_FLOOD} WHERE i.article = a.id)
    AND NOT EXISTS (SELECT 1 FROM sightings AS i WHERE i.article = a.id
        AND NOT EXISTS (SELECT 1 FROM floods AS f WHERE {_IN_FLOOD})))"""  # noqa: S608  our own text
"""Condition: the article `a` is not held."""

FLOODED: Final = """(SELECT f.source FROM floods AS o JOIN feeds AS f ON f.id = o.feed
    WHERE o.released_at IS NULL AND o.to_at >= :first)"""
"""The sources with a flooding feed since a day; their counts say nothing about news."""

_HELD = f"""
SELECT i.article, max(f.id) FROM json_each(?) AS j CROSS JOIN sightings AS i ON i.article = j.value
    LEFT JOIN floods AS f ON {_IN_FLOOD}
GROUP BY i.article HAVING count(f.id) = count(*)"""  # noqa: S608  our own text

_FLOODS = """
SELECT o.id, f.source, s.name, f.url, o.from_at FROM floods AS o JOIN feeds AS f ON f.id = o.feed
JOIN sources AS s ON s.id = f.source WHERE o.id IN (SELECT value FROM json_each(?)) ORDER BY o.id"""

_RELEASE = """
UPDATE floods SET released_at = ?1 WHERE released_at IS NULL
    AND feed IN (SELECT id FROM feeds WHERE url = ?2 OR source = ?2)"""

_FIRST = "SELECT id, started_at FROM polls WHERE feed = ? AND entries > 0 ORDER BY started_at, id LIMIT 1"

_NEW = "SELECT coalesce(sum(new), 0) FROM polls WHERE feed = ? AND started_at > ? AND started_at <= ? AND id IS NOT ?"


@dataclass(frozen=True, slots=True)
class DayIntake:
    """The articles a feed brought within a day, those of its first document apart, and its usual number.

    `usual` is None for a feed read for less than a day before that.
    """

    new: int
    first: int
    usual: float | None


@dataclass(frozen=True, slots=True)
class HeldArticles:
    """Held articles and their flood: its number, feed, source and start."""

    flood: int
    source: str
    name: str
    url: str
    since: datetime
    articles: frozenset[int]


def held_articles(db: Database, articles: Collection[int]) -> tuple[HeldArticles, ...]:
    """Return those of these articles that are held, by flood."""
    floods: dict[int, set[int]] = defaultdict(set)
    for article, flood in db.execute(_HELD, (json.dumps([*articles]),)):
        floods[flood].add(article)
    rows = db.execute(_FLOODS, (json.dumps([*floods]),))
    return tuple(
        HeldArticles(flood, source, name, url, from_utc_text(at), frozenset(floods[flood]))
        for flood, source, name, url, at in rows
    )


def release(db: Database, name: str, now: datetime) -> int:
    """Release everything held from the floods of a feed, or of a source's feeds; return the number of floods."""
    return db.execute(_RELEASE, (utc_text(now), name)).rowcount


def day_intake(db: Database, feed: int, now: datetime) -> DayIntake:
    """Return what a feed brought in the day up to `now`."""
    row = db.execute(_FIRST, (feed,)).fetchone()
    if row is None:
        return DayIntake(0, 0, None)
    day_before = now - DAY
    began = max(from_utc_text(row[1]), day_before - _BEFORE)
    new, both, before = (
        int(db.execute(_NEW, (feed, utc_text(since), utc_text(until), excluded)).fetchone()[0])
        for since, until, excluded in ((day_before, now, row[0]), (day_before, now, None), (began, day_before, row[0]))
    )
    return DayIntake(new, both - new, before * DAY / (day_before - began) if day_before - began >= DAY else None)


def remaining_quota(state: FeedState, before: DayIntake) -> int | None:
    """Return how many more new articles a feed may bring; None before its first document."""
    return max(0, state.feed.new_per_day - before.new) if state.shown else None


def note(db: Database, feed: int, new: int, left_out: int, now: datetime) -> None:
    """Record a flood: `new` more articles from the feed, and `left_out` entries left in its document."""
    since = {"feed": feed, "new": new, "left_out": left_out, "at": utc_text(now), "eve": utc_text(now - DAY)}
    lasting = db.execute("SELECT max(id) FROM floods WHERE feed = :feed AND to_at > :eve", since).fetchone()[0]
    statement = """UPDATE floods SET to_at = :at, articles = articles + :new, left_out = :left_out WHERE id = :id"""
    if lasting is None:
        statement = """INSERT INTO floods (feed, from_at, to_at, articles, left_out)
            VALUES (:feed, :at, :at, :new, :left_out)"""
    db.execute(statement, since | {"id": lasting})
