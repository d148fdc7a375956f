"""When a job of the schedule is due, whatever the clocks of its zone do and however long nobody looked; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from tracker.analyse.days import day_of

RETRY_AFTER = timedelta(minutes=15)
"""From the beginning of a run that failed or was killed to the next try for the same time."""

MOST_TRIES = 3
"""How often a job is tried for one time at which it was due."""

BELIEVED = timedelta(days=1)
"""What is noted for a time further ahead than this was noted by a clock that was wrong, and does not count: else a
clock that once stood years ahead would silence a job for years. A clock set back by hours is no such clock."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class When:
    """When a job is to be done: `every` so often, or `at` a time of day in the configured zone.

    `weekdays` (0 is Monday) and `day` (of the month, 28 at most) narrow the days; neither means every day.
    """

    text: str
    """As feeds.yaml says it."""
    every: timedelta | None = None
    at: time | None = None
    weekdays: tuple[int, ...] = ()
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a job: since when it is in the schedule as it stands there, and its last runs for a due time.

    `since` None means that nobody noted it yet. `due_at` is the last time for which it was tried, None before the
    first; `attempts` is how often, `tried_at` when the last of these began, and `settled` whether no further is needed.
    """

    since: datetime | None = None
    due_at: datetime | None = None
    attempts: int = 0
    tried_at: datetime | None = None
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Turn:
    """A run to come: for which time it is due, and from when on it is to be tried; later than that for a retry."""

    due_at: datetime
    at: datetime


def due(when: When, zone: ZoneInfo, past: Past, now: datetime) -> datetime | None:
    """The time for which the job is due now; None when it is not. Of several that were missed, the last."""
    turn = next_turn(when, zone, past, now)
    return turn.due_at if turn.at <= now else None


def next_turn(when: When, zone: ZoneInfo, past: Past, now: datetime) -> Turn:
    """When the job is to be tried next: at once, or later than `now`.

    The same until it was tried, so that a page which was made before does not grow wrong.
    """
    fresh = _fresh(when, zone, past, now)
    if past.settled or past.attempts >= MOST_TRIES or past.due_at is None or past.tried_at is None:
        return fresh
    again = Turn(past.due_at, past.tried_at + RETRY_AFTER)
    return fresh if fresh.at <= max(now, again.at) else again


def _fresh(when: When, zone: ZoneInfo, past: Past, now: datetime) -> Turn:
    """The turn for a time for which the job was never tried.

    A job that is new in the schedule waits for its first time; one that is done every so often begins at once.
    """
    if when.every is not None:
        at = past.tried_at + when.every if past.tried_at else past.since or now
        return Turn(at, at)
    done = max(filter(None, (past.since or now, past.due_at)))
    missed = next(_moments(when, zone, now, back=True))
    at = missed if missed > done else next(moment for moment in _moments(when, zone, max(now, done)) if moment > done)
    return Turn(at, at)


def _moments(when: When, zone: ZoneInfo, now: datetime, *, back: bool = False) -> Iterator[datetime]:
    """The times of a job that is done at a time of day (UTC): those after `now`, or, backwards, those until `now`."""
    today = day_of(now, zone)
    for number in count():
        # The day on which a moment falls is not always the day it was meant for: one such day more is looked at.
        day = today + (1 - number if back else number - 1) * _DAY
        if _fits(when, day):
            moment = _moment(day, when.at or time(), zone)
            if (moment <= now) is back:
                yield moment


def _fits(when: When, day: date) -> bool:
    return (not when.weekdays or day.weekday() in when.weekdays) and (when.day is None or day.day == when.day)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When a day's clocks show a time: the first time where they show it twice, and where they leave it out, as much
    later as they leave out."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
