"""Whose turn it is: hands out feeds so that no host and no source is asked too often; the time is an argument.

Every source has one place in the queue, whoever has waited longest comes first, and a source that has had a turn goes
to the back: a source with a hundred feeds cannot hold up the others.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from tracker.analyse.urls import host
from tracker.models import FeedState


@dataclass(frozen=True, slots=True)
class Politeness:
    """What one host, and one source, is asked at most; the figures are Media Cloud's rss-fetcher's."""

    at_once: int = 2
    pause: timedelta = timedelta(seconds=5)


@dataclass(slots=True)
class _Party:
    """A host or a source: how many of its feeds are being asked, and when the next may be."""

    running: int = 0
    free_at: float = 0.0


class PoliteQueue:
    """The feeds that wait for their turn; it remembers from round to round who was asked when.

    Times are seconds of a clock that only goes forward.
    """

    def __init__(self, politeness: Politeness) -> None:
        self._at_once = politeness.at_once
        self._pause = politeness.pause.total_seconds()
        self._parties: dict[str, _Party] = {}
        self._waiting: dict[str, deque[FeedState]] = {}
        self._queue: list[tuple[float, int, str]] = []
        self._parked: dict[str, list[str]] = defaultdict(list)
        self._order = count()
        self._left = 0

    def __len__(self) -> int:
        return self._left

    def add(self, states: Iterable[FeedState]) -> None:
        """Let these wait, too, in this order."""
        for state in states:
            source = state.feed.source
            if source not in self._waiting:
                self._waiting[source] = deque()
                heapq.heappush(self._queue, (0.0, next(self._order), source))
            self._waiting[source].append(state)
            self._left += 1

    def next(self, now: float) -> FeedState | None:
        """The feed whose turn it is, None if none may be asked at this moment; it is being asked until `done`."""
        while self._queue and self._queue[0][0] <= now:
            _, order, source = heapq.heappop(self._queue)
            state = self._waiting[source][0]
            parties = {name: self._parties.setdefault(name, _Party()) for name in _parties(state)}
            full = next((name for name, party in parties.items() if party.running >= self._at_once), None)
            free_at = max(party.free_at for party in parties.values())
            if full is not None:
                self._parked[full].append(source)
            elif free_at > now:
                heapq.heappush(self._queue, (free_at, order, source))
            else:
                self._begin(state, parties.values(), now)
                return state
        return None

    def wait(self, now: float) -> float | None:
        """Seconds until somebody's turn may come; None when that depends on who is being asked."""
        return max(self._queue[0][0] - now, 0.0) if self._queue else None

    def done(self, state: FeedState) -> None:
        """This feed has been asked; those who waited for its host or source wait in the queue again."""
        for name in _parties(state):
            self._parties[name].running -= 1
            for source in self._parked.pop(name, ()):
                heapq.heappush(self._queue, (self._parties[name].free_at, next(self._order), source))

    def clear(self, now: float) -> list[FeedState]:
        """Nobody waits any more; returns who did. What no longer matters is forgotten."""
        left = [state for states in self._waiting.values() for state in states]
        self._waiting.clear()
        self._queue.clear()
        self._parked.clear()
        self._left = 0
        self._parties = {name: one for name, one in self._parties.items() if one.running or one.free_at > now}
        return left

    def _begin(self, state: FeedState, parties: Iterable[_Party], now: float) -> None:
        """Note that a feed is being asked, and put its source to the back of the queue."""
        source = state.feed.source
        self._waiting[source].popleft()
        self._left -= 1
        if self._waiting[source]:
            heapq.heappush(self._queue, (now + self._pause, next(self._order), source))
        else:
            del self._waiting[source]
        for party in parties:
            party.running += 1
            party.free_at = now + self._pause


def _parties(state: FeedState) -> tuple[str, str]:
    """The two whose patience counts, by names that cannot be mixed up."""
    return f"host {host(state.address)}", f"source {state.feed.source}"
