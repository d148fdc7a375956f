"""Hours of the day in which nobody is to be disturbed: pure.

They are hours of the clock on the wall, so on the days on which that is put forward or back they are an hour shorter
or longer, and end when it shows their end.
"""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `begin` on, until before `end`; across midnight where that is the earlier one."""

    begin: time
    end: time

    def holds(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether a moment lies in them, by the clocks of a zone."""
        at = now.astimezone(zone).time()
        if self.begin < self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"
