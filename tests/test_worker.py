"""That the parser's processes answer, are killed when they must be, and never outlive their parent."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tracker.collect import worker
from tracker.collect.worker import ParserPool
from tracker.errors import NotAFeed, ParserDied, ParseTimeout
from tracker.models import Parsed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://example.org/feed.xml"
QUICK = b"<rss version='2.0'><channel><title>Feed</title><item><title>t</title><link>/1</link></item></channel></rss>"
GOOD = b"<!DOCTYPE rss>" + QUICK  # which needs a process
SLOW = GOOD.replace(b"<link>", b"<author>" + b"a" * 100_000 + b"</author><link>")  # one regular expression, a minute
LONG = GOOD.replace(b"</channel>", b"<item><title>t</title><link>/%d</link></item>" * 3000 + b"</channel>")
HOUR = timedelta(hours=1)


async def parse(pool: ParserPool, body: bytes) -> Parsed:
    return await pool.parse(body, URL, None, NOW)


def children(parent: int) -> list[int]:
    """The processes that descend from one, itself left out."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    direct = [int(pid) for pid, ppid, state in rows if int(ppid) == parent and not state.startswith("Z")]
    return direct + [grandchild for child in direct for grandchild in children(child)]


async def test_the_answer_is_what_parse_returns() -> None:
    with ParserPool(workers=1) as pool:
        parsed = await parse(pool, GOOD)

    assert parsed.title == "Feed"
    assert parsed.entries[0].url == "https://example.org/1"


async def test_no_feed_is_the_answer_too() -> None:
    with ParserPool(workers=1) as pool, pytest.raises(NotAFeed, match="HTML page"):
        await parse(pool, b"<html></html>")


async def test_a_document_in_good_order_needs_no_process() -> None:
    with ParserPool() as pool:
        parsed = await parse(pool, QUICK)
        assert workers_of(pool) == []
        assert parsed == await parse(pool, GOOD)
        assert workers_of(pool) != []


async def test_many_documents_share_the_workers() -> None:
    with ParserPool(workers=2) as pool:
        titles = [parsed.title for parsed in await asyncio.gather(*(parse(pool, GOOD) for _ in range(40)))]

    assert titles == ["Feed"] * 40


async def test_a_slow_document_is_stopped_and_the_next_one_is_read() -> None:
    with ParserPool(workers=1, timeout=timedelta(seconds=0.5)) as pool:
        with pytest.raises(ParseTimeout, match=r"more than 0\.5 s of CPU time"):
            await parse(pool, SLOW)
        assert (await parse(pool, GOOD)).title == "Feed"


async def test_a_document_is_not_charged_for_the_time_in_which_its_worker_stood_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "FIRST_TRY", HOUR)
    with ParserPool(workers=1, timeout=timedelta(seconds=3)) as pool:
        await parse(pool, GOOD)
        (one,) = workers_of(pool)
        before = cpu_seconds(one)
        long = asyncio.create_task(parse(pool, LONG))
        await asyncio.to_thread(wait_until, lambda: cpu_seconds(one) > before)
        os.kill(one, signal.SIGSTOP)
        await asyncio.sleep(4)  # the time by the clock is what this is about
        os.kill(one, signal.SIGCONT)
        assert (await long).title == "Feed"


@pytest.mark.parametrize(("times", "answers"), [(1, True), (2, False)], ids=["once", "again"])
async def test_a_document_whose_answer_does_not_come_is_tried_once_more(
    monkeypatch: pytest.MonkeyPatch, times: int, answers: bool
) -> None:
    with ParserPool(workers=1) as pool:
        real, tries = pool._schedule, []

        async def scheduled(*job: Any) -> Parsed:
            tries.append(job)
            if len(tries) <= times:
                raise TimeoutError
            return await real(*job)

        monkeypatch.setattr(pool, "_schedule", scheduled)
        if answers:
            assert (await parse(pool, GOOD)).title == "Feed"
        else:
            with pytest.raises(ParserDied, match="does not answer"):
                await parse(pool, GOOD)
        assert len(tries) == 2


async def test_a_slow_document_keeps_only_its_own_worker() -> None:
    with ParserPool(workers=2, timeout=HOUR) as pool:
        slow = asyncio.create_task(parse(pool, SLOW))
        for _ in range(5):
            assert (await parse(pool, GOOD)).title == "Feed"
        assert not slow.done()
        slow.cancel()


async def test_a_slow_document_is_tried_again_behind_all_that_wait_for_their_first_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "FIRST_TRY", timedelta(seconds=0.5))
    ended: list[str] = []

    async def note(name: str, body: bytes) -> None:
        try:
            await parse(pool, body)
        except ParseTimeout as error:
            name += f": {error}"
        ended.append(name)

    with ParserPool(workers=1, timeout=timedelta(seconds=2)) as pool:
        await asyncio.gather(note("slow", SLOW), *(note("good", GOOD) for _ in range(5)))
    assert ended == ["good"] * 5 + ["slow: The document takes more than 2 s of CPU time to parse."]


async def test_a_document_that_ends_at_the_second_try_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "FIRST_TRY", timedelta(seconds=0.05))
    with ParserPool(workers=1, timeout=HOUR) as pool:
        assert (await parse(pool, LONG)).title == "Feed"


