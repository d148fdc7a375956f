"""One round of polling: the stages meet here and nowhere else.

    due feeds | fetch | parse in a worker | identify | tag | store      one poll, one transaction

Fetching is concurrent, parsing happens in killable processes, and one thread writes. A poll that fails leaves a row
and hinders no other. Where most hosts do not answer the fault is ours: rows are left, and no feed is charged.
"""

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from tracker.analyse.rules import Rulebook
from tracker.analyse.urls import host
from tracker.collect import cadence
from tracker.collect.fetch import Fetcher
from tracker.collect.worker import ParserPool
from tracker.config.load import Config
from tracker.errors import CollectError, NotAFeed, ParseTimeout, StoreError, UsageError
from tracker.intake import take_in
from tracker.models import FeedState, Fetched, Outcome, Parsed, Poll, Round
from tracker.store import feeds
from tracker.store.database import Database, Writer, exclusive
from tracker.store.tags import apply_rulebook

log = logging.getLogger(__name__)


class Progress:
    """Hears how a round goes on; this one keeps it to itself."""

    def begin(self, feeds: int) -> None:
        """The round will poll so many feeds."""

    def polled(self, state: FeedState, poll: Poll) -> None:
        """One more poll is stored."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a round works with; all of it outlives the round."""

    fetcher: Fetcher
    parsers: ParserPool
    writer: Writer
    rulebook: Rulebook


@asynccontextmanager
async def open_desk(config: Config, db: Path, now: datetime) -> AsyncIterator[Desk]:
    """A desk for this configuration, its sources, feeds and rulebook made known to the database first."""
    with ParserPool() as parsers:
        async with Writer(db) as writer, _fetcher(config) as fetcher:
            await writer.do(_declare, config, now)
            yield Desk(fetcher, parsers, writer, config.rulebook)


async def poll_once(
    config: Config, db: Path, now: datetime, names: Sequence[str] | None = None, progress: Progress | None = None
) -> Round:
    """One round of its own: the due feeds, or those named, or all if the names are empty.

    Raises Locked if another round is under way, UsageError for a name that means no feed.
    """
    known = {name for feed in config.feeds for name in (feed.url, feed.source)}
    if unknown := [name for name in names or () if name not in known]:
        raise UsageError(f"no feed or source is called {', '.join(unknown)}; `tracker feeds list` shows them all")
    with exclusive(db):
        async with open_desk(config, db, now) as desk:
            states = await (due_feeds(desk, now) if names is None else named_feeds(desk, names))
            return await run_round(desk, states, now, progress)


async def due_feeds(desk: Desk, now: datetime) -> list[FeedState]:
    """The feeds whose time has come."""
    return await desk.writer.do(feeds.due, now)


async def named_feeds(desk: Desk, names: Sequence[str]) -> list[FeedState]:
    """The feeds with these addresses and those of these sources; all feeds if none is named."""
    states = await desk.writer.do(feeds.declared)
    return feeds.select(states, names) if names else states


async def fetch_page(config: Config, url: str) -> Fetched:
    """One web page, fetched as politely and as guarded as a feed."""
    async with _fetcher(config) as fetcher:
        return await fetcher.fetch(url)


def _fetcher(config: Config) -> Fetcher:
    agent = f"encryption-coverage-tracker/{version('encryption-coverage-tracker')} (+{config.contact})"
    return Fetcher(agent, config.allow_networks)


def _declare(db: Database, config: Config, now: datetime) -> None:
    feeds.declare(db, config.sources, config.feeds)
    apply_rulebook(db, config.rulebook, now)


@dataclass(slots=True)
class _Tally:
    """What a round has done so far; failures that may be our own fault wait here for the verdict."""

    progress: Progress
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    new: int = 0
    updated: int = 0
    answered: dict[str, bool] = field(default_factory=dict)
    waiting: list[tuple[FeedState, Fetched]] = field(default_factory=list)

    def add(self, state: FeedState, poll: Poll) -> None:
        """Count a poll that is stored."""
        self.outcomes[poll.outcome] += 1
        self.new += poll.new
        self.updated += poll.updated
        self.progress.polled(state, poll)


async def run_round(desk: Desk, states: Sequence[FeedState], now: datetime, progress: Progress | None = None) -> Round:
    """Poll these feeds once; afterwards each has a row in `polls` and a time for its next poll."""
    tally = _Tally(progress or Progress())
    tally.progress.begin(len(states))
    try:
        async with asyncio.TaskGroup() as group:
            for state in states:
                group.create_task(_poll(desk, state, now, tally))
    except* StoreError as errors:
        raise _first(errors) from None
    outage = cadence.is_outage(tally.answered)
    for state, fetched in tally.waiting:
        tally.add(state, await desk.writer.do(_store_unread, state, fetched, now, outage=outage))
    retry_at = now + cadence.AFTER_OUTAGE if outage else None
    return Round(dict(tally.outcomes), tally.new, tally.updated, outage, retry_at)


