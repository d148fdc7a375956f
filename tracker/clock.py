"""The present moment, and whether this process slept through some of it: the only module that reads clocks.

Everything below the commands and jobs is told the time.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

_SLEPT = 10.0
"""Seconds without a beat after which this process was stopped or its machine asleep: far more than a busy one takes."""


def utc_now() -> datetime:
    """The present moment in UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def uptime() -> float:
    """Seconds since some moment, on a clock that nobody sets and that, on Linux, goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Pulse:
    """Notes when this process stood still (SIGSTOP, a closed lid) while others went on waiting for it."""

    def __init__(self, clock: Callable[[], float] = uptime) -> None:
        self._clock = clock
        self._last = clock()
        self._slept = 0.0

    def slept(self) -> float:
        """Seconds for which this process stood still since the pulse began."""
        now = self._clock()
        if now - self._last > _SLEPT:
            self._slept += now - self._last
        self._last = now
        return self._slept

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Looks every second while the body runs, so that what is quiet is not taken to have slept."""
        heart = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            heart.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await heart

    async def _beat(self) -> None:
        while True:
            self.slept()
            await asyncio.sleep(1)
