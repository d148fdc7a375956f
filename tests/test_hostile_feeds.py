"""Four hostile feeds among twenty honest ones: what is kept of the honest is as if they had been alone.

Their words, dates, tags, evidence, revisions, counts by day and their order in time are compared, all but when an
article was first and last seen by whomever. Into which stories they fall is only counted: it follows from all articles
that are there, those of the hostile included.

python -m tests.test_hostile_feeds RUNS   does so many runs, each with feeds, news and an order of polls of its own.
"""

import asyncio
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import pytest

from tests.polled_feeds import DAY, HOUR, MINUTE, NOW
from tracker.collect.politeness import Politeness, PoliteQueue
from tracker.collect.worker import ParserPool
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.models import Feed, Fetched, Source, Validators
from tracker.outcomes import Outcome
from tracker.pipeline.feed_poll import PollContext
from tracker.pipeline.round import named_feeds, run_round
from tracker.store import feeds
from tracker.store.database import Database, opened

if TYPE_CHECKING:
    from tracker.collect.fetch import Fetcher
from tracker.store.writer import Writer

HONEST = 20
ROUNDS = 5
WICKED = ("forger", "claimer", "backdater", "flooder")
SUBJECTS = (
    "Ministers delay the encryption clause",
    "Police chiefs warn of hidden grooming",
    "Bakery opens beside the old harbour",
    "Messenger turns on encryption for all",
    "Storm closes the northern bridge",
)
BOOK = built_in_rulebook()


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a feed; `url` may be anybody's."""

    url: str
    title: str
    summary: str
    published: datetime

    def xml(self) -> str:
        return (
            f"<item><link>{self.url}</link><title>{escape(self.title)}</title>"
            f"<description>{escape(self.summary)}</description>"
            f"<pubDate>{self.published:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        )


@dataclass(slots=True)
class Wire:
    """What stands in for the network: the document of each feed."""

    shown: dict[str, list[Item]] = field(default_factory=dict)

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        items = "".join(item.xml() for item in self.shown[url])
        body = f'<rss version="2.0"><channel><title>{url}</title>{items}</channel></rss>'.encode()
        return Fetched(Outcome.OK, url, 200, body, "application/rss+xml", requests=1, size=len(body))


def address(source: str) -> str:
    return f"https://{source}.example/feed"


class World:
    """The news of one seed: what the honest feeds show round by round, and what the hostile make of it."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self.honest = [f"outlet{number:02}" for number in range(HONEST)]
        self.rounds = [NOW + hours * HOUR for hours in range(ROUNDS)]
        self._events = {subject: self._words(30) for subject in SUBJECTS}
        self.documents: list[dict[str, list[Item]]] = []
        window = {one: [self._item(one, n, NOW - n * DAY - HOUR) for n in range(1, 6)] for one in self.honest}
        for place, now in enumerate(self.rounds):
            for one in self._dice.sample(self.honest, HONEST // 2) if place else ():
                window[one] = [self._news(one, place, now), *window[one]][:6]
            for one in self._dice.sample(self.honest, 2) if place > 1 else ():
                window[one] = [self._changed(window[one][0]), *window[one][1:]]
            self.documents.append({one: list(items) for one, items in window.items()})

    def orders(self) -> list[list[str]]:
        """The order in which all feeds are polled, by round."""
        return [self._dice.sample([*self.honest, *WICKED], HONEST + len(WICKED)) for _ in self.rounds]

    def wicked(self, place: int) -> dict[str, list[Item]]:
        """What the hostile feeds show in a round: they know what the honest will show in it, and in the next."""
        now, later = self.rounds[place], min(place + 1, ROUNDS - 1)
        here = [item for items in self.documents[place].values() for item in items[:2]]
        soon = [item for items in self.documents[later].values() for item in items[:2]]
        own = [Item(f"https://backdater.example/{n}", i.title, i.summary, NOW - 2 * DAY) for n, i in enumerate(here)]
        words = " ".join(f"{subject} {' '.join(words)}" for subject, words in self._events.items())
        return {
            "forger": [
                Item(i.url, f"Forged {turn}: {i.title}", "Encryption, children.", now)
                for i in here
                for turn in (place, place + 1)
            ],
            "claimer": [Item(i.url, f"Claimed: {i.title}", "Mine.", now - 3 * DAY) for i in soon],
            "backdater": own if place else [self._item("backdater", 1, NOW - 3 * DAY)],
            "flooder": [
                Item(f"https://flooder.example/{place}/{n}", f"{words[:90]} {n}", words, now - n * MINUTE)
                for n in range(60)
            ],
        }

    def _words(self, many: int) -> list[str]:
        """Words that nobody else uses."""
        return ["".join(self._dice.choices("bdfgklmnprstvz", k=4)) + self._dice.choice("aeiou") for _ in range(many)]

    def _item(self, source: str, number: int, at: datetime) -> Item:
        title, summary = (" ".join(self._words(many)) for many in (6, 20))
        return Item(f"https://{source}.example/{number}", title, summary, at)

    def _news(self, source: str, place: int, now: datetime) -> Item:
        subject = self._dice.choice(SUBJECTS)
        told = " ".join([*self._dice.sample(self._events[subject], 24), *self._words(4)])
        at = now - self._dice.randint(5, 50) * MINUTE
        return Item(f"https://{source}.example/news-{place}", f"{subject} {self._words(1)[0]}", told, at)

    def _changed(self, item: Item) -> Item:
        return Item(item.url, f"{item.title}, lawyers say", item.summary, item.published)


async def polled(world: World, folder: Path, orders: Sequence[Sequence[str]], bad: Sequence[str]) -> Path:
    """The database after all rounds, polled in these orders, with these hostile feeds or without."""
    wire, path = Wire(), folder / "tracker.db"
    present = [*world.honest, *bad]
    kinds = [Source(one, one.title(), one, "national", "GB", "en") for one in present]
    with ParserPool() as parsers:
        async with Writer(path) as writer:
            await writer.do(feeds.declare, kinds, [Feed(address(one), one, HOUR) for one in present])
            turns = PoliteQueue(Politeness(at_once=1, pause=timedelta()))
            desk = PollContext(cast("Fetcher", wire), parsers, writer, lambda: BOOK, turns, ZoneInfo("Europe/London"))
            for place, (now, order) in enumerate(zip(world.rounds, orders, strict=True)):
                shown = world.documents[place] | world.wicked(place)
                wire.shown = {address(one): shown[one] for one in present}
                states = {state.feed.source: state for state in await named_feeds(desk, [])}
                await run_round(desk, [states[one] for one in order if one in states], now)
    return path


def honest_part(db: Database) -> dict[str, Any]:
    """What is kept of the honest sources, by addresses instead of numbers."""
    ours, number = "(SELECT id FROM articles WHERE source LIKE 'outlet%')", "a.canonical_url AS url"

    def rows(sql: str) -> list[str]:
        return sorted(json.dumps(row, sort_keys=True) for row in db.query(sql))

    join = f"JOIN articles AS a ON a.id = t.article WHERE t.article IN {ours}"
    return {
        "articles": rows(
            f"""SELECT {number}, url, source, title, summary, author, language, published_at, published_raw,
            date_quality, relevance, agency, appeared_at FROM articles AS a WHERE id IN {ours}"""
        ),
        "revisions": rows(f"SELECT {number}, t.title, t.summary, t.replaced_at, t.kind FROM revisions AS t {join}"),
        "tags": rows(f"SELECT {number}, tag, score FROM article_tags AS t {join}"),
        "evidence": rows(f'SELECT {number}, tag, rule, field, start, "end", words FROM evidence AS t {join}'),
        "counts": rows("SELECT day, source, articles FROM source_days WHERE source LIKE 'outlet%' AND articles > 0"),
        "tags by day": rows("SELECT day, source, tag, articles FROM tag_days WHERE source LIKE 'outlet%'"),
        "order": [
            row["url"]
            for row in db.query(
                f"SELECT {number} FROM coverage AS a WHERE source_id LIKE 'outlet%' ORDER BY appeared_at, canonical_url"
            )
        ],
    }


def stories(db: Database) -> set[tuple[str, ...]]:
    """The honest articles of each story in the order in which they appeared."""
    together: dict[int, list[str]] = {}
    query = (
        "SELECT story, canonical_url FROM coverage WHERE source_id LIKE 'outlet%' ORDER BY appeared_at, canonical_url"
    )
    for row in db.query(query):
        together.setdefault(row["story"], []).append(row["canonical_url"])
    return {tuple(urls) for urls in together.values()}


def compared(seed: int) -> tuple[list[str], int, int]:
    """What differs of the honest part, and how many of its stories do, of how many."""
    world = World(seed)
    orders = world.orders()
    found = []
    for bad in (WICKED, ()):
        with TemporaryDirectory() as folder:
            path = asyncio.run(polled(world, Path(folder), orders, bad))
            with opened(path) as db:
                found.append((honest_part(db), stories(db)))
    (beside, told_beside), (alone, told_alone) = found
    return [name for name in alone if alone[name] != beside[name]], len(told_alone - told_beside), len(told_alone)


@pytest.mark.parametrize("seed", range(3))
def test_the_honest_are_kept_beside_hostile_feeds_as_if_they_were_alone(seed: int) -> None:
    different, _, _ = compared(seed)
    assert different == []


if __name__ == "__main__":
    all_runs = [compared(seed) for seed in range(int(sys.argv[1]))]
    print(f"{len(all_runs)} runs; the honest part differs in {sum(bool(one) for one, _, _ in all_runs)}:", end=" ")
    print(sorted({name for one, _, _ in all_runs for name in one}) or "nowhere")
    print(f"stories: {sum(n for _, n, _ in all_runs)} of {sum(n for _, _, n in all_runs)} differ")
