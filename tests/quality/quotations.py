"""Measure the quotation extractor on labelled quotations: spans by overlap, speakers by last name or head word.

`python -m tests.quality.quotations` prints what docs/quality.md says; it needs the articles in ../shared/data.
"""

import gzip
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tracker.analyse.quotes.extraction import quotations

OWN = Path(__file__).parent / "quotations.jsonl"
REAL = Path(__file__).parents[3] / "shared" / "data" / "quotes"

FEWEST_WORDS = 3
"""Words of the shortest quotation that counts in the real articles, whose labels leave out shorter ones."""

_PRONOUNS = set("he she they i we you it who him her them one that this which his".split())
_TAIL = re.compile(r"\s(?:of|from|for|who|at|in|with|on|to|that|which|by|and|von|de|di|van|för|for|z|fra|i|do|da)\s")


class Span(NamedTuple):
    """A quotation and its speaker, None if the label says nobody."""

    start: int
    end: int
    speaker: str | None


class Labelled(NamedTuple):
    """A text with its labelled quotations."""

    language: str | None
    text: str
    spans: tuple[Span, ...]


@dataclass(slots=True)
class Score:
    """How many quotations were labelled, found and both; how many of those have a named speaker, and the right one."""

    labelled: int = 0
    found: int = 0
    both: int = 0
    named: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.both / self.found

    @property
    def recall(self) -> float:
        return self.both / self.labelled

    @property
    def f1(self) -> float:
        return 2 * self.both / (self.found + self.labelled)

    @property
    def speakers(self) -> float:
        return self.right / self.named


Extractor = Callable[[str, str | None], Iterable[Span]]


def extracted(text: str, language: str | None) -> Iterator[Span]:
    for found in quotations(text, language):
        yield Span(found.start, found.end, found.speaker)


def by_regex(text: str, language: str | None) -> Iterator[Span]:
    """What a plain regular expression finds: words between marks, and the name beside a verb of saying."""
    for found in re.finditer(r'["“]([^"“”\n]{2,2000}?)["”]', text):
        after = re.match(r"\s*(?:said )?([A-Z][\w.]+(?: [A-Z][\w.]+)*)", text[found.end() : found.end() + 60])
        before = re.search(r"([A-Z]\w+) (?:said|says|added|told \w+)[,:]? $", text[: found.start()][-60:])
        name = before or after
        yield Span(*found.span(1), name[1] if name else None)


def own() -> Iterator[Labelled]:
    """The labelled passages in ten languages."""
    for line in OWN.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        spans = []
        for quote in item["quotes"]:
            start = item["text"].index(quote["quote"])
            spans.append(Span(start, start + len(quote["quote"]), quote["speaker"]))
        yield Labelled(item["language"], item["text"], tuple(spans))


def real(half: str) -> Iterator[Labelled]:
    """The articles of a half of the real data."""
    with gzip.open(REAL / f"{half}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for item in map(json.loads, lines):
            spans = (Span(one["start"], one["end"], one["speaker"]) for one in item["quotes"])
            yield Labelled(None, item["text"], tuple(spans))


def measure(texts: Iterable[Labelled], extract: Extractor, overlap: float = 0.8, fewest: int = 1) -> Score:
    """Score an extractor; a quotation is found when it overlaps a label by so much of the longer of the two."""
    score = Score()
    for item in texts:
        found = [
            span
            for span in extract(item.text, item.language)
            if len(item.text[span.start : span.end].split()) >= fewest
        ]
        score.labelled += len(item.spans)
        score.found += len(found)
        for label, span in _matched(item.spans, found, overlap):
            score.both += 1
            if label.speaker and label.speaker.lower() not in _PRONOUNS:
                score.named += 1
                score.right += same_speaker(label.speaker, span.speaker)
                if not same_speaker(label.speaker, span.speaker):
                    score.wrong.append(f"{span.speaker!r} for {label.speaker!r}: {item.text[label.start : label.end]}")
    return score


def _matched(labels: Sequence[Span], found: Sequence[Span], least: float) -> Iterator[tuple[Span, Span]]:
    """Yield pairs of a label and what was found of it, each used once."""
    left = list(found)
    for label in labels:
        best = max(left, key=lambda span: _overlap(label, span), default=None)
        if best and _overlap(label, best) >= least:
            left.remove(best)
            yield label, best


def _overlap(one: Span, other: Span) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(0, shared) / max(one.end - one.start, other.end - other.start)


def same_speaker(label: str, found: str | None) -> bool:
    """Whether one has the last name or the head word of the other."""
    return found is not None and (_head(label) in _words(found) or _head(found) in _words(label))


def _head(speaker: str) -> str:
    """The last name of somebody named, else the last word before what describes a role further."""
    words = _TAIL.split(re.sub(r"\([^)]*\)", "", speaker).partition(",")[0])[0].split()
    return _bare(words[-1]) if words else ""


def _words(speaker: str) -> set[str]:
    return {_bare(word) for word in re.findall(r"[\w’'.-]+", speaker)}


def _bare(word: str) -> str:
    return re.sub(r"[’']s$", "", word.lower().strip(" ,.:;’'“”\""))


def report() -> str:
    """The table of docs/quality.md, on the real articles."""
    rows = [
        "| articles | | precision | recall | F1 | F1 at overlap 0.3 | speaker |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for half in ("dev", "train"):
        texts = list(real(half))
        for name, extract in (("rules", extracted), ("regular expression", by_regex)):
            strict = measure(texts, extract, fewest=FEWEST_WORDS)
            loose = measure(texts, extract, 0.3, FEWEST_WORDS)
            figures = (strict.precision, strict.recall, strict.f1, loose.f1, strict.speakers)
            rows.append(f"| {half} | {name} | {' | '.join(f'{figure:.3f}' for figure in figures)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(report() + "\n")
