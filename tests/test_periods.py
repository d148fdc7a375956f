"""Days and weeks of a time zone, exact where the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tracker.analyse.days import after, before, ended, like, period_named, period_of, so_far

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-27", 24)], ids=["spring", "autumn", "usual"]
)
def test_a_day_has_as_many_hours_as_its_clocks_show(day: str, hours: int) -> None:
    period = period_of("daily", date.fromisoformat(day), LONDON)
    assert period.to_at - period.from_at == timedelta(hours=hours)
    assert period.name == day


def test_a_week_is_from_monday_to_monday() -> None:
    period = period_of("weekly", date(2026, 10, 25), LONDON)
    assert (period.name, period.first, period.last) == ("2026-W43", date(2026, 10, 19), date(2026, 10, 25))
    assert period.to_at - period.from_at == timedelta(days=7, hours=1)
    assert before(period, LONDON).to_at == period.from_at


@pytest.mark.parametrize("name", ["2026-10-25", "2026-W43", "2027-W01", "2026-W53"])
def test_a_period_is_found_by_its_name_and_the_one_after_begins_where_it_ends(name: str) -> None:
    period = period_named(name, LONDON)
    assert period is not None
    assert period.name == name
    assert before(after(period, LONDON), LONDON) == period


@pytest.mark.parametrize(
    "name", ["", "2026", "2026-W54", "2026-W00", "2025-02-29", "1066-10-14", "2026-W1", "2026-1-1"]
)
def test_what_is_no_day_or_week_names_no_period(name: str) -> None:
    assert period_named(name, LONDON) is None


@pytest.mark.parametrize(
    ("now", "name"),
    [
        (datetime(2026, 10, 24, 22, 59, 59, tzinfo=UTC), "2026-10-23"),  # a second before midnight in summer
        (datetime(2026, 10, 24, 23, 0, tzinfo=UTC), "2026-10-24"),
        (datetime(2026, 10, 25, 23, 59, 59, tzinfo=UTC), "2026-10-24"),  # 25 hours later, less a second
        (datetime(2026, 10, 26, 0, 0, tzinfo=UTC), "2026-10-25"),
    ],
)
def test_the_digest_is_of_the_day_that_ended_last(now: datetime, name: str) -> None:
    assert ended("daily", now, LONDON).name == name


def test_the_first_days_of_january_may_be_of_the_last_week_of_the_year_before() -> None:
    assert ended("weekly", datetime(2027, 1, 4, tzinfo=UTC), LONDON).name == "2026-W53"


def test_like_periods_are_the_same_weekday_or_the_weeks_before() -> None:
    names = [each.name for each in like(period_of("daily", date(2026, 11, 27), LONDON), LONDON)]
    assert names == ["2026-11-20", "2026-11-13", "2026-11-06", "2026-10-30"]
    names = [each.name for each in like(period_of("weekly", date(2026, 11, 27), LONDON), LONDON)]
    assert names == ["2026-W47", "2026-W46", "2026-W45", "2026-W44"]


def test_a_week_under_way_is_compared_with_as_much_of_earlier_weeks() -> None:
    now = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)  # a Wednesday
    week = so_far("weekly", now, LONDON)
    assert (week.name, week.first, week.last, week.to_at) == ("2026-W48", date(2026, 11, 23), date(2026, 11, 25), now)
    for number, earlier in enumerate(like(week, LONDON), 1):
        assert earlier.to_at == now - timedelta(weeks=number)
        assert (earlier.to_at - earlier.from_at, earlier.last.weekday()) == (week.to_at - week.from_at, 2)


def test_a_day_under_way_ends_now() -> None:
    now = datetime(2026, 11, 25, 0, 0, 1, tzinfo=UTC)
    today = so_far("daily", now, LONDON)
    assert (today.name, today.to_at - today.from_at) == ("2026-11-25", timedelta(seconds=1))
    assert [each.to_at for each in like(today, LONDON)] == [now - timedelta(weeks=number) for number in (1, 2, 3, 4)]
