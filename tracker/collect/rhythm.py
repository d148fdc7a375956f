"""Learn how a feed publishes from its polls, and how often to poll it so that nothing is lost; pure.

A feed document is a window on what was published: as long as it still shows something from the previous poll, nothing
has dropped out unseen. So the interval must be shorter than the window lasts.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tracker.models import Rhythm

DAY = timedelta(days=1)
MEMORY = timedelta(days=3)
"""Time constant of the mean rate: long enough to outlast a night, short enough to follow an election."""

WINDOWS = 3
"""Poll before a third of the window is new: rates treble within a day when something happens."""

SILENT_FACTOR = 5
SILENT_AT_LEAST = timedelta(days=4)
"""A feed is silent after five times its usual interval, but not before a long weekend is over."""

FLOOD_TIMES = 10
FLOOD_AT_LEAST = 200
"""A feed floods at ten times its usual daily new entries, but not below this many: no feed of ten papers, followed for
months, showed more than 245 new entries in a day, and that one shows as many every day.
"""

SILENT_UNKNOWN = timedelta(days=30)
"""When a feed with no known usual interval counts as silent."""


def first_look(dates: Sequence[datetime], window: int, now: datetime) -> Rhythm:
    """Estimate the rhythm from one document: `dates` are those of its entries, `window` counts all entries.

    Only the newer half of the dates counts, so that one old pinned entry does not.
    """
    past = sorted((date for date in dates if date <= now), reverse=True)
    recent = past[: max(2, math.ceil(len(past) / 2))]
    if len(recent) < 2:
        return Rhythm(window=window)
    return Rhythm(rate(len(recent), now - recent[-1]), (recent[0] - recent[-1]) / (len(recent) - 1), window=window)


def after_look(before: Rhythm, new: int, since: timedelta, waited: timedelta | None) -> Rhythm:
    """Return the rhythm after a poll that brought `new` entries, `since` the last one that could have brought any.

    `waited` is the time since the last new entry; None if there never was one.
    """
    since = max(since, timedelta())  # the clock may have been set back
    seen = rate(new, since)
    fading = math.exp(-since / MEMORY)
    per_day = seen if before.per_day is None else before.per_day * fading + seen * (1 - fading)
    usual = before.usual
    if new and waited is not None:
        usual = waited / new if usual is None else usual + (waited / new - usual) / 5
    return replace(before, per_day=per_day, usual=usual)


def rate(new: int, since: timedelta) -> float:
    """Return the rate of new entries per day."""
    return new * DAY / max(since, timedelta(minutes=1))


def is_flood(new: int, usual: float | None, most: int) -> bool:
    """Decide whether `new` entries within a day are implausibly many; `most` is the cap.

    `usual` is the usual number per day, None while unknown.
    """
    return new > most or (usual is not None and new >= max(FLOOD_AT_LEAST, FLOOD_TIMES * usual))


def safe_interval(rhythm: Rhythm, burst: float = 0.0, most: float = math.inf) -> timedelta | None:
    """Return the longest interval at which windows surely overlap; None while too little is known.

    `burst` is the last poll's own rate, in entries per day; the faster of it and the mean counts, capped at `most`, the
    entries taken in a day.
    """
    rate = min(max(rhythm.per_day or 0.0, burst), most)
    if rhythm.window < 2 or rate <= 0:
        return None
    return DAY / max(WINDOWS * rate / rhythm.window, 1 / 365)  # a rate that faded for months would overflow


def silent_after(rhythm: Rhythm, last_new_at: datetime) -> datetime:
    """Return when a feed that shows nothing new deserves a warning."""
    if rhythm.usual is None:
        return last_new_at + SILENT_UNKNOWN
    return last_new_at + max(SILENT_FACTOR * rhythm.usual, SILENT_AT_LEAST)
