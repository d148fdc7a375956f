"""However many stand at the door or take nothing of what they asked for, feeds are polled and the site answers."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tests.servers import Reply, Server
from tests.test_run import big_feed, feeds_yaml, line_with
from tracker.store.database import open_database

FEEDS = 30
IDLE = 2000
GREEDY = 150

HALF_A_HEAD = b"GET / HTTP/1.1\r\nHost: tracker.example\r\nX-"
HALF_A_BODY = b"GET /nothing HTTP/1.1\r\nHost: tracker.example\r\nContent-Length: 1000\r\n\r\nx"
TAKES_NOTHING = b"GET /tracker/articles.json?_size=1000 HTTP/1.1\r\nHost: tracker.example\r\n\r\n" * 20


@contextmanager
def tracker(folder: Path, descriptors: int) -> Iterator[subprocess.Popen[str]]:
    """`tracker run` with this many descriptors, killed at the end."""
    command = ["sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh", sys.executable, "-m", "tracker"]
    process = subprocess.Popen(
        [*command, "run", "--port", "0"],
        stderr=subprocess.PIPE, text=True, cwd=folder, env=os.environ | {"TRACKER_DB": str(folder / "tracker.db")},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=60)


def descriptors_of(process: subprocess.Popen[str]) -> int:
    return len([*Path(f"/proc/{process.pid}/fd").iterdir()])


async def crowd(site: str, count: int, said: bytes, stack: AsyncExitStack) -> None:
    """Open this many connections, send this on each, and neither read nor close them until the stack is closed."""
    url, loop = httpx.URL(site), asyncio.get_running_loop()
    some = asyncio.Semaphore(50)

    async def one() -> None:
        visitor = stack.enter_context(socket.socket())
        visitor.setblocking(False)
        async with some:
            await loop.sock_connect(visitor, (url.host, url.port))
            with suppress(ConnectionError):  # it was sent away at once
                await loop.sock_sendall(visitor, said)

    await asyncio.gather(*(one() for _ in range(count)))


async def log_line(process: subprocess.Popen[str], pattern: str) -> str:
    found = await asyncio.to_thread(line_with, process, pattern)
    return found[found.lastindex or 0]


@pytest.mark.timeout(240)
async def test_every_due_feed_is_polled_and_health_answers_while_two_thousand_stand_at_the_door(tmp_path: Path) -> None:
    stored.build(tmp_path / "tracker.db")
    gate = asyncio.Event()
    async with Server() as server, AsyncExitStack() as visitors:
        feeds_yaml(tmp_path, *(server.say(f"/{n}", Reply(body=big_feed(n), gate=gate)) for n in range(FEEDS)))
        process = visitors.enter_context(tracker(tmp_path, 1024))
        async with httpx.AsyncClient(timeout=60) as client:
            site = await log_line(process, r"the site is at (http://\S+)")
            await server.arrived(1)
            await crowd(site, GREEDY, TAKES_NOTHING, visitors)
            await crowd(site, IDLE // 2, HALF_A_HEAD, visitors)
            await crowd(site, IDLE // 2, HALF_A_BODY, visitors)
            for page, allowed in (("healthz", {200}), ("about", {200, 503}), ("healthz", {200})):
                answer = await client.get(f"{site}{page}", headers={"Connection": "close"})
                assert answer.status_code in allowed, answer.text  # a page may be refused for a while, health may not
            gate.set()
            await log_line(process, f"{FEEDS} feeds polled")
            assert descriptors_of(process) < 700
            process.terminate()
            _, rest = await asyncio.to_thread(process.communicate, timeout=60)
            assert process.returncode == 0
    polls = open_database(tmp_path / "tracker.db").query("SELECT outcome FROM polls WHERE host = '127.0.0.1'")
    assert [poll["outcome"] for poll in polls] == ["ok"] * FEEDS
    assert "Traceback" not in rest
    assert len(rest) < 10_000
