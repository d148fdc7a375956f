"""Words that say what became of a matter: deaths, arrests, verdicts, votes, closures; no I/O."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from tracker.analyse.languages.language import Outcome
from tracker.analyse.languages.vocabulary import LANGUAGES

_BEGINNING: Final = 3
"""Length, in letters, of the word beginnings by which words are looked up; none is shorter."""

_Index = Mapping[str, Mapping[str, frozenset[Outcome]]]


def _index(lists: Iterable[Mapping[Outcome, str]]) -> _Index:
    """Return the outcomes of all entries, by their first letters and themselves."""
    index: dict[str, dict[str, frozenset[Outcome]]] = defaultdict(dict)
    for outcome, words in ((outcome, words) for one in lists for outcome, words in one.items()):
        for entry in words.casefold().split():
            alike = index[entry[:_BEGINNING].rstrip("*")]
            alike[entry] = alike.get(entry, frozenset()) | {outcome}
    return dict(index)


_STATED: Final = _index(language.outcomes for language in LANGUAGES)
_SUGGESTED: Final = _index(words for language in LANGUAGES for words in (language.outcomes, language.hints))


def outcomes_of(word: str) -> frozenset[Outcome]:
    """Return the outcomes that a folded word states."""
    return _look_up(_STATED, word)


def suggested_by(word: str) -> frozenset[Outcome]:
    """Return the outcomes that a folded word states or may suggest."""
    return _look_up(_SUGGESTED, word)


def _look_up(index: _Index, word: str) -> frozenset[Outcome]:
    found: frozenset[Outcome] = frozenset()
    for entry, outcomes in index.get(word[:_BEGINNING], {}).items():
        if word == entry or (entry.endswith("*") and word.startswith(entry[:-1])):
            found |= outcomes
    return found
