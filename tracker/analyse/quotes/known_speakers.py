"""Recognise the people and organisations of a rulebook among those who are quoted."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from tracker.analyse.tagging.rules import Tag

_WORD: Final = re.compile(r"[^\W_]+")
_LONGEST: Final = 6
"""Words of the longest name that is looked for in a speaker."""

_Name = tuple[str, ...]


class KnownSpeakers:
    """The people and organisations that a rulebook's tags name, by every name that stands in their rules."""

    def __init__(self, tags: Iterable[Tag]) -> None:
        found = [tag for tag in tags if tag.facet in {"person", "organisation"}]
        self._people = _by_name(tag for tag in found if tag.facet == "person")
        self._organisations = _by_name(tag for tag in found if tag.facet == "organisation")

    def id_of(self, speaker: str) -> str | None:
        """Return the tag of the person or organisation that these words name, or speak for; None if unknown.

        "Sir Peter Lee" is Peter Lee, "a spokesman for Acme" is Acme; "a spokesman for Peter Lee" is unknown.
        """
        words = _WORD.findall(speaker)
        known = [self._organisations] if speaker[:1].islower() else [self._people, self._organisations]
        for names in known:
            for part in _parts(words):
                found = names.get(tuple(map(str.casefold, part)))
                if found and (len(part) > 1 or not part[0].islower()):
                    return found
        return None


def _parts(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the runs of words, the longest first, the last before the first."""
    for length in range(min(len(words), _LONGEST), 0, -1):
        for start in range(len(words) - length, -1, -1):
            yield words[start : start + length]


def _by_name(tags: Iterable[Tag]) -> Mapping[_Name, str]:
    """Return the id of each tag by its label and by the terms of its rules, as case-folded words."""
    names: dict[_Name, str] = {}
    for tag in tags:
        written = [tag.label, *tag.names]
        names |= {tuple(word.casefold() for word in _WORD.findall(name)): tag.id for name in written}
        for rule in tag.rules:
            for terms in rule.terms.values():
                for term in terms:
                    if not any(word.stem for word in term):
                        names.setdefault(tuple(word.text.casefold() for word in term), tag.id)
    return names
