"""A round or an import that was cut off and continued groups articles as an undivided one, wherever it was cut."""

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from tests.polled_feeds import MINUTE, NOW, down, press
from tests.test_grouping import month
from tests.test_hostile_feeds import HONEST, WICKED, OneThread, Poll, World, poll, polled
from tracker.collect.import_rows import read_rows
from tracker.config.load import load_text
from tracker.errors import StoreError
from tracker.pipeline.feed_poll import PollContext
from tracker.pipeline.grouping import group_waiting
from tracker.pipeline.import_file import import_articles
from tracker.store import regrouping
from tracker.store.database import opened, transaction

FEEDS = """
sources: [{id: one, name: One, kind: tech, country: GB, language: en, feeds: ["http://127.0.0.1:9/rss"]}]
"""
LATER = 3 * MINUTE
TRANSACTIONS = HONEST + len(WICKED) + 8
"""About as many as a round takes: one a feed, and some before and after."""


def cut_off(dice: random.Random) -> Poll:
    """A way to poll in which each round ends early, at a random transaction, and is continued minutes later."""

    async def poll_in_parts(desk: PollContext, order: Any, now: datetime) -> None:
        writer = cast("OneThread", desk.writer)
        writer.left = dice.randrange(TRANSACTIONS)
        with suppress(StoreError):
            await poll(desk, order, now)
        writer.left = 1_000_000
        await poll(desk, order, now + LATER)

    return poll_in_parts


def groups(path: Path) -> dict[str, list[str]]:
    """The copies, the stories with their headlines, and why articles belong to them, by addresses."""
    queries = {
        "copies": """SELECT a.canonical_url, b.canonical_url, c.why, c.score FROM copies AS c
            JOIN articles AS a ON a.id = c.article JOIN articles AS b ON b.id = c.root""",
        "stories": """SELECT a.canonical_url, b.canonical_url, c.canonical_url FROM articles AS a
            JOIN articles AS b ON b.id = a.story LEFT JOIN stories AS s ON s.id = a.story
            LEFT JOIN articles AS c ON c.id = s.headline""",
        "links": """SELECT a.canonical_url, b.canonical_url, l.why, l.score FROM story_links AS l
            JOIN articles AS a ON a.id = l.article JOIN articles AS b ON b.id = l.near""",
        "terms": "SELECT * FROM term_days",
    }
    with opened(path) as db:
        return {name: sorted(json.dumps(row) for row in db.execute(query)) for name, query in queries.items()}


@pytest.mark.parametrize("seed", range(2))
def test_a_round_cut_off_anywhere_and_continued_groups_as_an_undivided_one(seed: int, tmp_path: Path) -> None:
    world = World(seed)
    orders, found = world.orders(), []
    for name, way in (("whole", poll), ("cut", cut_off(random.Random(seed)))):
        (tmp_path / name).mkdir()
        found.append(groups(asyncio.run(polled(world, tmp_path / name, orders, WICKED, way))))
    assert found[1] == found[0]
    assert found[0]["copies"]
    assert len(found[0]["links"]) > 1


def test_a_round_cut_off_and_continued_is_one_when_all_is_grouped_anew(tmp_path: Path) -> None:
    world, found = World(3), []
    orders = world.orders()
    for name, way in (("whole", poll), ("cut", cut_off(random.Random(3)))):
        (tmp_path / name).mkdir()
        path = asyncio.run(polled(world, tmp_path / name, orders, WICKED, way))
        with opened(path) as db:
            with transaction(db):
                regrouping.reset(db, [row[0] for row in db.execute("SELECT id FROM articles")])
            group_waiting(db, "debate", NOW)
        found.append(groups(path))
    assert found[1] == found[0]


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_an_import_cut_off_and_run_again_groups_as_one_run_does(
    batches: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.pipeline.import_file._BATCH", 60)
    dice, config = random.Random(batches), load_text(FEEDS, "feeds.yaml")
    lines = [
        json.dumps({"url": f"https://{one['source']}.example/{one['id']}", "published": one["at"]} | one)
        for one in dice.sample(month(), len(month()))
    ]
    with opened(tmp_path / "whole.db") as whole, opened(tmp_path / "cut.db") as cut:
        import_articles(whole, read_rows(enumerate(lines, 1), NOW), config, NOW, lambda _: None)
        with pytest.raises(StoreError):
            import_articles(cut, read_rows(enumerate(lines, 1), NOW), config, NOW, full_after(batches))
        import_articles(cut, read_rows(enumerate(lines, 1), NOW), config, NOW + LATER, lambda _: None)
    expected = groups(tmp_path / "whole.db")
    assert groups(tmp_path / "cut.db") == expected
    assert len(expected["links"]) > 10


def full_after(batches: int) -> Callable[[int], None]:
    """A disk that is full after this many batches of an import."""
    left = iter(range(batches - 1))

    def progress(_: int) -> None:
        if next(left, None) is None:
            raise StoreError("disk full")

    return progress


async def test_a_round_that_was_not_cut_off_leaves_no_row(tmp_path: Path) -> None:
    async with press(tmp_path) as paper:
        for minutes, newest in enumerate((3, 5, 5)):
            paper.show(*down(newest, 1))
            await paper.poll(NOW + minutes * MINUTE)
        assert paper.rows("SELECT * FROM cut_rounds") == []
