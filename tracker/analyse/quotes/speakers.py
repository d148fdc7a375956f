"""Resolve pronouns and surnames to the last full mention in a text."""

import re
from bisect import bisect_left
from collections import defaultdict
from functools import cached_property
from typing import Final

from tracker.analyse.quotes.grammar import Grammar
from tracker.analyse.quotes.mentions import FULL_NAME, NAME, Mention, bare_name, last_name

_FULL_NAME: Final = re.compile(FULL_NAME)
_NAME: Final = re.compile(NAME)
_SENTENCE: Final = re.compile(r"^\s*|\n\s*|[.!?…:][\"”»]?\s{1,9}")
_OPENING: Final = 50
"""The subject of a sentence begins within this many code points."""

_BACK: Final = 800
"""How many code points before a pronoun are searched for the person."""


class Speakers:
    """The speakers of one text, in the order of their first mention."""

    def __init__(self, text: str, grammar: Grammar) -> None:
        self._text = text
        self._grammar = grammar
        self._spoke: list[tuple[int, str]] = []

    def resolved(self, mention: Mention, at: int) -> str | None:
        """Return the name or role behind a mention at a place in the text; None for a pronoun nobody is behind."""
        if mention.kind == "role":
            return mention.text
        name = self._person(at) if mention.kind == "pronoun" else self._full(bare_name(mention.text, self._grammar), at)
        if name:
            self._spoke.append((at, name))
        return name

    @cached_property
    def _full_names(self) -> dict[str, list[tuple[int, str]]]:
        """Names of several words with their places, by last word."""
        names: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for found in _FULL_NAME.finditer(self._text):
            name = bare_name(found[0], self._grammar)
            if " " in name:
                names[last_name(name)].append((found.start(), name))
        return names

    def _full(self, name: str, at: int) -> str:
        """Return the last full mention before a place of whom a single word names, else the first one after it."""
        if " " in name or not (known := self._full_names.get(name.casefold())):
            return name
        number = bisect_left(known, (at, ""))
        return known[number - 1 if number else 0][1]

    def _person(self, at: int) -> str | None:
        """Return whom a pronoun means: the last subject of a sentence or speaker before it."""
        start = max(0, at - _BACK)
        last = self._spoke[-1] if self._spoke and self._spoke[-1][0] >= start else None
        for sentence in reversed(list(_SENTENCE.finditer(self._text, start, at))):
            if last and sentence.start() < last[0]:
                break
            full = _FULL_NAME.search(self._text, sentence.end(), at)
            if full and full.start() < sentence.end() + _OPENING:
                return bare_name(full[0], self._grammar)
            single = _NAME.match(self._text, sentence.end(), at)
            if single and single[0].casefold() in self._full_names:
                return self._full(single[0], at)
        return last[1] if last else None