async def test_slow_documents_leave_one_worker_to_those_tried_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "FIRST_TRY", timedelta(seconds=0.2))
    with ParserPool(workers=2, timeout=HOUR) as pool:
        slow = [asyncio.create_task(parse(pool, SLOW)) for _ in range(3)]
        await asyncio.to_thread(wait_until, lambda: max([0.0, *map(cpu_seconds, workers_of(pool))]) > 1)
        assert (await parse(pool, GOOD)).title == "Feed"
        assert not any(task.done() for task in slow)
        for task in slow:
            task.cancel()


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is limited on Linux only")
async def test_a_document_that_needs_too_much_memory_fails_alone() -> None:
    large = GOOD.replace(b"<title>t", b"<title>" + b"t" * 2**25)

    with ParserPool(workers=1, memory=160 * 2**20) as pool:
        with pytest.raises(ParserDied):
            await parse(pool, large)
        assert (await parse(pool, GOOD)).title == "Feed"


@pytest.mark.parametrize("busy", [True, False], ids=["busy", "idle"])
async def test_a_worker_killed_from_outside_is_replaced(busy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "FIRST_TRY", HOUR)
    with ParserPool(workers=1, timeout=HOUR) as pool:
        await parse(pool, GOOD)
        (victim,) = workers_of(pool)
        if busy:
            used = cpu_seconds(victim)
            slow = asyncio.create_task(parse(pool, SLOW))
            await asyncio.to_thread(wait_until, lambda: cpu_seconds(victim) > used + 0.3)
        else:
            await asyncio.to_thread(wait_until, lambda: state_of(victim) == "S")  # it may still hold pebble's lock
        os.kill(victim, signal.SIGKILL)
        await asyncio.to_thread(wait_until, lambda: victim not in workers_of(pool))
        if busy:
            with pytest.raises(ParserDied):
                await slow
        assert (await parse(pool, GOOD)).title == "Feed"
        assert workers_of(pool) != [victim]


async def test_no_process_runs_before_the_first_document_or_after_the_end() -> None:
    with ParserPool() as pool:
        assert workers_of(pool) == []
        await parse(pool, GOOD)
        running = workers_of(pool)
        assert len(running) == 2
    assert not any(is_alive(pid) for pid in running)


async def test_a_pool_stops_at_once_whatever_its_workers_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "FIRST_TRY", HOUR)
    with ParserPool(workers=1, timeout=HOUR) as pool:
        await parse(pool, GOOD)
        (one,) = workers_of(pool)
        slow = asyncio.create_task(parse(pool, SLOW))
        await asyncio.to_thread(wait_until, lambda: cpu_seconds(one) > 0.3)
        slow.cancel()
        before = cpu_seconds(one)
        pool._stop()
        assert not is_alive(one)
        assert before < 30, "it has not read on to the end, which takes a minute"


PARENT = f"""
import asyncio, signal
from datetime import UTC, datetime, timedelta
from tracker.collect.worker import ParserPool

GOOD = {GOOD!r}
SLOW = GOOD.replace(b"<link>", b"<author>" + b"a" * 100_000 + b"</author><link>")
NOW = datetime(2026, 11, 23, tzinfo=UTC)

async def main():
    with ParserPool(workers=2, timeout=timedelta(seconds=2)) as pool:
        await pool.parse(GOOD, "https://example.org/", None, NOW)
        slow = asyncio.create_task(pool.parse(SLOW, "https://example.org/", None, NOW))
        await asyncio.sleep(0)
        print("ready", flush=True)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            slow.cancel()
            print((await pool.parse(GOOD, "https://example.org/", None, NOW)).title, flush=True)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are born without it
    asyncio.run(main())
"""


def started_parent(tmp_path: Path) -> subprocess.Popen[str]:
    """A process of its own group that has a pool with one idle and one busy worker."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, script],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONPATH": "."},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    return parent


def test_workers_do_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    with started_parent(tmp_path) as parent:
        family = children(parent.pid)
        assert len(family) == 4  # the resource tracker, the forkserver and its two workers
        parent.kill()

    wait_until(lambda: not any(is_alive(pid) for pid in family))


def test_ctrl_c_is_left_to_the_parent(tmp_path: Path) -> None:
    with started_parent(tmp_path) as parent:
        os.killpg(parent.pid, signal.SIGINT)
        out, err = parent.communicate(timeout=600)

    assert out == "Feed\n"
    assert err.count("Traceback") <= 1  # the parent's own KeyboardInterrupt
    assert "forkserver" not in err


def workers_of(pool: ParserPool) -> list[int]:
    """The processes that the pool has running."""
    running = pool._pool
    return [] if running is None else sorted(running._pool_manager.worker_manager.workers)


def cpu_seconds(pid: int) -> float:
    """What a process has used so far; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def state_of(pid: int) -> str:
    """The letter for what a process is doing: R running or wanting to, S waiting, Z dead; empty when gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    return state_of(pid) not in {"", "Z"}


def wait_until(condition: Callable[[], bool]) -> None:
    """Waits for what is bound to happen, however busy the machine is."""
    end = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < end, "what was waited for did not happen"
        time.sleep(0.01)  # between two looks; a loop without would take the time from what is waited for
