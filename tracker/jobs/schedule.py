"""What is done again and again while the program runs: the only module that knows APScheduler.

The scheduler knows no feeds and no jobs, and no times of day: what is due is a fact in the database, for which each
tick asks. So nothing is to be kept in step, and a restart loses nothing.
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

# A tick that finds the one before still at work is left out, as it should be; APScheduler would warn of each.
logging.getLogger("apscheduler").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Tick:
    """What is done at intervals, never twice at once; `patience` is how many seconds what is under way may still take
    when the program is asked to stop. Then it is cancelled."""

    name: str
    every: timedelta
    do: Callable[[], Awaitable[None]]
    patience: float = 0.0


@asynccontextmanager
async def ticking(*ticks: Tick) -> AsyncIterator[None]:
    """All of them, at once and then at their intervals, while the body runs; at its end none is under way any more."""
    under_way: dict[asyncio.Task[None], Tick] = {}
    scheduler = AsyncIOScheduler(timezone=UTC)
    for tick in ticks:
        scheduler.add_job(
            _shielded,
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
        await asyncio.gather(*(_ended(task, tick) for task, tick in list(under_way.items())))


async def _shielded(tick: Tick, under_way: dict[asyncio.Task[None], Tick]) -> None:
    """One tick, as a task of its own: a scheduler that shuts down cancels what it waits for."""
    task = asyncio.ensure_future(_one(tick))
    under_way[task] = tick
    task.add_done_callback(lambda done: under_way.pop(done, None))
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.shield(task)


async def _one(tick: Tick) -> None:
    await tick.do()


async def _ended(task: asyncio.Task[None], tick: Tick) -> None:
    """Wait for a tick as long as it may take, then for the end of its being cancelled."""
    if tick.patience:
        log.info("stopping: a %s is under way and may take %.0f s more", tick.name, tick.patience)
        await asyncio.wait([task], timeout=tick.patience)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
