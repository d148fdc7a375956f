"""Learn how a feed publishes from its polls, and schedule its next poll; pure, `now` is an argument.

A feed document is a window on what was published: as long as it still shows something from the previous poll, nothing
has dropped out unseen. So the interval must be shorter than the window lasts.

After a success, the next poll is in the next slot of the feed's interval. A hash of the feed's address spreads slots
over the interval, so that feeds do not all fall due at once and times stay the same from day to day. Waits that servers
and documents ask for lengthen the interval; a window that would not last until then shortens it, but never below the
`every` in feeds.yaml, nor for a flooding feed. After a failure, the wait is the interval times the failures so far:
linear, because most feeds come back. A feed is never given up.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tracker.models import FeedState, Rhythm
from tracker.outcomes import Outcome

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
    """Return the rhythm after a poll that brought `new` entries, `since` the time in which they can have come.

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


DEFAULT_EVERY = timedelta(hours=1)
SHORTEST = timedelta(minutes=10)
"""Shortest interval of a feed without an `every` in feeds.yaml, whatever its content suggests."""

LONGEST = timedelta(hours=6)
"""Longest interval of a feed without an `every`: people want news the same day."""

FULL_EVERY = timedelta(hours=12)
"""How long to trust "not modified" before requesting the whole document: some servers repeat their validators for
changed documents. The figure is tt-rss's.
"""

LONGEST_HINT = timedelta(days=1)
AFTER_OUTAGE = timedelta(minutes=5)
LONGEST_BACK_OFF = timedelta(days=1)
RESIGNED_AFTER = 30.0
RESIGNED_BACK_OFF = timedelta(days=30)
"""Interval of a feed after more than 30 failures. Caps and charges are those of Media Cloud's rss-fetcher."""

_STEPS = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 15, 20, 30, 60, 120, 180, 240, 360))
"""Steps to which a feed's own interval is rounded, so that its slots stay put from poll to poll."""

_GRACE = 10
"""A slot may come a tenth of the interval before a wait ends, or a max-age equal to the interval would double it."""

_EPOCH = datetime(1970, 1, 5, tzinfo=UTC)  # a Monday, so that weekly slots begin with the week
_CHARGES = {
    Outcome.DNS_ERROR: 0.25,
    Outcome.UNKNOWN_HOST: 0.5,
    Outcome.CONNECTION_ERROR: 0.5,
    Outcome.TIMEOUT: 0.5,
    Outcome.TLS_ERROR: 0.5,
    Outcome.HTTP_ERROR: 0.5,
    Outcome.RATE_LIMITED: 0.5,
    Outcome.NOT_A_FEED: 0.5,
    Outcome.UNUSABLE: 0.5,
    Outcome.CUT_SHORT: 0.0,
    Outcome.INTERNAL_ERROR: 0.0,
}


@dataclass(frozen=True, slots=True)
class Next:
    """A poll's consequences: the new failure total, what was charged, and the time of the next poll."""

    failures: float
    charged: float
    at: datetime


@dataclass(frozen=True, slots=True)
class PollHints:
    """What a successful poll implies for the next one.

    `fresh_for` is how long the server says its answer stays valid. `burst` is the rate of new entries since the
    previous poll, per day. `flooding` means more new entries than plausible: they do not shorten the interval.
    """

    fresh_for: timedelta | None = None
    burst: float = 0.0
    flooding: bool = False


def after_success(state: FeedState, hints: PollHints, now: datetime) -> Next:
    """Schedule the poll after a successful one at `now`, whose entries the state's rhythm already includes."""
    safe = None if hints.flooding else safe_interval(state.rhythm, hints.burst, state.feed.new_per_day)
    every = interval(state, safe)
    asked = max(hints.fresh_for or timedelta(), state.rhythm.stated or timedelta())
    wait = max(min(asked, LONGEST_HINT), every if hints.flooding else timedelta())
    if safe is not None:
        wait = min(wait, max(safe, SHORTEST))
    return Next(0.0, 0.0, _slot_after(state.feed.url, every, wait, now))


def interval(state: FeedState, safe: timedelta | None) -> timedelta:
    """Return a healthy feed's interval, before its server or document asks for a longer one.

    A feed without an `every` that rarely has news is polled four times in the usual time between two entries. If the
    window would not last that long, `safe` applies, down to SHORTEST.
    """
    if state.feed.every is not None:
        return state.feed.every
    every = DEFAULT_EVERY
    if state.rhythm.per_day is not None:
        every = max(every, _step(DAY / max(4 * state.rhythm.per_day, DAY / LONGEST)))
    return max(_step(safe), SHORTEST) if safe is not None and safe < every else every


def after_failure(state: FeedState, outcome: Outcome, retry_after: timedelta | datetime | None, now: datetime) -> Next:
    """Schedule the poll after a failed one at `now`.

    `retry_after` is what the server asked for, a wait or a time; it lengthens the wait, up to a day.
    """
    charged = _CHARGES.get(outcome, 1.0)
    failures = state.failures + charged
    every = state.feed.every or DEFAULT_EVERY
    wait = min(every * max(failures, 1.0), LONGEST_BACK_OFF)
    if failures > RESIGNED_AFTER or outcome is Outcome.GONE:
        wait = RESIGNED_BACK_OFF
    at = _slot_after(state.feed.url, min(every, LONGEST_BACK_OFF), wait, now)
    return Next(failures, charged, max(at, asked_for(retry_after, now)))


def asked_for(retry_after: timedelta | datetime | None, now: datetime) -> datetime:
    """Return when a server may be asked again that asked for a wait or a time, at most a day from `now`."""
    asked = retry_after - now if isinstance(retry_after, datetime) else retry_after or timedelta()
    return now + min(asked, LONGEST_BACK_OFF)


def after_outage(state: FeedState, now: datetime) -> Next:
    """Schedule the poll after an outage of our own: nothing charged, retried soon."""
    return Next(state.failures, 0.0, now + AFTER_OUTAGE)


def wants_all(state: FeedState, now: datetime) -> bool:
    """Decide whether to request the whole document unconditionally.

    For a rarely polled feed, that is every fourth poll at most.
    """
    since = now - (state.last_ok_at or now)
    return state.full_at is not None and now - state.full_at >= max(FULL_EVERY, 4 * since)


def as_of(state: FeedState, now: datetime) -> FeedState:
    """Return the state with future times set to `now`: a clock that was ahead recorded them."""

    def past(moment: datetime | None) -> datetime | None:
        return moment and min(moment, now)

    return replace(
        state, last_ok_at=past(state.last_ok_at), last_new_at=past(state.last_new_at), full_at=past(state.full_at)
    )


def next_slot(url: str, every: timedelta, now: datetime) -> datetime:
    """Return a feed's first slot after `now`, in whole seconds, the same in every process."""
    share = int.from_bytes(hashlib.sha256(url.encode()).digest()[:4], "big") / 2**32
    start = _EPOCH + timedelta(seconds=int(every.total_seconds() * share))
    return start + every * ((now - start) // every + 1)


def _slot_after(url: str, every: timedelta, wait: timedelta, now: datetime) -> datetime:
    """Return the first slot after the wait, or shortly before its end."""
    return next_slot(url, every, now + max(wait - every / _GRACE, timedelta()))


def _step(longest: timedelta) -> timedelta:
    """Return the longest step no longer than `longest`, or the shortest of all."""
    return max((step for step in _STEPS if step <= longest), default=_STEPS[0])
