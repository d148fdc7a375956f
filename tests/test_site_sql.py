"""A question in SQL ends when its time or memory does, whatever it computes, holds up nobody, and leaves no process."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tests.test_run import line_with
from tracker.web.queries import visitor_process, visitor_sql
from tracker.web.queries.visitor_sql import Refused

pytestmark = pytest.mark.slow

NUMBERS = "with recursive n(x) as (select 1 union all select x + 1 from n)"
BOMBS = {
    "a function without a clock": f"{NUMBERS} select sum(instr(zeroblob(999999), zeroblob(500000) || x)) from n",
    "a pattern": f"{NUMBERS} select sum(replace(hex(zeroblob(400000)), '00', 'ab') like '%a%b%a%b%a%b%a%b%a%c') from n",
    "an endless count": f"{NUMBERS} select count(*) from n",
    "one text of all": f"{NUMBERS} select group_concat(x) from n",
    "blobs sorted": f"{NUMBERS} select length(b) from (select randomblob(900000) as b from n limit 9000) order by b",
    "a join of everything": "select count(*) from articles a, articles b, articles c, articles d, articles e",
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inquiry") / "site.db"
    stored.build(path)
    return path


def children() -> list[str]:
    """The commands of this process's own children that answer questions."""
    told = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    commands = [Path(f"/proc/{number}/cmdline") for number in told]
    return [text for one in commands if one.exists() and visitor_sql.__name__ in (text := one.read_text())]


@pytest.mark.parametrize("sql", BOMBS.values(), ids=BOMBS)
async def test_what_would_take_all_time_or_memory_is_refused_in_a_sentence(database: Path, sql: str) -> None:
    with pytest.raises(Refused, match=r"too long|memory|too big") as caught:
        await visitor_process.run_query(database, sql)
    assert str(caught.value).endswith(".")
    assert children() == []


def test_the_limit_of_memory_is_of_the_process() -> None:
    code = f"from {visitor_sql.__name__} import _confine; _confine(); bytearray(300 << 20)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr


async def test_numbers_texts_nothing_and_bytes_come_as_they_are(database: Path) -> None:
    found = await visitor_process.run_query(database, "select 1 as a, 2.5, '„é\U0001f512', null, x'00ff', 9e999 as a")
    assert found.rows == ((1, 2.5, "„é\U0001f512", None, b"\x00\xff", float("inf")),)


async def test_who_no_longer_waits_leaves_no_process(database: Path) -> None:
    asked = asyncio.create_task(visitor_process.run_query(database, BOMBS["an endless count"]))
    while not children():  # noqa: ASYNC110  nothing tells when a process is there
        await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert children() == []


async def test_pages_are_answered_while_more_questions_are_asked_than_may_be(database: Path) -> None:
    for address in stored.serve(database, sql=True):
        async with httpx.AsyncClient(base_url=address, timeout=120) as client:
            bombs = [
                asyncio.create_task(client.get("/sql.json", params={"sql": f"{sql} -- {n}"}))
                for n, sql in enumerate([BOMBS["an endless count"]] * 3)
            ]
            await asyncio.sleep(0)
            for path in ("/about", "/tracker/articles.json", "/tracker/articles.csv", "/healthz"):
                assert (await client.get(path)).status_code == 200
            answers = await asyncio.gather(*bombs)
            assert [answer.status_code for answer in answers] == [400] * 3


@pytest.fixture
def server(database: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker", "--db", str(database), "serve", "--port", "0", "--sql"],
        stderr=subprocess.PIPE, text=True, cwd=database.parent,
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate()


def test_a_question_ends_with_a_server_that_is_killed(server: subprocess.Popen[str]) -> None:
    site = line_with(server, r"the site is at (http://\S+)")[1]
    url = httpx.URL(site).join("/sql.json").copy_merge_params({"sql": BOMBS["a function without a clock"]})
    with subprocess.Popen([sys.executable, "-c", f"import httpx; httpx.get({str(url)!r}, timeout=60)"],
                          stderr=subprocess.DEVNULL):  # fmt: skip
        number = 0
        while not number:
            tasks = Path(f"/proc/{server.pid}/task").glob("*/children")
            number = next((int(pid) for one in tasks for pid in one.read_text().split()), 0)
        ended = os.pidfd_open(number)
        os.kill(server.pid, signal.SIGKILL)
        assert select.select([ended], [], [], 30)[0], "it goes on"
        os.close(ended)
