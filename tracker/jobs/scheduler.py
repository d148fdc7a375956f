"""Run functions at intervals while the program runs; the only module that imports APScheduler.

The scheduler knows no feeds, jobs or times of day: each tick asks the database what is due. So there is no state to
keep in sync, and a restart loses nothing.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from tracker.clock import utc_now

log = logging.getLogger(__name__)

# A tick is skipped while the previous one is running, as intended; APScheduler would warn about each.
logging.getLogger("apscheduler").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Tick:
    """A function to run at intervals, never concurrently with itself.

    `patience` is how many seconds a run in progress gets to finish on shutdown before it is cancelled.
    """

    name: str
    every: timedelta
    do: Callable[[], Awaitable[None]]
    patience: float = 0.0


@asynccontextmanager
async def ticking(*ticks: Tick) -> AsyncIterator[None]:
    """Run all ticks, immediately and then at their intervals, during the body; on exit, none is still running."""
    under_way: dict[asyncio.Task[None], Tick] = {}
    scheduler = AsyncIOScheduler(timezone=UTC)
    for tick in ticks:
        scheduler.add_job(
            _run_shielded,
            IntervalTrigger(seconds=int(tick.every.total_seconds()), timezone=UTC),
            (tick, under_way),
            next_run_time=utc_now(),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
            id=tick.name,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
        await asyncio.gather(*(_finish(task, tick) for task, tick in list(under_way.items())))


async def _run_shielded(tick: Tick, under_way: dict[asyncio.Task[None], Tick]) -> None:
    """Run a tick as a separate task, because the scheduler cancels what it awaits when it shuts down."""
    task = asyncio.ensure_future(_run(tick))
    under_way[task] = tick
    task.add_done_callback(lambda done: under_way.pop(done, None))
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.shield(task)


async def _run(tick: Tick) -> None:
    await tick.do()


async def _finish(task: asyncio.Task[None], tick: Tick) -> None:
    """Wait for a tick as long as its patience lasts, then cancel it and wait for it to end."""
    if tick.patience:
        log.info("stopping: a %s is under way and may take %.0f s more", tick.name, tick.patience)
        await asyncio.wait([task], timeout=tick.patience)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