async def _poll(desk: Desk, state: FeedState, now: datetime, tally: _Tally) -> None:
    """One feed, from its address to its rows."""
    try:
        fetched = await desk.fetcher.fetch(state.address, state.validators)
        asked = host(state.address)
        tally.answered[asked] = tally.answered.get(asked, False) or not fetched.outcome.unreachable
        if fetched.outcome.unreachable:
            tally.waiting.append((state, fetched))
            return
        poll = await _read_and_store(desk, state, fetched, now)
    except StoreError:
        raise
    except Exception as error:
        log.exception("the poll of %s failed unexpectedly", state.feed.url)
        fetched = Fetched(
            Outcome.INTERNAL_ERROR, state.address, error=f"A mistake of this program: {type(error).__name__}."
        )
        poll = await desk.writer.do(_store_unread, state, fetched, now)
    tally.add(state, poll)


async def _read_and_store(desk: Desk, state: FeedState, fetched: Fetched, now: datetime) -> Poll:
    """Parse what is new and store it; whatever else came back is stored as what it is."""
    body = fetched.body or b""
    digest = hashlib.sha256(body).hexdigest()
    if fetched.outcome is Outcome.OK and digest == state.body_sha256:
        fetched = replace(fetched, outcome=Outcome.SAME_BODY)
    if fetched.outcome is not Outcome.OK:
        return await desk.writer.do(_store_unread, state, fetched, now)
    try:
        parsed = await desk.parsers.parse(body, fetched.url, fetched.content_type, now)
    except CollectError as error:
        outcome = _PARSE_FAILURES.get(type(error), Outcome.PARSE_ERROR)
        fetched = replace(fetched, outcome=outcome, error=str(error))
        return await desk.writer.do(_store_unread, state, fetched, now)
    document = _Document(fetched, digest, parsed)
    return await desk.writer.do(_store_document, state, document, desk.rulebook, now)


_PARSE_FAILURES: dict[type[CollectError], Outcome] = {
    NotAFeed: Outcome.NOT_A_FEED,
    ParseTimeout: Outcome.PARSE_TIMEOUT,
}


@dataclass(frozen=True, slots=True)
class _Document:
    """A document that was fetched and read, and the hash of its bytes."""

    fetched: Fetched
    sha256: str
    parsed: Parsed


def _store_unread(db: Database, state: FeedState, fetched: Fetched, now: datetime, *, outage: bool = False) -> Poll:
    """Store a poll whose document was not read: unchanged, or not to be had; one transaction."""
    poll = Poll(fetched.outcome, fetched.status, fetched.size, fetched.elapsed, error=fetched.error)
    if outage:
        after = cadence.after_outage(state, now)
    else:
        after = cadence.after_poll(state, poll.outcome, fetched.retry_after, now)
    if poll.outcome.observed:
        state = _asked(state, fetched)
    elif after.failures >= 1:
        state = replace(state, moved_to=None)  # the declared address may answer again
    feeds.record_poll(db, state.id, poll, after.charged, now)
    feeds.record_state(db, replace(state, failures=after.failures, next_poll_at=after.at), poll, now)
    return poll


def _store_document(db: Database, state: FeedState, document: _Document, rulebook: Rulebook, now: datetime) -> Poll:
    """Store a document's entries, their tags, the poll and the feed's new state; one transaction."""
    fetched, parsed = document.fetched, document.parsed
    taken = take_in(db, state, parsed.entries, rulebook, now)
    if not taken.continuous:
        feeds.open_gap(db, state, "error" if state.failures else "overflow", now)
    poll = Poll(
        Outcome.OK,
        fetched.status,
        fetched.size,
        fetched.elapsed,
        entries=len(parsed.entries),
        new=taken.new,
        updated=taken.updated,
        skipped=parsed.skipped,
        overlap=taken.overlap,
    )
    after = cadence.after_poll(state, Outcome.OK, None, now)
    feeds.record_poll(db, state.id, poll, 0.0, now)
    state = replace(_asked(state, fetched), body_sha256=document.sha256, failures=after.failures, next_poll_at=after.at)
    feeds.record_state(db, state, poll, now)
    return poll


def _asked(state: FeedState, fetched: Fetched) -> FeedState:
    """The feed's state with what the server gave for the next request."""
    return replace(state, validators=fetched.validators, moved_to=fetched.moved_to or state.moved_to)


def _first(errors: BaseExceptionGroup[StoreError]) -> StoreError:
    """One of the errors that ended a round; they all say the same."""
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
