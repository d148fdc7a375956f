"""How much of each day a source was seen, by when its feeds were watched and what was missed meanwhile; pure.

A feed is watched from the first poll that saw it to its last poll. It was seen in all of that time but in its gaps
that were not bridged.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from tracker.analyse.days import bounds, day_of, days_between

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Watch:
    """When a feed was watched, and its gaps in that time; one that is still open ends with None."""

    from_at: datetime
    to_at: datetime
    gaps: Sequence[tuple[datetime, datetime | None]] = ()


def observed(watches: Iterable[Watch], zone: ZoneInfo, horizon: datetime, since: date) -> dict[date, float]:
    """The share of each day, from `since` on, in which the feeds of one source were seen.

    A day on which none was watched is in no entry. Of several feeds it is the mean, weighted by how long each was
    watched, so that a feed which is new today takes nothing from one of many years. `horizon` is the last poll of any
    feed: of the day that holds it nothing but the time until a feed's own last poll can have been seen yet.
    """
    weighted: dict[date, float] = {}
    watched: dict[date, float] = {}
    for watch in watches:
        missed = _union(watch)
        for day in days_between(max(since, day_of(watch.from_at, zone)), day_of(watch.to_at, zone)):
            share, seconds = _share(watch, missed, bounds(day, zone), horizon)
            weighted[day] = weighted.get(day, 0.0) + share * seconds
            watched[day] = watched.get(day, 0.0) + seconds
    return {day: weighted[day] / seconds if seconds else 0.0 for day, seconds in watched.items()}


def _share(watch: Watch, missed: Sequence[Interval], day: Interval, horizon: datetime) -> tuple[float, float]:
    """The share of a day in which a feed was seen, and the seconds for which it was watched."""
    begin, end = day
    whole = (end if end <= horizon else min(end, watch.to_at)) - begin
    from_at, to_at = max(begin, watch.from_at), min(end, watch.to_at)
    seconds = (to_at - from_at).total_seconds()
    return ((seconds - _lost(missed, from_at, to_at)) / whole.total_seconds() if whole else 0.0), seconds


def _lost(missed: Sequence[Interval], from_at: datetime, to_at: datetime) -> float:
    """The seconds between two moments that lie in the intervals, which are in order and apart."""
    first = bisect_right(missed, from_at, key=lambda interval: interval[1])
    lost = 0.0
    for since, until in islice(missed, first, None):
        if since >= to_at:
            break
        lost += (min(to_at, until) - max(from_at, since)).total_seconds()
    return lost


def _union(watch: Watch) -> list[Interval]:
    """The time in a feed's gaps, in order, none of it twice; an open gap lasts until the last poll."""
    return list(_merged(sorted((since, until or watch.to_at) for since, until in watch.gaps)))


def _merged(intervals: Iterable[Interval]) -> Iterator[Interval]:
    last: Interval | None = None
    for since, until in intervals:
        if last and since <= last[1]:
            last = (last[0], max(last[1], until))
        else:
            if last:
                yield last
            last = (since, until)
    if last:
        yield last
