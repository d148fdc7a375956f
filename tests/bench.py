"""What a round costs and how fast tagging is: `make bench`.

Speed is stated as a ratio to work that cannot be avoided, measured in the same run: parsing the same documents with
feedparser alone, and reading the same text once with a regular expression that finds its words.
"""

import asyncio
import io
import random
import re
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser

from tests.histories import conditional, configuration
from tests.servers import Reply, Server
from tracker.analyse.rules import Rulebook
from tracker.config.rulebook import built_in, compile_rulebook
from tracker.models import Feed
from tracker.poll import named_feeds, open_desk, run_round

FEEDS = 200
ENTRIES = 40
NOW = datetime(2026, 1, 5, tzinfo=UTC)
WORDS = (
    "the of and minister says police children online encryption message platform report court bill week data user "
    "country government company phone safety privacy year people new law images abuse service apple meta vote parents"
).split()


def sentence(dice: random.Random, length: int) -> str:
    return " ".join(dice.choices(WORDS, k=length))


def feed(number: int) -> bytes:
    dice = random.Random(number)
    items = "".join(
        f"<item><guid>{number}-{n}</guid><link>https://press{number}.example/{n}</link>"
        f"<title>{sentence(dice, 9)}</title><description>&lt;p&gt;{sentence(dice, 45)}&lt;/p&gt;</description>"
        f"<pubDate>Mon, 05 Jan 2026 0{n % 10}:00:00 GMT</pubDate></item>"
        for n in range(ENTRIES)
    )
    return f'<rss version="2.0"><channel><title>Press {number}</title>{items}</channel></rss>'.encode()


def cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def spent(work: Callable[[], object]) -> float:
    before = cpu()
    work()
    return cpu() - before


async def rounds(folder: Path, documents: list[bytes], *, etags: bool) -> None:
    """A cold round and one in which nothing changed."""
    async with Server() as server:
        for number, body in enumerate(documents):
            reply = (lambda request, body=body: conditional(body, request)) if etags else Reply(body=body)
            server.say(f"/{number}", reply)
        feeds = tuple(Feed(server.url(f"/{number}"), "press") for number in range(len(documents)))
        config = replace(configuration("https://none.example/"), feeds=feeds)
        for name, now in (("cold", NOW), ("304" if etags else "same bytes", NOW + timedelta(hours=2))):
            before, start = cpu(), time.perf_counter()
            async with open_desk(config, folder / f"{etags}.db", now) as desk:
                await run_round(desk, await named_feeds(desk, []), now)
            print(
                f"  {name:<11} {1000 * (cpu() - before) / len(documents):6.1f} ms CPU a feed "
                f"(with the server's work and the parsers' start), {time.perf_counter() - start:5.1f} s in all"
            )


def tagging(rulebook: Rulebook) -> None:
    dice = random.Random(1)
    texts = [(sentence(dice, 10), sentence(dice, 50)) for _ in range(5000)]
    word = re.compile(r"\w+")
    floor = spent(lambda: [word.findall(title) and word.findall(summary) for title, summary in texts])
    ours = spent(lambda: [rulebook.tag(title, summary, "en") for title, summary in texts])
    print(f"  {len(texts) / ours:,.0f} articles of 60 words a CPU second; {ours / floor:.0f} times finding the words")


def main() -> None:
    documents = [feed(number) for number in range(FEEDS)]
    rulebook, _ = compile_rulebook(built_in(), [])
    print(f"{FEEDS} feeds of {ENTRIES} entries, {len(documents[0]) // 1024} KB each")
    alone = spent(lambda: [feedparser.parse(io.BytesIO(body)) for body in documents])
    print(f"  feedparser  {1000 * alone / FEEDS:6.1f} ms CPU a feed, alone, with its default settings")
    for etags in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(rounds(Path(folder), documents, etags=etags))
    print(f"tagging with {len(rulebook.tags)} tags")
    tagging(rulebook)


if __name__ == "__main__":
    main()
