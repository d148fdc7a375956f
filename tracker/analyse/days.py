"""Local days of a time zone as intervals of UTC: when one begins, and on which one a moment falls; pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins (UTC); where the clocks leave midnight out, when they leave it."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a day begins, and when the next one does: 23, 24 or 25 hours later, and none where a day is left out."""
    return midnight(day, zone), midnight(day + _DAY, zone)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day on which a moment falls."""
    return moment.astimezone(zone).date()


def days_between(first: date, last: date) -> list[date]:
    """All days from `first` to `last`, both included."""
    return [first + number * _DAY for number in range((last - first).days + 1)]
