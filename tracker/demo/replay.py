"""The whole of the demo, round after round on a simulated clock, through the same code as real polling."""

from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv4Network
from pathlib import Path

from tracker.config.load import Config
from tracker.config.rulebook import built_in, compile_rulebook
from tracker.demo.content import DemoFeed, demo_feeds
from tracker.demo.server import Replay, serving
from tracker.models import Feed
from tracker.poll import due_feeds, open_desk, run_round

_WEEK = timedelta(days=7)
_LAST_LOOK = timedelta(minutes=30)
"""How long after a feed changed the demo looks, on days when an hour's difference shows."""


async def replay(db: Path, timezone: str, progress: Callable[[int, int], None]) -> int:
    """Fill a new database with the demo; how many rounds that took. `progress` hears of rounds done and in all.

    What was at `db` is replaced.
    """
    for path in db.parent.glob(f"{db.name}*"):
        path.unlink()
    feeds = demo_feeds()
    times = rounds(feeds)
    server = Replay(feeds, times[0])
    async with serving(server) as port:
        config = demo_config(feeds, server, port, timezone)
        async with open_desk(config, db, times[0]) as desk:
            for number, now in enumerate(times, 1):
                server.now = now
                await run_round(desk, await due_feeds(desk, now), now)
                progress(number, len(times))
    return len(times)


def rounds(feeds: list[DemoFeed]) -> list[datetime]:
    """When the demo polls: each week, and soon after a headline that changed within the week appeared."""
    moments = sorted(moment for feed in feeds for moment in feed.moments())
    first, last = moments[0], moments[-1]
    weekly = [first + _WEEK * number for number in range((last - first) // _WEEK + 2)]
    brief = [
        before.since + _LAST_LOOK
        for feed in feeds
        for entry in feed.entries
        for before, after in zip(entry.versions, entry.versions[1:], strict=False)
        if after.since - before.since < _WEEK
    ]
    return sorted({*weekly, *brief})


def demo_config(feeds: list[DemoFeed], server: Replay, port: int, timezone: str) -> Config:
    """The configuration that polls the demo's server."""
    rulebook, _ = compile_rulebook(built_in(), [])
    return Config(
        contact="https://example.org/demo",
        allow_networks=(IPv4Network("127.0.0.1/32"),),
        timezone=timezone,
        sources=tuple(feed.source for feed in feeds),
        feeds=tuple(Feed(server.address(feed, port), feed.source.id, timedelta(minutes=5)) for feed in feeds),
        rulebook=rulebook,
        poll_every=timedelta(minutes=1),
    )
