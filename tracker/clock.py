"""The current time, the CPU time taken, and whether this process was suspended: the only module that reads clocks.

Everything below the commands and jobs takes the time as an argument.
"""

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

_STALL_SECONDS = 10.0
"""Seconds without a beat after which the process may have been stopped, or the machine asleep."""

_WORKED_SHARE = 0.05
"""Share of such a time from which the process counts as busy instead: it worked, or waited for a crowded processor."""


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
    """Detects when this process was suspended (SIGSTOP, a closed lid) while others kept waiting for it."""

    def __init__(
        self, clock: Callable[[], float] = uptime, processor_time: Callable[[], float] = time.process_time
    ) -> None:
        self._clock, self._processor_time = clock, processor_time
        self._last, self._worked = clock(), processor_time()
        self._slept = 0.0

    def slept(self) -> float:
        """Seconds this process has been suspended since the pulse began."""
        now, worked = self._clock(), self._processor_time()
        passed = now - self._last
        if passed > _STALL_SECONDS and worked - self._worked < _WORKED_SHARE * passed:
            self._slept += passed
        self._last, self._worked = now, worked
        return self._slept

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Check every second while the body runs, so that an idle process is not taken for a suspended one."""
        import asyncio  # noqa: PLC0415  thirty modules, which no command needs to ask for the time

        task = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _beat(self) -> None:
        import asyncio  # noqa: PLC0415  as above

        while True:
            self.slept()
            await asyncio.sleep(1)
