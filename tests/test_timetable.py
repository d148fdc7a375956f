"""When jobs are due: zones, changes of the clocks, outages, clocks that are wrong, and what failed."""

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tracker.analyse.timetable import MOST_TRIES, RETRY_AFTER, Past, When, due, next_turn

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
STEP = 2 * HOUR
"""How long nobody looks, at most: far longer than in life, so that a year passes in a moment."""
LONDON = ZoneInfo("Europe/London")

JOBS = {
    "early": When("daily 01:30", at=time(1, 30)),
    "earlier": When("daily 02:15", at=time(2, 15)),
    "morning": When("daily 07:00", at=time(7)),
    "midnight": When("daily 00:00", at=time(0)),
    "weekly": When("sunday 02:30", at=time(2, 30), weekdays=(6,)),
    "twice a week": When("monday and thursday 07:00", at=time(7), weekdays=(0, 3)),
    "monthly": When("day 1 05:00", at=time(5), day=1),
    "often": When("6h", every=6 * HOUR),
}
ZONES = [
    "UTC", "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo",
    "Africa/Cairo", "Pacific/Kiritimati",
]  # fmt: skip


@dataclass
class Life:
    """A job as it is lived: what it was done for and when, by a clock that a test moves."""

    when: When
    zone: ZoneInfo
    past: Past
    done: list[tuple[datetime, datetime]]

    def look(self, now: datetime) -> None:
        """What a tick does: look whether the job is due, and do it."""
        found = due(self.when, self.zone, self.past, now)
        if found is not None:
            self.done.append((found, now))
            self.past = replace(self.past, due_at=found, tried_at=now, attempts=1, settled=True)

    @property
    def days(self) -> Counter[date]:
        """For which local days it was done, and how often."""
        return Counter(found.astimezone(self.zone).date() for found, _ in self.done)


def live(when: When, zone: str, nows: Iterator[datetime]) -> Life:
    life = Life(when, ZoneInfo(zone), Past(since=START), [])
    for now in nows:
        life.look(now)
    return life


def year(seed: int, step: timedelta = STEP) -> Iterator[datetime]:
    """A year of looks at uneven intervals of up to `step`."""
    chance = random.Random(seed)
    now = START
    while now < START + 365 * DAY:
        yield now
        now += step * chance.uniform(0.1, 1.0)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", ["early", "earlier", "morning", "midnight"])
def test_a_daily_job_is_done_once_on_every_local_day_of_a_year(zone: str, name: str) -> None:
    life = live(JOBS[name], zone, year(1))
    first = START.astimezone(life.zone).date()
    # Of the first and the last day a part only lies in the year.
    for number in range(1, 364):
        assert life.days[first + number * DAY] == 1, first + number * DAY
    assert all(timedelta(0) <= now - found <= STEP for found, now in life.done)


@pytest.mark.parametrize("zone", ZONES)
def test_weekly_and_monthly_jobs_are_done_once_on_each_of_their_days(zone: str) -> None:
    for name in ("weekly", "twice a week", "monthly"):
        when = JOBS[name]
        life = live(when, zone, year(2))
        days = [START.astimezone(life.zone).date() + number * DAY for number in range(1, 364)]
        meant = [day for day in days if day.day == 1 or not when.day]
        meant = [day for day in meant if day.weekday() in when.weekdays or not when.weekdays]
        assert all(life.days[day] == 1 for day in meant)
        assert len(life.done) - len(meant) in {0, 1, 2}, "and on no other day than those at the edges of the year"


@pytest.mark.parametrize(
    ("zone", "day", "at", "local"),
    [
        ("Europe/London", date(2026, 3, 29), time(1, 30), "02:30"),
        ("America/New_York", date(2026, 3, 8), time(2, 30), "03:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "02:45"),
        ("Africa/Cairo", date(2026, 4, 24), time(0, 30), "01:30"),
    ],
)
def test_a_time_that_the_clocks_leave_out_is_as_much_later_on_that_day(
    zone: str, day: date, at: time, local: str
) -> None:
    when = When("daily", at=at)
    noon = datetime.combine(day, time(12), tzinfo=ZoneInfo(zone))
    found = due(when, ZoneInfo(zone), Past(since=noon - DAY, due_at=noon - DAY), noon)
    assert found is not None
    assert f"{found.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" == f"{day} {local}"


@pytest.mark.parametrize(
    ("zone", "day", "at", "offset"),
    [
        ("Europe/London", date(2026, 10, 25), time(1, 30), HOUR),
        ("America/New_York", date(2026, 11, 1), time(1, 30), -4 * HOUR),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), 11 * HOUR),
    ],
)
def test_a_time_that_the_clocks_show_twice_is_the_first(zone: str, day: date, at: time, offset: timedelta) -> None:
    when = When("daily", at=at)
    noon = datetime.combine(day, time(12), tzinfo=ZoneInfo(zone))
    found = due(when, ZoneInfo(zone), Past(since=noon - DAY), noon)
    assert found is not None
    assert found.astimezone(ZoneInfo(zone)).utcoffset() == offset
    assert due(when, ZoneInfo(zone), Past(since=noon - DAY, due_at=found), noon) is None


