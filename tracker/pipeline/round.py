"""One round of polling: which feeds, in whose turn, and whether what failed was our own fault.

    due feeds | their turn | fetch | parse | identify | tag | store      one poll, one transaction

Fetching is concurrent, parsing is bounded and killable, and one thread writes. A poll that fails leaves a row and
hinders no other. Where most hosts do not answer the fault is ours: rows are left, and no feed is charged.
"""

import asyncio
import contextlib
import logging
import math
import os
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from tracker.analyse.spelling import did_you_mean
from tracker.clock import Pulse
from tracker.collect import cadence
from tracker.collect.fetch import Fetcher
from tracker.collect.outage import FEELERS, Evidence, feelers_first, is_outage
from tracker.collect.politeness import Politeness, PoliteQueue
from tracker.collect.secrets import Secrets
from tracker.collect.worker import ParserPool
from tracker.config.load import Config
from tracker.errors import StoreError, UsageError
from tracker.models import FeedState, Fetched, Poll, Round
from tracker.outcomes import Outcome
from tracker.pipeline.feed_poll import PollContext, fetch, read_and_store, store_unread
from tracker.pipeline.grouping import Grouper
from tracker.store import articles, counts, events, feeds, gaps
from tracker.store.database import Database, Writer, exclusive
from tracker.store.tags import tag_untagged

_AT_ONCE = 256
"""Requests under way at most: enough that hosts which answer late or never hold up no others."""

_OUTAGE_MEMORY = timedelta(hours=1)

_CUT_SHORT = {outcome for outcome in Outcome if outcome.unreachable} | {Outcome.PROTOCOL_ERROR, Outcome.TLS_ERROR}
"""How a request ends of which the other side has heard nothing for long."""

log = logging.getLogger(__name__)


class Progress:
    """Hears how a round goes on; this one keeps it to itself."""

    def begin(self, feeds: int) -> None:
        """The round will poll so many feeds."""

    def polled(self, state: FeedState, poll: Poll) -> None:
        """One more poll is stored."""


@asynccontextmanager
async def open_poll_context(config: Config, db: Path) -> AsyncIterator[PollContext]:
    """A desk for this configuration, its sources and feeds made known to the database first."""
    with ParserPool() as parsers:
        async with Writer(db) as writer, _fetcher(config, _named_in(config)) as fetcher:
            await writer.do(_declare, config)
            turns = PoliteQueue(Politeness(config.requests_per_host, config.pause))
            yield PollContext(fetcher, parsers, writer, lambda: config.rulebook, turns, ZoneInfo(config.timezone))


async def poll_once(
    config: Config, db: Path, now: datetime, names: Sequence[str] | None = None, progress: Progress | None = None
) -> Round:
    """One round of its own: the due feeds, or those named, or all if the names are empty.

    Raises Locked if another round is under way, UsageError for a name that means no feed.
    """
    known = {name for feed in config.feeds for name in (feed.url, feed.source)}
    if unknown := [name for name in names or () if name not in known]:
        meant = "".join(did_you_mean(name, known) for name in unknown) or "; `tracker feeds list` shows them all"
        raise UsageError(f"no feed or source is called {', '.join(unknown)}{meant}")
    with exclusive(db):
        async with open_poll_context(config, db) as desk:
            states = await (due_feeds(desk, now) if names is None else named_feeds(desk, names))
            return await run_round(desk, states, now, progress)


async def due_feeds(desk: PollContext, now: datetime) -> list[FeedState]:
    """The feeds whose time has come."""
    return await desk.writer.do(feeds.due, now)


async def named_feeds(desk: PollContext, names: Sequence[str]) -> list[FeedState]:
    """The feeds with these addresses and those of these sources; all feeds if none is named."""
    states = await desk.writer.do(feeds.declared)
    return feeds.select(states, names) if names else states


async def fetch_page(config: Config, url: str) -> Fetched:
    """One web page, fetched as politely and as guarded as a feed."""
    async with _fetcher(config, {}) as fetcher:
        return await fetcher.fetch(url)


def _fetcher(config: Config, environment: Mapping[str, str]) -> Fetcher:
    agent = f"encryption-coverage-tracker/{version('encryption-coverage-tracker')} (+{config.contact})"
    return Fetcher(agent, config.allow_networks, environment=environment)


def _named_in(config: Config) -> dict[str, str]:
    """What feeds.yaml names of the environment; nothing else of it can come into an address."""
    names = {name for feed in config.feeds for name in Secrets.names(feed.url)}
    return {name: os.environ[name] for name in names if name in os.environ}


def _declare(db: Database, config: Config) -> None:
    feeds.declare(db, config.sources, config.feeds)
    events.declare(db, config.events)
    articles.index(db)


async def run_round(
    desk: PollContext,
    states: Sequence[FeedState],
    now: datetime,
    progress: Progress | None = None,
    patience: timedelta | None = None,
) -> Round:
    """Poll these feeds once; afterwards each has a row in `polls` and a time for its next poll.

    Feeds whose turn has not come after `patience`, because their host or source was asked too recently, are left
    due; so are those not asked yet when this process was stopped for a while and `now` is no longer true. In an
    outage not all are asked.
    """
    await desk.writer.do(tag_untagged, desk.rules, now)
    one = _Round(desk, now, progress or Progress())
    states = [cadence.as_of(state, now) for state in states]
    one.progress.begin(len(states))
    try:
        async with one.pulse.beating():
            left = await one.ask(feelers_first(states), patience)
            if slept := one.pulse.slept():
                log.warning("this process stood still for %.0f s: what was under way is charged to no feed", slept)
    except* StoreError as errors:
        raise _first(errors) from None
    return await one.close(left)


