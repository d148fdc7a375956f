"""Expand names with their synonyms, so that a search for one finds the others; pure.

The only module that knows when a search treats two names as the same. A tag declares its synonyms (`names:`): those of
a law, an organisation or a person, and of a theme only the term of art with its abbreviation and translations, so that
replacing one with another changes no statement. What merely hints at a tag, or is part of it, is not a name.
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
    """The synonyms of each name, by the name's stems; `longest` is the word count of the longest name."""

    names: Mapping[tuple[str, ...], tuple[str, ...]]
    longest: int

    def of(self, text: str) -> tuple[str, ...]:
        """Return the synonyms of the name a text is; none if it is not a name."""
        return self.names.get(stems(text), ())

    @property
    def example(self) -> tuple[str, str] | None:
        """A name and another one of the same; None if there are none."""
        return next(((found[0], found[1]) for found in self.names.values() if len(found) > 1), None)

    @staticmethod
    def near(word: str, known: Iterable[str]) -> tuple[str, ...]:
        """Return the known words most similar to a word; at most three."""
        return tuple(difflib.get_close_matches(word, list(known), n=3, cutoff=0.6))


NONE = Synonyms({}, 0)


def synonyms(tags: Iterable[Tag]) -> Synonyms:
    """Return the synonyms from these tags; a name claimed by two tags belongs to neither, as it is ambiguous."""
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
    """Return the stems of a text's words, as the search index makes them."""
    return tuple(stem(word) for word in words(text))


def words(text: str) -> list[str]:
    """Return a text's words as the search index tokenises it, folded; accents on ordinary letters stay."""
    return _WORD.findall(text.lower() if text.isascii() else fold(text).casefold())


def _once(names: Sequence[str], keys: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the names without duplicates by stem."""
    return tuple({keys[name]: name for name in reversed(names)}.values())[::-1]
