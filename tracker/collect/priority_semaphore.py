"""Who works next when places are few: a waiting line that second attempts join behind all first ones; no I/O."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class PrioritySemaphore:
    """So many places, each for one at a time; whoever waits for a first attempt goes before all others."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._first: deque[asyncio.Future[None]] = deque()
        self._second: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def place(self, *, again: bool = False) -> AsyncIterator[None]:
        """Holds a place while the block runs; `again` for a second attempt."""
        turn = asyncio.get_running_loop().create_future()
        (self._second if again else self._first).append(turn)
        self._call_up()
        try:
            await turn
            yield
        finally:
            if turn.done() and not turn.cancelled():  # who gives up while it waits has had no place
                self._free += 1
            self._call_up()

    def _call_up(self) -> None:
        """Give the free places to those who wait, in their order."""
        while self._free and (waiting := self._first or self._second):
            turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                self._free -= 1
