"""Keeps visitors from using up the process: how many may be connected, and how long each may keep it waiting.

The site shares a process with the poller, which needs descriptors of its own. Whoever asks nothing gives way first, so
that a visitor who sends a question in one go is answered however many connections stand open.
"""

import asyncio
import logging
import resource
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

log = logging.getLogger(__name__)

BACKLOG: Final = 64
"""Connections that are accepted at once, and wait for it; so many may be open beyond the most for a moment."""

_MOST: Final = 256
_OTHERS: Final = 512
"""Descriptors left to everything else: 256 requests of the poller, the database, pipes, what was accepted at once."""

_WANTED: Final = 65_536

_TO_ASK: Final = 15.0
"""Seconds in which a visitor must have sent the head of a question, counted from the connection or the last answer."""

_TO_TAKE: Final = 60.0
"""Seconds in which a visitor must have taken an answer that is ready."""

_UNTAKEN: Final = 64_000_000
"""Bytes of all answers that are ready and not taken."""


def raise_descriptor_limit() -> None:
    """From now on this process may have as many descriptors as it is allowed to allow itself, within reason."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def most_connections() -> int:
    """How many visitors may be connected: half of the descriptors that others do not need, and never many."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if soft == resource.RLIM_INFINITY else min(_MOST, max(8, (soft - _OTHERS) // 2))


class Visit(H11Protocol):
    """One connection: uvicorn's, with limits on how long and how much the visitor may leave waiting.

    An answer is followed by the next one only when most of it was taken, so a visitor who sends many questions and
    reads nothing holds up one answer and not the site.
    """

    since = 0.0
    _timer: asyncio.TimerHandle | None = None
    _held_back = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin to wait for a question; somebody else is sent away where there are too many."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > most_connections():
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the waiting."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Begin to wait for the next question, which is looked at when this answer is taken."""
        self._wait()
        self._held_back = self.flow.write_paused
        if not self._held_back:
            super().on_response_complete()
        untaken = self._others(taken=False) if self.untaken else []
        while untaken and sum(visit.untaken for visit in untaken) > _UNTAKEN:
            untaken.pop(0).leave("answers that nobody takes are given up: there are too many of them")

    def resume_writing(self) -> None:
        """Go on with what was held back."""
        super().resume_writing()
        if self._held_back:
            self._held_back = False
            super().on_response_complete()

    @property
    def waiting(self) -> bool:
        """Whether it is the visitor's turn."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def untaken(self) -> int:
        """Bytes that are ready for the visitor."""
        return self.transport.get_write_buffer_size()

    def leave(self, reason: str) -> None:
        """Close the connection at once, whatever is under way."""
        log.warning("%s", reason)
        self.connections.discard(self)
        self.transport.abort()

    def _wait(self) -> None:
        """It is the visitor's turn from now on."""
        self.since = self.loop.time()
        self._look_again(_TO_ASK)

    def _look_again(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self._lose_patience)

    def _lose_patience(self) -> None:
        """Close the connection if the visitor's time is over; one that is being answered has all the time it takes."""
        left = self.since + _TO_TAKE - self.loop.time()
        if not self.waiting:
            return
        if self.untaken and left > 0:
            self._look_again(left)
        else:
            self.transport.abort()

    def _make_room(self) -> None:
        """Close the connection whose visitor has let us wait longest; this one where nobody does."""
        longest = next(iter([*self._others(taken=True), *self._others(taken=False)]), self)
        longest.leave("too many connections: the one that asked nothing for longest is closed")

    def _others(self, *, taken: bool) -> list["Visit"]:
        """The visits that we wait for, longest first: those that took their answers, or those that did not."""
        visits: list[Any] = [one for one in self.connections if one is not self and isinstance(one, Visit)]
        return sorted((one for one in visits if one.waiting and (not one.untaken) is taken), key=lambda one: one.since)
