"""What polls tell of how a feed publishes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.collect import cadence
from tracker.models import Rhythm

NOW = datetime(2025, 2, 21, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ago(*hours: float) -> list[datetime]:
    return [NOW - hour * HOUR for hour in hours]


# ---- the first look


def test_the_dates_of_one_document_tell_how_fast_it_moves() -> None:
    look = cadence.first_look(ago(*range(1, 21)), 20, NOW)
    assert look.per_day == pytest.approx(24.0)
    assert (look.usual, look.window) == (HOUR, 20)


def test_an_old_entry_that_stays_on_top_does_not_make_a_fast_feed_slow() -> None:
    look = cadence.first_look(ago(9000, *range(1, 20)), 20, NOW)
    assert look.per_day == pytest.approx(24.0)
    assert look.usual == HOUR


def test_a_feed_that_has_long_been_still_counts_the_time_since_its_newest_entry() -> None:
    look = cadence.first_look(ago(240, 241, 242, 243), 4, NOW)
    assert look.per_day is not None
    assert look.per_day < 0.25
    assert look.usual == HOUR


@pytest.mark.parametrize(
    "dates",
    [
        pytest.param([], id="no dates"),
        pytest.param(ago(5), id="one"),
        pytest.param(ago(5, -2, -3, -4), id="one that has come, three to come"),
    ],
)
def test_fewer_than_two_dates_tell_nothing_but_the_window(dates: list[datetime]) -> None:
    assert cadence.first_look(dates, 30, NOW) == Rhythm(window=30)


# ---- later looks


def test_the_mean_follows_what_is_new_and_forgets_within_days() -> None:
    look = Rhythm(per_day=10.0, window=20)
    for _ in range(24):
        look = cadence.after_look(look, 2, HOUR, HOUR)
    assert look.per_day is not None
    assert 15 < look.per_day < 25
    for _ in range(14 * 24):
        look = cadence.after_look(look, 2, HOUR, HOUR)
    assert look.per_day == pytest.approx(48, rel=0.02)


def test_one_quiet_night_does_not_make_a_fast_feed_slow() -> None:
    look = cadence.after_look(Rhythm(per_day=48.0, window=20), 0, 8 * HOUR, 8 * HOUR)
    assert look.per_day is not None
    assert look.per_day > 40


def test_the_usual_interval_is_per_entry_and_moves_slowly() -> None:
    first = cadence.after_look(Rhythm(), 4, 8 * HOUR, 8 * HOUR)
    assert first.usual == 2 * HOUR
    assert cadence.after_look(first, 1, 12 * HOUR, 12 * HOUR).usual == 4 * HOUR
    assert cadence.after_look(first, 0, 12 * HOUR, 12 * HOUR).usual == 2 * HOUR, "nothing new says nothing"
    assert cadence.after_look(first, 3, 12 * HOUR, None).usual == 2 * HOUR, "nor does a first entry"


@given(
    st.none() | st.floats(0, 1e6),
    st.integers(0, 10_000),
    st.timedeltas(timedelta(days=-4000), timedelta(days=4000)),
    st.none() | st.timedeltas(timedelta(), timedelta(days=4000)),
)
def test_a_rate_is_never_negative_and_never_beyond_what_was_seen(
    before: float | None, new: int, since: timedelta, waited: timedelta | None
) -> None:
    after = cadence.after_look(Rhythm(per_day=before), new, since, waited)
    seen = cadence.rate(new, since)
    assert after.per_day is not None
    assert 0 <= after.per_day <= max(before or 0.0, seen) * 1.000001


# ---- how long a window lasts


@pytest.mark.parametrize(
    ("look", "burst", "safe"),
    [
        pytest.param(Rhythm(per_day=24.0, window=24), 0.0, 8 * HOUR, id="a third of a day"),
        pytest.param(Rhythm(per_day=24.0, window=24), 240.0, DAY / 30, id="a burst is faster than the mean"),
        pytest.param(Rhythm(per_day=24.0, window=24), 1.0, 8 * HOUR, id="the mean is faster than the last look"),
        pytest.param(Rhythm(per_day=1e-12, window=24), 0.0, 365 * DAY, id="as good as never"),
        pytest.param(Rhythm(per_day=0.0, window=24), 0.0, None, id="nothing was ever new"),
        pytest.param(Rhythm(per_day=None, window=24), 0.0, None, id="nothing is known"),
        pytest.param(Rhythm(per_day=24.0, window=1), 0.0, None, id="a document of one entry"),
        pytest.param(Rhythm(per_day=24.0, window=0), 0.0, None, id="a document of none"),
    ],
)
def test_a_poll_comes_before_a_third_of_the_window_is_new(look: Rhythm, burst: float, safe: timedelta | None) -> None:
    assert cadence.safe_interval(look, burst) == safe


def test_a_feed_that_is_silent_for_years_is_still_reckoned_with() -> None:
    look = Rhythm(per_day=5.0, usual=5 * HOUR, window=20)
    for day in range(1200):
        look = cadence.after_look(look, 0, DAY, day * DAY)
        assert (cadence.safe_interval(look) or DAY) <= 365 * DAY


# ---- silence


@pytest.mark.parametrize(
    ("usual", "after"),
    [
        pytest.param(HOUR, 4 * DAY, id="an hourly feed may rest over a long week-end"),
        pytest.param(2 * DAY, 10 * DAY, id="five times the usual"),
        pytest.param(timedelta(), 4 * DAY, id="entries all at once"),
        pytest.param(None, 30 * DAY, id="nobody knows what is usual"),
    ],
)
def test_silence_is_measured_by_what_is_usual(usual: timedelta | None, after: timedelta) -> None:
    assert cadence.silent_after(Rhythm(usual=usual), NOW) == NOW + after
