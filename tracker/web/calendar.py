"""Compute days, weeks, months and the reference time of pages in a time zone; pure, knows no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from tracker.analyse.days import bounds, days_between, midnight

USUAL = 26
"""Weeks in the default chart: half a year, so that a week's bar is still wide enough to point at."""

MANY = 60
"""From this many weeks on, months are shown: more columns cannot be told apart."""

_FEW_DAYS = 45
"""Up to this many days, days are shown."""

_MOST = timedelta(days=3653)
"""The longest period: ten years, to its last day."""

_FRESH = timedelta(weeks=USUAL)


class Span(Protocol):
    """A day, a week or a month: its local days, and its start and end in UTC."""

    @property
    def from_at(self) -> datetime:
        """Start, UTC."""

    @property
    def to_at(self) -> datetime:
        """End, UTC, exclusive."""

    @property
    def first(self) -> date:
        """The first day."""

    @property
    def last(self) -> date:
        """The last day."""

    @property
    def number(self) -> str:
        """The ISO 8601 name."""

    @property
    def noun(self) -> Literal["day", "week", "month"]:
        """The unit."""


@dataclass(frozen=True, slots=True)
class Day:
    """A local day, from `from_at` to `to_at` (UTC, exclusive)."""

    first: date
    from_at: datetime
    to_at: datetime

    @property
    def number(self) -> str:
        """The ISO 8601 name, as `2025-02-24`."""
        return str(self.first)

    @property
    def last(self) -> date:
        """The day itself."""
        return self.first

    @property
    def noun(self) -> Literal["day"]:
        """The unit."""
        return "day"


@dataclass(frozen=True, slots=True)
class Week:
    """A week from local midnight on Monday (`from_at`, UTC) to the next Monday (`to_at`, exclusive)."""

    monday: date
    from_at: datetime
    to_at: datetime

    @property
    def number(self) -> str:
        """The ISO 8601 name, as `2025-W08`."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"

    def moved(self, weeks: int, zone: ZoneInfo) -> "Week":
        """Return the week that many weeks later."""
        return week_of(self.monday + timedelta(weeks=weeks), zone)

    @property
    def sunday(self) -> date:
        """The last day."""
        return self.monday + timedelta(days=6)

    @property
    def first(self) -> date:
        """The first day."""
        return self.monday

    @property
    def last(self) -> date:
        """The last day."""
        return self.sunday

    @property
    def noun(self) -> Literal["week"]:
        """The unit."""
        return "week"


@dataclass(frozen=True, slots=True)
class Month:
    """A month from local midnight on its first day (`from_at`, UTC) to that of the next month (`to_at`, exclusive)."""

    first: date
    last: date
    from_at: datetime
    to_at: datetime

    @property
    def number(self) -> str:
        """The ISO 8601 name, as `2025-02`."""
        return f"{self.first:%Y-%m}"

    @property
    def noun(self) -> Literal["month"]:
        """The unit."""
        return "month"


def spans_of(weeks: Sequence[Week], until: datetime, zone: ZoneInfo) -> tuple[Span, ...]:
    """Return the weeks, or their months if there are MANY; months that start after `until` are omitted."""
    if len(weeks) < MANY:
        return tuple(weeks)
    firsts = [weeks[0].monday.replace(day=1)]
    last = until.astimezone(zone).date()  # the last week may extend into a future month
    while firsts[-1] <= last:
        firsts.append((firsts[-1] + timedelta(days=32)).replace(day=1))
    return tuple(
        Month(first, following - timedelta(days=1), midnight(first, zone), midnight(following, zone))
        for first, following in pairwise(firsts)
    )


def week_of(day: date, zone: ZoneInfo) -> Week:
    """Return the week that contains a local day."""
    monday = day - timedelta(days=day.weekday())
    return Week(monday, midnight(monday, zone), midnight(monday + timedelta(days=7), zone))


def week_named(name: str, zone: ZoneInfo) -> Week | None:
    """Return the week with an ISO 8601 name such as `2026-W12`; None if invalid or outside 1900 to 2099."""
    year, mark, week = name[:4], name[4:6], name[6:]
    digits = year + week
    if mark != "-W" or len(name) != 8 or not (digits.isascii() and digits.isdigit()) or not "1900" <= year < "2100":
        return None
    try:
        return week_of(date.fromisocalendar(int(year), int(week), 1), zone)
    except ValueError:
        return None


def spans_between(first: date, last: date, until: datetime, zone: ZoneInfo) -> tuple[Span, ...]:
    """Return the days from the first to the last, inclusive, or the weeks or months that hold them if there are many.

    At most the last ten years of them; months that start after `until` are omitted.
    """
    first = max(first, last - _MOST)
    if (last - first).days < _FEW_DAYS:
        return tuple(Day(day, *bounds(day, zone)) for day in days_between(first, last))
    return spans_of(weeks_from(first, last, zone), until, zone)


def weeks_from(first: date, last: date, zone: ZoneInfo) -> tuple[Week, ...]:
    """Return every week from the one containing the first local day to the one containing the last."""
    monday = week_of(first, zone).monday
    return tuple(week_of(monday + timedelta(weeks=number), zone) for number in range((last - monday).days // 7 + 1))


def reference_time(now: datetime, last_activity: datetime | None, *, demo: bool) -> datetime:
    """Return the time that "latest" refers to: now, or the last activity of a demo or an old database."""
    if last_activity is None or last_activity > now:
        return now
    return last_activity if demo or now - last_activity > _FRESH else now
