"""How a moment is written on the command line."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click


class Moment(click.ParamType[datetime]):
    """A moment such as 2026-06-01, 2026-06-01T14:30 or 2026-06-01T14:30Z; a day is its first moment.

    Without a zone at its end it has none yet: whoever takes it puts it into that of feeds.yaml.
    """

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment; fails for what is none."""
        try:
            return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no moment; write one such as 2026-06-01 or 2026-06-01T14:30Z", param, ctx)


def in_zone(moment: datetime, timezone: str) -> datetime:
    """The moment in UTC; one that names no zone is taken to be in this."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)
