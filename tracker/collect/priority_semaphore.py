"""A semaphore that serves all first attempts before any second one; no I/O."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class PrioritySemaphore:
    """A limited number of places, one user each; waiting first attempts go before second ones."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._first: deque[asyncio.Future[None]] = deque()
        self._second: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def place(self, *, again: bool = False) -> AsyncIterator[None]:
        """Hold a place while the block runs; `again` marks a second attempt."""
        turn = asyncio.get_running_loop().create_future()
        (self._second if again else self._first).append(turn)
        self._admit()
        try:
            await turn
            yield
        finally:
            if turn.done() and not turn.cancelled():  # a waiter that gave up never held a place
                self._free += 1
            self._admit()

    def _admit(self) -> None:
        """Assign free places to those waiting, in order."""
        while self._free and (waiting := self._first or self._second):
            turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                self._free -= 1
