"""The periods that digests are about: whole local days, and whole weeks from Monday to Monday; pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from tracker.analyse.days import day_of, midnight

Length = Literal["daily", "weekly"]

LIKE = 4
"""So many like periods before one say what is usual: the same weekday of four weeks, or four weeks."""

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Period:
    """The local days from `first` to `last`, both included: from `from_at` (UTC) to `to_at`, which is not."""

    length: Length
    first: date
    last: date
    from_at: datetime
    to_at: datetime

    @property
    def name(self) -> str:
        """The ISO 8601 name, as `2026-11-27` or `2026-W48`."""
        year, week, _ = self.first.isocalendar()
        return str(self.first) if self.length == "daily" else f"{year}-W{week:02}"


def period_of(length: Length, day: date, zone: ZoneInfo) -> Period:
    """The period that holds a local day."""
    first = day if length == "daily" else day - timedelta(days=day.weekday())
    after = first + (timedelta(days=1) if length == "daily" else _WEEK)
    return Period(length, first, after - timedelta(days=1), midnight(first, zone), midnight(after, zone))


def before(period: Period, zone: ZoneInfo) -> Period:
    """The period that ends where this one begins."""
    return period_of(period.length, period.first - timedelta(days=1), zone)


def ended(length: Length, now: datetime, zone: ZoneInfo) -> Period:
    """The period that ended last, at `now` or before."""
    return before(period_of(length, day_of(now, zone), zone), zone)


def like(period: Period, zone: ZoneInfo) -> tuple[Period, ...]:
    """The periods with which this one is compared, the latest first."""
    return tuple(period_of(period.length, period.first - number * _WEEK, zone) for number in range(1, LIKE + 1))
