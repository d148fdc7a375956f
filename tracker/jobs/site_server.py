"""Serves the site until it is asked to stop: the only module that knows how it is listened for and served."""

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
from tracker.jobs.connection_limits import BACKLOG, Visit, raise_descriptor_limit
from tracker.store import counts
from tracker.store.database import may_write, opened, transaction
from tracker.web.app import SiteSettings, asgi, make_datasette

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the site listens; port 0 means any free one."""

    host: str = "127.0.0.1"
    port: int = 8001


async def serve(db: Path, address: Address, site: SiteSettings) -> None:
    """Serve the site until SIGTERM or Ctrl-C; raises TrackerError if the address cannot be listened on."""
    catch_up(db, site)
    await serve_until_stopped(db, address, site)


def catch_up(db: Path, site: SiteSettings) -> None:
    """Count what is not counted yet, so that no page is without its numbers: the days of a database that an earlier
    version wrote, of another time zone, or that a killed process left."""
    if not may_write(db):
        return  # it is counted by whoever polls
    zone = ZoneInfo(site.timezone)
    with opened(db) as database:
        left = counts.left(database, zone)
        if left:
            log.info("counting the articles of %s days by source and tag before the site opens", f"{left:,}")
        while left:
            with transaction(database):
                left = counts.step(database, zone, utc_now())


async def serve_until_stopped(db: Path, address: Address, site: SiteSettings) -> None:
    """Serve the site of a database that is caught up; raises TrackerError if the address cannot be listened on."""
    raise_descriptor_limit()
    listener = listening(address)
    app = asgi(make_datasette(db, config=site))
    server = _Server(
        uvicorn.Config(
            app,
            http=Visit,
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
    """A socket at the address; raises TrackerError if it cannot be listened on.

    What it accepts sends at once. asyncio sees to that only for sockets that name their protocol, which those of
    create_server() do not; a short answer would wait 40 ms for the visitor's acknowledgement of its headers.
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
