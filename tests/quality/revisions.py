"""Measure what real feeds' changes are called: drawn at random, judged by reading, kept by id and hash without texts.

A change is judged *right* to be called substantive if a reader of the earlier words would learn something on the event
from the later ones, or have to unlearn it. "S" says so, "R" that they only reword, "U" that the page is rewritten as
things happen, "B" that the change is boilerplate. Rules were made with an eye on the feeds of the half "dev".

python -m tests.quality.revisions   prints the figures of both halves; needs ../shared/data.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

from tests.quality.news import Half, history
from tracker.analyse.boilerplate import blanked
from tracker.analyse.changes import ChangeKind, change
from tracker.analyse.compared_words import Version
from tracker.analyse.running_pages import MANY_CHANGES, is_called_running
from tracker.analyse.tagging.agreement import Estimate, wilson

_LABELS = Path(__file__).parent / "revisions.jsonl"

Kind = ChangeKind | Literal["running"]


@dataclass(frozen=True, slots=True)
class Label:
    """Two readings of a change, one of the same reader or none where `two` is empty; `drawn` is what it was called
    when it was drawn."""

    id: str
    feed: str
    half: Half
    drawn: str
    one: str
    two: str

    @property
    def substantive(self) -> bool | None:
        """Whether it states something else; None where the readings differ."""
        return None if self.two and (self.one == "S") != (self.two == "S") else self.one == "S"


@cache
def labels(half: Half) -> Mapping[str, Label]:
    """The labels of a half, by the hash of feed, item and both wordings."""
    made = [Label(**json.loads(line)) for line in _LABELS.read_text(encoding="utf-8").splitlines()]
    return {label.id: label for label in made if label.half == half}


def called(feed: str) -> dict[str, Kind]:
    """What each change of a feed's items is called, by its id; boilerplate is left out, no article is on the debate."""
    versions: dict[str, list[Version]] = defaultdict(list)
    recorded = history(feed)
    for entry in recorded.entries:
        shown = versions[entry.guid or entry.url]
        known = shown[-1].summary if shown else ""
        shown.append(Version(entry.title, entry.summary or known))
    return {
        name: kind
        for item, shown in versions.items()
        for name, kind in _changes(
            f"{feed}|{item}", [Version(one.title, blanked(one.summary, recorded.boilerplate)) for one in shown]
        )
    }


def _changes(item: str, shown: list[Version]) -> Iterator[tuple[str, Kind]]:
    """Yield the id and kind of each change of an item's words."""
    pairs = [(old, new) for old, new in pairwise(shown) if old != new]
    kinds: list[Kind] = [change(old, new, debate=False).kind for old, new in pairs]
    often = sum(kind not in {"noise", "trivial"} for kind in kinds) >= MANY_CHANGES
    running = often or any(is_called_running(version.title) for version in shown)
    for (old, new), kind in zip(pairs, kinds, strict=True):
        words = "|".join((item, old.title, old.summary, new.title, new.summary))
        calm = not running or kind in {"noise", "trivial"}
        yield hashlib.sha256(words.encode()).hexdigest()[:16], (kind if calm else "running")


def record(half: Half) -> Iterable[tuple[Label, Kind]]:
    """Each labelled change of a half with what it is called now."""
    known = labels(half)
    for feed in dict.fromkeys(label.feed for label in known.values()):
        for name, kind in called(feed).items():
            if name in known:
                yield known[name], kind


def precision(found: Iterable[tuple[Label, Kind]]) -> Estimate | None:
    """The share of the changes called substantive that are; those on which the readings differ do not count."""
    right = [label.substantive for label, kind in found if kind == "substantive" and label.substantive is not None]
    return wilson(sum(right), len(right))


def missed(found: Iterable[tuple[Label, Kind]]) -> Estimate | None:
    """The share of the changes called reworded that state something else."""
    wrong = [label.substantive for label, kind in found if kind == "reworded" and label.drawn == "reworded"]
    return wilson(sum(map(bool, wrong)), len(wrong))


def main() -> None:
    """Print the figures."""
    halves: tuple[Half, ...] = ("dev", "held")
    for half in halves:
        found = [*record(half)]
        print(f"{half}: {len(found)} labelled changes, called substantive {precision(found)}, missed {missed(found)}")


if __name__ == "__main__":
    main()
