"""How much of each day a source was seen: days of 23, 24 and 25 hours, gaps, feeds that come and go."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tracker.analyse.days import bounds, day_of
from tracker.analyse.observation import Watch, observed

LONDON = ZoneInfo("Europe/London")
DAY = date(2026, 3, 10)


def at(hour: float, day: int = 10) -> datetime:
    return datetime(2026, 3, day, tzinfo=UTC) + timedelta(hours=hour)


LONG = Watch(at(0, 1), at(0, 20))
END = at(0, 20)


@pytest.mark.parametrize(
    ("watches", "share"),
    [
        pytest.param([LONG], 1.0, id="watched and seen"),
        pytest.param([Watch(at(0, 1), at(0, 20), [(at(6), at(12))])], 0.75, id="a gap of six hours"),
        pytest.param([Watch(at(0, 1), at(0, 20), [(at(-9), at(6)), (at(18), at(30))])], 0.5, id="gaps over its ends"),
        pytest.param([Watch(at(0, 1), at(0, 20), [(at(6), at(12)), (at(8), at(10))])], 0.75, id="a gap within a gap"),
        pytest.param([Watch(at(0, 1), at(0, 20), [(at(-48), None)])], 0.0, id="a gap that is still open"),
        pytest.param([Watch(at(18), at(0, 20))], 0.25, id="first seen in the evening"),
        pytest.param([Watch(at(0, 1), at(6))], 0.25, id="taken out of the file in the morning"),
        pytest.param([LONG, Watch(at(23), at(0, 20))], (24 + 1 / 24) / 25, id="a second feed, new in the last hour"),
        pytest.param([LONG, Watch(at(0, 1), at(0, 20), [(at(0), at(24))])], 0.5, id="one feed of two failed"),
        pytest.param([Watch(at(9), at(9))], 0.0, id="one look is no watch"),
        pytest.param([Watch(at(0, 12), at(0, 20))], None, id="first seen later"),
        pytest.param([Watch(at(0, 1), at(0, 5))], None, id="given up before"),
        pytest.param([], None, id="no feed"),
    ],
)
def test_the_share_of_a_day_in_which_a_source_was_seen(watches: list[Watch], share: float | None) -> None:
    assert observed(watches, ZoneInfo("UTC"), END, date(2026, 3, 1)).get(DAY) == pytest.approx(share)


def test_of_the_day_that_is_not_over_only_the_time_until_the_last_poll_counts() -> None:
    watch = Watch(at(0, 1), at(10), [(at(5), at(10))])
    assert observed([watch], ZoneInfo("UTC"), at(12), DAY) == {DAY: 0.5}
    assert observed([watch], ZoneInfo("UTC"), at(24), DAY) == {DAY: 5 / 24}, "the day is over"


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param(date(2026, 3, 29), 23, id="clocks go forward"),
        pytest.param(date(2026, 10, 25), 25, id="clocks go back"),
        pytest.param(date(2026, 7, 1), 24, id="summer"),
    ],
)
def test_days_have_as_many_hours_as_on_the_clock(day: date, hours: int) -> None:
    begin, end = bounds(day, LONDON)
    assert end - begin == timedelta(hours=hours)
    watch = Watch(begin - timedelta(days=2), end + timedelta(days=2), [(begin, begin + timedelta(hours=hours / 2))])
    assert observed([watch], LONDON, end + timedelta(days=2), day)[day] == 0.5


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        pytest.param("Europe/London", date(2026, 3, 29), id="London"),
        pytest.param("America/Havana", date(2026, 11, 1), id="midnight comes twice"),
        pytest.param("Asia/Beirut", date(2026, 3, 29), id="midnight is left out"),
        pytest.param("Asia/Kathmandu", date(2026, 3, 29), id="quarters of hours"),
    ],
)
def test_every_moment_lies_between_the_bounds_of_its_day(zone: str, day: date) -> None:
    begin, end = bounds(day, ZoneInfo(zone))
    for moment in (begin, begin + (end - begin) / 2, end - timedelta(seconds=1)):
        assert day_of(moment, ZoneInfo(zone)) == day
    assert day_of(begin - timedelta(seconds=1), ZoneInfo(zone)) == day - timedelta(days=1)
    assert day_of(end, ZoneInfo(zone)) == day + timedelta(days=1)


def test_a_day_that_a_country_left_out_is_no_fault() -> None:
    apia = ZoneInfo("Pacific/Apia")
    watch = Watch(datetime(2011, 12, 28, tzinfo=UTC), datetime(2012, 1, 3, tzinfo=UTC))
    shares = observed([watch], apia, watch.to_at, date(2011, 12, 29))
    assert shares[date(2011, 12, 29)] == shares[date(2011, 12, 31)] == 1.0
