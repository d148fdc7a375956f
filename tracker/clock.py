"""The current time, the CPU time taken, and whether this process was suspended: the only module that reads clocks.

Everything below the commands and jobs takes the time as an argument.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

_STALL_SECONDS = 10.0
"""Seconds without a beat after which the process counts as stopped or the machine as asleep: far more than a busy
process needs."""


def utc_now() -> datetime:
    """The current time in UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def uptime() -> float:
    """Seconds on a clock that nobody sets and that, on Linux, keeps running while the machine sleeps; its zero is
    arbitrary."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def cpu_time() -> float:
    """Seconds of CPU time that the current thread has taken."""
    return time.thread_time()


class Pulse:
    """Detects when this process stood still (SIGSTOP, a closed lid) while others kept waiting for it."""

    def __init__(self, clock: Callable[[], float] = uptime) -> None:
        self._clock = clock
        self._last = clock()
        self._slept = 0.0

    def slept(self) -> float:
        """Seconds this process has stood still since the pulse began."""
        now = self._clock()
        if now - self._last > _STALL_SECONDS:
            self._slept += now - self._last
        self._last = now
        return self._slept

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Check every second while the body runs, so that an idle process is not taken for a suspended one."""
        task = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _beat(self) -> None:
        while True:
            self.slept()
            await asyncio.sleep(1)
