"""What a feed's polls tell of how it publishes, and how often it must be asked so that nothing is lost; pure.

A feed document is a window on what was published: as long as it still shows something of what it showed at the last
poll, nothing has fallen out of it unseen. So the interval must be shorter than the window lasts.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tracker.models import Rhythm

DAY = timedelta(days=1)
MEMORY = timedelta(days=3)
"""How far back the mean rate remembers: long enough to outlast a night, short enough to follow an election."""

WINDOWS = 3
"""A poll must come before a third of the window is new: rates treble within a day when something happens."""

SILENT_FACTOR = 5
SILENT_AT_LEAST = timedelta(days=4)
"""A feed is silent after five times its usual interval, and not before a long week-end is over."""

FLOOD_TIMES = 10
FLOOD_AT_LEAST = 200
"""A feed floods that shows ten times as much new in a day as usual, and not before there is so much: no feed of ten
papers, followed for months, showed more than 245 new entries in a day, and that one shows as many every day."""

SILENT_UNKNOWN = timedelta(days=30)
"""When a feed counts as silent whose usual interval nobody knows."""


def first_look(dates: Sequence[datetime], window: int, now: datetime) -> Rhythm:
    """What one document tells by itself: `dates` are those of its entries, `window` counts all of them.

    The newer half of the dates counts, so that one old entry that stays on top does not.
    """
    past = sorted((date for date in dates if date <= now), reverse=True)
    recent = past[: max(2, math.ceil(len(past) / 2))]
    if len(recent) < 2:
        return Rhythm(window=window)
    return Rhythm(rate(len(recent), now - recent[-1]), (recent[0] - recent[-1]) / (len(recent) - 1), window=window)


def after_look(before: Rhythm, new: int, since: timedelta, waited: timedelta | None) -> Rhythm:
    """The rhythm after a poll that brought `new` entries, `since` the last one that could have brought any.

    `waited` is the time since the last new entry; None if there never was one.
    """
    since = max(since, timedelta())  # a clock may be set back
    seen = rate(new, since)
    fading = math.exp(-since / MEMORY)
    per_day = seen if before.per_day is None else before.per_day * fading + seen * (1 - fading)
    usual = before.usual
    if new and waited is not None:
        usual = waited / new if usual is None else usual + (waited / new - usual) / 5
    return replace(before, per_day=per_day, usual=usual)


def rate(new: int, since: timedelta) -> float:
    """New entries a day, when so many came within that time."""
    return new * DAY / max(since, timedelta(minutes=1))


def is_flood(new: int, usual: float | None, most: int) -> bool:
    """Whether so many new entries within a day are more than can be meant; `most` is what may be.

    `usual` is how many there usually are, None while nobody knows.
    """
    return new > most or (usual is not None and new >= max(FLOOD_AT_LEAST, FLOOD_TIMES * usual))


def safe_interval(rhythm: Rhythm, burst: float = 0.0, most: float = math.inf) -> timedelta | None:
    """The longest interval after which the window surely still overlaps; None while too little is known.

    `burst` is the rate in entries a day that the last poll saw by itself; the faster of it and the mean counts, but
    no more than the `most` that are taken in a day.
    """
    rate = min(max(rhythm.per_day or 0.0, burst), most)
    if rhythm.window < 2 or rate <= 0:
        return None
    return DAY / max(WINDOWS * rate / rhythm.window, 1 / 365)  # a rate that has faded for months has no end in days


def silent_after(rhythm: Rhythm, last_new_at: datetime) -> datetime:
    """From when on a feed that shows nothing new is worth a warning."""
    if rhythm.usual is None:
        return last_new_at + SILENT_UNKNOWN
    return last_new_at + max(SILENT_FACTOR * rhythm.usual, SILENT_AT_LEAST)
