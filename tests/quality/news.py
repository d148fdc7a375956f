"""Measure the rules on ordinary news: real feeds whose items two readers judged, blind to the rules.

The labels name items by feed, id and a hash of their words; the words are in ../shared. Rules were made with an eye on
the feeds of the half "dev"; the figures that count are those of the half "held".

python -m tests.quality.news   prints the figures of both halves, and each rule's record on the first.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from tests.histories import versions
from tracker.analyse.boilerplate import blanked, repeated
from tracker.analyse.tagging.agreement import Estimate, wilson
from tracker.analyse.tagging.rules import Rulebook
from tracker.collect.parse import parse
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.models import Entry, Tagging

HISTORIES = Path(__file__).parents[3] / "shared" / "data" / "history"
_LABELS = Path(__file__).parent / "news.jsonl"

Half = Literal["dev", "held"]
Question = Literal["relevant", "encryption", "child-safety"]
TOPICS: Sequence[Question] = ("encryption", "child-safety")
QUESTIONS: Sequence[Question] = ("relevant", *TOPICS)

_ITEM = re.compile(rb"<(item|entry)[ >].*?</\1>", re.DOTALL)
_ID = re.compile(rb"<(?:guid|id)[^>]*>(.*?)<", re.DOTALL)
_DOCUMENT = 50
"""Items of a document made of a feed's different items, about as many as its own documents have."""


@dataclass(frozen=True, slots=True)
class Label:
    """What the readers agreed on; `relevant` is None where they left it open.

    `weight` is how many items of the feed it stands for: 1 for what the rules of the day found and what holds a narrow
    word of the debate, more for the sampled rest.
    """

    id: str
    feed: str
    half: Half
    text: str
    relevant: bool | None
    topics: frozenset[str]
    weight: float

    def answer(self, question: Question) -> bool:
        """Whether the item is about the topic, or about either."""
        return bool(self.topics) if question == "relevant" else question in self.topics


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a feed in its last words, with the feed's boilerplate blanked in `own`."""

    id: str
    title: str
    summary: str
    own: str


@dataclass(slots=True)
class Score:
    """How often the rules were right, wrong, and silent though they should have spoken; the last is weighted."""

    right: int = 0
    wrong: int = 0
    missed: float = 0.0

    @property
    def precision(self) -> Estimate | None:
        """The share of what was found that is right, with its 95 % interval."""
        return wilson(self.right, self.right + self.wrong)

    @property
    def recall(self) -> Estimate | None:
        """The share of what should be found that was, with its 95 % interval."""
        return wilson(self.right, self.right + round(self.missed))


@dataclass(slots=True)
class Report:
    """The scores by feed and question, each rule's right and wrong firings, and what nobody judged."""

    scores: dict[str, dict[Question, Score]] = field(default_factory=dict)
    items: Counter[str] = field(default_factory=Counter)
    rules: dict[str, Counter[bool]] = field(default_factory=lambda: defaultdict(Counter))
    unjudged: list[tuple[str, str]] = field(default_factory=list)

    def total(self, question: Question) -> Score:
        """The sum over the feeds."""
        scores = [by_question[question] for by_question in self.scores.values()]
        return Score(
            right=sum(one.right for one in scores),
            wrong=sum(one.wrong for one in scores),
            missed=sum(one.missed for one in scores),
        )

    @property
    def false_alarms(self) -> float:
        """Articles wrongly found relevant, of 1,000."""
        return 1000 * self.total("relevant").wrong / sum(self.items.values())


@cache
def labels(half: Half) -> Mapping[str, Label]:
    """The labels of a half by item."""
    made = [_label(json.loads(line)) for line in _LABELS.read_text(encoding="utf-8").splitlines()]
    return {label.id: label for label in made if label.half == half}


def _label(raw: dict[str, Any]) -> Label:
    topics = frozenset(raw["topics"].split())
    known = None if raw["open"] else bool(topics)
    return Label(raw["id"], raw["feed"], raw["half"], raw["text"], known, topics, raw["weight"])


