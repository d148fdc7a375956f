"""Kills the program at random moments of all it does, and looks what is left: `python -m tests.kills --kills 200`.

The feeds of the demo are served on loopback as they stood at successive moments. At each, one process after another
polls, exports, sends a digest, makes a release and a backup; each is killed some times before it may finish. After
every kill the database and every file under a final name must be whole; in the end the articles, tags and stories must
be those of a run that nobody disturbed, and no digest may have come twice.
"""

import argparse
import asyncio
import csv
import json
import os
import random
import signal
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.forked_command import run_command
from tests.mailbox import Mailbox
from tests.servers import Reply, Server
from tracker.demo.content import DemoFeed, demo_feeds
from tracker.demo.server import document
from tracker.publish.exports.presets import PRESETS
from tracker.publish.release.verify import verify
from tracker.store.maintenance.backup import verified

WORK = ("poll", "export", "digest", "release", "backup")
STEPS = 8
_FOLDERS = ("exports", "db/releases", "db/backups")

_CONTENT = {
    "articles": "SELECT canonical_url, url, title, summary, author, published_at, relevance FROM articles",
    "sightings": "SELECT guid, feed, canonical_url FROM sightings JOIN articles AS a ON a.id = article",
    "revisions": """SELECT canonical_url, r.title, r.summary, kind FROM revisions AS r
        JOIN articles AS a ON a.id = article""",
    "tags": "SELECT canonical_url, tag FROM article_tags JOIN articles AS a ON a.id = article",
    "evidence": """SELECT canonical_url, tag, rule, field, start, words FROM evidence
        JOIN articles AS a ON a.id = article""",
    "stories": """SELECT a.canonical_url, b.canonical_url FROM articles AS a JOIN articles AS b ON b.id = a.story""",
    "copies": """SELECT a.canonical_url, b.canonical_url, why FROM copies JOIN articles AS a ON a.id = article
        JOIN articles AS b ON b.id = root""",
}


