"""A newspaper on loopback whose feeds a test fills, and the tracker that polls them on the test's clock.

async with press(tmp_path) as paper:
    paper.show(3, 2, 1)
    await paper.poll(NOW)
    paper.rows("SELECT * FROM gaps")
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.histories import conditional, configuration
from tests.servers import Reply, Server
from tracker.models import Feed, Round
from tracker.pipeline.feed_poll import PollContext
from tracker.pipeline.round import due_feeds, named_feeds, open_poll_context, run_round
from tracker.store.database import open_database

NOW = datetime(2025, 2, 21, 15, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST = NOW - DAY
"""Entry number n was published n minutes later."""


def document(*numbers: int, dated: bool = True) -> bytes:
    """A feed of entries so numbered, in this order."""
    items = "".join(
        f"<item><guid isPermaLink='false'>g{number}</guid><link>https://press.example/{number}</link>"
        f"<title>Headline {number}</title>{_date(number) if dated else ''}</item>"
        for number in numbers
    )
    return f'<rss version="2.0"><channel><title>Press</title>{items}</channel></rss>'.encode()


def down(newest: int, oldest: int) -> tuple[int, ...]:
    """Entries from the newest to the oldest."""
    return tuple(range(newest, oldest - 1, -1))


def _date(number: int) -> str:
    return f"<pubDate>{FIRST + number * MINUTE:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"


@dataclass(frozen=True, slots=True)
class Press:
    """The newspaper's server and the desk that polls it."""

    server: Server
    desk: PollContext
    db: Path

    def show(self, *numbers: int, path: str = "/feed", dated: bool = True) -> str:
        """From now on the feed has these entries; who has them already is told so."""
        body = document(*numbers, dated=dated)
        return self.server.say(path, lambda request: conditional(body, request))

    def fail(self, reply: Reply, path: str = "/feed") -> None:
        """From now on the feed is answered so."""
        self.server.say(path, reply)

    async def poll(self, now: datetime, *names: str) -> Round:
        """Poll these feeds, or all, whether or not they are due."""
        return await run_round(self.desk, await named_feeds(self.desk, names), now)

    async def tick(self, now: datetime) -> Round:
        """Poll what is due."""
        return await run_round(self.desk, await due_feeds(self.desk, now), now)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """What the database says."""
        db = open_database(self.db)
        try:
            return list(db.query(query))
        finally:
            db.close()

    def gaps(self) -> list[tuple[str, str, str | None, int]]:
        """Reason, beginning, end and whether it is bridged of each gap."""
        rows = self.rows("SELECT reason, from_at, to_at, bridged FROM gaps ORDER BY id")
        return [(row["reason"], row["from_at"], row["to_at"], row["bridged"]) for row in rows]


@asynccontextmanager
async def press(
    folder: Path, others: Sequence[str] = (), paths: Sequence[str] = ("/feed",), every: timedelta | None = HOUR
) -> AsyncIterator[Press]:
    """A newspaper with feeds at these paths; the tracker has them, and others at any address."""
    async with Server() as server:
        urls = [*map(server.url, paths), *others]
        config = replace(configuration(""), feeds=tuple(Feed(url, "press", every) for url in urls))
        async with open_poll_context(config, folder / "tracker.db") as desk:
            yield Press(server, desk, folder / "tracker.db")
