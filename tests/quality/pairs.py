"""Draw pairs of articles from real feeds, as grouping leaves them, to be judged by reading.

The labels name items by id and a hash of their words; the words are in ../shared. Rules may be mended with an eye on
the feeds of the half "dev"; the figures that count are those of the half "held".

python -m tests.quality.pairs HALF   groups the feeds of a half, some minutes, and prints a draw as JSON lines.
"""

import json
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from tests.quality.neardup import Item, grouped
from tests.quality.news import Half, history, item_id, labels, text_hash
from tracker.analyse.boilerplate import blanked
from tracker.analyse.stories import clustering
from tracker.analyse.stories.clustering import Vector, cosine
from tracker.analyse.stories.word_features import wording
from tracker.store.database import Database

if TYPE_CHECKING:
    from tracker.models import Entry

_JUDGED = Path(__file__).parent / "pairs.jsonl"

Kind = Literal["copy", "join", "apart"]
"""What grouping made of a pair: a copy, an article with the nearest of the story it joined, or two stories though the
words are alike."""

DRAWN: Mapping[Kind, int] = {"copy": 60, "join": 100, "apart": 60}
_SEED = 20261130

_ALIKE = 0.15
"""Least cosine of two articles of different stories that are drawn."""

_RARE = 12  # rarest stems by which articles are looked up


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items, the later one first, with the hashes of their words; `same` is the judgement: whether they are the
    same text, if they were linked as copies, or else report the same event or running story."""

    kind: Kind
    items: tuple[str, str]
    texts: tuple[str, str]
    same: bool


def judged() -> list[Pair]:
    """The judged pairs, all of the reported feeds."""
    made = [json.loads(line) for line in _JUDGED.read_text(encoding="utf-8").splitlines()]
    return [Pair(one["kind"], tuple(one["items"]), tuple(one["texts"]), one["same"]) for one in made]


def feeds(half: Half) -> Sequence[str]:
    """The feeds of a half."""
    return [*dict.fromkeys(label.feed for label in labels(half).values())]


def first_items(feed: str) -> list[Item]:
    """Every dated item of a feed in its first words, the feed's boilerplate blanked."""
    shown = history(feed)
    first: dict[str, Entry] = {}
    for entry in shown.entries:
        first.setdefault(item_id(feed, entry), entry)
    return [
        Item(name, entry.published, feed, entry.title, blanked(entry.summary, shown.boilerplate))
        for name, entry in first.items()
        if entry.published
    ]


def item_hash(item: Item) -> str:
    """What a judgement knows of an item's words."""
    return text_hash(item.title, item.text)


def draw(items: Sequence[Item], db: Database) -> Iterator[tuple[Kind, Item, Item]]:
    """Yield the pairs drawn of each kind, the later article first."""
    by_key = {item.key: item for item in items}
    stories = {row["canonical_url"]: row["story"] for row in db.query("SELECT canonical_url, story FROM articles")}
    found: dict[Kind, list[tuple[str, str]]] = {
        "copy": _linked(db, "copies", "root"),
        "join": _linked(db, "story_links", "near"),
        "apart": sorted(_alike_apart(items, stories)),
    }
    for kind in get_args(Kind):
        drawn = random.Random(_SEED).sample(found[kind], min(DRAWN[kind], len(found[kind])))
        print(f"{kind}: {len(found[kind]):,} pairs, {len(drawn)} drawn", file=sys.stderr)
        for one, other in drawn:
            yield kind, by_key[one], by_key[other]


def _linked(db: Database, table: str, column: str) -> list[tuple[str, str]]:
    found = db.execute(
        f"""SELECT a.canonical_url, b.canonical_url FROM {table} AS t JOIN articles AS a ON a.id = t.article
        JOIN articles AS b ON b.id = t.{column} ORDER BY 1"""
    )
    return [(row[0], row[1]) for row in found]


def _alike_apart(items: Sequence[Item], stories: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield each article that begins a story, and the most similar earlier one of another story, if it is similar."""
    vectors = _vectors(items)
    postings: dict[str, list[Item]] = defaultdict(list)
    begun: set[int] = set()
    for item in sorted(items, key=lambda one: (one.at, one.key)):
        mine = vectors[item.key]
        rarest = sorted(mine, key=lambda stem: (-mine[stem], stem))[:_RARE]
        if stories[item.key] not in begun:
            near = {other.key: other for stem in rarest for other in _recent(postings[stem], item)}
            best = max(near, key=lambda key: (cosine(mine, vectors[key]), key), default=None)
            if best and cosine(mine, vectors[best]) >= _ALIKE and stories[best] != stories[item.key]:
                yield item.key, best
        begun.add(stories[item.key])
        for stem in rarest:
            postings[stem].append(item)


def _recent(posted: Sequence[Item], item: Item) -> Iterator[Item]:
    for other in reversed(posted):
        if item.at - other.at > timedelta(hours=24):
            return
        yield other


def _vectors(items: Iterable[Item]) -> Mapping[str, Vector]:
    words = {item.key: wording(item.title, item.text) for item in items}
    counts: dict[str, int] = defaultdict(int)
    for one in words.values():
        for stem in one.stems:
            counts[stem] += 1
    rarities = {stem: clustering.rarity(len(words), count) for stem, count in counts.items()}
    return {key: clustering.vector(one, rarities) for key, one in words.items()}


def main(half: Half) -> None:
    """Print a draw, to be judged."""
    items = [item for feed in feeds(half) for item in first_items(feed)]
    with tempfile.TemporaryDirectory() as folder:
        for db in grouped(items, [], Path(folder)):
            for kind, *pair in draw(items, db):
                texts = [{"id": one.key, "hash": item_hash(one), "at": str(one.at), "source": one.source,
                          "title": one.title, "summary": one.text} for one in pair]  # fmt: skip
                print(json.dumps({"half": half, "kind": kind, "pair": texts}, ensure_ascii=False))


if __name__ == "__main__":
    main("held" if sys.argv[1:] == ["held"] else "dev")
