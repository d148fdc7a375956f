"""Hours of the day in which nobody is to be disturbed; pure.

They follow the wall clock, so they are an hour shorter or longer when it changes, and end when it shows their end.
"""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet hours from `begin` to `end`, exclusive; across midnight if `end` is the earlier one."""

    begin: time
    end: time

    def holds(self, now: datetime, zone: ZoneInfo) -> bool:
        """Decide whether a moment falls within them, in the given zone."""
        at = now.astimezone(zone).time()
        if self.begin < self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"
