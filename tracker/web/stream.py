"""Stream responses chunk by chunk: few at once, one chunk ahead of the client, ended when it disconnects.

A response that cannot be completed is aborted, so that the client sees an error: whatever arrives in good order is
complete.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from tracker.errors import TrackerError
from tracker.web.queries.connection import SqliteError
from tracker.web.queries.datasette_database import Reader

log = logging.getLogger(__name__)

SLOT_TIMEOUT: Final = 30.0
"""Seconds that a request waits for a free slot."""

FIRST_CHUNK_TIMEOUT: Final = 60.0
"""Seconds until the first chunk, which may need all rows sorted."""

TOTAL_TIMEOUT: Final = 3600.0
"""Seconds in total: a million rows on a slow line."""

CLIENT_TIMEOUT: Final = 60.0
"""Seconds within which the client must take a chunk."""


class Busy(TrackerError):
    """All slots are in use."""


class TooSlow(TrackerError):
    """The database did not return the first rows in time."""


class Pieces(Protocol):
    """A response produced chunk by chunk in a thread."""

    def next(self) -> bytes:
        """Return the next chunk; empty at the end."""

    def interrupt(self) -> None:
        """Abort the current chunk soon, with an error."""

    def close(self) -> None:
        """Release resources."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Both directions of an ASGI exchange."""

    receive: Callable[[], Awaitable[Any]]
    send: Callable[[Any], Awaitable[None]]


async def stream(
    reader: Reader, make: Callable[[], Pieces], exchange: Exchange, headers: Sequence[tuple[bytes, bytes]]
) -> None:
    """Send all chunks. Raises Busy, TooSlow or the first chunk's error, if nothing was sent yet."""
    async with slot(reader.stream_slots), _source(reader, make, exchange) as source:
        piece = await source.next(FIRST_CHUNK_TIMEOUT)
        if piece is None:
            return
        await exchange.send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        try:
            whole = await _pass_on(source, piece, exchange)
        except (SqliteError, TimeoutError, TooSlow) as error:
            log.warning("a response was aborted: %s", str(error) or "the client did not read it in time")
            return
        except Exception:  # a response already begun cannot become an error page
            log.exception("a response was aborted")
            return
        if whole:
            await exchange.send({"type": "http.response.body", "body": b"", "more_body": False})


class _Source:
    """The chunks, and whether the client is still connected."""

    def __init__(self, reader: Reader, pieces: Pieces, disconnected: asyncio.Task[None]) -> None:
        self._reader = reader
        self._pieces = pieces
        self._disconnected = disconnected

    async def next(self, seconds: float) -> bytes | None:
        """Return the next chunk; None if the client has disconnected. Raises TooSlow after `seconds`."""
        made = asyncio.get_running_loop().run_in_executor(self._reader.pool, self._pieces.next)
        made.add_done_callback(_consume_exception)
        either: set[asyncio.Future[Any]] = {made, self._disconnected}
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if made.done():
            return made.result()
        self._pieces.interrupt()
        if self._disconnected.done():
            return None
        raise TooSlow("the database did not return these rows in time")


def _consume_exception(future: asyncio.Future[bytes]) -> None:
    """Retrieve the exception so that asyncio does not report it: nobody waits for this result any more."""
    if not future.cancelled():
        future.exception()


async def _pass_on(source: _Source, piece: bytes | None, exchange: Exchange) -> bool:
    """Send each chunk while producing the next; return whether all were sent."""
    now = asyncio.get_running_loop().time
    until = now() + TOTAL_TIMEOUT
    while piece:
        following = asyncio.ensure_future(source.next(until - now()))
        try:
            async with asyncio.timeout(CLIENT_TIMEOUT):
                await exchange.send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await following
        finally:
            following.cancel()
    return piece is not None


@asynccontextmanager
async def slot(slots: asyncio.Semaphore) -> AsyncIterator[None]:
    """Hold one of the slots for responses of this kind. Raises Busy if none becomes free in time."""
    try:
        async with asyncio.timeout(SLOT_TIMEOUT):
            await slots.acquire()
    except TimeoutError:
        raise Busy("too many large requests are in progress; please try again in a minute") from None
    try:
        yield
    finally:
        slots.release()


@asynccontextmanager
async def _source(reader: Reader, make: Callable[[], Pieces], exchange: Exchange) -> AsyncIterator[_Source]:
    """Produce chunks and watch for a disconnect; release everything at the end, even when the server stops."""
    pieces = await asyncio.get_running_loop().run_in_executor(reader.pool, make)
    disconnected = asyncio.create_task(_disconnected(exchange))
    try:
        yield _Source(reader, pieces, disconnected)
    finally:
        disconnected.cancel()
        pieces.interrupt()
        reader.pool.submit(pieces.close)


async def _disconnected(exchange: Exchange) -> None:
    """Return when the client disconnects."""
    while (await exchange.receive())["type"] != "http.disconnect":
        pass
