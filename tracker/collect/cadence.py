"""When to poll a feed next, and what a failure costs it: pure, `now` is an argument.

Success: the next slot of the feed's interval, slots being spread over the interval by the feed's address, so that
feeds do not all fall due at once and the times stay the same from day to day. What servers and documents ask for
makes the wait longer; a window that would not last until then makes it shorter, but never shorter than the `every`
that feeds.yaml states, nor for a feed that floods us. Failure: the interval times the
failures so far, linear because most feeds come back; a feed is never given up.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tracker.collect.rhythm import DAY, safe_interval
from tracker.models import FeedState
from tracker.outcomes import Outcome

DEFAULT_EVERY = timedelta(hours=1)
SHORTEST = timedelta(minutes=10)
"""However fast a feed moves, it is not asked more often, unless its `every` says so: what a feed shows makes nobody ask
it more often than this."""

LONGEST = timedelta(hours=6)
"""However slow a feed without an `every` moves, it is asked at least so often: people want news the same day."""

FULL_EVERY = timedelta(hours=12)
"""How long a server's word that nothing has changed is believed before it is asked for the whole document: some
repeat their validators for changed documents. The figure is tt-rss's."""

LONGEST_HINT = timedelta(days=1)
AFTER_OUTAGE = timedelta(minutes=5)
LONGEST_BACK_OFF = timedelta(days=1)
RESIGNED_AFTER = 30.0
RESIGNED_BACK_OFF = timedelta(days=30)
"""Past 30 failures a feed is asked once in 30 days. Caps and charges are those of Media Cloud's rss-fetcher."""

_RUNGS = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 15, 20, 30, 60, 120, 180, 240, 360))
"""Intervals that a feed's own may become, so that its slots stay where they are from poll to poll."""

_GRACE = 10
"""A slot may come a tenth of the interval before a wait is over, lest a max-age as long as the interval double it."""

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
    Outcome.INTERNAL_ERROR: 0.0,
}


@dataclass(frozen=True, slots=True)
class Next:
    """What a poll means for the following one: the failures to remember, what was charged, and when."""

    failures: float
    charged: float
    at: datetime


@dataclass(frozen=True, slots=True)
class PollHints:
    """What a poll that saw the feed learnt for the next one.

    `fresh_for` is how long the server says that its answer holds. `burst` is the rate, in entries a day, at which new
    entries came since the last look. `flooding` says that there were more than can be meant: they count for nothing.
    """

    fresh_for: timedelta | None = None
    burst: float = 0.0
    flooding: bool = False


def after_success(state: FeedState, heard: PollHints, now: datetime) -> Next:
    """The next poll after one at `now` that saw the feed; the state's rhythm includes what it saw."""
    safe = None if heard.flooding else safe_interval(state.rhythm, heard.burst, state.feed.new_per_day)
    every = interval(state, safe)
    asked = max(heard.fresh_for or timedelta(), state.rhythm.stated or timedelta())
    wait = max(min(asked, LONGEST_HINT), every if heard.flooding else timedelta())
    if safe is not None:
        wait = min(wait, max(safe, SHORTEST))
    return Next(0.0, 0.0, _slot_after(state.feed.url, every, wait, now))


def interval(state: FeedState, safe: timedelta | None) -> timedelta:
    """How often a healthy feed is asked, as long as nobody asks for more patience.

    A feed without an `every` that rarely has anything new is asked four times in the usual time between two entries.
    Where the window would not last for the interval, `safe` is what counts, down to SHORTEST.
    """
    if state.feed.every is not None:
        return state.feed.every
    every = DEFAULT_EVERY
    if state.rhythm.per_day is not None:
        every = max(every, _rung(DAY / max(4 * state.rhythm.per_day, DAY / LONGEST)))
    return max(_rung(safe), SHORTEST) if safe is not None and safe < every else every


def after_failure(state: FeedState, outcome: Outcome, retry_after: timedelta | None, now: datetime) -> Next:
    """The feed's next poll after one at `now` that did not see it.

    `retry_after` is what the server asked for; it lengthens the wait, up to a day.
    """
    charged = _CHARGES.get(outcome, 1.0)
    failures = state.failures + charged
    every = state.feed.every or DEFAULT_EVERY
    wait = min(every * max(failures, 1.0), LONGEST_BACK_OFF)
    if failures > RESIGNED_AFTER or outcome is Outcome.GONE:
        wait = RESIGNED_BACK_OFF
    at = _slot_after(state.feed.url, min(every, LONGEST_BACK_OFF), wait, now)
    return Next(failures, charged, max(at, now + min(retry_after or timedelta(), LONGEST_BACK_OFF)))


def after_outage(state: FeedState, now: datetime) -> Next:
    """The feed's next poll when the fault was ours: nothing charged, asked again soon."""
    return Next(state.failures, 0.0, now + AFTER_OUTAGE)


def wants_all(state: FeedState, now: datetime) -> bool:
    """Whether to ask for the whole document, however unchanged the server may call it.

    A feed that is asked rarely is asked so at every fourth poll at most.
    """
    since = now - (state.last_ok_at or now)
    return state.full_at is not None and now - state.full_at >= max(FULL_EVERY, 4 * since)


def as_of(state: FeedState, now: datetime) -> FeedState:
    """The state without times that have not come yet: a clock that was ahead noted them, and they were before now."""

    def past(moment: datetime | None) -> datetime | None:
        return moment and min(moment, now)

    return replace(
        state, last_ok_at=past(state.last_ok_at), last_new_at=past(state.last_new_at), full_at=past(state.full_at)
    )


def next_slot(url: str, every: timedelta, now: datetime) -> datetime:
    """The first slot of a feed after `now`; whole seconds, the same in every process."""
    share = int.from_bytes(hashlib.sha256(url.encode()).digest()[:4], "big") / 2**32
    start = _EPOCH + timedelta(seconds=int(every.total_seconds() * share))
    return start + every * ((now - start) // every + 1)


def _slot_after(url: str, every: timedelta, wait: timedelta, now: datetime) -> datetime:
    """The first slot when the wait is over, or as good as over."""
    return next_slot(url, every, now + max(wait - every / _GRACE, timedelta()))


def _rung(longest: timedelta) -> timedelta:
    """The longest rung that is not longer, or the shortest there is."""
    return max((rung for rung in _RUNGS if rung <= longest), default=_RUNGS[0])
