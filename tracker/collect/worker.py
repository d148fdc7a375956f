"""Runs the parser in processes that can be killed: the only module that knows pebble and process limits."""

import asyncio
import importlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing import resource_tracker
from types import ModuleType, TracebackType
from typing import Self

import pebble

from tracker.collect.priority_semaphore import PrioritySemaphore
from tracker.errors import ParserDied, ParseTimeout
from tracker.models import Parsed

if sys.platform == "linux":
    import resource

MEMORY_LIMIT = 1 << 30
"""Most address space of one worker, in bytes; one that has started uses a ninth of it."""

_PARSER = "tracker.collect.parse"

_BACKSTOP = timedelta(minutes=10)
"""How long an answer may take by the clock. Only a worker that waits for something takes so long, which none should,
or a machine that is stopped, asleep or hopelessly busy; so the document is tried once more."""

_Job = tuple[bytes, str, str | None, datetime]
"""The arguments of parse()."""

FIRST_TRY = timedelta(seconds=3)
"""CPU time that a document may take at first; feedparser takes 0.14 s for the mean blog of 0.25 MB."""


class ParserPool:
    """Parses documents at once or in `workers` processes, each within `timeout` and `memory` bytes; a context manager.

    Times are CPU time of the worker, so that what else the machine does is not held against a document.
    No process is started before the first document that needs one. The processes leave Ctrl-C to the parent and
    end with it, even when it is killed.
    """

    def __init__(
        self, workers: int = 2, timeout: timedelta = timedelta(seconds=10), memory: int = MEMORY_LIMIT
    ) -> None:
        self._workers = workers
        self._timeout = timeout
        self._memory = memory
        self._at_once = asyncio.Lock()
        self._lanes = PrioritySemaphore(workers)
        self._second_chances = asyncio.Semaphore(max(1, workers - 1))
        self._pool: pebble.ProcessPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    async def parse(self, body: bytes, url: str, content_type: str | None, now: datetime) -> Parsed:
        """What parse() returns, or raises, for these arguments; waiting for a worker takes as long as it takes.

        Raises ParseTimeout when the document takes too much time, ParserDied when its worker ends without an
        answer. The worker is replaced in both cases. A document that does not end within FIRST_TRY is tried once
        more with all its time when no other waits for its first try, and leaves one worker of several to those.
        """
        async with self._at_once:
            await asyncio.sleep(0)  # whatever else is ready goes first, lest others' connections be kept waiting
            parsed: Parsed | None = _parser().parse_at_once(body, url, content_type, now)
        if parsed is not None:
            return parsed
        job = (body, url, content_type, now)
        try:
            async with self._lanes.place():
                return await self._answer(job, min(FIRST_TRY, self._timeout))
        except ParseTimeout:
            if self._timeout <= FIRST_TRY:
                raise
        async with self._second_chances, self._lanes.place(again=True):
            return await self._answer(job, self._timeout)

    async def _answer(self, job: _Job, limit: timedelta) -> Parsed:
        """The parser's answer; a second one where the lack of the first is no fault of this document: the idle
        processes were killed, or all of them stood still."""
        try:
            return await self._told_apart(job, limit)
        except (BrokenProcessPool, TimeoutError):
            pass
        try:
            return await self._told_apart(job, limit)
        except BrokenProcessPool as error:
            raise ParserDied("The processes that parse documents keep dying.") from error
        except TimeoutError as error:
            raise ParserDied("The parser does not answer.") from error

    async def _told_apart(self, job: _Job, limit: timedelta) -> Parsed:
        """The parser's answer, its ends that are no answer told apart.

        Raises BrokenProcessPool, and TimeoutError after _BACKSTOP, besides.
        """
        seconds = limit.total_seconds()
        try:
            async with asyncio.timeout((2 * _BACKSTOP).total_seconds()) as lost:
                return await self._scheduled(job, seconds)
        except TimeoutError:
            if lost.expired():
                self._stop()
            raise
        except MemoryError as error:
            raise ParserDied(f"The document needs more than {self._memory:,} bytes to parse.") from error
        except pebble.ProcessExpired as error:
            if error.exitcode == -signal.SIGPROF:
                raise ParseTimeout(f"The document takes more than {seconds:g} s of CPU time to parse.") from error
            raise ParserDied("The parser died of this document.") from error

    async def _scheduled(self, job: _Job, seconds: float) -> Parsed:
        """The worker's answer; raises what parse() raises, and pebble's exceptions."""
        try:
            task = self._running().schedule(_parse_within, args=(seconds, *job), timeout=_BACKSTOP.total_seconds())
        except RuntimeError as error:  # it broke after it was asked whether it is active
            raise BrokenProcessPool from error
        parsed: Parsed = await asyncio.wrap_future(task)
        return parsed

    def _running(self) -> pebble.ProcessPool:
        """The pool, started when it is not, or when all its workers have died."""
        if self._pool is None or not self._pool.active:
            self._stop()
            with _interrupts_held_back():
                self._pool = self._started()
        return self._pool

    def _started(self) -> pebble.ProcessPool:
        """A pool whose workers are being started by a fork server that has the parser loaded."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([_PARSER])
        pool = pebble.ProcessPool(self._workers, initializer=_prepare, initargs=(self._memory,), context=context)
        if not pool.active:  # asking is what starts it
            raise ParserDied("No process can be started to parse documents.")
        return pool

    def _stop(self) -> None:
        """Ends the processes, whatever they are doing."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call] # pebble has types, but not everywhere
            pool.join()


def _parser() -> ModuleType:
    """The module that parses, loaded when a document asks for it: a round without news saves its 60 ms."""
    return importlib.import_module(_PARSER)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Keeps Ctrl-C from this thread for a moment, and for good from the processes started meanwhile.

    The resource tracker has to run before: starting it, Python lets interrupts through again.
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare(memory: int) -> None:
    """Makes this process a worker: it dies at once when told to or when its parent does, and is kept small."""
    os.nice(10)  # what is slow to read gives way to what is quick
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # pebble's handler waits until the parser lets Python run
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # it ends a process at the limit of its CPU time
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Waits for the parent to end, and ends this process then."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _parse_within(limit: float, body: bytes, url: str, content_type: str | None, now: datetime) -> Parsed:
    """parse_patiently(), with an alarm that kills this process after `limit` seconds of CPU time.

    The system sees to it, even while one regular expression keeps every thread of this process from running, and
    when the parent is dead.
    """
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        parsed: Parsed = _parser().parse_patiently(body, url, content_type, now)
        return parsed
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
