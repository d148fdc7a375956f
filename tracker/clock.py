"""The present moment: the only module that reads the clock; everything below the commands and jobs is told the time."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present moment in UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
