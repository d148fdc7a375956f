"""Propose terms for a rule from articles that people coded, and count how often each would have fired; no I/O."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from tracker.analyse.languages.vocabulary import FUNCTION_WORDS
from tracker.analyse.stories.word_features import folded

Verdict = Literal["yes", "no", "tagged", "unknown"]
"""What is known of an article: coded yes, coded no, tagged by the rules but not coded, or nothing."""

_LONGEST = 3  # words
_SHORTEST = 4  # letters of a term of one word


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term, and in how many stored articles it occurs, by what is known of them."""

    term: str
    yes: int
    no: int
    tagged: int
    unknown: int

    @property
    def worth(self) -> float:
        """How many articles coded yes it finds, times the share of its articles that should have the tag.

        Unknown articles count as wrong: most articles are about something else.
        """
        fired = self.yes + self.no + self.tagged + self.unknown
        return self.yes * (self.yes + self.tagged) / fired


def candidates(articles: Iterable[tuple[str, Verdict]], missed: Sequence[str], most: int) -> list[Candidate]:
    """Return terms that together would find the texts `missed`, the best first, counted in all articles.

    A term has one to three words, none of them a number. Each finds a missed text that fewer than two better ones do,
    so the list shows alternatives and ends where it adds nothing.
    """
    found_by = _places(missed)
    counts = {term: Counter[Verdict]() for term in found_by}
    for text, verdict in articles:
        for term in found_by.keys() & _terms(text):
            counts[term][verdict] += 1
    known = {term: Candidate(term, n["yes"], n["no"], n["tagged"], n["unknown"]) for term, n in counts.items()}
    ranked = sorted((one for one in known.values() if one.yes), key=lambda one: (-one.worth, len(one.term), one.term))
    return list(islice(_needed(ranked, found_by), most))


def fires(term: str, text: str) -> bool:
    """Decide whether a candidate term occurs in a text."""
    return term in _terms(text)


def _terms(text: str) -> set[str]:
    """Return every run of up to three words that may be a term."""
    words = folded(text)
    return {
        " ".join(run)
        for start in range(len(words))
        for end in range(start + 1, min(start + _LONGEST, len(words)) + 1)
        if _may_be_term(run := words[start:end])
    }


def _may_be_term(run: Sequence[str]) -> bool:
    """Decide whether a run of words may be a term: no number, and no function word at either end."""
    if run[0] in FUNCTION_WORDS or run[-1] in FUNCTION_WORDS or not all(map(str.isalpha, run)):
        return False
    return len(run) > 1 or len(run[0]) >= _SHORTEST


def _places(texts: Sequence[str]) -> dict[str, set[int]]:
    """Return the places of the texts in which each term occurs."""
    found: dict[str, set[int]] = defaultdict(set)
    for place, text in enumerate(texts):
        for term in _terms(text):
            found[term].add(place)
    return found


def _needed(ranked: Iterable[Candidate], found_by: Mapping[str, Set[int]]) -> Iterator[Candidate]:
    """Yield the candidates that find a text which fewer than two before them do."""
    covered: Counter[int] = Counter()
    for one in ranked:
        if any(covered[place] < 2 for place in found_by[one.term]):
            covered.update(found_by[one.term])
            yield one
