"""Read the full texts of relevant articles from their pages: robots.txt, the page, its text, the tags it adds.

Pages wait for their turn as feeds do, one at a time for each source and host. A text is stored where nothing that
publishes can reach it; the tags and quotations found in it are stored with the article.
"""

import asyncio
import functools
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tracker.analyse.tagging.rules import Rulebook
from tracker.collect.article_page import ACCEPT, read_page
from tracker.collect.cadence import asked_for
from tracker.collect.fetch import Fetcher, Limits
from tracker.collect.politeness import Politeness, PoliteQueue
from tracker.collect.robots import PRODUCT, Permission, permission, robots_url, rules_of
from tracker.collect.worker import ParserPool
from tracker.config.poll_config import PollConfig
from tracker.errors import CollectError
from tracker.models import Fetched, PageText, Validators
from tracker.outcomes import Outcome, PageOutcome
from tracker.store import tags, texts
from tracker.store.connection import Database
from tracker.store.texts import TextAttempt, WantedText
from tracker.store.writer import Writer

log = logging.getLogger(__name__)

MOST: Final = 500
"""Most pages asked for in one run; the rest wait for the next."""

PATIENCE: Final = timedelta(minutes=20)
"""How long a run lasts at most, but for the requests under way."""

_AT_ONCE: Final = 16
"""Most concurrent requests, each to another source and host."""

_LIMITS: Final = Limits(body=5 * 2**20, inflated=15 * 2**20)
_RETRIES: Final = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""How long to wait after each failure in a row; after the last one, the page is given up."""

_PASSING: Final = frozenset({
    Outcome.RATE_LIMITED, Outcome.DNS_ERROR, Outcome.UNKNOWN_HOST, Outcome.CONNECTION_ERROR, Outcome.TLS_ERROR,
    Outcome.TIMEOUT, Outcome.PROTOCOL_ERROR, Outcome.CUT_SHORT,
})  # fmt: skip
"""Outcomes after which a later request may succeed; so may one after an error of the server's own (5xx)."""

_UNCHANGED: Final = frozenset({Outcome.NOT_MODIFIED})


async def read_texts(config: PollConfig, db: Path, now: datetime, patience: timedelta = PATIENCE) -> Counter[str]:
    """Read the pages of relevant articles of the sources with `fulltext: true`; return how many ended how."""
    sources = [source.id for source in config.sources if source.full_text]
    preload = ("tracker.collect.article_page", "tracker.collect.robots")
    async with Writer(db) as writer:
        waiting = await writer.do(texts.wanted, sources, now, MOST)
        if not waiting:
            return Counter()
        with ParserPool(preload=preload) as workers:
            fetcher = Fetcher(_user_agent(config), config.allow_networks, _LIMITS, accept=ACCEPT)
            reader = _Reader(_Tools(fetcher, workers, writer), config, now)
            await reader.read(waiting, patience)
            return reader.outcomes


def _user_agent(config: PollConfig) -> str:
    from importlib.metadata import version  # noqa: PLC0415  reads files

    return f"{PRODUCT}/{version(PRODUCT)} (+{config.contact})"


@dataclass(frozen=True, slots=True)
class _Tools:
    """What fetches pages, what reads them, and what stores them."""

    fetcher: Fetcher
    workers: ParserPool
    writer: Writer


