"""How the rulebook's tags compare with the codes: precision, recall and F1 of each kind of code, and every error."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.quality.items import Item
from tracker.analyse.tagging.rules import Rulebook
from tracker.models import Tagging

Codes = frozenset[str]


@dataclass(slots=True)
class Score:
    """Codes that were found, that were found and should not have been, and that were missed."""

    found: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, wanted: Codes, given: Codes) -> None:
        """Count one item."""
        self.found += len(wanted & given)
        self.wrong += len(given - wanted)
        self.missed += len(wanted - given)

    @property
    def precision(self) -> float:
        """The share of what was given that is right; 1 where nothing was."""
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what is right that was given; 1 where there is nothing."""
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.found / (2 * self.found + self.wrong + self.missed) if self.found else 0.0


@dataclass(frozen=True, slots=True)
class Error:
    """An item and one kind of code in which its tagging differs from what it should be."""

    item: Item
    kind: str
    missed: Codes
    wrong: Codes
    tagging: Tagging


@dataclass(slots=True)
class Comparison:
    """The scores by kind, how often each relevance was taken for which, and the errors."""

    scores: dict[str, Score] = field(default_factory=dict)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: list[Error] = field(default_factory=list)


_KINDS: Mapping[str, Callable[[Codes, Codes], Codes]] = {
    "both": lambda topics, _: frozenset({"both"} if len(topics) == 2 else ()),
    "encryption": lambda topics, _: topics & {"encryption"},
    "child-safety": lambda topics, _: topics & {"child-safety"},
    "relevant or not": lambda topics, _: frozenset({"relevant"} if topics else ()),
    "organisations": lambda _, codes: codes,
    "laws": lambda _, codes: codes,
    "themes": lambda _, codes: codes,
}
"""What of an item's topics, or of its codes of that kind, counts for each score."""

KINDS: Sequence[str] = tuple(_KINDS)
_FACETS = {"organisations": "organisation", "laws": "law", "themes": "theme"}


def compare(rulebook: Rulebook, items: Iterable[Item]) -> Comparison:
    """The tagging of each item against its codes; what a code implies counts as coded, too."""
    done = Comparison({kind: Score() for kind in KINDS})
    facets = {tag.id: tag.facet for tag in rulebook.tags}
    for item in items:
        tagging = rulebook.tag(item.title, item.summary, item.language)
        coded = _with_implied(rulebook, item.organisations | item.laws | item.themes)
        given = frozenset(tagging.tags)
        topics = given & {"encryption", "child-safety"}
        done.confusion[item.relevance, tagging.relevance] += 1
        for kind in KINDS:
            facet = _FACETS.get(kind)
            sides = [
                _KINDS[kind](about, frozenset(tag for tag in codes if facets.get(tag) == facet))
                for about, codes in ((item.topics, coded), (topics, given))
            ]
            done.scores[kind].add(*sides)
            if facet and sides[0] != sides[1]:
                done.errors.append(Error(item, kind, sides[0] - sides[1], sides[1] - sides[0], tagging))
        if item.topics != topics:
            done.errors.append(Error(item, "relevance", item.topics - topics, topics - item.topics, tagging))
    return done


def _with_implied(rulebook: Rulebook, codes: Codes) -> Codes:
    implied = {tag.id: tag.implies for tag in rulebook.tags}
    reached, waiting = set(codes), list(codes)
    while waiting:
        for name in implied.get(waiting.pop(), ()):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return frozenset(reached)
