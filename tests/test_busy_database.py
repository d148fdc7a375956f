"""A database that other programs are using: commands wait for them or say so in a sentence, and nothing is lost."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.servers import Reply, Request, Server
from tests.test_cli import ARTICLES, FEED, Desk, filled
from tests.test_output_files import Here
from tracker.store.connection import Database, Parameters
from tracker.store.database import opened

__all__ = ["filled"]  # a fixture

OTHERS = "https://another-program.example/"

READING = [
    ("status",),
    ("export", "-"),
    ("export", "all/"),
    ("feeds", "list"),
    ("digest",),
    ("story", "show", "1"),
    ("alerts",),
    ("jobs", "list"),
    ("politeness",),
    ("codebook", "--tag", "encryption"),
    ("maintenance", "--dry-run"),
    ("backup", "copies/"),
]
WRITING = [("poll", "--all"), ("import", "more.jsonl"), ("retag",)]


@contextmanager
def another_writer(db: Path, done: threading.Event) -> Iterator[None]:
    """Another program is writing when the body begins; once `done` is set, it commits a row of its own."""
    begun = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(db, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            begun.set()
            done.wait()
            other.execute("INSERT INTO links VALUES (?, 1)", [OTHERS])
            other.execute("COMMIT")

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when a command of this process asks for the right to write."""
    asked, execute = threading.Event(), Database.execute

    def heard(db: Database, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        if sql == "BEGIN IMMEDIATE":
            asked.set()
        return execute(db, sql, parameters)

    monkeypatch.setattr(Database, "execute", heard)
    return asked


def made(kind: type[Desk], filled: Desk, folder: Path, url: str = "https://one.example/rss") -> Desk:
    """A copy of the desk with a feed at an address and a file to import."""
    shutil.copytree(filled.folder, folder)
    desk = kind(folder)
    desk.feeds(one=url)
    desk.write("more.jsonl", ARTICLES[0] | {"url": "https://one.example/more", "title": "More on encryption"})
    return desk


def addresses(desk: Desk) -> set[str]:
    """What is stored, whoever wrote it."""
    with opened(desk.db) as db:
        return {row["url"] for row in db.query("SELECT url FROM articles UNION SELECT canonical_url FROM links")}


async def test_what_writes_waits_for_another_writer_and_both_keep_what_they_wrote(
    filled: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waiting: threading.Event
) -> None:
    async with Server() as server:
        url = server.say("/rss", Reply(body=FEED.replace(b"one.example/2", b"one.example/new")))
        for number, command in enumerate(WRITING):
            desk = made(Here, filled, tmp_path / str(number), url)
            monkeypatch.chdir(desk.folder)
            before = addresses(desk)
            waiting.clear()
            with another_writer(desk.db, waiting):
                await asyncio.to_thread(desk.run, *command)
            new = {"poll": {"https://one.example/new"}, "import": {"https://one.example/more"}, "retag": set()}
            assert addresses(desk) - before == {OTHERS, *new[command[0]]}, command


def test_what_only_reads_goes_on_beside_a_writer_and_a_reader_that_never_end(filled: Desk, tmp_path: Path) -> None:
    desk = made(Desk, filled, tmp_path / "desk")
    with closing(sqlite3.connect(desk.db, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchone()
        with another_writer(desk.db, threading.Event()):
            for command in READING:
                assert "too long" not in desk.run(*command).err, command
    assert len(list((desk.folder / "copies").iterdir())) == 1


def test_what_has_waited_too_long_says_so_and_does_it_all_the_next_time(filled: Desk, tmp_path: Path) -> None:
    def refused_then_done(number: int, command: tuple[str, ...]) -> tuple[str, set[str]]:
        desk = made(Desk, filled, tmp_path / str(number))
        before = addresses(desk)
        with another_writer(desk.db, threading.Event()):
            refused = desk.run(*command, code=1).err
        assert addresses(desk) - before == {OTHERS}, command
        desk.run(*command)
        return refused, addresses(desk) - before

    with ThreadPoolExecutor(2) as threads:  # both wait their ten seconds at once
        found = list(threads.map(refused_then_done, (0, 1), [("import", "more.jsonl"), ("retag",)]))
    for said, _ in found:
        assert "another program has been writing to" in said
        assert said.count("\n") == 1
    assert found[0][1] == {OTHERS, "https://one.example/more"}


async def test_while_a_poll_is_fetching_everything_else_can_be_done(filled: Desk, tmp_path: Path) -> None:
    """What is added to feeds.yaml meanwhile is polled by the next round."""
    async with Server() as server:
        desk = made(Desk, filled, tmp_path / "desk")
        beside = [("export", "-"), ("digest",), ("status",), ("backup", "copies/")]

        def slowly(_: Request) -> Reply:
            """Answer the poll when all of this was done beside it."""
            if len(server.requests) == 1:
                desk.run("feeds", "add", server.url("/two"), "--source", "one")
                for command in beside:
                    desk.run(*command)
                assert "another run is working on" in desk.run("retag", code=75).err
            return Reply(body=FEED)

        desk.feeds(one=server.say("/one", slowly))
        server.say("/two", Reply(body=FEED.replace(b"one.example/2", b"one.example/later")))
        assert "1 feed polled" in (await desk.run_beside("poll", "--all")).out
        assert "https://one.example/later" not in addresses(desk)
        await desk.run_beside("poll", "--all")
        assert {"https://one.example/2", "https://one.example/later"} <= addresses(desk)
