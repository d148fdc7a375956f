"""What `tracker run` does, in one process: rounds of polling, the jobs that are due, and the site.

A poll or a job from cron asks the database the same questions. So both may run on one database.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

from tracker.clock import utc_now
from tracker.config.load import Config
from tracker.errors import Locked, TrackerError
from tracker.jobs.children import Children
from tracker.jobs.runs import Runner
from tracker.jobs.schedule import Tick, ticking
from tracker.jobs.site_server import Address, catch_up, serve_until_stopped
from tracker.pipeline.feed_poll import PollContext
from tracker.pipeline.round import due_feeds, open_poll_context, run_round
from tracker.publish.summaries import many, round_in_words
from tracker.store.database import exclusive
from tracker.web.app import SiteSettings

log = logging.getLogger(__name__)

_LAST_SECONDS = 10.0
"""How long a round may still take when the process is asked to stop; what it stored by then is complete."""

_PATIENCE = timedelta(minutes=2)
"""How long a round waits for the turns of feeds whose host or source was asked just now; later ones would be late."""

_ANOTHER_TRY = 1.0
"""Seconds between two tries for a lock that another process holds."""

_LOOK = timedelta(seconds=10)
"""How often the database is asked which jobs are due: it costs some milliseconds, and is how late a job begins."""


async def run(config: Config, db: Path, address: Address, site: SiteSettings, command: Sequence[str]) -> None:
    """Poll what is due, do the jobs that are due, and serve the site, until asked to stop. Raises Locked if it runs
    already. `command` is how a job is done by a process of its own, without its name."""
    runner = Runner(config, db)
    with exclusive(db, "run"):
        catch_up(db, site)
        runner.declare()
        async with _poll_context(config, db) as context:
            polling = Tick("round", config.schedule.poll, partial(_round, context, db), _LAST_SECONDS)
            async with _stopped_jobs_noted(runner), ticking(polling, *_job_ticks(runner, command)):
                await serve_until_stopped(db, address, site)


def _job_ticks(runner: Runner, command: Sequence[str]) -> Iterator[Tick]:
    """Two rows of jobs, in each of which one is done at a time: an alert does not wait for the end of a backup."""
    jobs = runner.config.schedule.jobs
    rows = {
        "often": {name for name, when in jobs.items() if when.every},
        "daily": {name for name, when in jobs.items() if not when.every},
    }
    for row, names in rows.items():
        if names:
            yield Tick(row, _LOOK, Children(partial(runner.due, names), command).tick)


@asynccontextmanager
async def _stopped_jobs_noted(runner: Runner) -> AsyncIterator[None]:
    """Notes at the end which jobs were stopped with us, so that nobody takes them to be at work."""
    try:
        yield
    finally:
        await asyncio.to_thread(runner.note_killed)


@asynccontextmanager
async def _poll_context(config: Config, db: Path) -> AsyncIterator[PollContext]:
    """Open a poll context under the round lock: declaring sources and feeds changes what a round asks and tags."""
    async with contextlib.AsyncExitStack() as opened:
        async with _alone(db):
            context = await opened.enter_async_context(open_poll_context(config, db))
        yield context


@asynccontextmanager
async def _alone(db: Path) -> AsyncIterator[None]:
    """The lock of a round, for the body; waits for the end of one that is under way."""
    with contextlib.ExitStack() as held:
        for attempt in count():
            with contextlib.suppress(Locked):
                held.enter_context(exclusive(db))
                break
            if attempt == 0:
                log.info("another run is working on %s; waiting for its end", db)
            await asyncio.sleep(_ANOTHER_TRY)
        yield


async def _round(context: PollContext, db: Path) -> None:
    """One tick: poll what is due; says in one line what came of it."""
    now = utc_now()
    try:
        with exclusive(db):
            states = await due_feeds(context, now)
            if states:
                log.info("polling %s", many(len(states), "feed"))
                done = await run_round(context, states, now, patience=_PATIENCE)
                level = logging.WARNING if done.outage else logging.INFO
                fields = {"polls": done.polls, "observed": done.observed, "new": done.new, "updated": done.updated}
                log.log(level, "%s", round_in_words(done), extra=fields)
    except Locked:
        log.info("another round is under way; this one is left out")
    except TrackerError as error:
        log.error("the round failed: %s", error)
