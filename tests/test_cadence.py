"""When a feed is polled next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.collect import cadence
from tracker.collect.cadence import PollHints
from tracker.models import Feed, FeedState, Rhythm
from tracker.outcomes import Outcome

NOW = datetime(2025, 2, 21, 12, 7, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://a.example/rss"
NOTHING = PollHints()

FAILURES = sorted(outcome for outcome in Outcome if not outcome.observed and outcome is not Outcome.IMPORTED)
moments = st.integers(915148800, 4070908800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
durations = st.none() | st.timedeltas(timedelta(), timedelta(days=400))
rates = st.floats(0, 1e6, allow_subnormal=True)
states = st.builds(
    FeedState,
    id=st.just(1),
    feed=st.builds(
        Feed,
        url=st.text(min_size=1),
        source=st.just("a"),
        every=st.none() | st.integers(5, 60 * 24 * 31).map(lambda minutes: minutes * MINUTE),
    ),
    failures=st.floats(0, 500),
    rhythm=st.builds(
        Rhythm, per_day=st.none() | rates, usual=durations, stated=durations, window=st.integers(0, 10_000)
    ),
)


def state(
    failures: float = 0.0, every: timedelta | None = None, full_at: datetime | None = None, **known: float | timedelta
) -> FeedState:
    """A feed that failed so often, and what is known of its rhythm."""
    return FeedState(1, Feed(URL, "a", every), failures=failures, full_at=full_at, rhythm=Rhythm(**known))  # type: ignore[arg-type]  # the test names its fields


def usual_wait(one: FeedState, heard: PollHints = NOTHING) -> timedelta:
    """How often a feed is asked for whom every poll says the same, once it has found its slots."""
    first = cadence.after_success(one, heard, NOW).at
    second = cadence.after_success(one, heard, first).at
    assert cadence.after_success(one, heard, second).at - second == second - first
    return second - first


# ---- slots


@given(moments, st.integers(5, 60 * 24 * 31), st.text(min_size=1))
def test_a_feed_falls_due_once_in_each_interval(now: datetime, minutes: int, url: str) -> None:
    every = timedelta(minutes=minutes)
    slot = cadence.next_slot(url, every, now)
    assert now < slot <= now + every
    assert cadence.next_slot(url, every, slot) == slot + every


def test_feeds_are_spread_over_the_interval() -> None:
    slots = {cadence.next_slot(f"https://a.example/{n}", HOUR, NOW).minute for n in range(200)}
    assert len(slots) > 40


@given(moments, st.integers(5, 600), st.integers(0, 999))
def test_a_poll_somewhat_late_in_its_slot_is_followed_by_the_next_slot_all_the_same(
    now: datetime, minutes: int, thousandths: int
) -> None:
    every = minutes * MINUTE
    slot = cadence.next_slot(URL, every, now)
    assert cadence.after_success(state(every=every), NOTHING, slot + thousandths * every / 1000).at == slot + every


# ---- how often a healthy feed is asked


@pytest.mark.parametrize(
    ("one", "wait"),
    [
        pytest.param(state(), HOUR, id="nothing is known"),
        pytest.param(state(per_day=24.0, window=100), HOUR, id="something new every hour"),
        pytest.param(state(per_day=2.0, window=20), 3 * HOUR, id="something new twice a day"),
        pytest.param(state(per_day=1 / 7, window=20), 6 * HOUR, id="something new once a week"),
        pytest.param(state(per_day=0.0, window=20), 6 * HOUR, id="nothing new for ever"),
        pytest.param(state(per_day=1e-300, window=20), 6 * HOUR, id="nothing new for months"),
        pytest.param(state(every=HOUR, per_day=1 / 7, window=20), HOUR, id="an interval of its own, slow"),
        pytest.param(state(every=DAY, per_day=0.0, window=20), DAY, id="a long interval of its own, slow"),
        pytest.param(state(every=DAY, per_day=24.0, window=12), DAY, id="a long interval of its own, however fast"),
        pytest.param(state(per_day=480.0, window=20), 20 * MINUTE, id="a window that lasts an hour"),
        pytest.param(state(per_day=9000.0, window=20), 10 * MINUTE, id="a window that lasts three minutes"),
        pytest.param(state(every=5 * MINUTE, per_day=9000.0, window=20), 5 * MINUTE, id="the same, asked every 5 min"),
        pytest.param(state(every=5 * MINUTE, per_day=1.0, window=20), 5 * MINUTE, id="a short interval, slow"),
        pytest.param(state(per_day=9000.0, window=1), HOUR, id="a window of one has no overlap to lose"),
    ],
)
def test_a_feed_is_asked_as_often_as_its_window_needs_and_its_slowness_allows(one: FeedState, wait: timedelta) -> None:
    assert usual_wait(one) == wait


def test_a_burst_makes_the_next_poll_come_sooner_than_the_mean_rate_would() -> None:
    calm = state(per_day=2.0, window=20)
    assert usual_wait(calm) == 3 * HOUR
    assert usual_wait(calm, PollHints(burst=cadence.rate(20, HOUR))) == 20 * MINUTE
    assert usual_wait(calm, PollHints(burst=cadence.rate(20, 5 * MINUTE))) == 10 * MINUTE


def test_a_fast_feed_whose_window_is_long_is_not_asked_more_often() -> None:
    assert usual_wait(state(per_day=240.0, window=1000)) == HOUR


# ---- what servers and documents ask for


@pytest.mark.parametrize(
    ("one", "heard", "wait"),
    [
        pytest.param(state(), PollHints(3 * HOUR), 3 * HOUR, id="max-age of three hours"),
        pytest.param(state(stated=3 * HOUR), NOTHING, 3 * HOUR, id="ttl of three hours"),
        pytest.param(state(stated=2 * HOUR), PollHints(4 * HOUR), 4 * HOUR, id="the longer of both"),
        pytest.param(state(), PollHints(5 * MINUTE), HOUR, id="less than the interval"),
        pytest.param(state(), PollHints(HOUR), HOUR, id="as long as the interval: no slot is left out"),
        pytest.param(state(every=30 * MINUTE), PollHints(30 * MINUTE), 30 * MINUTE, id="the same, declared"),
        pytest.param(state(every=30 * MINUTE), PollHints(2 * HOUR), 2 * HOUR, id="longer than a declared interval"),
        pytest.param(state(), PollHints(timedelta(days=365)), DAY, id="a year is a day"),
        pytest.param(state(stated=timedelta(days=30)), NOTHING, DAY, id="a month is a day"),
        pytest.param(state(every=3 * DAY), PollHints(timedelta(days=365)), 3 * DAY, id="a longer interval stays"),
        pytest.param(state(per_day=40.0, window=20), PollHints(DAY), 4 * HOUR, id="the window lasts twelve hours"),
        pytest.param(state(per_day=9000.0, window=20), PollHints(DAY), 10 * MINUTE, id="the window lasts 3 minutes"),
    ],
)
def test_patience_is_granted_up_to_a_day_and_as_long_as_the_window_lasts(
    one: FeedState, heard: PollHints, wait: timedelta
) -> None:
    assert usual_wait(one, heard) == wait


@given(states, durations, rates, moments)
def test_after_success_the_next_poll_lies_ahead_and_the_window_outlasts_the_wait(
    one: FeedState, fresh_for: timedelta | None, burst: float, now: datetime
) -> None:
    after = cadence.after_success(one, PollHints(fresh_for, burst), now)
    every = one.feed.every or 6 * HOUR
    assert (after.failures, after.charged) == (0.0, 0.0)
    assert now < after.at <= now + DAY + every
    safe = cadence.safe_interval(one.rhythm, burst, one.feed.new_per_day)
    assert cadence.interval(one, safe) >= (one.feed.every or 10 * MINUTE)
    if safe is not None and one.feed.every is None:
        assert after.at - now <= max(2 * safe, 20 * MINUTE) < max(cadence.WINDOWS * safe, 21 * MINUTE)


@given(states.filter(lambda one: one.feed.every is not None), moments)
def test_nothing_that_a_feed_shows_changes_a_declared_interval(one: FeedState, now: datetime) -> None:
    assert cadence.interval(one, cadence.safe_interval(one.rhythm)) == one.feed.every
    assert cadence.interval(one, None) == one.feed.every


@given(states, durations, rates, moments)
def test_a_feed_that_floods_waits_for_its_whole_interval(
    one: FeedState, fresh_for: timedelta | None, burst: float, now: datetime
) -> None:
    after = cadence.after_success(one, PollHints(fresh_for, burst, flooding=True), now)
    assert after.at - now >= 0.9 * (one.feed.every or HOUR)


# ---- failures


@pytest.mark.parametrize(
    ("outcome", "before", "after", "wait"),
    [
        pytest.param(Outcome.NOT_A_FEED, 0, 0.5, HOUR, id="a soft failure"),
        pytest.param(Outcome.DNS_ERROR, 0, 0.25, HOUR, id="names that could not be asked for"),
        pytest.param(Outcome.UNKNOWN_HOST, 0, 0.5, HOUR, id="a name that nobody has"),
        pytest.param(Outcome.FORBIDDEN_ADDRESS, 0, 1, HOUR, id="a hard failure"),
        pytest.param(Outcome.REFUSED, 0, 1, HOUR, id="refused"),
        pytest.param(Outcome.INTERNAL_ERROR, 0, 0, HOUR, id="a mistake of ours"),
        pytest.param(Outcome.HTTP_ERROR, 3.5, 4, 4 * HOUR, id="the wait grows in a line"),
        pytest.param(Outcome.REFUSED, 6, 7, 7 * HOUR, id="and on"),
        pytest.param(Outcome.HTTP_ERROR, 29, 29.5, DAY, id="a day at the most"),
        pytest.param(Outcome.HTTP_ERROR, 29.5, 30, DAY, id="still at thirty"),
        pytest.param(Outcome.HTTP_ERROR, 30, 30.5, 30 * DAY, id="past thirty failures a month"),
        pytest.param(Outcome.GONE, 0, 1, 30 * DAY, id="gone"),
    ],
)
def test_failures_make_the_wait_longer_and_never_endless(
    outcome: Outcome, before: float, after: float, wait: timedelta
) -> None:
    slot = cadence.next_slot(URL, HOUR, NOW)
    then = cadence.after_failure(state(before), outcome, None, slot)
    assert (then.failures, then.charged, then.at) == (after, after - before, slot + wait)


def test_success_forgets_all_failures() -> None:
    then = cadence.after_success(state(17.5), NOTHING, NOW)
    assert (then.failures, then.charged) == (0.0, 0.0)
    assert then.at <= NOW + cadence.DEFAULT_EVERY


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        pytest.param(5 * HOUR, 5 * HOUR, id="five hours"),
        pytest.param(timedelta(days=9), DAY, id="nine days are a day"),
        pytest.param(NOW + 5 * HOUR, 5 * HOUR, id="until a time in five hours"),
        pytest.param(NOW + 9 * DAY, DAY, id="until a time in nine days"),
    ],
)
def test_a_server_that_asks_for_patience_gets_it_up_to_a_day(asked: timedelta | datetime, wait: timedelta) -> None:
    assert cadence.after_failure(state(), Outcome.RATE_LIMITED, asked, NOW).at == NOW + wait


def test_a_short_retry_after_does_not_shorten_the_wait() -> None:
    slot = cadence.next_slot(URL, HOUR, NOW)
    assert cadence.after_failure(state(), Outcome.RATE_LIMITED, MINUTE, slot).at == slot + HOUR


@given(states, st.sampled_from(FAILURES), durations, moments)
def test_after_failure_the_next_poll_lies_ahead_and_a_feed_is_never_given_up(
    one: FeedState, outcome: Outcome, retry_after: timedelta | None, now: datetime
) -> None:
    after = cadence.after_failure(one, outcome, retry_after, now)
    assert after.charged in {0.0, 0.25, 0.5, 1.0}
    assert after.failures == one.failures + after.charged
    assert now + min(retry_after or timedelta(), DAY) <= after.at
    assert now < after.at <= now + 31 * DAY
    if after.failures <= 30 and outcome is not Outcome.GONE:
        assert after.at <= now + 2 * DAY


# ---- outages


def test_an_outage_charges_nobody_and_is_retried_soon() -> None:
    then = cadence.after_outage(state(2.5), NOW)
    assert (then.failures, then.charged, then.at) == (2.5, 0.0, NOW + cadence.AFTER_OUTAGE)


# ---- asking for the whole document


@pytest.mark.parametrize(
    ("full_at", "wanted"),
    [
        pytest.param(None, False, id="never sent: there are no validators to leave out"),
        pytest.param(NOW, False, id="just now"),
        pytest.param(NOW - 12 * HOUR + MINUTE, False, id="less than twelve hours ago"),
        pytest.param(NOW - 12 * HOUR, True, id="twelve hours ago"),
        pytest.param(NOW - 90 * DAY, True, id="long ago"),
    ],
)
def test_the_whole_document_is_wanted_every_twelve_hours(full_at: datetime | None, wanted: bool) -> None:
    assert cadence.wants_all(state(full_at=full_at), NOW) == wanted
