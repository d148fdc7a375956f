"""Weeks and months in a time zone, and the moment from which a page looks back; pure, knows no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from tracker.analyse.days import midnight

USUAL = 26
"""How many weeks the chart shows: half a year, so that a week's bar is still wide enough to point at."""

MANY = 60
"""From this many weeks on, months are shown: more columns nobody can tell apart."""

_MOST = 520
_FRESH = timedelta(weeks=USUAL)


class Span(Protocol):
    """A week or a month: its local days, and from when (UTC) to when it lasts."""

    @property
    def from_at(self) -> datetime:
        """When it begins."""

    @property
    def to_at(self) -> datetime:
        """When the next one begins."""

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
    def noun(self) -> Literal["week", "month"]:
        """What it is."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week from local midnight of its Monday (`from_at`, UTC) to that of the next (`to_at`, not included)."""

    monday: date
    from_at: datetime
    to_at: datetime

    @property
    def number(self) -> str:
        """The ISO 8601 name, as `2025-W08`."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"

    def moved(self, weeks: int, zone: ZoneInfo) -> "Week":
        """The week so many weeks later."""
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
        """What it is."""
        return "week"


@dataclass(frozen=True, slots=True)
class Month:
    """A month from local midnight of its first day (`from_at`, UTC) to that of the next one's (`to_at`)."""

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
        """What it is."""
        return "month"


def spans_of(weeks: Sequence[Week], until: datetime, zone: ZoneInfo) -> tuple[Span, ...]:
    """The weeks, or the months that hold them where there are many; none that has not begun at `until`."""
    if len(weeks) < MANY:
        return tuple(weeks)
    firsts = [weeks[0].monday.replace(day=1)]
    last = until.astimezone(zone).date()  # the last week may reach into a month to come
    while firsts[-1] <= last:
        firsts.append((firsts[-1] + timedelta(days=32)).replace(day=1))
    return tuple(
        Month(first, following - timedelta(days=1), midnight(first, zone), midnight(following, zone))
        for first, following in pairwise(firsts)
    )


def week_of(day: date, zone: ZoneInfo) -> Week:
    """The week that holds a local day."""
    monday = day - timedelta(days=day.weekday())
    return Week(monday, midnight(monday, zone), midnight(monday + timedelta(days=7), zone))


def week_named(name: str, zone: ZoneInfo) -> Week | None:
    """The week of an ISO 8601 name such as `2026-W12`; None where there is no such week, or not in our time."""
    year, mark, week = name[:4], name[4:6], name[6:]
    digits = year + week
    if mark != "-W" or len(name) != 8 or not (digits.isascii() and digits.isdigit()) or not "1900" <= year < "2100":
        return None
    try:
        return week_of(date.fromisocalendar(int(year), int(week), 1), zone)
    except ValueError:
        return None


def weeks_until(moment: datetime, count: int, zone: ZoneInfo) -> tuple[Week, ...]:
    """The `count` weeks that end with the one holding `moment`, oldest first."""
    last = moment.astimezone(zone).date()
    return tuple(week_of(last - timedelta(weeks=back), zone) for back in reversed(range(count)))


def weeks_between(first: datetime, last: datetime, zone: ZoneInfo) -> tuple[Week, ...]:
    """Every week from the one holding `first` to the one holding `last`: at least USUAL, at most ten years."""
    start = week_of(first.astimezone(zone).date(), zone).monday
    end = week_of(last.astimezone(zone).date(), zone).monday
    return weeks_until(last, min(max((end - start).days // 7 + 1, USUAL), _MOST), zone)


def weeks_from(first: date, last: date, zone: ZoneInfo) -> tuple[Week, ...]:
    """Every week from the one that holds one local day to the one that holds another."""
    monday = week_of(first, zone).monday
    return tuple(week_of(monday + timedelta(weeks=number), zone) for number in range((last - monday).days // 7 + 1))


def vantage(now: datetime, last_activity: datetime | None, *, demo: bool) -> datetime:
    """The moment from which "latest" is meant: now, or the last activity of a demo or of an old database."""
    if last_activity is None or last_activity > now:
        return now
    return last_activity if demo or now - last_activity > _FRESH else now
