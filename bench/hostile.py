"""What hostile servers cost the good ones that are polled in the same round."""

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests import hostile as servers
from tests.histories import configuration
from tracker.collect.fetch import Fetcher, Limits
from tracker.collect.worker import ParserPool
from tracker.models import Feed, FeedState, Poll
from tracker.outcomes import Outcome
from tracker.pipeline.round import Progress, named_feeds, open_poll_context, run_round

_NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
_PATIENCE = timedelta(seconds=3)
"""How long one document may take here, and a fifth of what one request may; less than usual, lest the bench last as
long as they do."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """A round of 200 good servers alone, and the same round with 200 hostile ones among them.

    Seconds until the last good feed was stored, and CPU seconds of this process until the end of the round.
    """

    alone_wall: float
    alone_cpu: float
    among_wall: float
    among_cpu: float


class _Stopwatch(Progress):
    """Takes the time at which the last good feed was stored."""

    def __init__(self, good: set[str]) -> None:
        self._good = good
        self._begun = time.perf_counter()
        self.stored = 0
        self.wall = 0.0

    def polled(self, state: FeedState, poll: Poll) -> None:
        if state.feed.url in self._good and poll.outcome is Outcome.OK:
            self.stored += 1
            self.wall = time.perf_counter() - self._begun


def hostile() -> Hostile | None:
    """The cost of hostile servers; None where a good feed was not stored."""
    with _served() as good_port, _served() as bad_port:  # apart, lest the good ones wait for their own server
        good, bad = servers.good_addresses(good_port), [url for url, _ in servers.addresses(bad_port)]
        alone = asyncio.run(_round(good, []))
        among = asyncio.run(_round(good, bad))
    return Hostile(*alone, *among) if alone and among else None


@contextmanager
def _served() -> Iterator[int]:
    """The port of all the servers, in a process of their own."""
    with subprocess.Popen([sys.executable, "-m", "tests.hostile"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield int(process.stdout.readline())
        finally:
            process.kill()


async def _round(good: list[str], bad: list[str]) -> tuple[float, float] | None:
    """Seconds until the last good feed was stored, and CPU seconds; None where one was not."""
    urls = [*good, *bad]
    random.Random(7).shuffle(urls)
    config = replace(configuration("https://none.example/"), feeds=tuple(Feed(url, "press") for url in urls))
    with tempfile.TemporaryDirectory() as folder:
        fetcher = Fetcher("bench", config.allow_networks, Limits(deadline=5 * _PATIENCE))
        async with open_poll_context(config, Path(folder) / "tracker.db") as desk, fetcher:
            with ParserPool(timeout=_PATIENCE) as parsers:
                bounded = replace(desk, fetcher=fetcher, parsers=parsers)
                watch, cpu = _Stopwatch(set(good)), time.process_time()
                await run_round(bounded, await named_feeds(desk, []), _NOW, watch)
    return (watch.wall, time.process_time() - cpu) if watch.stored == len(good) else None
