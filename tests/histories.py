"""Successive versions of a real feed, served one after another, one poll each with the clock at the version's time.

python -m tests.histories ARCHIVE DATABASE KILLS VERSIONS   polls the first VERSIONS of them in processes of which KILLS
are killed, each at a random moment of its work; every process goes on from the last poll that the database holds.
"""

import asyncio
import hashlib
import os
import random
import re
import signal
import sqlite3
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers import Reply, Request, Server
from tests.whole_program import import_whole_program
from tracker.config.load import Config
from tracker.config.model import Schedule
from tracker.config.rulebook import built_in_events
from tracker.models import Feed, Source
from tracker.outcomes import Outcome
from tracker.pipeline.round import named_feeds, open_poll_context, run_round
from tracker.store.database import Database


@dataclass(frozen=True, slots=True)
class Version:
    """What the feed said from a moment on."""

    number: int
    time: datetime
    body: bytes

    @property
    def is_refusal(self) -> bool:
        """Whether this is a page that came with a 403."""
        return b"<H1>403 ERROR</H1>" in self.body

    @property
    def breaks_off(self) -> bool:
        """Whether its document lacks the end of its root element."""
        return bool(self.body) and not self.is_refusal and not self.body.rstrip().endswith((b"</rss>", b"</feed>"))

    def answer(self, request: Request) -> Reply:
        """What the server answers while this is its version."""
        if self.is_refusal:
            return Reply(403, self.body, (("Content-Type", "text/html"),))
        return conditional(self.body, request)


def versions(archive: Path) -> Iterator[Version]:
    """The versions in an archive, in their order; file names are NNNN-<time>.xml."""
    with tarfile.open(archive) as tar:  # in one pass: going back means decompressing from the start
        bodies = [(member.name, content.read()) for member in tar if (content := tar.extractfile(member))]
    for number, (name, body) in enumerate(sorted(bodies)):
        stamp = re.search(r"\d{4}-\d\d-\d\dT\d{6}Z", name)
        assert stamp, name
        yield Version(number, datetime.strptime(stamp[0], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC), body)


def reply(body: bytes) -> Reply:
    """The document with an ETag, as a server sends it."""
    return Reply(body=body, headers=(("ETag", etag(body)), ("Content-Type", "application/rss+xml")))


def etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:20]}"'


def conditional(body: bytes, request: Request) -> Reply:
    """304 for who has the document already."""
    known = request.header(b"If-None-Match")
    return Reply(304) if known == etag(body).encode() else reply(body)


def configuration(url: str, allow: str = "127.0.0.0/8") -> Config:
    """One source with one feed on loopback, and the built-in rulebook."""
    return Config(
        contact="desk@example.org",
        allow_networks=(IPv4Network(allow),),
        timezone="Europe/London",
        sources=(Source("press", "The Press", "press", "tech", "US", "en"),),
        feeds=(Feed(url, "press", timedelta(minutes=5)),),
        events=built_in_events(),
        schedule=Schedule(),
        requests_per_host=1000,
        pause=timedelta(),
    )


async def replay(
    series: Sequence[Version], db: Path, polled: Callable[[Database, Version], object] = lambda *_: None
) -> Counter[Outcome]:
    """Poll each version that the database has not yet polled, at its time; `polled` sees the database after each.

    Returns how the polls ended.
    """
    outcomes: Counter[Outcome] = Counter()
    async with (
        Server(listen_on=_port(db)) as server,
        open_poll_context(configuration(server.url("/feed")), db) as context,
    ):
        last = await context.writer.do(lambda db: db.execute("SELECT max(started_at) FROM polls").fetchone()[0])
        for version in series:
            if last is None or version.time > datetime.fromisoformat(last):
                server.say("/feed", version.answer)
                done = await run_round(context, await named_feeds(context, []), version.time)
                outcomes.update(done.outcomes)
                await context.writer.do(polled, version)
    return outcomes


def _port(db: Path) -> int:
    """Return the port of the feed in the database, as a feed is known by its address; for a new one, this process's."""
    if db.exists():
        with closing(sqlite3.connect(db)) as connection:
            for (url,) in connection.execute("SELECT url FROM feeds"):
                return urlsplit(url).port or 0
    return 20_000 + os.getpid() % 10_000  # below those that the system gives to whoever wants any


def killed_at_random(series: Sequence[Version], db: Path, kills: int, dice: random.Random) -> None:
    """Poll all versions, killing the process that does it again and again; the last one is left in peace.

    Processes are forked from this one, which has everything in memory, so that most of their life is polling.
    """
    import_whole_program()
    for _ in range(kills):
        heard, say = os.pipe()
        child = os.fork()
        if not child:
            asyncio.run(replay(series, db, lambda *_, say=say: os.write(say, b".")))
            os._exit(0)
        os.close(say)
        if os.read(heard, 1):  # it has polled its first version; else it has ended
            time.sleep(dice.uniform(0, 0.2))  # the random moment
            os.kill(child, signal.SIGKILL)
            print(".", end="", flush=True)
        os.waitpid(child, 0)
        os.close(heard)
        check = sqlite3.connect(db).execute("PRAGMA integrity_check").fetchall()
        assert check == [("ok",)], check
    asyncio.run(replay(series, db))


if __name__ == "__main__":
    archive, db, kills, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    killed_at_random(list(versions(archive))[:count], db, kills, random.Random(20250221))
