"""Everyday headlines, as a newspaper prints them, by kind: what the debate sounds like, and what stands next to it.

Invented in batches and coded by the codebook before the rules were tried on them. After each batch was measured, the
rules were mended with an eye on it, so it shows what the rules know and not how well they do: that is what the feeds in
news.py are for. `terse` are four more batches whose headlines leave the subject to be guessed; no rule was changed
after the last of them was written. `unseen` are two batches without summaries on which no rule was made.

python -m tests.quality.everyday   prints what the rules get wrong, and each rule's record.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.quality.news import TOPICS, rule_table
from tracker.analyse.tagging.rules import Rulebook
from tracker.config.rulebook_cache import built_in_rulebook

Name = Literal["everyday", "terse", "unseen"]


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline with its summary, the kind of news it stands for, and the topics it should get."""

    id: str
    language: str
    kind: str
    topics: frozenset[str]
    title: str
    summary: str


@dataclass(slots=True)
class Record:
    """The headlines found rightly, found wrongly and missed, and each rule's right and wrong firings."""

    right: list[Headline] = field(default_factory=list)
    wrong: list[Headline] = field(default_factory=list)
    missed: list[Headline] = field(default_factory=list)
    rules: dict[str, Counter[bool]] = field(default_factory=lambda: defaultdict(Counter))


def everyday(name: Name = "everyday") -> list[Headline]:
    """The headlines of a file, in order."""
    lines = (Path(__file__).parent / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Headline(**{**raw, "topics": frozenset(raw["topics"].split())}) for raw in map(json.loads, lines)]


def record(rulebook: Rulebook, headlines: Iterable[Headline]) -> Record:
    """What the rulebook makes of headlines."""
    done = Record()
    for item in headlines:
        tagging = rulebook.tag(item.title, item.summary, item.language)
        given = tagging.relevance != "none"
        if given or item.topics:
            (done.missed if not given else done.right if item.topics else done.wrong).append(item)
        for tag, rule in {(piece.tag, piece.rule) for piece in tagging.evidence if piece.tag in TOPICS}:
            done.rules[rule][tag in item.topics] += 1
    return done


def main() -> None:
    """Print the errors and the records."""
    done = record(built_in_rulebook(), everyday() + everyday("terse"))
    for name, items in (("Wrongly found", done.wrong), ("Missed", done.missed)):
        print(f"{name}:\n", *(f"- {item.id} {item.title}" for item in items), "", sep="\n")
    print(*rule_table(done.rules), sep="\n")


if __name__ == "__main__":
    main()
