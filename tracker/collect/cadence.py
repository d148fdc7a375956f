"""When to poll a feed next, and what a failure costs it: pure, `now` is an argument.

Success: the next slot of the feed's interval, slots being spread over the interval by the feed's address, so that
feeds do not all fall due at once and the times stay the same from day to day. Failure: the interval times the
failures so far, linear because most feeds come back; a feed is never given up.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tracker.models import FeedState, Outcome

DEFAULT_EVERY = timedelta(minutes=60)
AFTER_OUTAGE = timedelta(minutes=5)
LONGEST_BACK_OFF = timedelta(days=1)
RESIGNED_AFTER = 30.0
RESIGNED_BACK_OFF = timedelta(days=30)
"""Past 30 failures a feed is asked once in 30 days. Caps and charges are those of Media Cloud's rss-fetcher."""

_EPOCH = datetime(1970, 1, 5, tzinfo=UTC)  # a Monday, so that weekly slots begin with the week
_CHARGES = {
    Outcome.DNS_ERROR: 0.25,
    Outcome.CONNECTION_ERROR: 0.5,
    Outcome.TIMEOUT: 0.5,
    Outcome.TLS_ERROR: 0.5,
    Outcome.HTTP_ERROR: 0.5,
    Outcome.RATE_LIMITED: 0.5,
    Outcome.NOT_A_FEED: 0.5,
    Outcome.INTERNAL_ERROR: 0.0,
}


@dataclass(frozen=True, slots=True)
class Next:
    """What a poll means for the following one: the failures to remember, what was charged, and when."""

    failures: float
    charged: float
    at: datetime


def after_poll(state: FeedState, outcome: Outcome, retry_after: timedelta | None, now: datetime) -> Next:
    """The feed's next poll after one that ended in `outcome` at `now`.

    `retry_after` is what the server asked for; it lengthens the wait, up to a day.
    """
    every = state.feed.every or DEFAULT_EVERY
    if outcome.observed:
        return Next(0.0, 0.0, next_slot(state.feed.url, every, now))
    charged = _CHARGES.get(outcome, 1.0)
    failures = state.failures + charged
    wait = min(every * max(failures, 1.0), LONGEST_BACK_OFF)
    if failures > RESIGNED_AFTER or outcome is Outcome.GONE:
        wait = RESIGNED_BACK_OFF
    if retry_after:
        wait = max(wait, min(retry_after, LONGEST_BACK_OFF))
    return Next(failures, charged, now + wait)


def after_outage(state: FeedState, now: datetime) -> Next:
    """The feed's next poll when the fault was ours: nothing charged, asked again soon."""
    return Next(state.failures, 0.0, now + AFTER_OUTAGE)


def next_slot(url: str, every: timedelta, now: datetime) -> datetime:
    """The first slot of a feed after `now`; whole seconds, the same in every process."""
    share = int.from_bytes(hashlib.sha256(url.encode()).digest()[:4], "big") / 2**32
    start = _EPOCH + timedelta(seconds=int(every.total_seconds() * share))
    return start + every * ((now - start) // every + 1)


def is_outage(answered: dict[str, bool]) -> bool:
    """True when so many hosts of a round did not answer that the fault must be on our side.

    `answered` holds each host asked and whether anything came back. Fewer than three silent hosts say nothing about
    us: they are charged.
    """
    silent = sum(not answer for answer in answered.values())
    return silent >= 3 and silent * 2 > len(answered)
