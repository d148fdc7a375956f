"""Convert between UTC and the local days and weeks of a time zone; pure.

A period is what a digest covers: whole local days, or whole weeks starting on Monday.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)

Length = Literal["daily", "weekly"]

LIKE = 4
"""How many earlier periods define what is usual: the same weekday of four weeks, or four weeks."""

_WEEK = timedelta(weeks=1)

_NAME = re.compile(r"(?P<year>(19|20)[0-9]{2})-(W(?P<week>[0-9]{2})|[0-9]{2}-[0-9]{2})")


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins (UTC); if a clock change skips midnight, the moment of the change."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a day and the next one begin (UTC): 23, 24 or 25 hours apart, or none for a skipped day."""
    return midnight(day, zone), midnight(day + _DAY, zone)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the local day of a moment."""
    return moment.astimezone(zone).date()


def days_between(first: date, last: date) -> list[date]:
    """Return all days from `first` to `last`, inclusive."""
    return [first + number * _DAY for number in range((last - first).days + 1)]


@dataclass(frozen=True, slots=True)
class Period:
    """The local days from `first` to `last`, inclusive; `from_at` to `to_at` (UTC, exclusive)."""

    length: Length
    first: date
    last: date
    from_at: datetime
    to_at: datetime
    so_far: bool = False
    """Whether it is not over: it then ends today, at the moment of asking."""

    @property
    def name(self) -> str:
        """The ISO 8601 name, such as `2026-11-27` or `2026-W48`."""
        year, week, _ = self.first.isocalendar()
        return str(self.first) if self.length == "daily" else f"{year}-W{week:02}"


def period_of(length: Length, day: date, zone: ZoneInfo) -> Period:
    """Return the period that contains a local day."""
    first = day if length == "daily" else day - timedelta(days=day.weekday())
    after = first + (timedelta(days=1) if length == "daily" else _WEEK)
    return Period(length, first, after - timedelta(days=1), midnight(first, zone), midnight(after, zone))


def period_named(name: str, zone: ZoneInfo) -> Period | None:
    """Return the period of an ISO 8601 name, such as `2026-11-27` or `2026-W48`; None if it is no day or week of 1900
    to 2099."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        if found["week"]:
            return period_of("weekly", date.fromisocalendar(int(found["year"]), int(found["week"]), 1), zone)
        return period_of("daily", date.fromisoformat(name), zone)
    except ValueError:
        return None


def after(period: Period, zone: ZoneInfo) -> Period:
    """Return the period that begins where this one ends."""
    return period_of(period.length, period.last + timedelta(days=1), zone)


def before(period: Period, zone: ZoneInfo) -> Period:
    """Return the period that ends where this one begins."""
    return period_of(period.length, period.first - timedelta(days=1), zone)


def so_far(length: Length, now: datetime, zone: ZoneInfo) -> Period:
    """Return the part of the current period that has passed at `now`."""
    today = day_of(now, zone)
    return replace(period_of(length, today, zone), last=today, to_at=now, so_far=True)


def ended(length: Length, now: datetime, zone: ZoneInfo) -> Period:
    """Return the last period that has ended at `now`."""
    return before(period_of(length, day_of(now, zone), zone), zone)


def like(period: Period, zone: ZoneInfo) -> tuple[Period, ...]:
    """Return the periods to compare this one with, the latest first; as much of each as has passed of this one."""
    return tuple(_earlier(period, number * _WEEK, zone) for number in range(1, LIKE + 1))


def _earlier(period: Period, by: timedelta, zone: ZoneInfo) -> Period:
    whole = period_of(period.length, period.first - by, zone)
    passed = min(whole.to_at, whole.from_at + (period.to_at - period.from_at))
    return replace(whole, last=period.last - by, to_at=passed) if period.so_far else whole
