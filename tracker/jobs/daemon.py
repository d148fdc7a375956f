"""What runs when: rounds of polling at intervals and the site, in one process; the only one that knows APScheduler.

The scheduler only asks the database, at every tick, which feeds are due; a poll from cron asks the same. So both may
run on one database, one round at a time.
"""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from tracker.clock import utc_now
from tracker.config.load import Config
from tracker.errors import Locked, TrackerError
from tracker.poll import due_feeds, open_desk, run_round
from tracker.publish.site.app import SiteSettings, asgi, make_datasette
from tracker.publish.words import round_in_words
from tracker.store import counts
from tracker.store.database import exclusive, opened, transaction
from tracker.visit import Desk

log = logging.getLogger(__name__)

_LAST_SECONDS = 10.0
"""How long a round may still take when the process is asked to stop; what it stored by then is complete."""

_PATIENCE = timedelta(minutes=2)
"""How long a round waits for the turns of feeds whose host or source was asked just now; later ones would be late."""

_ANOTHER_TRY = 1.0
"""Seconds between two tries for a lock that another process holds."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the site listens; port 0 means any free one."""

    host: str = "127.0.0.1"
    port: int = 8001


async def run(config: Config, db: Path, address: Address, site: SiteSettings) -> None:
    """Poll what is due, again and again, and serve the site, until asked to stop. Raises Locked if it runs already."""
    with exclusive(db, "run"):
        _catch_up(db, site)
        async with _desk(config, db) as desk, _polling(desk, db, config):
            await _serve(db, address, site)


async def serve(db: Path, address: Address, site: SiteSettings) -> None:
    """Serve the site until SIGTERM or Ctrl-C; raises TrackerError if the address cannot be listened on."""
    _catch_up(db, site)
    await _serve(db, address, site)


def _catch_up(db: Path, site: SiteSettings) -> None:
    """Count what is not counted yet, so that no page is without its numbers: the days of a database that an earlier
    version wrote, of another time zone, or that a killed process left."""
    zone = ZoneInfo(site.timezone)
    with opened(db) as database:
        left = counts.left(database, zone)
        if left:
            log.info("counting the articles of %s days by source and tag before the site opens", f"{left:,}")
        while left:
            with transaction(database):
                left = counts.step(database, zone, utc_now())


async def _serve(db: Path, address: Address, site: SiteSettings) -> None:
    listener = listening(address)
    app = asgi(make_datasette(db, config=site))
    server = _Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=5))
    with _stopped_by_signals(server):
        log.info("the site is at http://%s:%s%s", *listener.getsockname()[:2], site.base_url)
        await server.serve(sockets=[listener])


def listening(address: Address) -> socket.socket:
    """A socket at the address; raises TrackerError if it cannot be listened on.

    What it accepts sends at once. asyncio sees to that only for sockets that name their protocol, which those of
    create_server() do not; a short answer would wait 40 ms for the visitor's acknowledgement of its headers.
    """
    try:
        listener = socket.create_server((address.host, address.port))
    except OSError as error:
        hint = "choose another with --port, or stop the program that uses it"
        raise TrackerError(f"port {address.port} of {address.host} cannot be used ({error}); {hint}") from error
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class _Server(uvicorn.Server):
    """A server that leaves signals to us: uvicorn's own handling would end the process before we have tidied up."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """SIGTERM and Ctrl-C end the server in an orderly way; a second one at once."""

    def stop() -> None:
        server.force_exit = server.should_exit
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


@asynccontextmanager
async def _desk(config: Config, db: Path) -> AsyncIterator[Desk]:
    """A desk, opened while nobody else works on the database: what is declared changes what a round asks and tags."""
    async with contextlib.AsyncExitStack() as opened:
        async with _alone(db):
            desk = await opened.enter_async_context(open_desk(config, db))
        yield desk


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


@asynccontextmanager
async def _polling(desk: Desk, db: Path, config: Config) -> AsyncIterator[None]:
    """Rounds at intervals while the body runs; the one under way at its end is given time to finish."""
    under_way: set[asyncio.Task[None]] = set()

    async def tick() -> None:
        task = asyncio.create_task(_round(desk, db))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        with contextlib.suppress(asyncio.CancelledError):  # a scheduler that shuts down cancels its jobs
            await asyncio.shield(task)

    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(
        tick,
        IntervalTrigger(seconds=int(config.schedule.poll.total_seconds()), timezone=UTC),
        next_run_time=utc_now(),
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
        id="poll",
    )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
        if under_way:
            log.info("stopping: a round is under way and may take %.0f s more", _LAST_SECONDS)
            _, late = await asyncio.wait(under_way, timeout=_LAST_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def _round(desk: Desk, db: Path) -> None:
    """One tick: poll what is due; says in one line what came of it."""
    now = utc_now()
    try:
        with exclusive(db):
            states = await due_feeds(desk, now)
            if states:
                log.info("polling %d feeds", len(states))
                done = await run_round(desk, states, now, patience=_PATIENCE)
                log.log(logging.WARNING if done.outage else logging.INFO, "%s", round_in_words(done))
    except Locked:
        log.info("another round is under way; this one is left out")
    except TrackerError as error:
        log.error("the round failed: %s", error)
