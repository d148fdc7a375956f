"""Format numbers, sizes, times and durations for people: the only module that does."""

import math
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_MONTHS: Final = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(count: int) -> str:
    """Format a count with thousands separators, as `12,480`."""
    return f"{count:,}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """Format a count with its noun, as `1 article`, `12,480 articles`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def share(part: float | None) -> str:
    """Format a fraction as a percentage with sensible precision: `0.04%`, `3.1%`, `42%`; empty for None."""
    if part is None:
        return ""
    places = 0 if part >= 0.1 or part == 0 else 1 if part >= 0.01 else 2
    return f"{100 * part:.{places}f}%"


def mean(value: float) -> str:
    """Format a mean of counts with sensible precision: `none`, `0.4`, `3.2`, `28`."""
    return "none" if value < 0.05 else f"{value:.{0 if value >= 10 or value == int(value) else 1}f}"


def percent(value: float) -> str:
    """Format a percentage with up to two decimals, never rounded up: 100% means nothing is missing."""
    return f"{math.floor(round(value * 100, 6)) / 100:.2f}".rstrip("0").rstrip(".") + "%"


def interval(value: float | None, low: float | None, high: float | None) -> str:
    """Format a measured share with its 95% interval; `not known` for None."""
    if value is None:
        return "not known"
    return share(value) if low is None or high is None else f"{share(value)} ({share(low)} to {share(high)})"


def size(amount: int) -> str:
    """Format bytes in the largest unit that gives a whole one (1 kB is 1,000 bytes)."""
    for unit, bytes_in_it in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if amount >= bytes_in_it:
            return f"{amount / bytes_in_it:.1f} {unit}"
    return f"{amount} B"


def listed(values: Iterable[object]) -> str:
    """Format a list for a cell of a spreadsheet, as `a; b`."""
    return "; ".join(map(str, values))


def day(moment: date) -> str:
    """Format a local day as `24 Feb 2025`; the caller has converted the moment to its zone."""
    return f"{moment.day} {_MONTHS[moment.month]} {moment.year}"


def short_day(moment: date) -> str:
    """Format a day whose year is understood as `24 Feb`."""
    return f"{moment.day} {_MONTHS[moment.month]}"


def month(first: date) -> str:
    """Format the month of a local day as `Feb 2025`."""
    return f"{_MONTHS[first.month]} {first.year}"


def minute(moment: datetime) -> str:
    """Format a local day and time as `24 Feb 2025, 09:05`."""
    return f"{day(moment)}, {moment:%H:%M}"


def zoned(moment: datetime, timezone: ZoneInfo) -> str:
    """Format a moment as a local day and time with its zone: `24 Feb 2025, 09:05 GMT`."""
    local = moment.astimezone(timezone)
    return f"{minute(local)} {local:%Z}"


def local_time(stored: str | None, timezone: str) -> str:
    """Format a stored moment as local time; `never` for None."""
    if stored is None:
        return "never"
    moment = datetime.fromisoformat(stored).astimezone(ZoneInfo(timezone))
    return f"{moment:%Y-%m-%d %H:%M %Z}"


def short_time(stored: str | None, timezone: str) -> str:
    """Format a stored moment as local time without its zone, for tables; `-` for None."""
    return local_time(stored, timezone)[:16] if stored else "-"


def duration(span: timedelta) -> str:
    """Format a duration as in feeds.yaml: 30m, 2h, 1d."""
    minutes = round(span / timedelta(minutes=1))
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def long_ago(passed: timedelta) -> str:
    """Format a span in the largest unit that gives two or more, or else one: 5 years, 36 hours, 1 minute."""
    for unit, size in (("year", timedelta(days=365)), ("day", timedelta(days=1)), ("hour", timedelta(hours=1))):
        if passed >= 2 * size:
            return counted(passed // size, unit)
    minutes = max(passed, timedelta()) // timedelta(minutes=1)
    return counted(minutes, "minute") if minutes else "less than a minute"


def apart(passed: timedelta) -> str:
    """Format a span in its two largest units, as `3 h 20 min`, `2 days 4 h`; below a minute `less than a minute`."""
    minutes = passed // timedelta(minutes=1)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        parts = [counted(days, "day"), f"{hours} h" if hours and days < 14 else ""]
    else:
        parts = [f"{hours} h" if hours else "", f"{rest} min" if rest else ""]
    return " ".join(part for part in parts if part) or "less than a minute"


def taken(passed: timedelta) -> str:
    """Format how long something took."""
    seconds = max(0, int(passed.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h {seconds % 3600 // 60} min"
