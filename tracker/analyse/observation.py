"""Compute how much of each day a source was observed, from its feeds' watch times and gaps; pure.

A feed is watched from the first poll that observed it to its last poll, and observed throughout except in unbridged
gaps.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from tracker.analyse.days import bounds, day_of, days_between

ENOUGH: Final = 0.5
"""Least share of a time that must have been observed for its counts to be comparable with others."""

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Watch:
    """When a feed was watched, and its gaps in that time; an open gap ends with None."""

    from_at: datetime
    to_at: datetime
    gaps: Sequence[tuple[datetime, datetime | None]] = ()


def observed(watches: Iterable[Watch], zone: ZoneInfo, horizon: datetime, since: date) -> dict[date, float]:
    """Return the share of each day since `since` in which a source's feeds were observed.

    Days on which none was watched are absent. Several feeds are averaged, weighted by how long each was watched, so
    that a feed added today takes nothing from one watched for years. `horizon` is the last poll of any feed: of its
    day, only the time until a feed's own last poll can have been observed yet.
    """
    weighted: dict[date, float] = {}
    watched: dict[date, float] = {}
    for watch in watches:
        missed = _merged_gaps(watch)
        for day in days_between(max(since, day_of(watch.from_at, zone)), day_of(watch.to_at, zone)):
            share, seconds = _share(watch, missed, bounds(day, zone), horizon)
            weighted[day] = weighted.get(day, 0.0) + share * seconds
            watched[day] = watched.get(day, 0.0) + seconds
    return {day: weighted[day] / seconds if seconds else 0.0 for day, seconds in watched.items()}


def _share(watch: Watch, missed: Sequence[Interval], day: Interval, horizon: datetime) -> tuple[float, float]:
    """Return the share of a day in which a feed was observed, and the seconds it was watched."""
    begin, end = day
    whole = (end if end <= horizon else min(end, watch.to_at)) - begin
    from_at, to_at = max(begin, watch.from_at), min(end, watch.to_at)
    seconds = (to_at - from_at).total_seconds()
    return ((seconds - _missed_seconds(missed, from_at, to_at)) / whole.total_seconds() if whole else 0.0), seconds


def _missed_seconds(missed: Sequence[Interval], from_at: datetime, to_at: datetime) -> float:
    """Return the seconds between two moments covered by the intervals, which are sorted and disjoint."""
    first = bisect_right(missed, from_at, key=lambda interval: interval[1])
    seconds = 0.0
    for since, until in islice(missed, first, None):
        if since >= to_at:
            break
        seconds += (min(to_at, until) - max(from_at, since)).total_seconds()
    return seconds


def _merged_gaps(watch: Watch) -> list[Interval]:
    """Return a feed's gaps as sorted, disjoint intervals; an open gap lasts until the last poll."""
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
