"""Read documents in processes that can be killed: the only module that knows pebble and process limits."""

import asyncio
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, Self, TypeVar

from tracker.errors import ParserDied, ParseTimeout
from tracker.models import Parsed

if sys.platform == "linux":
    import resource
if TYPE_CHECKING:
    import pebble

MEMORY_LIMIT = 1 << 30
"""Most address space of a worker, in bytes; a freshly started one uses a ninth of it."""

_PARSER = ("tracker.collect.parse", "tracker.collect.formats.feedparser_reader")

_BACKSTOP = timedelta(minutes=10)
"""Wall-clock limit on an answer. Only a worker that blocks, which none should, or a machine that is suspended or
overloaded takes so long; so the document is retried once.
"""

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Job = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function that a worker can import, and its arguments."""

FIRST_TRY = timedelta(seconds=3)
"""CPU time of a document's first attempt; feedparser takes 0.14 s for the mean blog of 0.25 MB."""


class Parsing(Protocol):
    """What parses documents, as a ParserPool does."""

    async def parse(self, body: bytes, url: str, content_type: str | None, now: datetime) -> Parsed:
        """Return the document's entries; raises CollectError when it has none to give."""


class PrioritySemaphore:
    """A semaphore that admits waiting first attempts before second ones."""

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


class ParserPool:
    """Parses documents at once or in `workers` processes, each within `timeout` and `memory` bytes; a context manager.

    Times are the worker's CPU time, so that load on the machine does not count against a document. No process starts
    before the first document that needs one. The processes leave Ctrl-C to the parent and end with it, even if it is
    killed. `preload` are the modules that the fork server imports once for all of them.
    """

    def __init__(
        self,
        workers: int = 2,
        timeout: timedelta = timedelta(seconds=10),
        memory: int = MEMORY_LIMIT,
        preload: Sequence[str] = _PARSER,
    ) -> None:
        self._workers = workers
        self._preload = preload
        self._timeout = timeout
        self._memory = memory
        self._at_once = asyncio.Lock()
        self._slots = PrioritySemaphore(workers)
        self._retries = asyncio.Semaphore(max(1, workers - 1))
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
        """Return or raise what parse() does for these arguments; the wait for a worker is unlimited.

        Raises ParseTimeout when the document takes too much time, ParserDied when its worker ends without an answer;
        both replace the worker. A document that exceeds FIRST_TRY is retried once with its full time when no other
        waits for its first attempt, and leaves one worker of several to those.
        """
        from tracker.collect.parse import parse_at_once, parse_patiently  # noqa: PLC0415  a round without news needs none

        async with self._at_once:
            await asyncio.sleep(0)  # let other tasks run first, so that their connections do not wait
            parsed = parse_at_once(body, url, content_type, now)
        if parsed is not None:
            return parsed
        job = (parse_patiently, (body, url, content_type, now))
        try:
            async with self._slots.place():
                first: Parsed = await self._answer_with_retry(job, min(FIRST_TRY, self._timeout))
                return first
        except ParseTimeout:
            if self._timeout <= FIRST_TRY:
                raise
        async with self._retries, self._slots.place(again=True):
            second: Parsed = await self._answer_with_retry(job, self._timeout)
            return second

    async def run(self, function: Callable[_P, _T], *args: _P.args, **_none: _P.kwargs) -> _T:
        """Return or raise what a function of a module does, called in a process; the wait for one is unlimited.

        Raises ParseTimeout and ParserDied as parse() does.
        """
        async with self._slots.place():
            answer: _T = await self._answer_with_retry((function, args), self._timeout)
            return answer

    async def _answer_with_retry(self, job: _Job, limit: timedelta) -> Any:
        """Return a worker's answer; retry once if this document is not to blame: the idle processes were killed, or
        all of them hung.
        """
        from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415  most rounds start no worker

        try:
            return await self._run(job, limit)
        except (BrokenProcessPool, TimeoutError):
            pass
        try:
            return await self._run(job, limit)
        except BrokenProcessPool as error:
            raise ParserDied("The processes that parse documents keep dying.") from error
        except TimeoutError as error:
            raise ParserDied("The parser does not answer.") from error

    async def _run(self, job: _Job, limit: timedelta) -> Any:
        """Return a worker's answer; translate failures into ParserDied and ParseTimeout.

        Also raises BrokenProcessPool, and TimeoutError after _BACKSTOP.
        """
        from pebble import ProcessExpired  # noqa: PLC0415  most rounds start no worker

        seconds = limit.total_seconds()
        try:
            async with asyncio.timeout((2 * _BACKSTOP).total_seconds()) as deadline:
                return await self._schedule(job, seconds)
        except TimeoutError:
            if deadline.expired():
                self._stop()
            raise
        except MemoryError as error:
            raise ParserDied(f"The document needs more than {self._memory:,} bytes to parse.") from error
        except ProcessExpired as error:
            if error.exitcode == -signal.SIGPROF:
                raise ParseTimeout(f"The document takes more than {seconds:g} s of CPU time to parse.") from error
            raise ParserDied("This document crashed the parser.") from error

    async def _schedule(self, job: _Job, seconds: float) -> Any:
        """Return the worker's answer; raises what the job raises, and pebble's exceptions."""
        from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415  as above

        try:
            task = self._ensure_pool().schedule(_run_within, args=(seconds, *job), timeout=_BACKSTOP.total_seconds())
        except RuntimeError as error:  # the pool broke after the check for `active`
            raise BrokenProcessPool from error
        return await asyncio.wrap_future(task)

    def _ensure_pool(self) -> "pebble.ProcessPool":
        """Return the pool, started if necessary or if all its workers have died."""
        if self._pool is None or not self._pool.active:
            self._stop()
            with _interrupts_blocked():
                self._pool = self._start_pool()
        return self._pool

    def _start_pool(self) -> "pebble.ProcessPool":
        """Start a pool whose workers come from a fork server with the parser loaded."""
        import multiprocessing  # noqa: PLC0415  most rounds start no worker

        import pebble  # noqa: PLC0415  likewise

        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([*self._preload])
        pool = pebble.ProcessPool(self._workers, initializer=_prepare, initargs=(self._memory,), context=context)
        if not pool.active:  # reading `active` starts it
            raise ParserDied("No process can be started to parse documents.")
        return pool

    def _stop(self) -> None:
        """Kill the processes, whatever they are doing."""
        pool, self._pool = self._pool, None
        if pool is not None:
            # pebble drops its locks before it kills: keep them, or a process that is still starting complains of it
            channel = pool._pool_manager.worker_manager.workers_channel  # noqa: SLF001  pebble has no public name for it
            locks = channel and (channel.mutex.reader_mutex, channel.mutex.writer_mutex)
            pool.stop()  # type: ignore[no-untyped-call] # pebble is only partly typed
            pool.join()
            del locks


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block Ctrl-C in this thread for the block, and for good in processes started meanwhile.

    The resource tracker must already run: starting it, Python unblocks interrupts.
    """
    from multiprocessing import resource_tracker  # noqa: PLC0415  most rounds start no worker

    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare(memory: int) -> None:
    """Make this process a worker: it dies at once when told to or when its parent does, and its memory is limited."""
    os.nice(10)  # slow documents yield to quick ones
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # pebble's handler would wait for the parser
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # default action: die at the CPU limit
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the parent to end, then end this process."""
    from multiprocessing import parent_process  # noqa: PLC0415  only a worker needs it

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run_within(limit: float, function: Callable[..., _T], arguments: tuple[Any, ...]) -> _T:
    """Call a function, with an alarm that kills this process after `limit` seconds of CPU time.

    The kernel enforces it, even while one regular expression blocks every thread of this process, or after the parent
    died.
    """
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        return function(*arguments)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
