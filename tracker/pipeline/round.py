"""Run one round of polling: order the feeds, poll them, and distinguish our own outages from theirs.

    due feeds | queue | fetch | parse | identify | tag | store      one poll, one transaction

Fetching is concurrent, parsing is bounded and killable, and one thread writes. A failed poll leaves a row and blocks no
other. If most hosts do not answer, the fault is ours: rows are stored, but no feed is charged.
"""

import asyncio
import contextlib
import functools
import logging
import math
import os
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from tracker.analyse.names import did_you_mean
from tracker.analyse.urls import host
from tracker.clock import Pulse
from tracker.collect import cadence
from tracker.collect.conditional_fetch import NO_VALIDATORS, Fetching, fetch_feed
from tracker.collect.outage import PROBES, Evidence, is_outage, probes_first
from tracker.collect.politeness import Politeness, PoliteQueue
from tracker.collect.secrets import Secrets
from tracker.collect.worker import ParserPool
from tracker.config.poll_config import PollConfig
from tracker.errors import StoreError, UsageError
from tracker.models import FeedState, Fetched, Poll, Round, Validators
from tracker.outcomes import Outcome
from tracker.pipeline.feed_poll import PollContext, read_and_store, store_unread
from tracker.publish.summaries import poll_in_words
from tracker.store import counts, feeds, gaps, rounds, search_index
from tracker.store.database import Database, exclusive
from tracker.store.writer import Writer

_AT_ONCE = 256
"""Most concurrent requests: enough that slow or silent hosts hold up no others."""

_OUTAGE_MEMORY = timedelta(hours=1)

_CUT_SHORT = {outcome for outcome in Outcome if outcome.unreachable} | {Outcome.PROTOCOL_ERROR, Outcome.TLS_ERROR}
"""Outcomes of requests that the other side has not heard from for long."""

log = logging.getLogger(__name__)


class Progress:
    """Receives a round's progress; this base class ignores it."""

    def begin(self, feeds: int) -> None:
        """Called with the number of feeds that the round will poll."""

    def polled(self, state: FeedState, poll: Poll) -> None:
        """Called after each stored poll."""


@asynccontextmanager
async def open_poll_context(config: PollConfig, db: Path) -> AsyncIterator[PollContext]:
    """Open a poll context for this configuration; first declare its sources and feeds in the database."""
    with ParserPool() as parsers:
        fetcher = _LazyFetcher(config, _environment(config))
        async with Writer(db) as writer:
            await writer.do(_declare, config)
            queue = PoliteQueue[FeedState](Politeness(config.requests_per_host, config.pause))
            zone = ZoneInfo(config.timezone)
            yield PollContext(fetcher, parsers, writer, lambda: config.rulebook, queue, zone, config.group)


async def poll_once(
    config: PollConfig, db: Path, now: datetime, names: Sequence[str] | None = None, progress: Progress | None = None
) -> Round:
    """Run a standalone round: the due feeds if `names` is None, all if it is empty, else those named.

    Raises Locked if another round is running, UsageError for a name that matches no feed.
    """
    known = {name for feed in config.feeds for name in (feed.url, feed.source)}
    if unknown := [name for name in names or () if name not in known]:
        meant = "".join(did_you_mean(name, known) for name in unknown) or "; `tracker feeds list` shows them all"
        raise UsageError(f"no feed or source is called {', '.join(unknown)}{meant}")
    with exclusive(db):
        async with open_poll_context(config, db) as context:
            states = await (due_feeds(context, now) if names is None else named_feeds(context, names))
            return await run_round(context, states, now, progress)


async def due_feeds(context: PollContext, now: datetime) -> list[FeedState]:
    """Return the feeds that are due."""
    return await context.writer.do(feeds.due, now)


async def named_feeds(context: PollContext, names: Sequence[str]) -> list[FeedState]:
    """Return the feeds with these addresses or of these sources; all feeds if `names` is empty."""
    states = await context.writer.do(feeds.declared)
    return feeds.select(states, names) if names else states


async def fetch_page(config: PollConfig, url: str) -> Fetched:
    """Fetch one web page under the same limits and guards as a feed."""
    return await _LazyFetcher(config, {}).fetch(url)


