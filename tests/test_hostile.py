"""A round in which half of the servers are hostile: each costs a bounded time, and no good feed is lost."""

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import hostile
from tests.histories import configuration
from tests.servers import Server
from tracker.collect.fetch import Fetcher, Limits
from tracker.collect.worker import ParserPool
from tracker.models import Feed, FeedState, Poll
from tracker.outcomes import Outcome
from tracker.pipeline.round import Progress, named_feeds, open_poll_context, run_round

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

OF_EACH = 2
"""Hostile servers of each kind; ten of each are measured by `make bench`."""


class _Ear(Progress):
    """Hears how each poll ends."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}

    def polled(self, state: FeedState, poll: Poll) -> None:
        self.outcomes[state.feed.url] = poll.outcome


async def test_hostile_servers_of_twenty_kinds_end_each_in_its_own_way_and_hinder_no_good_one(tmp_path: Path) -> None:
    async with Server(address="0.0.0.0") as server:
        hostile.serve(server)
        bad = dict(hostile.addresses(server.port, OF_EACH))
        good = hostile.good_addresses(server.port, len(bad))
        urls = [*bad, *good]
        random.Random(7).shuffle(urls)
        config = replace(configuration("https://none.example/"), feeds=tuple(Feed(url, "press") for url in urls))
        ear = _Ear()
        limits = Limits(deadline=timedelta(seconds=30))  # long enough for the servers that answer, on a busy machine
        async with (
            open_poll_context(config, tmp_path / "tracker.db") as desk,
            Fetcher("test", config.allow_networks, limits) as fetcher,
        ):
            with ParserPool(timeout=timedelta(seconds=0.5)) as parsers:  # of processor time, so load does not matter
                bounded = replace(desk, fetcher=fetcher, parsers=parsers)
                done = await run_round(bounded, await named_feeds(desk, []), NOW, ear)
    assert len({kind.name for kind in bad.values()}) == 20
    assert {url: ear.outcomes[url] for url in good} == dict.fromkeys(good, Outcome.OK)
    assert {kind.name: ear.outcomes[url] for url, kind in bad.items() if ear.outcomes[url] not in kind.outcomes} == {}
    assert not done.outage
    with closing(sqlite3.connect(tmp_path / "tracker.db")) as db:
        assert db.execute("SELECT count(*) FROM articles WHERE url LIKE '%//good%'").fetchone() == (3 * len(good),)
