"""Pure functions: when a scheduled job is due and when quiet hours apply, across clock changes and downtime."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from tracker.analyse.days import day_of

RETRY_AFTER = timedelta(minutes=15)
"""From the start of a failed or killed run to the next attempt for the same time."""

MOST_TRIES = 3
"""How many attempts a job gets for one due time."""

BELIEVED = timedelta(days=1)
"""Records further in the future than this came from a wrong clock and are ignored: otherwise a clock once years ahead
would silence a job for years. Setting a clock back by hours stays within it."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class When:
    """When a job runs: at an interval of `every`, or `at` a time of day in the configured zone.

    `weekdays` (0 is Monday) and `day` (of the month, 28 at most) restrict the days; neither means every day.
    """

    text: str
    """As written in feeds.yaml."""
    every: timedelta | None = None
    at: time | None = None
    weekdays: tuple[int, ...] = ()
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """A job's history: since when its current schedule entry exists, and its last runs for a due time.

    `since` None means not recorded yet. `due_at` is the last due time attempted, None before the first; `attempts`
    counts its runs, `tried_at` is the start of the last one, `settled` whether no further one is needed.
    """

    since: datetime | None = None
    due_at: datetime | None = None
    attempts: int = 0
    tried_at: datetime | None = None
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Turn:
    """An upcoming run: the time it is due for, and when to attempt it; for a retry that is later."""

    due_at: datetime
    at: datetime


def due(when: When, zone: ZoneInfo, past: Past, now: datetime) -> datetime | None:
    """Return the time the job is now due for; None when it is not due. Of several missed ones, the last."""
    turn = next_turn(when, zone, past, now)
    return turn.due_at if turn.at <= now else None


def next_turn(when: When, zone: ZoneInfo, past: Past, now: datetime) -> Turn:
    """Return when to attempt the job next: at once, or later than `now`.

    Stable until it is attempted, so that a page rendered earlier stays correct.
    """
    first = _first_attempt(when, zone, past, now)
    if past.settled or past.attempts >= MOST_TRIES or past.due_at is None or past.tried_at is None:
        return first
    again = Turn(past.due_at, past.tried_at + RETRY_AFTER)
    return first if first.at <= max(now, again.at) else again


def _first_attempt(when: When, zone: ZoneInfo, past: Past, now: datetime) -> Turn:
    """Return the turn for a time never attempted.

    A job new in the schedule waits for its first time of day; one at an interval starts at once.
    """
    if when.every is not None:
        at = past.tried_at + when.every if past.tried_at else past.since or now
        return Turn(at, at)
    done = max(filter(None, (past.since or now, past.due_at)))
    missed = next(_moments(when, zone, now, back=True))
    at = missed if missed > done else next(moment for moment in _moments(when, zone, max(now, done)) if moment > done)
    return Turn(at, at)


def _moments(when: When, zone: ZoneInfo, now: datetime, *, back: bool = False) -> Iterator[datetime]:
    """Yield the due times (UTC) of a time-of-day job: those after `now` or, backwards, those up to `now`."""
    today = day_of(now, zone)
    for number in count():
        # A moment does not always fall on the day it was meant for, so check one more day.
        day = today + (1 - number if back else number - 1) * _DAY
        if _fits(when, day):
            moment = _moment(day, when.at or time(), zone)
            if (moment <= now) is back:
                yield moment


def _fits(when: When, day: date) -> bool:
    return (not when.weekdays or day.weekday() in when.weekdays) and (when.day is None or day.day == when.day)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return when a day's clocks show a time: the first time if they show it twice; if they skip it, later by the
    skipped amount."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet hours from `begin` to `end`, exclusive; across midnight if `end` is the earlier one.

    They follow the wall clock, so they are an hour shorter or longer when it changes, and end when it shows their end.
    """

    begin: time
    end: time

    def holds(self, now: datetime, zone: ZoneInfo) -> bool:
        """Decide whether a moment falls within them, in the given zone."""
        at = now.astimezone(zone).time()
        if self.begin < self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"
