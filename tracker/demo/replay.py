"""Replay the whole demo, round by round on a simulated clock, through the same code as real polling."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import IPv4Network
from pathlib import Path

from tracker.config.load import Config
from tracker.config.model import Schedule
from tracker.config.rulebook import built_in_events
from tracker.demo.content import DemoFeed
from tracker.demo.server import Replay, serving
from tracker.errors import UsageError
from tracker.models import Feed
from tracker.pipeline.round import due_feeds, open_poll_context, run_round
from tracker.store.database import opened

_WEEK = timedelta(days=7)
_POLL_DELAY = timedelta(minutes=30)
"""How soon after a feed changes the demo polls it, on days when an hour makes a difference."""

_EVENING = timedelta(hours=6)
"""How long after the last change of a feed the demo polls once more."""


async def replay(db: Path, base: Config, feeds: list[DemoFeed], progress: Callable[[int, int], None]) -> int:
    """Fill a new database with a demo's feeds, by the rules of `base`, and return the number of rounds.

    Calls `progress` with the rounds done and in all. Replaces an earlier demo at `db`; raises UsageError if the
    database there holds anything else.
    """
    _remove_earlier(db)
    times = rounds(feeds)
    server = Replay(feeds, times[0])
    async with serving(server) as port:
        config = _polling(base, feeds, server, port)
        async with open_poll_context(config, db) as context:
            for number, now in enumerate(times, 1):
                server.now = now
                await run_round(context, await due_feeds(context, now), now)
                progress(number, len(times))
    return len(times)


def _remove_earlier(db: Path) -> None:
    """Remove an earlier demo."""
    if db.exists():
        with opened(db) as earlier:
            others = list(earlier.query("SELECT 1 FROM feeds WHERE url NOT LIKE 'http://127.0.0.1:%' LIMIT 1"))
        if others:
            raise UsageError(f"{db} holds more than an earlier demo; name another file with --db")
    for suffix in ("", "-wal", "-shm"):
        db.with_name(db.name + suffix).unlink(missing_ok=True)


def rounds(feeds: list[DemoFeed]) -> list[datetime]:
    """Return when the demo polls: every week, soon after the appearance of a headline that changes in the week, and on
    the last evening, so that the digest of the last week lists its articles."""
    moments = sorted(moment for feed in feeds for moment in feed.moments())
    first, last = moments[0], moments[-1]
    weekly = [first + _WEEK * number for number in range((last - first) // _WEEK + 2)]
    brief = [
        before.since + _POLL_DELAY
        for feed in feeds
        for entry in feed.entries
        for before, after in zip(entry.versions, entry.versions[1:], strict=False)
        if after.since - before.since < _WEEK
    ]
    return sorted({*weekly, *brief, last + _EVENING})


def shipped_demo(timezone: str) -> Config:
    """Return the configuration of the shipped demo, without its feeds."""
    return Config(
        contact="https://example.org/demo",
        allow_networks=(),
        timezone=timezone,
        sources=(),
        feeds=(),
        events=built_in_events(),
        schedule=Schedule(),
    )


def _polling(base: Config, feeds: list[DemoFeed], server: Replay, port: int) -> Config:
    """Return the configuration that polls the demo's server."""
    return replace(
        base,
        allow_networks=(IPv4Network("127.0.0.1/32"),),
        requests_per_host=1000,
        pause=timedelta(),  # all feeds are on our own server
        sources=tuple(feed.source for feed in feeds),
        feeds=tuple(Feed(server.address(feed, port), feed.source.id, timedelta(minutes=5)) for feed in feeds),
    )
