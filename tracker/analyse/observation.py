"""Decide what polls prove: how much of each day a source was observed, and whether entries were missed; pure.

A feed is watched from the first poll that observed it to its last poll, and observed throughout except in unbridged
gaps. Its document is a window: new entries come in and the oldest leave. If one of the newest entries of last time is
still in it, nothing passed through unseen. An entry pinned on top for weeks proves nothing, so not just any shared
entry counts.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
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


@dataclass(frozen=True, slots=True)
class Before:
    """An article in the document at its last read; `published` is None if unknown."""

    article: int
    published: datetime | None


def is_continuous(before: Sequence[Before], now: Sequence[int], new: Set[int]) -> bool:
    """Decide whether `now`, the document's articles in order, some of them `new`, follows on from `before`.

    If nothing is new, or nothing was there before, nothing was missed.
    """
    if not before or not new:
        return True
    here = set(now)
    survivors = {item.article for item in before if item.article in here}
    if 2 * len(survivors) >= len(before):
        return True
    if all(item.published for item in before):
        return _newest_stayed(before, survivors)
    return _is_below_new(now, new, survivors)


def _newest_stayed(before: Sequence[Before], survivors: Set[int]) -> bool:
    """Decide whether some entry stayed along with at least half of those newer than it.

    If entries leave oldest first, the newest stay; single ones may be withdrawn. An entry that stays while most newer
    ones have gone is pinned.
    """
    newest_first = sorted(before, key=lambda item: (item.published, item.article), reverse=True)
    stayed = 0
    for rank, item in enumerate(newest_first, 1):
        stayed += item.article in survivors
        if item.article in survivors and 2 * stayed >= rank:
            return True
    return False


def _is_below_new(now: Sequence[int], new: Set[int], survivors: Set[int]) -> bool:
    """Decide whether some old entry is below all new ones, as when new ones are added on top."""
    last_new = max(place for place, article in enumerate(now) if article in new)
    return any(article in survivors for article in now[last_new + 1 :])
