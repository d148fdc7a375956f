"""Define "watched": since when, how much of the time feeds were observed, and whether polling still goes on.

A feed is watched from its first poll to its last, and observed from its first answer on, except in its gaps. One that
never answered was watched but not observed. Statements are built here and run where the database is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tracker.models import from_utc_text
from tracker.store.conditions import OBSERVED, POLLED
from tracker.store.connection import Database
from tracker.store.feeds import moments

SHORTEST_WATCH: Final = timedelta(hours=1)
"""Shorter watches are not expressed in per cent."""

USUAL_AT_LEAST: Final = timedelta(hours=1)
"""Floor of the usual polling interval: polls are missed after three times this at the earliest, as cron and servers
pause."""

_MISSED_TURNS = 3
_FUTURE = timedelta(minutes=5)  # tolerated difference between two clocks


# The median interval between the last polls of a feed or, if none was polled twice, the median scheduled wait.
_USUAL_SECONDS = f"""
WITH lately AS (SELECT feed, unixepoch(started_at) AS at FROM polls ORDER BY id DESC LIMIT 2000),
    apart AS (SELECT at - lag(at) OVER (PARTITION BY feed ORDER BY at) AS seconds FROM lately),
    waits AS (SELECT unixepoch(next_poll_at) - unixepoch(last_poll_at) AS seconds FROM feeds
        WHERE declared AND {POLLED})
SELECT coalesce(
    (SELECT seconds FROM apart WHERE seconds > 0 ORDER BY 1
        LIMIT 1 OFFSET (SELECT count(*) / 2 FROM apart WHERE seconds > 0)),
    (SELECT seconds FROM waits WHERE seconds > 0 ORDER BY 1
        LIMIT 1 OFFSET (SELECT count(*) / 2 FROM waits WHERE seconds > 0)))"""  # noqa: S608  fixed words

POLLING: Final = f"""
SELECT last.at AS until_at, (SELECT count(*) FROM feeds WHERE declared AND {POLLED}) AS feeds,
    CASE WHEN unixepoch(last.at) < unixepoch(:now) - {_MISSED_TURNS * int(USUAL_AT_LEAST.total_seconds())}
        THEN ({_USUAL_SECONDS}) END AS usual_seconds
FROM (SELECT coalesce(max(CASE WHEN last_poll_at <= :latest THEN last_poll_at END), max(last_poll_at)) AS at
    FROM feeds WHERE {POLLED}) AS last"""  # noqa: S608  fixed words
"""Whether polling goes on: one row for polling_of(), with the parameters of feeds.moments(); cheap while polls are
recent.

Future times, from a clock that was ahead, count only when there are no others.
"""

# Without MATERIALIZED, SQLite would look for a feed's first polls again at each of its gaps.
WATCHED: Final = f"""
WITH watch AS MATERIALIZED (SELECT id, min(last_poll_at, :latest) AS last_poll_at,
        (SELECT min(started_at) FROM polls WHERE polls.feed = feeds.id) AS first_at,
        CASE WHEN last_ok_at IS NOT NULL THEN
            (SELECT min(started_at) FROM polls WHERE polls.feed = feeds.id AND outcome IN {OBSERVED}) END AS seen_at
    FROM feeds WHERE declared AND {POLLED}),
span AS (SELECT *, unixepoch(last_poll_at) - unixepoch(first_at) AS seconds,
    unixepoch(last_poll_at) - unixepoch(seen_at) - (SELECT coalesce(sum(
            unixepoch(min(coalesce(to_at, last_poll_at), last_poll_at)) - unixepoch(max(from_at, seen_at))), 0)
        FROM gaps WHERE gaps.feed = watch.id AND NOT bridged AND reason <> 'silent'
            AND from_at < last_poll_at AND coalesce(to_at, last_poll_at) > seen_at) AS seen
    FROM watch)
SELECT count(*) AS feeds, coalesce(sum(last_poll_at IS NULL), 0) AS never_polled,
    coalesce(sum(last_poll_at IS NOT NULL AND seen_at IS NULL), 0) AS never_answered, min(seen_at) AS since_at,
    max(last_poll_at) AS until_at, coalesce(sum(max(seconds, 0)), 0) AS seconds, coalesce(sum(max(seen, 0)), 0) AS seen
FROM span"""  # noqa: S608  fixed words
"""One row for watched_of(), with the parameters of feeds.moments()."""


@dataclass(frozen=True, slots=True)
class Polling:
    """When any feed was last polled, None if never, and whether that is suspiciously long ago.

    `ahead` says the time lies in the future: a clock was wrong, or is.
    """

    feeds: int
    until: datetime | None
    stopped: bool
    ahead: bool

    @property
    def is_doubtful(self) -> bool:
        """True when there are feeds but their current state cannot be known."""
        return self.feeds > 0 and (self.until is None or self.stopped or self.ahead)


@dataclass(frozen=True, slots=True)
class Watched:
    """How long the declared feeds were watched; `since` is the first observation of any, `until` their last poll.

    `seen_percent` is the observed share of their total time, each from its first poll; None when that is too short. The
    other fields count feeds.
    """

    feeds: int
    never_polled: int
    never_answered: int
    since: datetime | None
    until: datetime | None
    seen_percent: float | None

    @property
    def answered(self) -> int:
        """How many feeds ever answered."""
        return self.feeds - self.never_polled - self.never_answered


def polling_of(row: Mapping[str, Any], now: datetime) -> Polling:
    """Convert the row of POLLING as of `now`; it stopped after three times the usual interval without a poll."""
    until = _moment(row["until_at"])
    usual = max(timedelta(seconds=row["usual_seconds"] or 0), USUAL_AT_LEAST)
    return Polling(
        row["feeds"],
        until,
        stopped=until is not None and now - until > _MISSED_TURNS * usual,
        ahead=until is not None and until - now > _FUTURE,
    )


def watched_of(row: Mapping[str, Any]) -> Watched:
    """Convert the row of WATCHED."""
    since, until = _moment(row["since_at"]), _moment(row["until_at"])
    long_enough = since is not None and until is not None and until - since >= SHORTEST_WATCH
    return Watched(
        row["feeds"],
        row["never_polled"],
        row["never_answered"],
        since,
        until,
        100 * min(1.0, row["seen"] / row["seconds"]) if long_enough and row["seconds"] else None,
    )


def read_polling(db: Database, now: datetime) -> Polling:
    """Read whether polling goes on, as of `now`."""
    return polling_of(next(db.query(POLLING, moments(now))), now)


def read_watched(db: Database, now: datetime) -> Watched:
    """Read what is watched, as of `now`."""
    return watched_of(next(db.query(WATCHED, moments(now))))


def _moment(text: str | None) -> datetime | None:
    return from_utc_text(text) if text else None
