"""Sends what is made piece by piece: few answers at once, one piece ahead of who reads, ended when they go away.

An answer that cannot be finished is broken off, so that the program which reads it sees an error: what arrives in
good order is whole.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from tracker.errors import TrackerError
from tracker.web.queries.connection import Wrong
from tracker.web.queries.datasette_database import Reader

log = logging.getLogger(__name__)

FOR_A_PLACE: Final = 30.0
"""Seconds that a visitor waits while as many answers as may be are under way."""

FOR_THE_FIRST: Final = 60.0
"""Seconds until the first piece, which may need all rows sorted."""

FOR_ALL: Final = 3600.0
"""Seconds in all: a million rows at the speed of a slow line."""

FOR_THE_READER: Final = 60.0
"""Seconds in which a visitor must have taken a piece."""


class Busy(TrackerError):
    """As many answers as may be are under way."""


class TooSlow(TrackerError):
    """The database did not give the first rows in time."""


class Pieces(Protocol):
    """An answer that is made piece by piece, in a thread."""

    def next(self) -> bytes:
        """The next piece; empty when there is none."""

    def interrupt(self) -> None:
        """Let the making of a piece end soon, with an error."""

    def close(self) -> None:
        """Give back what was held."""


@dataclass(frozen=True, slots=True)
class Wire:
    """Both ways of an ASGI exchange."""

    receive: Callable[[], Awaitable[Any]]
    send: Callable[[Any], Awaitable[None]]


async def stream(
    reader: Reader, make: Callable[[], Pieces], wire: Wire, headers: Sequence[tuple[bytes, bytes]]
) -> None:
    """Send all pieces; raises Busy, TooSlow or what making the first piece raised, as long as nothing was sent."""
    async with place(reader.places), _source(reader, make, wire) as source:
        piece = await source.next(FOR_THE_FIRST)
        if piece is None:
            return
        await wire.send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        try:
            whole = await _pass_on(source, piece, wire)
        except (Wrong, TimeoutError, TooSlow) as error:
            log.warning("an answer was broken off: %s", str(error) or "it was not taken in time")
            return
        except Exception:  # what was begun can no more become a page that says what went wrong
            log.exception("an answer was broken off")
            return
        if whole:
            await wire.send({"type": "http.response.body", "body": b"", "more_body": False})


class _Source:
    """The pieces, and whether somebody still waits for them."""

    def __init__(self, reader: Reader, pieces: Pieces, gone: asyncio.Task[None]) -> None:
        self._reader = reader
        self._pieces = pieces
        self._gone = gone

    async def next(self, seconds: float) -> bytes | None:
        """The next piece; None when who asked has gone. Raises TooSlow when it takes longer than that."""
        made = asyncio.get_running_loop().run_in_executor(self._reader.pool, self._pieces.next)
        made.add_done_callback(_looked_at)
        either: set[asyncio.Future[Any]] = {made, self._gone}
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if made.done():
            return made.result()
        self._pieces.interrupt()
        if self._gone.done():
            return None
        raise TooSlow("the database did not give these rows in time")


def _looked_at(future: asyncio.Future[bytes]) -> None:
    """What went wrong after nobody waited for it any more is no news."""
    if not future.cancelled():
        future.exception()


async def _pass_on(source: _Source, piece: bytes | None, wire: Wire) -> bool:
    """Send piece after piece while the next one is made; whether all were sent."""
    now = asyncio.get_running_loop().time
    until = now() + FOR_ALL
    while piece:
        following = asyncio.ensure_future(source.next(until - now()))
        try:
            async with asyncio.timeout(FOR_THE_READER):
                await wire.send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await following
        finally:
            following.cancel()
    return piece is not None


@asynccontextmanager
async def place(places: asyncio.Semaphore) -> AsyncIterator[None]:
    """One of the places for answers of this kind; raises Busy when none becomes free in time."""
    try:
        async with asyncio.timeout(FOR_A_PLACE):
            await places.acquire()
    except TimeoutError:
        raise Busy("too many others ask for much at once; please try again in a minute") from None
    try:
        yield
    finally:
        places.release()


@asynccontextmanager
async def _source(reader: Reader, make: Callable[[], Pieces], wire: Wire) -> AsyncIterator[_Source]:
    """The pieces, and an eye on who asked; all is given back in the end, also when the server stops."""
    pieces = await asyncio.get_running_loop().run_in_executor(reader.pool, make)
    gone = asyncio.create_task(_gone(wire))
    try:
        yield _Source(reader, pieces, gone)
    finally:
        gone.cancel()
        pieces.interrupt()
        reader.pool.submit(pieces.close)


async def _gone(wire: Wire) -> None:
    """Ends when who asked has gone."""
    while (await wire.receive())["type"] != "http.disconnect":
        pass
