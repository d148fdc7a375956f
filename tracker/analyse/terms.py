"""Terms are found in texts as whole words; the only module that knows how a term is written and matched.

A term is one or more words. Hyphens, spaces, dashes, slashes and apostrophes only separate words, so
"end-to-end" finds "end to end" and NSPCC finds "NSPCC's". A word with a capital letter is found as written, any
other in every case. `*` after a word of three letters or more makes it a stem: it finds all words that begin so.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_WORD = re.compile(r"[^\W_][^\W_\u0300-\u036f]*(?:[\u0300-\u036f]+[^\W_]*)*")
_MEMORY = 200_000  # words remembered by a matcher; about 40 MB, more than a year of one language's news


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a term; `text` is case-folded unless `exact`."""

    text: str
    exact: bool
    stem: bool


@dataclass(frozen=True, slots=True)
class Match:
    """Where a term stands in a text: `text[start:end]`, in code points; `key` is what it was filed under."""

    key: int
    start: int
    end: int


def read_term(term: str) -> tuple[Word, ...]:
    """The words of a term as a rulebook writes it; raises ValueError saying what is wrong with it."""
    words = tuple(_read_word(found, term) for found in re.finditer(rf"({_WORD.pattern})(\*(?!\w))?", term))
    if not words:
        raise ValueError(f"the term {term!r} holds no word")
    if term.count("*") != sum(word.stem for word in words):
        raise ValueError(f"in the term {term!r} a * stands elsewhere than at the end of a word")
    return words


def _read_word(found: re.Match[str], term: str) -> Word:
    text = unicodedata.normalize("NFC", found[1])
    stem = bool(found[2])
    if stem and len(text) < 3:
        raise ValueError(f"in the term {term!r} the stem {text + '*'!r} is shorter than three letters")
    exact = text != text.lower()
    return Word(text if exact else text.casefold(), exact, stem)


@dataclass(slots=True)
class _Node:
    """A place in the tree of terms: which words may follow, and the keys of the terms that end here."""

    following: dict[int, "_Node"] = field(default_factory=dict)
    keys: list[int] = field(default_factory=list)


class Matcher:
    """Finds many terms in one pass over a text; overlapping terms are all found."""

    def __init__(self, terms: Iterable[tuple[tuple[Word, ...], int]]) -> None:
        self._root = _Node()
        self._symbols: dict[Word, int] = {}
        self._stem_lengths: dict[bool, list[int]] = {True: [], False: []}
        self._remembered: dict[str, tuple[int, ...]] = {}
        for words, key in terms:
            self._file(words, key)
        lengths: dict[bool, set[int]] = defaultdict(set)
        for word in self._symbols:
            if word.stem:
                lengths[word.exact].add(len(word.text))
        self._stem_lengths = {exact: sorted(lengths[exact]) for exact in (True, False)}

    def find(self, text: str) -> list[Match]:
        """Every occurrence of every term, by where it starts; none is left out because another covers it."""
        recall = self._remembered.get
        symbols = [
            known if (known := recall(word)) is not None else self._recognise(word) for word in _WORD.findall(text)
        ]
        if not any(symbols):
            return []
        spans = [found.span() for found in _WORD.finditer(text)]
        return [
            Match(key, spans[first][0], spans[last][1])
            for first, start in enumerate(symbols)
            if start
            for key, last in self._from(first, symbols)
        ]

    def _file(self, words: tuple[Word, ...], key: int) -> None:
        node = self._root
        for word in words:
            symbol = self._symbols.setdefault(word, len(self._symbols))
            node = node.following.setdefault(symbol, _Node())
        node.keys.append(key)

    def _from(self, first: int, symbols: list[tuple[int, ...]]) -> Iterator[tuple[int, int]]:
        """The terms that begin at one word, each with the number of its last word."""
        nodes = [self._root]
        for position in range(first, len(symbols)):
            nodes = [
                following
                for node in nodes
                for symbol in symbols[position]
                if (following := node.following.get(symbol)) is not None
            ]
            if not nodes:
                return
            for node in nodes:
                for key in node.keys:
                    yield key, position

    def _recognise(self, word: str) -> tuple[int, ...]:
        """The symbols that a word of a text stands for, remembered for the next time."""
        written = unicodedata.normalize("NFC", word)
        forms = ((written, True), (written.casefold(), False))
        found = [
            symbol
            for form, exact in forms
            for candidate in self._candidates(form, exact)
            if (symbol := self._symbols.get(candidate)) is not None
        ]
        if len(self._remembered) >= _MEMORY:
            self._remembered.clear()
        self._remembered[word] = result = tuple(found)
        return result

    def _candidates(self, form: str, exact: bool) -> Iterator[Word]:
        yield Word(form, exact, stem=False)
        for length in self._stem_lengths[exact]:
            if length > len(form):
                return
            yield Word(form[:length], exact, stem=True)