class _Round:
    """What a round has done so far; failures that may be our own fault wait for its end."""

    def __init__(self, desk: PollContext, now: datetime, progress: Progress) -> None:
        self._desk = desk
        self._now = now
        self.progress = progress
        self._outcomes: Counter[Outcome] = Counter()
        self._new = self._updated = 0
        self.pulse = Pulse()
        self._evidence = Evidence(now)
        self._waiting: list[tuple[FeedState, Fetched]] = []
        self._running = 0
        self._changed = asyncio.Event()

    async def ask(self, states: Sequence[FeedState], patience: timedelta | None) -> list[FeedState]:
        """Poll them as their turns come; returns those that were not asked."""
        clock, turns = asyncio.get_running_loop().time, self._desk.turns
        end = math.inf if patience is None else clock() + patience.total_seconds()
        turns.add(states)
        try:
            async with asyncio.TaskGroup() as group:
                while len(turns) and clock() < end and not (self._is_hopeless or self.pulse.slept()):
                    state = turns.next(clock()) if self._running < self._most_at_once else None
                    if state is None:
                        await self._change(turns.wait(clock()), end - clock())
                    else:
                        self._running += 1
                        group.create_task(self._poll(state))
        finally:
            left = turns.clear(clock())
        return left

    async def close(self, left: Sequence[FeedState]) -> Round:
        """The verdict: whether the failures were our own, and what they are then."""
        outage = await self._desk.writer.do(_judge, self._evidence.answered, self._now)
        for state, fetched in self._waiting:
            self._count(state, await self._desk.writer.do(store_unread, state, fetched, self._now, outage=outage))
        await self._desk.writer.do(articles.index)
        grouper = Grouper()
        while await self._desk.writer.do(grouper.step, self._now):
            pass
        while await self._desk.writer.do(counts.step, self._desk.zone, self._now):
            pass
        retry_at = self._now + cadence.AFTER_OUTAGE if outage else None
        if retry_at:
            await self._desk.writer.do(feeds.postpone, [state.id for state in left], retry_at)
        return Round(dict(self._outcomes), self._new, self._updated, len(left), outage, retry_at)

    @property
    def _most_at_once(self) -> int:
        """A few feel the way out; when a host has been reached, the others follow."""
        if self._evidence.reached:
            return _AT_ONCE
        return 0 if self._evidence.is_hopeless else FEELERS

    @property
    def _is_hopeless(self) -> bool:
        """Whether asking more would only take time, and nobody is left who may still answer."""
        return not (self._running or self._most_at_once)

    async def _change(self, soon: float | None, end: float) -> None:
        """Wait until a poll ends, or until somebody's turn comes, in seconds, or the end."""
        self._changed.clear()
        full = self._running >= self._most_at_once
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(end, math.inf if full or soon is None else soon)):
                await self._changed.wait()

    async def _poll(self, state: FeedState) -> None:
        """One feed, from its address to its rows."""
        try:
            poll = await self._visited(state)
        except StoreError:
            raise
        except Exception as error:
            log.exception("the poll of %s failed unexpectedly", state.feed.url)
            sentence = f"A mistake of this program: {type(error).__name__}."
            fetched = Fetched(Outcome.INTERNAL_ERROR, state.address, error=sentence)
            poll = await self._desk.writer.do(store_unread, state, fetched, self._now)
        finally:
            self._desk.turns.done(state)
            self._running -= 1
            self._changed.set()
        if poll:
            self._count(state, poll)

    async def _visited(self, state: FeedState) -> Poll | None:
        """The poll, stored; None if nothing answered, which is stored at the end of the round.

        Where this process stood still meanwhile, an unanswered request is its own fault and says nothing of anybody.
        """
        slept = self.pulse.slept()
        fetched = await fetch(self._desk, state, self._now)
        if fetched.outcome in _CUT_SHORT and self.pulse.slept() > slept:
            return await self._desk.writer.do(store_unread, state, fetched, self._now, outage=True)
        self._evidence.add(state, fetched)
        if fetched.outcome.unreachable:
            self._waiting.append((state, fetched))
            return None
        return await read_and_store(self._desk, state, fetched, self._now)

    def _count(self, state: FeedState, poll: Poll) -> None:
        """Count a poll that is stored."""
        self._outcomes[poll.outcome] += 1
        self._new += poll.new
        self._updated += poll.updated
        self.progress.polled(state, poll)


def _judge(db: Database, answered: Mapping[str, bool], now: datetime) -> bool:
    """Whether this is our own outage; if so, every feed has a gap, and what was charged since it began is refunded.

    A tick that asks few feeds cannot tell by itself: where nothing answered, the unbroken silence before it counts.
    """
    before = [] if any(answered.values()) else feeds.silent_polls(db, now - _OUTAGE_MEMORY, now)
    outage = bool(answered) and is_outage({**{poll[2]: False for poll in before}, **answered})
    if outage:
        feeds.refund(db, before)
        gaps.open_for_all(db, "outage", now)
    return outage


def _first(errors: BaseExceptionGroup[StoreError]) -> StoreError:
    """One of the errors that ended a round; they all say the same."""
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
