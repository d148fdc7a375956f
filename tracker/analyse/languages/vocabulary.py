"""Join the words of all languages, as most texts do not reliably say which is theirs."""

import re
from collections.abc import Iterable
from typing import Final

from tracker.analyse.languages.danish import DANISH
from tracker.analyse.languages.dutch import DUTCH
from tracker.analyse.languages.english import ENGLISH
from tracker.analyse.languages.french import FRENCH
from tracker.analyse.languages.german import GERMAN
from tracker.analyse.languages.italian import ITALIAN
from tracker.analyse.languages.polish import POLISH
from tracker.analyse.languages.portuguese import PORTUGUESE
from tracker.analyse.languages.spanish import SPANISH
from tracker.analyse.languages.swedish import SWEDISH

LANGUAGES: Final = (
    DANISH, DUTCH, ENGLISH, FRENCH, GERMAN, ITALIAN, POLISH, PORTUGUESE, SPANISH, SWEDISH,
)  # fmt: skip


def all_words(lists: Iterable[str]) -> frozenset[str]:
    """Return the words of all lists, case-folded."""
    return frozenset(" ".join(lists).casefold().split())


def any_phrase(lists: Iterable[str]) -> str:
    """Return a regular expression that matches each phrase of all lists."""
    phrases = "|".join(filter(None, map(str.strip, lists)))
    return "(?:" + re.sub(r"\s+", r"\\s+", re.sub(r"\s*\|\s*", "|", phrases)) + ")"


def numbered(groups: str, start: int) -> dict[str, int]:
    """Return each word of a list of groups, case-folded, with the number of its group, counted from `start`."""
    return {word: number for number, group in enumerate(groups.split(","), start) for word in group.casefold().split()}


FUNCTION_WORDS: Final = all_words(language.function_words for language in LANGUAGES)
"""Articles, prepositions and pronouns, case-folded, accents kept."""
