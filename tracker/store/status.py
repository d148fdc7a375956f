"""The state of the store and its feeds, and the load on publishers, as plain values for people and programs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from tracker.models import utc_text
from tracker.store.connection import Database
from tracker.store.feeds import AHEAD, moments
from tracker.store.texts import outcomes
from tracker.store.watched import SHORTEST_WATCH, Polling, Watched, read_polling, read_watched

_FEED_HEALTH = f"""
SELECT h.*, CASE WHEN {AHEAD} THEN :now ELSE h.next_poll_at END AS next_poll, {AHEAD} AS is_ahead,
    (SELECT count(*) FROM polls WHERE polls.feed = h.id AND started_at > coalesce(h.last_ok_at, ''))
    AS failed_polls
FROM feed_health AS h WHERE health != 'removed' ORDER BY source COLLATE NOCASE, url
"""  # noqa: S608  our own text

_WATCHED = """
SELECT c.source, c.url, 100 * c.observed AS observed_percent, c.hours_missed, c.gaps,
    unixepoch(c.to_at) - unixepoch(c.from_at) AS seconds
FROM continuity AS c JOIN feeds AS f ON f.id = c.feed
WHERE f.declared AND c.month = ?
ORDER BY c.observed, c.source COLLATE NOCASE, c.url
"""

_OPEN_GAPS = """
SELECT reason, count(*) AS n FROM gaps AS g JOIN feeds AS f ON f.id = g.feed
WHERE f.declared AND g.to_at IS NULL GROUP BY reason ORDER BY n DESC, reason
"""


_LAST_POLL = "SELECT max(started_at) AS at FROM polls WHERE started_at <= :latest"

By = Literal["host", "day"]

_ORDER: dict[By, str] = {"host": "requests DESC, host", "day": "day DESC"}


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """One feed; times are stored text (UTC), None when it has not happened yet.

    `why` explains a problem in words, empty when there is none. `continuity_percent` covers the last month in which it
    was polled. `failed_polls` counts polls since the last successful one; `failures` is what they were charged.
    `per_day` is its number of new entries a day. `clock_ahead` means its times were written by a clock that was ahead,
    so it is due now.
    """

    source: str
    url: str
    health: str
    why: str
    continuity_percent: float | None
    last_outcome: str | None
    last_error: str | None
    failures: float
    failed_polls: int
    last_poll_at: str | None
    last_ok_at: str | None
    last_new_at: str | None
    next_poll_at: str | None
    moved_to: str | None
    per_day: float | None
    polls: int
    entries_seen: int
    gaps: int
    clock_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Missed:
    """A feed not observed for part of the month, and the observed share."""

    source: str
    url: str
    observed_percent: float
    hours_missed: float
    gaps: int


@dataclass(frozen=True, slots=True)
class Continuity:
    """How much of a month (UTC, so far) the feeds were observed, each from its first poll to its last.

    `observed_percent` covers the time of all feeds that answered, None if less than an hour; `missed` lists the feeds
    below 100, worst first; `open_gaps` counts unended gaps of any month, by reason.
    """

    month: str
    observed_percent: float | None
    missed: list[Missed]
    open_gaps: dict[str, int]


@dataclass(frozen=True, slots=True)
class Status:
    """The whole store in figures; `relevance` counts articles by relevance, `outdated` those tagged by an older
    rulebook.

    `texts` counts full texts by how the last request for their page ended. `gaps` counts those in which entries may
    have been missed.
    """

    as_of: datetime
    sources: int
    feeds: int
    articles: int
    articles_last_week: int
    relevance: dict[str, int]
    revisions: int
    gaps: int
    polls: int
    last_poll_at: str | None
    outdated: int
    texts: dict[str, int]
    health: dict[str, int]
    polling: Polling
    watched: Watched
    continuity: Continuity
    failing: list[FeedHealth]
    flooding: list[FeedHealth]
    silent: list[FeedHealth]
    feed_list: list[FeedHealth]


def read_status(db: Database, rulebook_hash: str, now: datetime) -> Status:
    """Read the status as of `now`."""
    feed_list = feed_health(db, now)
    health: dict[str, int] = {}
    for feed in feed_list:
        health[feed.health] = health.get(feed.health, 0) + 1
    return Status(
        as_of=now,
        sources=_count(db, "sources WHERE declared"),
        feeds=len(feed_list),
        articles=_count(db, "articles"),
        articles_last_week=_count(db, "articles WHERE first_seen_at >= ?", utc_text(now - timedelta(days=7))),
        relevance=_counts(db, "SELECT relevance, count(*) AS n FROM articles GROUP BY relevance ORDER BY n DESC"),
        revisions=_count(db, "revisions"),
        gaps=_count(db, "gaps WHERE NOT bridged AND reason != 'silent'"),
        polls=_count(db, "polls"),
        last_poll_at=next(db.query(_LAST_POLL, moments(now)))["at"],
        outdated=_count(db, "articles WHERE rulebook IS NOT ?", rulebook_hash),
        texts=outcomes(db),
        health=health,
        polling=read_polling(db, now),
        watched=read_watched(db, now),
        continuity=_continuity(db, now),
        failing=[feed for feed in feed_list if feed.health in {"failing", "gone"}],
        flooding=[feed for feed in feed_list if feed.health == "flooding"],
        silent=[feed for feed in feed_list if feed.health == "silent"],
        feed_list=feed_list,
    )


def feed_health(db: Database, now: datetime) -> list[FeedHealth]:
    """Return the declared feeds as of `now`, ordered by source name."""
    names = FeedHealth.__dataclass_fields__
    rows = (
        row | {"next_poll_at": row["next_poll"], "clock_ahead": bool(row["is_ahead"])}
        for row in db.query(_FEED_HEALTH, moments(now))
    )
    return [FeedHealth(**{name: row[name] for name in names}) for row in rows]


def _continuity(db: Database, now: datetime) -> Continuity:
    month = utc_text(now)[:7]
    seconds = seen = 0.0
    missed = []
    for row in db.query(_WATCHED, (month,)):
        weight = row.pop("seconds")
        seconds += weight
        seen += weight * row["observed_percent"]
        if row["observed_percent"] < 100:
            missed.append(Missed(**row))
    return Continuity(
        month, seen / seconds if seconds >= SHORTEST_WATCH.total_seconds() else None, missed, _counts(db, _OPEN_GAPS)
    )


def _count(db: Database, what: str, *parameters: str) -> int:
    return int(next(db.query(f"SELECT count(*) AS n FROM {what}", parameters))["n"])  # noqa: S608  fixed words


def _counts(db: Database, query: str) -> dict[str, int]:
    """Return the counts of a two-column query, in its order."""
    return {name: int(n) for name, n in db.execute(query)}


@dataclass(frozen=True, slots=True)
class HostTraffic:
    """Requests to one host, or to all hosts on one day, and their answers; `name` is the host or the day.

    `requests` includes redirects, `not_modified` counts polls answered 304, `rate_limited` those answered 429,
    `refused` those turned away by a server or its bot protection. `hosts` and `days` (UTC) count where and when
    anything was requested; `most_a_day` is the most requests to one host on one day.
    """

    name: str
    requests: int
    most_a_day: int
    polls: int
    not_modified: int
    bytes: int
    rate_limited: int
    refused: int
    hosts: int
    days: int


@dataclass(frozen=True, slots=True)
class Politeness:
    """Requests since the day `since` (UTC), row by row and in total."""

    since: str
    by: By
    rows: list[HostTraffic]
    total: HostTraffic


def read_politeness(db: Database, since: date, by: By) -> Politeness:
    """Report the days (UTC) from `since` on: busiest hosts first, or latest day first."""
    first = str(since)
    rows = _traffic_row(db, by, first, f"GROUP BY {by} ORDER BY {_ORDER[by]}")
    (total,) = _traffic_row(db, "'all'", first, "")
    return Politeness(first, by, rows, total)


def _traffic_row(db: Database, name: str, since: str, grouped: str) -> list[HostTraffic]:
    query = f"""SELECT {name} AS name, coalesce(sum(requests), 0) AS requests,
        coalesce(max(requests), 0) AS most_a_day, coalesce(sum(polls), 0) AS polls,
        coalesce(sum(not_modified), 0) AS not_modified, coalesce(sum(bytes), 0) AS bytes,
        coalesce(sum(rate_limited), 0) AS rate_limited, coalesce(sum(refused), 0) AS refused,
        count(DISTINCT host) AS hosts, count(DISTINCT day) AS days
        FROM politeness WHERE day >= ? {grouped}"""  # noqa: S608  fixed words
    return [HostTraffic(**row) for row in db.query(query, (since,))]
