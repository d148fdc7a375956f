"""Run everything in one process for `tracker run`: polling rounds and the site; due jobs in processes of their own.

Polls and jobs started by cron ask the database the same questions, so both may share a database. A job in its own
process neither blocks the site nor leaves memory in use, and can be killed at any moment: its output is complete or
absent, its lock ends with its process, and the next check records that it was killed.
"""

import asyncio
import contextlib
import logging
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from tracker.clock import utc_now
from tracker.config.load import Config
from tracker.errors import Locked, TrackerError
from tracker.jobs.runs import Runner
from tracker.jobs.scheduler import Tick, ticking
from tracker.jobs.site_server import Address, catch_up, serve_until_stopped
from tracker.models import utc_text
from tracker.pipeline.feed_poll import PollContext
from tracker.pipeline.round import due_feeds, open_poll_context, run_round
from tracker.publish.formatting import counted
from tracker.publish.summaries import round_in_words
from tracker.store.database import exclusive
from tracker.web.app import SiteSettings

log = logging.getLogger(__name__)

_LAST_SECONDS = 10.0
"""How long a round may still take once the process is asked to stop; what it has stored by then is complete."""

_PATIENCE = timedelta(minutes=2)
"""How long a round waits to poll feeds whose host or source was polled just now; waiting longer would delay others."""

_RETRY_SECONDS = 1.0
"""Seconds between attempts to take a lock that another process holds."""

_JOB_CHECK = timedelta(seconds=10)
"""How often to ask the database which jobs are due: it takes a few milliseconds, and bounds how late a job starts."""

_STOP_SECONDS = 5.0
"""How long a job has to exit after SIGTERM."""

_RETRY_AFTER = 60.0
"""Seconds before retrying a job whose process exited with anything but 0: the database says when a failed job is due
again, but not every failure leaves a row."""


async def run(config: Config, db: Path, address: Address, site: SiteSettings, command: Sequence[str]) -> None:
    """Poll due feeds, run due jobs and serve the site until asked to stop.

    `command` runs a job in its own process; the job's name is appended. Raises Locked if another one is running.
    """
    runner = Runner(config, db)
    with exclusive(db, "run"):
        catch_up(db, site)
        runner.declare()
        async with _poll_context(config, db) as context:
            polling = Tick("round", config.schedule.poll, partial(_round, context, db, config.timezone), _LAST_SECONDS)
            async with _recording_killed_jobs(runner), ticking(polling, *_job_ticks(runner, command)):
                await serve_until_stopped(db, address, site)


def _job_ticks(runner: Runner, command: Sequence[str]) -> Iterator[Tick]:
    """Yield two queues of jobs, each running one at a time, so that alerts do not wait for a backup to finish."""
    jobs = runner.config.schedule.jobs
    queues = {
        "often": {name for name, when in jobs.items() if when.every},
        "daily": {name for name, when in jobs.items() if not when.every},
    }
    for queue, names in queues.items():
        if names:
            yield Tick(queue, _JOB_CHECK, Children(partial(runner.due, names), command).tick)


@asynccontextmanager
async def _recording_killed_jobs(runner: Runner) -> AsyncIterator[None]:
    """On exit, mark the jobs that were stopped with us as killed, so that they do not count as running."""
    try:
        yield
    finally:
        await asyncio.to_thread(runner.note_killed)


@asynccontextmanager
async def _poll_context(config: Config, db: Path) -> AsyncIterator[PollContext]:
    """Open a poll context while no round is running: what it declares changes what a round polls and tags."""
    async with contextlib.AsyncExitStack() as opened:
        async with _round_lock(db):
            context = await opened.enter_async_context(open_poll_context(config, db))
        yield context


@asynccontextmanager
async def _round_lock(db: Path) -> AsyncIterator[None]:
    """Hold the round lock, waiting for a round in progress to finish."""
    with contextlib.ExitStack() as held:
        for attempt in count():
            with contextlib.suppress(Locked):
                held.enter_context(exclusive(db))
                break
            if attempt == 0:
                log.info("another run is using %s; waiting for it to end", db)
            await asyncio.sleep(_RETRY_SECONDS)
        yield


async def _round(context: PollContext, db: Path, timezone: str) -> None:
    """Poll the feeds that are due and log the result in one line."""
    now = utc_now()
    try:
        with exclusive(db):
            states = await due_feeds(context, now)
            if states:
                log.info("polling %s", counted(len(states), "feed"))
                done = await run_round(context, states, now, patience=_PATIENCE)
                level = logging.WARNING if done.outage else logging.INFO
                fields = {"polls": done.polls, "observed": done.observed, "new": done.new, "updated": done.updated}
                log.log(level, "%s", round_in_words(done, timezone), extra=fields)
    except Locked:
        log.info("another round is under way; skipping this one")
    except TrackerError as error:
        log.error("the round failed: %s", error)


class Children:
    """Run the jobs that `find_due` returns, each as `command` followed by its name and due time."""

    def __init__(self, find_due: Callable[[], Mapping[str, datetime]], command: Sequence[str]) -> None:
        self._find_due = find_due
        self._command = tuple(command)
        self._not_before: dict[str, float] = {}

    async def tick(self) -> None:
        """Run the jobs that are due; on cancellation, stop the running job first."""
        try:
            due = await asyncio.to_thread(self._find_due)
        except TrackerError as error:
            log.error("cannot tell which jobs are due: %s", error)
            return
        clock = asyncio.get_running_loop().time
        for name, due_at in due.items():
            if clock() >= self._not_before.get(name, 0.0):
                code = await self._run(name, due_at)
                if code:
                    self._not_before[name] = clock() + _RETRY_AFTER
                    self._log_failure(name, code)

    async def _run(self, name: str, due_at: datetime) -> int:
        """Run a job and return its exit code; its process never outlives this call."""
        child = await asyncio.create_subprocess_exec(
            *self._command,
            name,
            "--due-at",
            utc_text(due_at),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # it also logs its result, to our stderr
            start_new_session=True,  # keeps Ctrl-C from reaching it; we stop it ourselves
        )
        try:
            return await child.wait()
        finally:
            if child.returncode is None:
                log.info("stopping the job %s", name, extra={"job": name})
                child.terminate()
                try:
                    await asyncio.wait_for(child.wait(), _STOP_SECONDS)
                except TimeoutError:
                    child.kill()
                    await child.wait()

    def _log_failure(self, name: str, code: int) -> None:
        if code < 0:
            log.error("%s: its process was ended by signal %d", name, -code, extra={"job": name})
        elif code == Locked.exit_code:
            log.info("%s: already running in another process", name, extra={"job": name})
        else:
            log.error("%s: its process ended with %d", name, code, extra={"job": name, "exit": code})
