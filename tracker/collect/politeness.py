"""Queue feeds so that no host and no source is asked too often; the time is an argument.

Every source has one place in the queue, the longest-waiting comes first, and a source goes to the back after its turn:
one with a hundred feeds cannot hold up the others.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Generic, Protocol, TypeVar

from tracker.analyse.urls import host


@dataclass(frozen=True, slots=True)
class Politeness:
    """Limits per host and per source: concurrent requests and pause; the figures are Media Cloud's rss-fetcher's."""

    at_once: int = 2
    pause: timedelta = timedelta(seconds=5)


class Asked(Protocol):
    """What waits for a turn: the address to ask, and the id of the source that is asked."""

    @property
    def address(self) -> str:
        """The URL to request."""

    @property
    def source(self) -> str:
        """The source's id."""


_T = TypeVar("_T", bound=Asked)


@dataclass(slots=True)
class _Quota:
    """A host or source: how many requests to it are running, and when the next may be."""

    running: int = 0
    free_at: float = 0.0


class PoliteQueue(Generic[_T]):
    """What waits for its turn, feeds or pages; remembers across rounds who was asked when.

    Times are seconds of a monotonic clock.
    """

    def __init__(self, politeness: Politeness) -> None:
        self._at_once = politeness.at_once
        self._pause = politeness.pause.total_seconds()
        self._quotas: dict[str, _Quota] = {}
        self._waiting: dict[str, deque[_T]] = {}
        self._queue: list[tuple[float, int, str]] = []
        self._parked: dict[str, list[str]] = defaultdict(list)
        self._order = count()
        self._left = 0

    def __len__(self) -> int:
        return self._left

    def add(self, states: Iterable[_T]) -> None:
        """Queue these, in this order."""
        for state in states:
            source = state.source
            if source not in self._waiting:
                self._waiting[source] = deque()
                heapq.heappush(self._queue, (0.0, next(self._order), source))
            self._waiting[source].append(state)
            self._left += 1

    def next(self, now: float) -> _T | None:
        """Return that whose turn it is, None if nothing may be asked now; it counts as running until `done`."""
        while self._queue and self._queue[0][0] <= now:
            _, order, source = heapq.heappop(self._queue)
            state = self._waiting[source][0]
            quotas = {name: self._quotas.setdefault(name, _Quota()) for name in _quota_names(state)}
            full = next((name for name, quota in quotas.items() if quota.running >= self._at_once), None)
            free_at = max(quota.free_at for quota in quotas.values())
            if full is not None:
                self._parked[full].append(source)
            elif free_at > now:
                heapq.heappush(self._queue, (free_at, order, source))
            else:
                self._begin(state, quotas.values(), now)
                return state
        return None

    def wait(self, now: float) -> float | None:
        """Return the seconds until the next turn may come; None if that depends on running polls."""
        return max(self._queue[0][0] - now, 0.0) if self._queue else None

    def done(self, state: _T) -> None:
        """Mark a request as finished; requeue the sources that waited for its host or source."""
        for name in _quota_names(state):
            self._quotas[name].running -= 1
            for source in self._parked.pop(name, ()):
                heapq.heappush(self._queue, (self._quotas[name].free_at, next(self._order), source))

    def rest(self, state: _T, until: float) -> None:
        """Give nobody a turn at this host before `until`."""
        quota = self._quotas[_quota_names(state)[0]]
        quota.free_at = max(quota.free_at, until)

    def clear(self, now: float) -> list[_T]:
        """Empty the queue and return what was waiting; forget limits that no longer matter."""
        left = [state for states in self._waiting.values() for state in states]
        self._waiting.clear()
        self._queue.clear()
        self._parked.clear()
        self._left = 0
        self._quotas = {name: one for name, one in self._quotas.items() if one.running or one.free_at > now}
        return left

    def _begin(self, state: _T, quotas: Iterable[_Quota], now: float) -> None:
        """Mark a request as running, and move its source to the back of the queue."""
        source = state.source
        self._waiting[source].popleft()
        self._left -= 1
        if self._waiting[source]:
            heapq.heappush(self._queue, (now + self._pause, next(self._order), source))
        else:
            del self._waiting[source]
        for quota in quotas:
            quota.running += 1
            quota.free_at = now + self._pause


def _quota_names(state: Asked) -> tuple[str, str]:
    """Return keys for its host and source, which cannot collide."""
    return f"host {host(state.address)}", f"source {state.source}"
