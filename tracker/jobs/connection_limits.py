"""Limit how many clients may be connected and how long each may stall, so that none can exhaust the process.

The site shares a process with the poller, which needs file descriptors of its own. Idle connections are closed first,
so that a client that sends its request in one go is answered however many connections are open.
"""

import asyncio
import logging
import resource
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

log = logging.getLogger(__name__)

BACKLOG: Final = 64
"""The listen backlog, accepted in one go; that many connections may briefly be open beyond the limit."""

_MOST: Final = 256
_RESERVED: Final = 512
"""Descriptors left for everything else: 256 requests of the poller, the database, pipes, a backlog just accepted."""

_WANTED: Final = 65_536

_REQUEST_SECONDS: Final = 15.0
"""Seconds in which a client must send a request's head, counted from the connection or the last response."""

_RESPONSE_SECONDS: Final = 60.0
"""Seconds in which a client must read a response that is ready."""

_UNREAD_BYTES: Final = 64_000_000
"""The maximum of unread bytes over all responses."""


def raise_descriptor_limit() -> None:
    """Raise the soft limit on file descriptors to the hard limit, within reason."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def most_connections() -> int:
    """Return the maximum number of connections: half of the unreserved descriptors, from 8 to 256."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if soft == resource.RLIM_INFINITY else min(_MOST, max(8, (soft - _RESERVED) // 2))


class LimitedConnection(H11Protocol):
    """A uvicorn connection with limits on how long its client may stall and how much it may leave unread.

    The next request is handled only once most of a response has been read, so a client that sends many requests and
    reads nothing ties up one response and not the site.
    """

    since = 0.0
    _timer: asyncio.TimerHandle | None = None
    _held_back = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's signature
        """Start waiting for a request; if there are too many connections, close one."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > most_connections():
            self._close_longest_idle()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Start waiting for the next request, handled once this response has been read."""
        self._wait()
        self._held_back = self.flow.write_paused
        if not self._held_back:
            super().on_response_complete()
        unread = self._others(unread=True) if self.unread else []
        while unread and sum(one.unread for one in unread) > _UNREAD_BYTES:
            unread.pop(0).drop("a response that its client does not read is dropped: there are too many of them")

    def resume_writing(self) -> None:
        """Handle the request that was held back."""
        super().resume_writing()
        if self._held_back:
            self._held_back = False
            super().on_response_complete()

    @property
    def waiting(self) -> bool:
        """Whether we are waiting for the client."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def unread(self) -> int:
        """Bytes that the client has not read yet."""
        return self.transport.get_write_buffer_size()

    def drop(self, reason: str) -> None:
        """Close the connection at once, whatever is in progress."""
        log.warning("%s", reason)
        self.connections.discard(self)
        self.transport.abort()

    def _wait(self) -> None:
        """Start waiting for the client."""
        self.since = self.loop.time()
        self._start_timer(_REQUEST_SECONDS)

    def _start_timer(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self._close_if_overdue)

    def _close_if_overdue(self) -> None:
        """Close the connection if the client's time is up; a request being handled may take as long as it needs."""
        left = self.since + _RESPONSE_SECONDS - self.loop.time()
        if not self.waiting:
            return
        if self.unread and left > 0:
            self._start_timer(left)
        else:
            self.transport.abort()

    def _close_longest_idle(self) -> None:
        """Close the connection that has kept us waiting longest, or this one if none does."""
        longest = next(iter([*self._others(unread=False), *self._others(unread=True)]), self)
        longest.drop("too many connections: the one that has been idle longest is closed")

    def _others(self, *, unread: bool) -> list["LimitedConnection"]:
        """Return the other connections we are waiting for, longest first: those with unread bytes, or those without."""
        others: list[Any] = [one for one in self.connections if one is not self and isinstance(one, LimitedConnection)]
        return sorted((one for one in others if one.waiting and bool(one.unread) is unread), key=lambda one: one.since)