def test_a_day_that_an_island_skipped_is_no_second_run() -> None:
    """Samoa had no 30 December 2011."""
    zone = ZoneInfo("Pacific/Apia")
    life = Life(JOBS["morning"], zone, Past(since=datetime(2011, 12, 28, tzinfo=UTC)), [])
    for hours in range(24 * 6):
        life.look(datetime(2011, 12, 28, tzinfo=UTC) + hours * HOUR)
    assert [f"{found.astimezone(zone):%d %H:%M}" for found, _ in life.done] == [
        "28 07:00", "29 07:00", "31 07:00", "01 07:00", "02 07:00", "03 07:00",
    ]  # fmt: skip


@pytest.mark.parametrize("name", JOBS)
def test_of_the_runs_that_an_outage_of_two_days_missed_the_last_is_caught_up_once(name: str) -> None:
    gone, back = datetime(2026, 6, 13, 12, tzinfo=UTC), datetime(2026, 6, 15, 12, 10, tzinfo=UTC)
    without = live(JOBS[name], "Europe/London", (now for now in year(3) if not gone <= now < back))
    whole = live(JOBS[name], "Europe/London", year(3))
    caught_up = [(found, now) for found, now in without.done if found < back <= now]
    missed = [found for found, now in whole.done if gone <= now < back]
    assert len(caught_up) == min(1, len(missed))
    if missed and JOBS[name].at:
        assert caught_up[0][0] == missed[-1]
        assert [found for found, _ in without.done] == [f for f, _ in whole.done if f not in missed[:-1]]


@pytest.mark.parametrize("name", JOBS)
def test_a_clock_that_is_set_back_an_hour_does_nothing_twice(name: str) -> None:
    chance = random.Random(4)
    back = sorted(START + chance.uniform(0, 365) * DAY for _ in range(300))

    def moved() -> Iterator[datetime]:
        for now in year(5):
            yield now
            if bisect_left(back, now) < bisect_left(back, now + STEP):
                yield from (now - HOUR + part * 5 * MINUTE for part in range(12))

    life = live(JOBS[name], "Europe/London", moved())
    assert max(Counter(found for found, _ in life.done).values()) == 1
    if JOBS[name].at:
        assert [found for found, _ in life.done] == [f for f, _ in live(JOBS[name], "Europe/London", year(5)).done]


def test_what_is_done_every_so_often_is_done_at_once_and_then_never_more_often() -> None:
    life = live(JOBS["often"], "Europe/London", year(6))
    begun = [now for _, now in life.done]
    assert begun[0] == START
    assert all(6 * HOUR <= later - earlier <= 6 * HOUR + STEP for earlier, later in pairwise(begun))


@pytest.mark.parametrize("name", ["morning", "weekly", "monthly"])
def test_a_job_that_is_new_in_the_schedule_waits_for_its_next_time(name: str) -> None:
    now = datetime(2026, 6, 17, 12, tzinfo=UTC)
    for past in (Past(), Past(since=now)):
        assert due(JOBS[name], LONDON, past, now) is None
        assert next_turn(JOBS[name], LONDON, past, now).at > now


def test_the_next_turn_stays_what_it_is_until_the_job_was_tried() -> None:
    eve = datetime(2026, 6, 17, 5, tzinfo=UTC)
    past = Past(since=eve - 9 * DAY, due_at=eve - 23 * HOUR)
    assert {next_turn(JOBS["morning"], LONDON, past, eve + n * MINUTE).at for n in range(0, 24 * 60, 7)} == {
        datetime(2026, 6, 17, 6, tzinfo=UTC)
    }


FAILED = Past(
    since=START,
    due_at=datetime(2026, 6, 17, 6, tzinfo=UTC),
    attempts=1,
    tried_at=datetime(2026, 6, 17, 6, 0, 30, tzinfo=UTC),
    settled=False,
)


def test_what_failed_is_tried_again_after_a_while_for_the_same_time_and_not_for_ever() -> None:
    assert FAILED.tried_at is not None
    assert due(JOBS["morning"], LONDON, FAILED, FAILED.tried_at + RETRY_AFTER - MINUTE) is None
    assert due(JOBS["morning"], LONDON, FAILED, FAILED.tried_at + RETRY_AFTER) == FAILED.due_at
    often = replace(FAILED, attempts=MOST_TRIES)
    assert due(JOBS["morning"], LONDON, often, FAILED.tried_at + 20 * HOUR) is None
    assert next_turn(JOBS["morning"], LONDON, often, FAILED.tried_at).at == datetime(2026, 6, 18, 6, tzinfo=UTC)


def test_after_an_outage_what_had_failed_before_it_is_not_done_as_well_as_what_was_missed() -> None:
    now = datetime(2026, 6, 19, 12, tzinfo=UTC)
    assert due(JOBS["morning"], LONDON, FAILED, now) == datetime(2026, 6, 19, 6, tzinfo=UTC)


def test_what_is_done_every_few_minutes_does_not_wait_for_a_retry() -> None:
    assert FAILED.tried_at is not None
    when = When("5m", every=5 * MINUTE)
    assert due(when, LONDON, FAILED, FAILED.tried_at + 5 * MINUTE) == FAILED.tried_at + 5 * MINUTE
    slow = When("1d", every=DAY)
    assert due(slow, LONDON, FAILED, FAILED.tried_at + RETRY_AFTER) == FAILED.due_at
