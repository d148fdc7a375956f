"""`tracker run` as a process: it polls, serves, says what it does, and stops when asked."""

import asyncio
import csv
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests import own_jobs
from tests.forked_command import Started, start_command
from tests.servers import Reply, Request, Server
from tracker.jobs.site_server import Address, listening
from tracker.store.database import exclusive, open_database

pytestmark = pytest.mark.slow

FEEDS = """\
settings: {{contact: desk@example.org, allow_networks: [127.0.0.0/8], pause: 0s}}
sources:
  - id: press
    name: The Press
    kind: tech
    country: GB
    language: en
    feeds:
{feeds}
"""


def feeds_yaml(folder: Path, *urls: str) -> Path:
    path = folder / "feeds.yaml"
    path.write_text(FEEDS.format(feeds="\n".join(f"      - {url}" for url in urls)), encoding="utf-8")
    return path


@contextmanager
def running(
    folder: Path, *options: str, command: str = "run", env: dict[str, str] | None = None
) -> Iterator[Started | subprocess.Popen[str]]:
    """The command on a free port; ended, if need be by force, when the body is done."""
    environment = {**(env or os.environ), "TRACKER_DB": str(folder / "tracker.db")}
    process = start_command(command, "--port", "0", *options, cwd=folder, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def line_with(process: Started | subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """The next line on standard error that has the pattern; fails when the process ends before."""
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if found := re.search(pattern, line):
            return found
    raise AssertionError(f"no line had {pattern!r}:\n{''.join(seen)}")


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_without_a_network_it_says_so_in_one_line_and_goes_on_serving(tmp_path: Path) -> None:
    port = closed_port()
    feeds_yaml(tmp_path, *(f"http://127.0.0.{n}:{port}/rss" for n in range(2, 12)))
    with running(tmp_path) as process:
        site = line_with(process, r"the site is at (http://\S+)")[1]
        said = line_with(process, r"nothing could be reached.*")[0]
        assert said.startswith("nothing could be reached (10 connection-error): this looks like our own connection")
        assert httpx.get(site).status_code == 200
        assert "The Press" in httpx.get(f"{site}health").text
        searched = httpx.get(f"{site}search?q=E2EE").text
        assert "also matches end-to-end encryption" in searched, "names come to the site from the configuration"
        process.terminate()
        assert process.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
@pytest.mark.parametrize("command", ["run", "serve"])
def test_it_stops_cleanly_when_asked(tmp_path: Path, command: str, number: signal.Signals) -> None:
    feeds_yaml(tmp_path, f"http://127.0.0.1:{closed_port()}/rss")
    open_database(tmp_path / "tracker.db").close()
    with running(tmp_path, command=command) as process:
        line_with(process, "the site is at")
        process.send_signal(number)
        _, rest = process.communicate()
        assert process.returncode == 0
        assert "Traceback" not in rest


def test_a_second_run_on_one_database_ends_with_75(tmp_path: Path) -> None:
    feeds_yaml(tmp_path, f"http://127.0.0.1:{closed_port()}/rss")
    with running(tmp_path) as first:
        line_with(first, "the site is at")
        with running(tmp_path) as second:
            _, said = second.communicate()
            assert second.returncode == 75
            assert "another run is working" in said


def stored_feeds(path: Path) -> int:
    (number,) = open_database(path).execute("SELECT count(*) FROM feeds").fetchone()
    return int(number)


def test_it_waits_for_a_round_that_is_under_way_before_it_declares_its_feeds(tmp_path: Path) -> None:
    feeds_yaml(tmp_path, f"http://127.0.0.1:{closed_port()}/rss")
    db = tmp_path / "tracker.db"
    with ExitStack() as lock:
        lock.enter_context(exclusive(db))
        with running(tmp_path) as process:
            line_with(process, "another run is using .*; waiting for it to end")
            assert stored_feeds(db) == 0
            lock.close()
            line_with(process, "the site is at")
            assert stored_feeds(db) == 1


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    feeds_yaml(tmp_path, f"http://127.0.0.1:{closed_port()}/rss")
    open_database(tmp_path / "tracker.db").close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with running(tmp_path, "--port", str(port), command="serve") as process:
            _, said = process.communicate()
    assert process.returncode == 1
    assert f"port {port} of 127.0.0.1 cannot be used" in said
    assert "Traceback" not in said


def test_a_short_answer_is_sent_at_once() -> None:
    with listening(Address(port=0)) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def big_feed(number: int) -> bytes:
    words = "Words, &amp;quot;quoted&amp;quot;,\n and more. " * 5
    items = "".join(
        f"<item><guid>{number}-{n}</guid><link>https://press.example/{number}/{n}</link>"
        f"<title>Encryption and child abuse material, part {number}, {n}</title>"
        f"<description>{words}</description></item>"
        for n in range(100)
    )
    return f'<rss version="2.0"><channel><title>Press</title>{items}</channel></rss>'.encode()


async def test_csv_and_json_are_complete_and_valid_while_a_poll_writes(tmp_path: Path) -> None:
    """Forty feeds of a hundred entries are stored while the whole table is read again and again.

    The last twenty are held back until the table was read once with a part of them in it.
    """
    gate = asyncio.Event()
    async with Server() as server:
        urls = [server.say(f"/{n}", Reply(body=big_feed(n), gate=gate if n >= 20 else None)) for n in range(40)]
        feeds_yaml(tmp_path, *urls)
        with running(tmp_path) as process:
            site = (await asyncio.to_thread(line_with, process, r"the site is at (http://\S+)"))[1]
            counts = [0]
            async with httpx.AsyncClient(timeout=600) as client:
                while counts[-1] < 4000:
                    table = await client.get(f"{site}tracker/coverage.csv?_stream=on&_size=max")
                    rows = list(csv.DictReader(io.StringIO(table.text)))
                    assert all(row["canonical_url"].startswith("https://press.example/") for row in rows)
                    assert len({row["id"] for row in rows}) == len(rows)
                    page = (await client.get(f"{site}tracker/coverage.json?_shape=objects&_size=50")).json()
                    assert len(page["rows"]) == min(50, page["filtered_table_rows_count"])
                    assert page["filtered_table_rows_count"] >= len(rows) >= counts[-1]
                    counts.append(len(rows))
                    if rows:
                        gate.set()
            assert any(0 < count < 4000 for count in counts)


async def test_a_round_under_way_is_finished_or_leaves_nothing_half_done(tmp_path: Path) -> None:
    """Asked to stop while some feeds hang: what was stored is whole, and the process ends in time."""
    gate = asyncio.Event()
    async with Server() as server:
        good = server.say("/good", Reply(body=big_feed(1)))
        feeds_yaml(tmp_path, good, server.say("/hangs", Reply(body=b"x", gate=gate)))
        with running(tmp_path) as process:
            await asyncio.to_thread(line_with, process, "the site is at")
            await server.arrived(2)
            process.terminate()
            _, said = await asyncio.to_thread(process.communicate)
            assert process.returncode == 0
            assert "Traceback" not in said
        gate.set()
    db = open_database(tmp_path / "tracker.db")
    assert db.execute("SELECT count(*) FROM articles").fetchone()[0] in {0, 100}
    assert list(db.query("PRAGMA integrity_check")) == [{"integrity_check": "ok"}]
    with exclusive(tmp_path / "tracker.db"):
        pass  # nobody holds the lock any more


async def test_what_changes_at_the_source_appears_on_the_site(tmp_path: Path) -> None:
    def only_once(request: Request) -> Reply:
        return Reply(304) if request.header(b"If-None-Match") else Reply(body=big_feed(7), headers=(("ETag", '"7"'),))

    async with Server() as server:
        feeds_yaml(tmp_path, server.say("/feed", only_once))
        with running(tmp_path) as process:
            site = (await asyncio.to_thread(line_with, process, r"the site is at (http://\S+)"))[1]
            await asyncio.to_thread(line_with, process, "1 feed polled, 100 new articles")
            async with httpx.AsyncClient() as client:
                assert "Encryption and child abuse material, part 7" in (await client.get(site)).text


def scheduled(folder: Path, schedule: str) -> None:
    path = feeds_yaml(folder, f"http://127.0.0.1:{closed_port()}/rss")
    path.write_text(f"{path.read_text()}\nschedule: {{{schedule}}}\n")


def test_a_job_that_is_due_is_done_and_its_row_is_on_the_site(tmp_path: Path) -> None:
    scheduled(tmp_path, "export: 1h, backup: daily 03:30")
    with running(tmp_path, env=own_jobs.environment()) as process:
        site = line_with(process, r"the site is at (http://\S+)")[1]
        line_with(process, r"export: 3 articles written")
        page = httpx.get(f"{site}jobs").text
        assert "3 articles written" in page
        assert "every 1h" in page
        assert "daily at 03:30" in page
        assert page.count("has not run yet") == 2, "the backup: above the table, and in its row"
        assert 'tracker_job_failures{job="export"} 0.0' in httpx.get(f"{site}metrics").text
        process.terminate()
        assert process.wait() == 0


@pytest.mark.parametrize("log", ["text", "json"])
def test_a_job_at_work_ends_with_us_is_noted_as_killed_and_leaves_no_process(tmp_path: Path, log: str) -> None:
    scheduled(tmp_path, "maintenance: 1h")
    env = own_jobs.environment() | {"TRACKER_LOG": log}
    with running(tmp_path, env=env) as process:
        line_with(process, "maintenance: at work in process")
        number = int((tmp_path / "at-work").read_text())
        os.kill(number, 0)
        second = subprocess.run(
            [sys.executable, "-m", "tracker", "jobs", "run", "maintenance"],
            cwd=tmp_path, env=env | {"TRACKER_DB": "tracker.db"}, capture_output=True, timeout=600, check=False,
        )  # fmt: skip
        assert second.returncode == 75
        process.terminate()
        _, said = process.communicate()
        assert process.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    (run,) = open_database(tmp_path / "tracker.db").query("SELECT job, outcome FROM job_runs")
    assert run == {"job": "maintenance", "outcome": "killed"}
    assert "stopping the job maintenance" in said
    if log == "json":
        assert all(json.loads(line)["event"] for line in said.splitlines())