class _LazyFetcher:
    """A Fetcher made at the first request: loading it, and the certificates it trusts, takes longer than all else in a
    round in which nothing is due."""

    def __init__(self, config: PollConfig, environment: Mapping[str, str]) -> None:
        self._config = config
        self._environment = environment

    async def fetch(self, url: str, validators: Validators = NO_VALIDATORS) -> Fetched:
        """Return what Fetcher.fetch() does."""
        return await self._fetcher.fetch(url, validators)

    @cached_property
    def _fetcher(self) -> Fetching:
        from importlib.metadata import version  # noqa: PLC0415  see above

        from tracker.collect.fetch import Fetcher  # noqa: PLC0415  see above

        agent = f"encryption-coverage-tracker/{version('encryption-coverage-tracker')} (+{self._config.contact})"
        return Fetcher(agent, self._config.allow_networks, environment=self._environment)


def _environment(config: PollConfig) -> dict[str, str]:
    """Return the environment variables that feeds.yaml names; no others can appear in an address."""
    names = {name for feed in config.feeds for name in Secrets.names(feed.url)}
    return {name: os.environ[name] for name in names if name in os.environ}


def _declare(db: Database, config: PollConfig) -> None:
    feeds.declare(db, config.sources, config.feeds)
    feeds.declare_events(db, config.events)
    search_index.index(db)


async def run_round(
    context: PollContext,
    states: Sequence[FeedState],
    now: datetime,
    progress: Progress | None = None,
    patience: timedelta | None = None,
) -> Round:
    """Poll these feeds once; afterwards each has a row in `polls` and a time for its next poll.

    Feeds still queued after `patience`, because their host or source was asked too recently, stay due; so do those not
    asked yet when this process was suspended and `now` is out of date. In an outage not all are asked.
    """
    if await context.writer.do(rounds.is_untagged):
        from tracker.store.tags import tag_untagged  # noqa: PLC0415  only an upgrade leaves any

        await context.writer.do(tag_untagged, context.rules, now)
    one = _Round(context, now, progress or Progress())
    states = [cadence.as_of(state, now) for state in states]
    one.progress.begin(len(states))
    try:
        async with one.pulse.beating():
            left = await one.ask(probes_first(states), patience)
            if slept := one.pulse.slept():
                log.warning(
                    "this process was suspended for %.0f s; no poll under way counts as a failure",
                    slept,
                )
    except* StoreError as errors:
        raise _first_error(errors) from None
    return await one.close(left)


