"""Words that say what became of a matter: deaths, arrests, verdicts, votes, closures; no I/O."""

from collections import defaultdict
from typing import Final, get_args

from tracker.analyse.languages.language import Outcome
from tracker.analyse.languages.vocabulary import LANGUAGES, all_words


def _by_word() -> tuple[dict[str, Outcome], dict[str, dict[str, Outcome]]]:
    """Return the outcome of each whole word, and of each beginning by its first three letters."""
    whole: dict[str, Outcome] = {}
    beginnings: dict[str, dict[str, Outcome]] = defaultdict(dict)
    for outcome in get_args(Outcome):
        for entry in sorted(all_words(language.outcomes.get(outcome, "") for language in LANGUAGES)):
            if entry.endswith("*"):
                beginnings[entry[:3]].setdefault(entry[:-1], outcome)
            else:
                whole.setdefault(entry, outcome)
    return whole, dict(beginnings)


_WHOLE, _BEGINNINGS = _by_word()
_NONE: Final[dict[str, Outcome]] = {}


def outcome_of(word: str) -> Outcome | None:
    """Return the outcome that a folded word states; None if it states none."""
    if word in _WHOLE:
        return _WHOLE[word]
    starts = _BEGINNINGS.get(word[:3], _NONE)
    return next((outcome for start, outcome in starts.items() if word.startswith(start)), None)
