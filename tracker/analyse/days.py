"""Convert between local days of a time zone and intervals of UTC; pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


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