class _Reader:
    """A run: the pages waiting, and the robots.txt of each host asked so far, which are forgotten after it."""

    def __init__(self, tools: _Tools, config: PollConfig, now: datetime) -> None:
        self._tools = tools
        self._config = config
        self._now = now
        self._pause = config.pause.total_seconds()
        self._queue = PoliteQueue[WantedText](Politeness(1, config.pause))
        self._robots: dict[str, asyncio.Task[bytes | None]] = {}
        self._changed = asyncio.Event()
        self._running = 0
        self.outcomes = Counter[str]()

    async def read(self, waiting: list[WantedText], patience: timedelta) -> None:
        """Ask for these pages as their turns come, until `patience` is over."""
        clock = asyncio.get_running_loop().time
        end = clock() + patience.total_seconds()
        self._queue.add(waiting)
        async with asyncio.TaskGroup() as group:
            while len(self._queue) and clock() < end:
                self._changed.clear()
                one = self._queue.next(clock()) if self._running < _AT_ONCE else None
                if one is None:
                    soon = self._queue.wait(clock()) if self._running < _AT_ONCE else None
                    await self._wait(min(end - clock(), end if soon is None else soon))
                    continue
                self._running += 1
                task = group.create_task(self._read(one))
                task.add_done_callback(functools.partial(self._release, one))

    async def _wait(self, seconds: float) -> None:
        """Wait until a request has ended, or so many seconds have passed."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    def _release(self, one: WantedText, _: asyncio.Task[None]) -> None:
        self._queue.done(one)
        self._running -= 1
        self._changed.set()

    async def _read(self, one: WantedText) -> None:
        """Ask for one page, unless robots.txt forbids it, and store what came of it."""
        page: PageText | None = None
        fetched: Fetched | None = None
        try:
            page, fetched = await self._ask(one)
        except CollectError as error:
            page = PageText(PageOutcome.NO_TEXT, error=str(error))
        except Exception as error:
            log.exception("reading %s failed unexpectedly", one.address)
            sentence = f"Internal error: {type(error).__name__}."
            fetched = Fetched(Outcome.INTERNAL_ERROR, one.address, error=sentence)
        attempt = _attempt(one, page, fetched, self._now)
        self.outcomes[attempt.outcome] += 1
        await self._tools.writer.do(_store, one, (attempt, page), self._config.rulebook, self._now)

    async def _ask(self, one: WantedText) -> tuple[PageText | None, Fetched | None]:
        """Return the page and the answer; without a page, the answer is not modified or a failure, and without an
        answer, the page was not asked for."""
        granted = await self._permission(one.address)
        if granted is None:
            sentence = "The host's robots.txt cannot be read now."
            return None, Fetched(Outcome.CONNECTION_ERROR, one.address, error=sentence)
        if granted.delay:
            self._queue.rest(one, asyncio.get_running_loop().time() + granted.delay.total_seconds())
        if not granted.allowed:
            return PageText(PageOutcome.ROBOTS, error="The host's robots.txt forbids it."), None
        fetched = await self._tools.fetcher.fetch(one.address, one.validators, self._may_follow)
        if fetched.outcome is not Outcome.OK:
            return None, fetched
        page = await self._tools.workers.run(read_page, fetched.body or b"", fetched.url, one.address)
        return page, fetched

    async def _may_follow(self, url: str) -> bool:
        granted = await self._permission(url)
        return granted is not None and granted.allowed

    async def _permission(self, url: str) -> Permission | None:
        """Return what the robots.txt of an address's host says of it; None if nobody knows at present."""
        where = robots_url(url)
        if where not in self._robots:
            self._robots[where] = asyncio.create_task(self._rules(where))
        rules = await asyncio.shield(self._robots[where])
        if rules is None:
            return None
        return await self._tools.workers.run(permission, rules, url) if rules else Permission(allowed=True)

    async def _rules(self, where: str) -> bytes | None:
        """Ask for a robots.txt, and leave the usual pause before the page is asked for."""
        rules = rules_of(await self._tools.fetcher.fetch(where))
        await asyncio.sleep(self._pause)
        return rules


def _attempt(one: WantedText, page: PageText | None, fetched: Fetched | None, now: datetime) -> TextAttempt:
    """Return how a request ended, and when to ask again."""
    if page is not None:
        validators = fetched.validators if fetched else Validators()
        return TextAttempt(page.outcome, page.error, validators=validators)
    assert fetched is not None, "what was not asked for has a page that says why"  # noqa: S101  a programming error
    if fetched.outcome in _UNCHANGED:
        return TextAttempt(PageOutcome.OK)
    server_error = fetched.outcome is Outcome.HTTP_ERROR and (fetched.status or 0) >= 500
    if not (server_error or fetched.outcome in _PASSING) or one.failures >= len(_RETRIES):
        return TextAttempt(fetched.outcome, fetched.error, failures=one.failures + 1)
    later = now + _RETRIES[one.failures]
    if fetched.retry_after is not None:
        later = max(later, asked_for(fetched.retry_after, now))
    return TextAttempt(fetched.outcome, fetched.error, later, one.failures + 1)


def _store(
    db: Database, one: WantedText, result: tuple[TextAttempt, PageText | None], rulebook: Rulebook, now: datetime
) -> None:
    """Store an attempt and, if the page was read, its text and what follows from it."""
    attempt, page = result
    texts.note(db, one.article, attempt, now)
    if page is not None and page.outcome is PageOutcome.OK and texts.keep(db, one.article, page.text, now):
        tags.tag_again(db, [one.article], rulebook)


def in_words(outcomes: Mapping[str, int]) -> str:
    """Return one line on a run: how many pages were read, and how the others ended."""
    read = outcomes.get(PageOutcome.OK, 0)
    others = [f"{name}: {n}" for name, n in sorted(outcomes.items()) if name != PageOutcome.OK]
    return ", ".join([f"{read} {'text' if read == 1 else 'texts'} read", *others])