def text_hash(title: str, summary: str) -> str:
    """What a label knows of an item's words."""
    return hashlib.sha256(f"{title}\n{summary}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class History:
    """The entries of a feed, in the order in which it showed them, and its boilerplate."""

    entries: Sequence[Entry]
    boilerplate: Set[str]


@cache  # reading a feed takes seconds, and several measures are made on it
def history(feed: str) -> History:
    """Read every form of every entry that a feed showed."""
    entries: list[Entry] = []
    boilerplate: set[str] = set()
    for number, document in enumerate(documents(HISTORIES / f"{feed}.tar.xz")):
        shown = parse(document, f"https://{feed}.example/{number}", None, datetime(2026, 1, 1, tzinfo=UTC)).entries
        boilerplate.update(repeated((entry.title, entry.summary) for entry in shown))
        entries += shown
    return History(entries, boilerplate)


def feed_items(feed: str) -> list[Item]:
    """Every item that a feed showed, once, in its last words."""
    shown = history(feed)
    last = {item_id(feed, entry): entry for entry in shown.entries}
    return [
        Item(name, entry.title, entry.summary, blanked(entry.summary, shown.boilerplate))
        for name, entry in last.items()
    ]


def item_id(feed: str, entry: Entry) -> str:
    """Return what labels call an item."""
    return hashlib.sha256(f"{feed}|{entry.guid or entry.url}".encode()).hexdigest()[:12]


def documents(archive: Path) -> Iterator[bytes]:
    """Documents that together hold each different form of each item once, in order; an id occurs once in each."""
    seen: dict[bytes, None] = {}
    frame = (b"", b"")
    for version in versions(archive):
        found = [*_ITEM.finditer(version.body)]
        if found:
            frame = (version.body[: found[0].start()], version.body[found[-1].end() :])
            seen.update(dict.fromkeys(item[0] for item in found))
    batch: dict[bytes, bytes] = {}
    for item in seen:
        name = key[1] if (key := _ID.search(item)) else item
        if name in batch or len(batch) == _DOCUMENT:
            yield b"".join((frame[0], *batch.values(), frame[1]))
            batch = {}
        batch[name] = item
    yield b"".join((frame[0], *batch.values(), frame[1]))


def report(half: Half, rulebook: Rulebook) -> Report:
    """How the rulebook does on the feeds of a half."""
    done, known = Report(), labels(half)
    for feed in dict.fromkeys(label.feed for label in known.values()):
        done.scores[feed] = {question: Score() for question in QUESTIONS}
        for item in feed_items(feed):
            tagging = rulebook.tag(item.title, item.own, "en")
            label = known.get(item.id)
            done.items[feed] += 1
            if label is not None and label.text == text_hash(item.title, item.summary):
                _compare(done, label, tagging)
            elif tagging.relevance != "none":
                done.unjudged.append((feed, item.id))
    return done


def _compare(done: Report, label: Label, tagging: Tagging) -> None:
    """Count a judged item; one left open does not count."""
    if label.relevant is None:
        return
    given = {"relevant": tagging.relevance != "none", **{topic: topic in tagging.tags for topic in TOPICS}}
    for question in QUESTIONS:
        score, wanted = done.scores[label.feed][question], label.answer(question)
        score.right += wanted and given[question]
        score.wrong += given[question] and not wanted
        score.missed += label.weight * (wanted and not given[question])
    for tag, rule in {(item.tag, item.rule) for item in tagging.evidence if item.tag in TOPICS}:
        done.rules[rule][tag in label.topics] += 1


def _table(done: Report) -> Iterator[str]:
    yield "| | items | precision | recall | right | wrong | missed |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for question in QUESTIONS:
        yield _row(question, sum(done.items.values()), done.total(question))
    for feed, scores in done.scores.items():
        yield _row(feed, done.items[feed], scores["relevant"])


def _row(name: str, items: int, score: Score) -> str:
    shares = " | ".join(map(_share, (score.precision, score.recall)))
    return f"| {name} | {items:,} | {shares} | {score.right} | {score.wrong} | {score.missed:.0f} |"


def _share(value: Estimate | None) -> str:
    return f"{value.value:.2f} ({value.low:.2f} to {value.high:.2f})" if value else ""


def rule_table(rules: Mapping[str, Counter[bool]]) -> Iterable[str]:
    """How often each rule fired, rightly and wrongly, those most often wrong first, as Markdown."""
    yield "| rule | fired | right | wrong |\n| --- | ---: | ---: | ---: |"
    for rule, counts in sorted(rules.items(), key=lambda one: (-one[1][False], -one[1].total())):
        yield f"| {rule} | {counts.total()} | {counts[True]} | {counts[False]} |"


def main() -> None:
    """Print the figures."""
    dev, held = report("dev", built_in_rulebook()), report("held", built_in_rulebook())
    for name, done in (("Development", dev), ("Reported", held)):
        print(
            f"{name} feeds: {done.false_alarms:.2f} false alarms in 1,000 articles, {len(done.unjudged)} not judged\n"
        )
        print(*_table(done), "", sep="\n")
    print(*rule_table(dev.rules), sep="\n")


if __name__ == "__main__":
    main()