class _Round:
    """The state of a running round; failures that may be our own fault wait for its end."""

    def __init__(self, context: PollContext, now: datetime, progress: Progress) -> None:
        self._context = context
        self._now = now
        self.progress = progress
        self._outcomes: Counter[Outcome] = Counter()
        self._new = self._updated = 0
        self.pulse = Pulse()
        self._evidence = Evidence(now)
        self._unreachable: list[tuple[FeedState, Fetched, int]] = []
        self._resting: dict[str, datetime] = {}
        """Hosts that said that we ask too often, and until when none of their feeds is polled."""
        self._put_off: list[FeedState] = []
        self._running = 0
        self._changed = asyncio.Event()

    async def ask(self, states: Sequence[FeedState], patience: timedelta | None) -> list[FeedState]:
        """Poll the feeds as the queue allows; return those not asked."""
        clock, queue = asyncio.get_running_loop().time, self._context.queue
        end = math.inf if patience is None else clock() + patience.total_seconds()
        queue.add(states)
        try:
            async with asyncio.TaskGroup() as group:
                while len(queue) and clock() < end and not (self._is_hopeless or self.pulse.slept()):
                    state = queue.next(clock()) if self._running < self._most_at_once else None
                    if state is None:
                        await self._wait_for_change(queue.wait(clock()), end - clock())
                    else:
                        self._running += 1
                        task = group.create_task(self._poll(state))
                        task.add_done_callback(functools.partial(self._release, state))
        finally:
            left = queue.clear(clock())
        return left + self._put_off

    async def close(self, left: Sequence[FeedState]) -> Round:
        """Decide whether the failures were our own and store them; then index, group and count the articles."""
        outage = await self._context.writer.do(_check_for_outage, self._evidence, self._now)
        since = self._evidence.contacts if self._evidence.lost else 0
        for state, fetched, contacts in self._unreachable:
            ours = outage and contacts >= since
            self._count(state, await self._context.writer.do(store_unread, state, fetched, self._now, outage=ours))
        for name, until in self._resting.items():
            await self._context.writer.do(feeds.postpone_host, name, until)
        await self._context.writer.do(rounds.end, self._now)
        await self._context.writer.do(search_index.index)
        await self._group()
        while await self._context.writer.do(counts.step, self._context.zone, self._now):
            pass
        retry_at = self._now + cadence.AFTER_OUTAGE if outage else None
        if retry_at:
            await self._context.writer.do(feeds.postpone, [state.id for state in left], retry_at)
        return Round(dict(self._outcomes), self._new, self._updated, len(left), outage, retry_at)

    async def _group(self) -> None:
        """Group the articles that wait for a story."""
        if await self._context.writer.do(rounds.is_ungrouped):
            from tracker.pipeline.grouping import Grouper  # noqa: PLC0415  most rounds bring nothing new

            grouper = Grouper(self._context.scope)
            while await self._context.writer.do(grouper.step, self._now):
                pass

    @property
    def _most_at_once(self) -> int:
        """Most concurrent requests now: a few until one host is reached, then all."""
        if self._evidence.reached:
            return _AT_ONCE
        return 0 if self._evidence.is_hopeless else PROBES

    @property
    def _is_hopeless(self) -> bool:
        """Whether asking more would only take time, and no request is left that may still be answered."""
        return not (self._running or self._most_at_once)

    async def _wait_for_change(self, soon: float | None, end: float) -> None:
        """Wait until a poll ends, the next turn (`soon` seconds) or the `end` (seconds), whichever is first."""
        self._changed.clear()
        full = self._running >= self._most_at_once
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(end, math.inf if full or soon is None else soon)):
                await self._changed.wait()

    async def _poll(self, state: FeedState) -> None:
        """Poll one feed and count the result, unless its host asked us to wait."""
        if host(state.address) in self._resting:
            self._put_off.append(state)
            return
        try:
            poll = await self._fetch_and_store(state)
        except StoreError:
            raise
        except Exception as error:
            log.exception("the poll of %s failed unexpectedly", state.feed.url)
            sentence = f"Internal error: {type(error).__name__}."
            fetched = Fetched(Outcome.INTERNAL_ERROR, state.address, error=sentence)
            poll = await self._context.writer.do(store_unread, state, fetched, self._now)
        if poll:
            self._count(state, poll)

    def _release(self, state: FeedState, _: asyncio.Task[None]) -> None:
        """Let others have the turn of a feed whose poll has ended, or was cancelled before it began."""
        self._context.queue.done(state)
        self._running -= 1
        self._changed.set()

    async def _fetch_and_store(self, state: FeedState) -> Poll | None:
        """Fetch and store one feed; return the poll, None if unreachable, which is stored at the end of the round.

        If this process was suspended meanwhile, an unanswered request is our own fault and says nothing about the host.
        """
        slept, contacts = self.pulse.slept(), self._evidence.contacts
        fetched = await fetch_feed(self._context.fetcher, state, self._now)
        if fetched.outcome in _CUT_SHORT and self.pulse.slept() > slept:
            return await self._context.writer.do(store_unread, state, fetched, self._now, outage=True)
        self._evidence.add(state, fetched, contacts)
        if fetched.outcome is Outcome.RATE_LIMITED and fetched.retry_after:
            self._resting[host(state.address)] = cadence.asked_for(fetched.retry_after, self._now)
        if fetched.outcome.unreachable and fetched.body is None:
            self._unreachable.append((state, fetched, self._evidence.contacts))
            return None
        return await read_and_store(self._context, state, fetched, self._now)

    def _count(self, state: FeedState, poll: Poll) -> None:
        """Count a stored poll."""
        self._outcomes[poll.outcome] += 1
        self._new += poll.new
        self._updated += poll.updated
        self.progress.polled(state, poll)
        if log.isEnabledFor(logging.DEBUG):
            log.debug(poll_in_words(state, poll))  # as a kind of its own, or only 200 a minute would be logged


def _check_for_outage(db: Database, evidence: Evidence, now: datetime) -> bool:
    """Decide whether this is our own outage; if so, open a gap for every feed and refund charges since it began.

    A tick that asks few feeds cannot tell on its own: if nothing answered, the unbroken silence before it counts too.
    """
    answered = evidence.answered
    before = [] if any(answered.values()) else feeds.silent_polls(db, now - _OUTAGE_MEMORY, now)
    outage = evidence.lost or (bool(answered) and is_outage({**{poll[2]: False for poll in before}, **answered}))
    if outage:
        feeds.refund(db, before)
        gaps.open_for_all(db, "outage", now)
    return outage


def _first_error(errors: BaseExceptionGroup[StoreError]) -> StoreError:
    """Return one of the errors that ended a round; they all say the same."""
    first = errors.exceptions[0]
    return _first_error(first) if isinstance(first, BaseExceptionGroup) else first
