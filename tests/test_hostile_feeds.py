"""Four hostile feeds among twenty honest ones: what is kept of the honest is as if they had been alone.

Their words, dates, tags, evidence, revisions, counts by day, their order in time, what copies what, and which of them
are of one story are compared: all but when an article was first and last seen by whomever, and which articles of the
hostile are beside them in a story. Of the hostile, one shows everybody's articles under forged titles; one claims
articles before their publishers show them; one repeats them as its own, dated before them, and puts other words at the
same addresses at the next poll; one shows more than it may, made of the words of all events.

python -m tests.test_hostile_feeds RUNS   does RUNS runs, each with its own feeds, news and order of polls.
"""

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
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
from tracker.errors import StoreError
from tracker.models import Feed, Fetched, Source, Validators
from tracker.outcomes import Outcome
from tracker.pipeline.feed_poll import PollContext
from tracker.pipeline.round import named_feeds, run_round
from tracker.store import feeds
from tracker.store.database import Database, opened, transaction

if TYPE_CHECKING:
    from tracker.store.writer import Writer

HONEST = 20
ROUNDS = 5
PER_DAY = 30
"""New articles taken from a feed in a day."""
WICKED = ("forger", "claimer", "backdater", "flooder")
SUBJECTS = (
    "Ministers delay the encryption clause",
    "Police chiefs warn of hidden grooming",
    "Bakery opens beside the old harbour",
    "Messenger turns on encryption for all",
)
BOOK = built_in_rulebook()
Poll = Callable[[PollContext, Sequence[str], datetime], Awaitable[None]]
NO_VALIDATORS = Validators()


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

    async def fetch(self, url: str, validators: Validators = NO_VALIDATORS) -> Fetched:
        items = "".join(item.xml() for item in self.shown[url])
        body = f'<rss version="2.0"><channel><title>{url}</title>{items}</channel></rss>'.encode()
        return Fetched(Outcome.OK, url, 200, body, "application/rss+xml", requests=1, size=len(body))


class OneThread:
    """A Writer without a thread of its own, which a busy machine would make each poll wait for.

    It fails after `left` more transactions, as on a full disk.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self.left = 1_000_000

    async def do(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise StoreError("disk full")
        with transaction(self._db) as db:
            return work(db, *args, **kwargs)


def address(source: str) -> str:
    return f"https://{source}.example/feed"


class World:
    """The news of one seed: what the honest feeds show round by round, and what the hostile make of it."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self.honest = [f"outlet{number:02}" for number in range(HONEST)]
        self.rounds = [NOW + hours * HOUR for hours in range(ROUNDS)]
        self._events = {subject: self._words(30) for subject in SUBJECTS}
        self._reports: list[Item] = []
        self.documents: list[dict[str, list[Item]]] = []
        window = {one: [self._item(one, n, NOW - n * DAY - HOUR) for n in range(1, 3)] for one in self.honest}
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
        """A report of an event, one in four in the words of an agency that another outlet has used before."""
        at, url = now - self._dice.randint(5, 50) * MINUTE, f"https://{source}.example/news-{place}"
        if self._reports and self._dice.random() < 0.25:
            said = self._dice.choice(self._reports)
            return Item(url, said.title, said.summary, at)
        subject = self._dice.choice(SUBJECTS)
        told = " ".join([*self._dice.sample(self._events[subject], 24), *self._words(4)])
        self._reports.append(Item(url, f"{subject} {self._words(1)[0]}", told, at))
        return self._reports[-1]

    def _changed(self, item: Item) -> Item:
        return Item(item.url, f"{item.title}, lawyers say", item.summary, item.published)


@cache
def _empty_database() -> bytes:
    """A database with tables and nothing else: to create them takes as long as a round."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tracker.db"
        with opened(path) as db:
            db.execute("PRAGMA wal_checkpoint(truncate)")
        return path.read_bytes()


async def poll(desk: PollContext, order: Sequence[str], now: datetime) -> None:
    """Poll the feeds of these sources, in this order."""
    states = {state.feed.source: state for state in await named_feeds(desk, [])}
    await run_round(desk, [states[one] for one in order if one in states], now)


async def polled(
    world: World, folder: Path, orders: Sequence[Sequence[str]], bad: Sequence[str], do_round: Poll = poll
) -> Path:
    """The database after all rounds, polled in these orders, with these hostile feeds or without."""
    wire, path = Wire(), folder / "tracker.db"
    path.write_bytes(_empty_database())
    present = [*world.honest, *bad]
    kinds = [Source(one, one.title(), one, "national", "GB", "en") for one in present]
    with ParserPool() as parsers, opened(path) as db:
        writer = cast("Writer", OneThread(db))
        await writer.do(feeds.declare, kinds, [Feed(address(one), one, HOUR, PER_DAY) for one in present])
        turns = PoliteQueue(Politeness(at_once=1, pause=timedelta()))
        desk = PollContext(wire, parsers, writer, lambda: BOOK, turns, ZoneInfo("Europe/London"))
        for place, (now, order) in enumerate(zip(world.rounds, orders, strict=True)):
            shown = world.documents[place] | world.wicked(place)
            wire.shown = {address(one): shown[one] for one in present}
            await do_round(desk, order, now)
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
        "copies": rows(
            f"""SELECT {number}, r.canonical_url AS root, t.why FROM copies AS t JOIN articles AS a ON a.id = t.article
            JOIN articles AS r ON r.id = t.root WHERE t.article IN {ours}"""
        ),
        "stories": stories(db),
        "order": [
            row["url"]
            for row in db.query(
                f"SELECT {number} FROM coverage AS a WHERE source_id LIKE 'outlet%' ORDER BY appeared_at, canonical_url"
            )
        ],
    }


def stories(db: Database) -> list[list[str]]:
    """The honest articles of each story in the order in which they appeared."""
    together: dict[int, list[str]] = {}
    query = (
        "SELECT story, canonical_url FROM coverage WHERE source_id LIKE 'outlet%' ORDER BY appeared_at, canonical_url"
    )
    for row in db.query(query):
        together.setdefault(row["story"], []).append(row["canonical_url"])
    return sorted(together.values())


def both_ways(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """The honest part beside the hostile feeds, and alone, polled in the same order."""
    orders, found = world.orders(), []
    for bad in (WICKED, ()):
        with TemporaryDirectory() as folder:
            path = asyncio.run(polled(world, Path(folder), orders, bad))
            with opened(path) as db:
                found.append(honest_part(db))
    return found[0], found[1]


@pytest.mark.parametrize("seed", range(4))
def test_the_honest_are_kept_beside_hostile_feeds_as_if_they_were_alone(seed: int) -> None:
    beside, alone = both_ways(World(seed))
    assert beside == alone
    assert sum(len(story) > 1 for story in alone["stories"]) >= 2
    assert alone["copies"]


def _main(runs: int) -> None:
    """Print what differs in this many runs, and out of how much."""
    different: Counter[str] = Counter()
    compared: Counter[str] = Counter()
    for seed in range(runs):
        beside, alone = both_ways(World(seed))
        for name, rows in alone.items():
            compared[name] += len(rows)
            different[name] += sum((Counter(map(json.dumps, rows)) - Counter(map(json.dumps, beside[name]))).values())
    print(f"{runs} runs of {HONEST} honest feeds beside {len(WICKED)} hostile ones; different, of compared:")
    for name, rows in compared.items():
        print(f"  {name:12} {different[name]:6,} of {rows:9,}")


if __name__ == "__main__":
    _main(int(sys.argv[1]))
