"""Names that mean one thing, so that a search for one finds the others; pure.

The only module that knows what makes two names the same to a search. Which names belong together a tag says
itself (`names:`): those of a law, an organisation or a person, and of a theme only the term of art with its
abbreviation and its translations, so that whoever puts one in the place of the other has changed no statement. What
merely hints at a tag, or is a part of it, is no name.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracker.analyse.folding import fold
from tracker.analyse.stories.word_features import stem
from tracker.analyse.tagging.rules import Tag

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Synonyms:
    """For each name, by its stems, what else is called so; `longest` is the number of words of the longest."""

    names: Mapping[tuple[str, ...], tuple[str, ...]]
    longest: int

    def of(self, text: str) -> tuple[str, ...]:
        """The other names of what a text names; none where it names nothing."""
        return self.names.get(stems(text), ())

    @staticmethod
    def near(word: str, known: Iterable[str]) -> tuple[str, ...]:
        """The known words that a word is most like; few or none."""
        return tuple(difflib.get_close_matches(word, list(known), n=3, cutoff=0.6))


NONE = Synonyms({}, 0)


def synonyms(tags: Iterable[Tag]) -> Synonyms:
    """The names of these tags; one that two tags claim belongs to neither, as it does not say which is meant."""
    names: dict[tuple[str, ...], tuple[str, ...]] = {}
    claimed: set[tuple[str, ...]] = set()
    for tag in tags:
        keys = {name: stems(name) for name in tag.names}
        for key in keys.values():
            others = _once([other for other in tag.names if keys[other] != key], keys)
            if key in claimed and names.get(key) != others:
                names.pop(key, None)
            elif others and key:
                names[key] = others
            claimed.add(key)
    return Synonyms(names, max(map(len, names), default=0))


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text's words, as the search index makes them."""
    return tuple(stem(word) for word in words(text))


def words(text: str) -> list[str]:
    """The words of a text as the search index divides it, folded; accents on ordinary letters stay."""
    return _WORD.findall(text.lower() if text.isascii() else fold(text).casefold())


def _once(names: Sequence[str], keys: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The names without those whose stems are another's."""
    return tuple({keys[name]: name for name in reversed(names)}.values())[::-1]
