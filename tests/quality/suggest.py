"""Measure `tracker suggest` on ordinary news: how many of the articles that rules miss come first.

Half of all rules are taken away, drawn by a fixed hash, six times; what the others miss of the relevant articles of the
development feeds (tests/quality/news.py) has to be found.

python -m tests.quality.suggest   prints the table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from tests.quality.news import Item, feed_items, labels, text_hash
from tracker.analyse.tagging.rules import Rulebook
from tracker.analyse.tagging.suggestions import lookalikes
from tracker.config.rulebook_cache import built_in_rulebook

FIRST = (20, 40, 60)


@dataclass(frozen=True, slots=True)
class Found:
    """How many missed articles there were in all draws, and how many came among the first 20, 40 and 60.

    Chance and near misses are in no order, so theirs are what one would expect.
    """

    missed: int
    suggested: tuple[float, ...]
    near: tuple[float, ...]
    chance: tuple[float, ...]


def found_misses(seeds: int = 3) -> Found:
    """Remove each half of the rules, drawn by this many hashes, and count how many of the missed articles are found."""
    items, relevant = _development_items()
    draws = [_one_draw(items, relevant, rulebook) for rulebook in _halved(built_in_rulebook(), seeds)]
    columns = [
        tuple(map(sum, zip(*(getattr(draw, part) for draw in draws), strict=True)))
        for part in ("suggested", "near", "chance")
    ]
    return Found(sum(draw.missed for draw in draws), *columns)


def _development_items() -> tuple[list[Item], set[int]]:
    """All items of the development feeds, and the places of those judged relevant."""
    known = labels("dev")
    items = [item for feed in dict.fromkeys(label.feed for label in known.values()) for item in feed_items(feed)]
    relevant = {
        place
        for place, item in enumerate(items)
        if (label := known.get(item.id)) and label.relevant and label.text == text_hash(item.title, item.summary)
    }
    return items, relevant


def _halved(rulebook: Rulebook, seeds: int) -> Iterator[Rulebook]:
    for seed in range(seeds):
        for half in (0, 1):
            tags = [
                replace(tag, rules=tuple(rule for rule in tag.rules if crc32(f"{seed}{rule.id}".encode()) % 2 != half))
                for tag in rulebook.tags
            ]
            yield Rulebook(tags, rulebook.lists)


def _one_draw(items: Sequence[Item], relevant: set[int], rulebook: Rulebook) -> Found:
    tagged, near = set[int](), set[int]()
    for place, item in enumerate(items):
        tagging = rulebook.tag(item.title, item.own, "en")
        if tagging.relevance != "none":
            tagged.add(place)
        elif tagging.near:
            near.add(place)
    missed, others = relevant - tagged, [place for place in range(len(items)) if place not in tagged]
    texts = [f"{item.title}\n{item.own}" for item in items]
    order = lookalikes(texts, [place in tagged for place in range(len(items))], others, FIRST[-1])
    return Found(
        len(missed),
        tuple(sum(one.place in missed for one in order[:first]) for first in FIRST),
        tuple(len(missed & near) * min(1, first / max(1, len(near))) for first in FIRST),
        tuple(len(missed) * first / len(others) for first in FIRST),
    )


def main() -> None:
    """Print the table."""
    found = found_misses()
    print(f"| of {found.missed} missed articles, among the first | {' | '.join(map(str, FIRST))} |")
    print("| --- | ---: | ---: | ---: |")
    for name, counts in (("suggest", found.suggested), ("near misses", found.near), ("chance", found.chance)):
        print(f"| {name} | {' | '.join(f'{count:.1f}' for count in counts)} |")


if __name__ == "__main__":
    main()