@dataclass(slots=True)
class World:
    """A folder in which the tracker lives, the press that it polls and the mailbox that it writes to."""

    home: Path
    press: "Newsstand"
    mailbox: Mailbox
    killed: Counter[str] = field(default_factory=Counter)
    usual: dict[str, float] = field(default_factory=dict)
    looked_at: set[tuple[Path, int]] = field(default_factory=set)

    def command(self, work: str, step: int) -> list[str]:
        day = date(2026, 11, 1) - timedelta(days=step)
        what = {
            "poll": ["poll", "--all"],
            "export": ["export", "exports/"],
            "digest": ["digest", "--day", str(day), "--send"],
            "release": ["release"],
            "backup": ["backup", "--keep", "3", "db/backups"],
        }
        return what[work]

    def run(self, work: str, step: int) -> None:
        """Let it do its work to the end, a second after what was done before: backups are named by the second."""
        time.sleep(1 if work == "backup" else 0)
        begun = time.monotonic()
        done = run_command(*self.command(work, step), cwd=self.home, env=os.environ)
        assert done.returncode == 0, f"{work}: {done.returncode} {done.stderr!r}{done.stdout!r}"
        self.usual[work] = time.monotonic() - begun

    def kill(self, work: str, step: int, dice: random.Random) -> None:
        """Begin it, and kill it at a random moment of its usual time."""
        moment = dice.uniform(0.0, 1.0) * self.usual[work]
        done = run_command(*self.command(work, step), cwd=self.home, env=os.environ, kill_after=moment)
        if done.returncode == -signal.SIGKILL:
            self.killed[work] += 1

    def look(self) -> None:
        """Whatever is there must be whole."""
        with closing(sqlite3.connect(self.home / "db" / "tracker.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        for path in self._new("exports"):
            look_at_export(path)
        for path in self._new("db/backups"):
            verified(path)
        for path in self._new("db/releases"):
            assert path.is_dir(), path
            assert not (problems := verify(path).problems), (path, problems)
        twice = [key for key, n in Counter(mail["Message-ID"] for mail in self.mailbox.messages).items() if n > 1]
        assert not twice, f"came twice: {twice}"

    def _new(self, folder: str) -> Iterator[Path]:
        """What stands in a folder under its final name, and was not looked at since it was written."""
        there = (self.home / folder).iterdir() if (self.home / folder).is_dir() else ()
        for path in there:
            state = (path, path.stat().st_mtime_ns)
            if not path.name.startswith(".") and not path.name.endswith(".lock") and state not in self.looked_at:
                yield path
                self.looked_at.add(state)


def look_at_export(path: Path) -> None:
    """A CSV must have a full head and full rows to its last byte, and JSON must be JSON."""
    content = path.read_bytes()
    if path.name == "datapackage.json":
        json.loads(content)
        return
    assert content.endswith(b"\r\n"), path
    rows = list(csv.reader(content.decode().splitlines(keepends=True), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}, path
    if path.stem != "attention":
        assert rows[0] == [column.name for column in PRESETS[path.stem].columns], path


class Newsstand:
    """The demo's feeds on loopback, in a thread of their own, as of a moment."""

    def __init__(self, feeds: Sequence[DemoFeed]) -> None:
        self.feeds, self._now = feeds, datetime(2019, 1, 1, tzinfo=UTC)
        self._server = Server()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(self._server.__aenter__(), self._loop).result(10)
        self.urls = [
            self._server.say(f"/{feed.source.id}/{feed.path}", lambda _, feed=feed: self._reply(feed)) for feed in feeds
        ]

    def turn(self, now: datetime) -> None:
        self._now = now

    def _reply(self, feed: DemoFeed) -> Reply:
        return Reply(body=document(feed, self._now), headers=(("Content-Type", "application/xml"),))


@contextmanager
def world(press: Newsstand, home: Path) -> Iterator[World]:
    """A tracker that has polled nothing yet."""
    home.mkdir()
    with Mailbox() as mailbox:
        sources = [
            {
                "id": feed.source.id, "name": feed.source.name, "family": feed.source.family, "kind": feed.source.kind,
                "country": feed.source.country, "language": feed.source.language, "feeds": [url],
            }
            for feed, url in zip(press.feeds, press.urls, strict=True)
        ]  # fmt: skip
        config = {
            "settings": {"allow_networks": ["127.0.0.0/8"], "pause": "0s", "requests_per_host": 1000},
            "sources": sources,
            "mail": {"server": f"smtp://127.0.0.1:{mailbox.port}", "from": "tracker@example.org"},
            "digest": {"to": ["one@example.org", "two@example.org"]},
        }
        (home / "feeds.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
        yield World(home, press, mailbox)


def content(home: Path) -> dict[str, list[Any]]:
    """All that was collected, without times and numbers."""
    with closing(sqlite3.connect(home / "db" / "tracker.db")) as db:
        return {name: sorted(db.execute(query), key=repr) for name, query in _CONTENT.items()}


def live(one: World, moments: Sequence[datetime], kills: int, dice: random.Random) -> None:
    """All that the tracker does at each moment, each work killed so often, spread over the moments."""
    for step, moment in enumerate(moments):
        one.press.turn(moment)
        for work in WORK:
            due = round(kills / len(WORK) * (step + 1) / len(moments)) if work in one.usual else 0
            while one.killed[work] < due:
                one.kill(work, step, dice)
                one.look()
                print(".", end="", flush=True)
            one.run(work, step)
        one.look()


def main() -> None:
    """One life undisturbed, one with kills, and what they have come to."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--steps", type=int, default=STEPS, help="moments at which the feeds are looked at")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    asked = parser.parse_args()
    feeds = demo_feeds()
    every = sorted({moment for feed in feeds for moment in feed.moments()})
    moments = [every[(len(every) - 1) * (number + 1) // asked.steps] for number in range(asked.steps)]
    press = Newsstand(feeds)
    print(f"seed {asked.seed}", flush=True)
    with tempfile.TemporaryDirectory() as made:
        with world(press, Path(made) / "undisturbed") as one:
            live(one, moments, 0, random.Random(0))
            whole, letters = content(one.home), len(one.mailbox.messages)
        with world(press, Path(made) / "killed") as one:
            live(one, moments, asked.kills, random.Random(asked.seed))
            found = content(one.home)
            arrived = len(one.mailbox.messages)
            for left in (one.home / "db" / "backups").glob(".*.part*"):
                os.utime(left, (0, 0))  # a backup removes what killed ones left only when it has lain there for a while
            one.run("backup", 0)
            for folder in _FOLDERS:
                names = [path.name for path in (one.home / folder).iterdir() if path.name.endswith(".part")]
                assert not names, f"left over in {folder}: {names}"
            with closing(sqlite3.connect(one.home / "db" / "tracker.db")) as db:
                unsure = db.execute("SELECT count(*) FROM deliveries WHERE outcome = 'sending'").fetchone()[0]
    for name, rows in whole.items():
        assert rows == found[name], f"{name} differ: {len(rows)} undisturbed, {len(found[name])} after kills"
    killed = ", ".join(f"{work} {one.killed[work]}" for work in WORK)
    print(f"\n{sum(one.killed.values())} kills (seed {asked.seed}): {killed}")
    print(", ".join(f"{len(rows):,} {name}" for name, rows in whole.items()) + ": the same as undisturbed")
    print(f"digests: {letters} undisturbed, {arrived} after kills, none twice, {unsure} of which nobody knows")
    assert arrived <= letters <= arrived + unsure, "a digest is missing that was not claimed"


if __name__ == "__main__":
    main()
