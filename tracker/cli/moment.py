"""Parse moments given on the command line."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click


class Moment(click.ParamType[datetime]):
    """A moment such as 2026-06-01, 2026-06-01T14:30 or 2026-06-01T14:30Z; a bare day means its start.

    Naive if it names no zone; callers then apply the zone of feeds.yaml.
    """

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Parse the moment; fails for anything else."""
        try:
            return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no moment; write one such as 2026-06-01 or 2026-06-01T14:30Z", param, ctx)


def in_zone(moment: datetime, timezone: str) -> datetime:
    """Return the moment in UTC; a naive one is taken to be in `timezone`."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)
