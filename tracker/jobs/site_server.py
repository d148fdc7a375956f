"""Serve the site until asked to stop; the only module that knows about sockets, signals and uvicorn."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn

from tracker.clock import utc_now
from tracker.errors import TrackerError
from tracker.jobs.connection_limits import BACKLOG, LimitedConnection, raise_descriptor_limit
from tracker.store import counts
from tracker.store.database import may_write, opened, transaction
from tracker.store.maintenance.backup import shared_or_copied
from tracker.web.app import SiteSettings, asgi, make_datasette

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """The address to listen on; port 0 means any free one."""

    host: str = "127.0.0.1"
    port: int = 8001


async def serve(db: Path, address: Address, site: SiteSettings) -> None:
    """Serve the site until SIGTERM or Ctrl-C; raises TrackerError if it cannot listen on the address.

    For a user who cannot share the database with those who write it, a copy as of now is served: the file itself may be
    written at any time.
    """
    catch_up(db, site)
    with shared_or_copied(db) as readable:
        if readable != db:
            log.warning(
                "this user may not write to the folder of %s, and nobody has the database open: a copy of its present "
                "state is served; restart to show later polls, or allow this user to write to the folder",
                db,
            )
        await serve_until_stopped(readable, address, site)


def catch_up(db: Path, site: SiteSettings) -> None:
    """Bring the daily counts up to date, so that no page lacks its numbers.

    They lag in a database written by an earlier version, after a change of time zone, or after a killed process.
    """
    if not may_write(db):
        return  # whoever polls keeps the counts
    zone = ZoneInfo(site.timezone)
    with opened(db) as database:
        left = counts.left(database, zone)
        if left:
            log.info("counting the articles of %s days by source and tag before the site opens", f"{left:,}")
        while left:
            with transaction(database):
                left = counts.step(database, zone, utc_now())


async def serve_until_stopped(db: Path, address: Address, site: SiteSettings) -> None:
    """Serve the site of a database with current counts; raises TrackerError if it cannot listen on the address."""
    raise_descriptor_limit()
    listener = listening(address)
    app = asgi(make_datasette(db, config=site))
    server = _Server(
        uvicorn.Config(
            app,
            http=LimitedConnection,
            ws="none",
            log_config=None,
            lifespan="off",
            access_log=False,
            backlog=BACKLOG,
            timeout_graceful_shutdown=5,
        )
    )
    with _stopped_by_signals(server):
        log.info("the site is at http://%s:%s%s", *listener.getsockname()[:2], site.base_url)
        await server.serve(sockets=[listener])


def listening(address: Address) -> socket.socket:
    """Return a socket listening on the address; raises TrackerError if that fails.

    Its connections have TCP_NODELAY. asyncio sets that only on sockets that name their protocol, which those of
    create_server() do not; a short response would wait 40 ms for the client to acknowledge its headers.
    """
    try:
        listener = socket.create_server((address.host, address.port))
    except OSError as error:
        hint = "choose another with --port, or stop the program that uses it"
        raise TrackerError(
            f"port {address.port} of {address.host} cannot be used ({error.strerror}); {hint}"
        ) from error
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class _Server(uvicorn.Server):
    """A server that leaves signals to us: uvicorn's own handler would end the process before our cleanup."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """Shut the server down gracefully on SIGTERM or Ctrl-C, and at once on a second one."""

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
