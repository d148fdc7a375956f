"""When a feed is polled next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.collect import cadence
from tracker.models import Feed, FeedState, Outcome

NOW = datetime(2025, 2, 21, 12, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


def state(failures: float = 0.0, every: timedelta | None = None) -> FeedState:
    return FeedState(1, Feed("https://a.example/rss", "a", every), failures=failures)


@given(
    st.integers(915148800, 4070908800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.integers(5, 60 * 24 * 31),
    st.text(min_size=1),
)
def test_a_feed_falls_due_once_in_each_interval(now: datetime, minutes: int, url: str) -> None:
    every = timedelta(minutes=minutes)
    slot = cadence.next_slot(url, every, now)
    assert now < slot <= now + every
    assert cadence.next_slot(url, every, slot) == slot + every


def test_feeds_are_spread_over_the_interval() -> None:
    slots = {cadence.next_slot(f"https://a.example/{n}", HOUR, NOW).minute for n in range(200)}
    assert len(slots) > 40


@pytest.mark.parametrize(
    ("outcome", "before", "after", "wait"),
    [
        pytest.param(Outcome.NOT_A_FEED, 0, 0.5, HOUR, id="a soft failure"),
        pytest.param(Outcome.DNS_ERROR, 0, 0.25, HOUR, id="a name that did not resolve"),
        pytest.param(Outcome.FORBIDDEN_ADDRESS, 0, 1, HOUR, id="a hard failure"),
        pytest.param(Outcome.HTTP_ERROR, 3.5, 4, 4 * HOUR, id="the wait grows in a line"),
        pytest.param(Outcome.HTTP_ERROR, 29, 29.5, timedelta(days=1), id="a day at the most"),
        pytest.param(Outcome.HTTP_ERROR, 30, 30.5, timedelta(days=30), id="after thirty failures a month"),
        pytest.param(Outcome.GONE, 0, 1, timedelta(days=30), id="gone"),
    ],
)
def test_failures_make_the_wait_longer_and_never_endless(
    outcome: Outcome, before: float, after: float, wait: timedelta
) -> None:
    then = cadence.after_poll(state(before), outcome, None, NOW)
    assert (then.failures, then.at) == (after, NOW + wait)


def test_success_forgets_all_failures() -> None:
    then = cadence.after_poll(state(17.5), Outcome.NOT_MODIFIED, None, NOW)
    assert (then.failures, then.charged) == (0.0, 0.0)
    assert then.at <= NOW + cadence.DEFAULT_EVERY


@pytest.mark.parametrize(("asked", "wait"), [(timedelta(hours=5), 5 * HOUR), (timedelta(days=9), timedelta(days=1))])
def test_a_server_that_asks_for_patience_gets_it_up_to_a_day(asked: timedelta, wait: timedelta) -> None:
    assert cadence.after_poll(state(), Outcome.RATE_LIMITED, asked, NOW).at == NOW + wait


@pytest.mark.parametrize(
    ("answered", "outage"),
    [
        ({}, False),
        ({"a": False}, False),
        ({"a": False, "b": False, "c": False}, True),
        ({"a": False, "b": False, "c": False, "d": True, "e": True, "f": True}, False),
        ({"a": False, "b": False, "c": False, "d": True}, True),
    ],
)
def test_silence_of_most_hosts_is_our_own_outage(answered: dict[str, bool], outage: bool) -> None:
    assert cadence.is_outage(answered) == outage


def test_an_outage_charges_nobody_and_is_retried_soon() -> None:
    then = cadence.after_outage(state(2.5), NOW)
    assert (then.failures, then.charged, then.at) == (2.5, 0.0, NOW + cadence.AFTER_OUTAGE)
