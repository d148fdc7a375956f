"""Match terms in texts as whole words; the only module that knows how terms are written and matched.

A term is one or more words. Hyphens, spaces, dashes, slashes and apostrophes only separate words, so "end-to-end"
matches "end to end" and NSPCC matches "NSPCC's" and "N.S.P.C.C.". A word with a capital letter matches as written, any
other in any case; ligatures, full-width and mathematical letters match the letters they stand for. `*` after a word of
three letters or more makes it a stem: it matches all words that begin with it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress, islice
from typing import NamedTuple, TypeVar

from tracker.analyse.folding import caseless, compatible

_WORD = re.compile(r"[^\W_]++(?:[\u0300-\u036f\u00ad\u200c\u200d\ufe00-\ufe0f]++[^\W_]*+)*+")  # marks and joiners
_WRITTEN = re.compile(rf"({_WORD.pattern})(\*(?!\w))?")
_INITIALS = re.compile(r"[A-Z]{3,6}|(?!ID|IM)[B-Z][B-Z]")
"""A word that is also written with dots; headlines in capitals have I'D and I'M."""
_MEMORY = 200_000  # words cached by a matcher; about 20 MB, more than a year of one language's news


class Word(NamedTuple):
    """One word of a term; `text` is case-folded unless `exact`. A tuple, because rulebooks hash half a million."""

    text: str
    exact: bool
    stem: bool


class Hit(NamedTuple):
    """A term found in a text, by the indices of its first and last word; `key` is what it was filed under."""

    key: int
    first: int
    last: int


class Match(NamedTuple):
    """A term's position in a text: `text[start:end]`, in code points; `word` is the number of its first word."""

    key: int
    start: int
    end: int
    word: int


@lru_cache(100_000)  # the built-in rulebook has 27,000 terms, parsed list by list
def read_term(term: str) -> tuple[Word, ...]:
    """Parse a term as written in a rulebook; raises ValueError saying what is wrong with it."""
    words = tuple(_read_word(found, term) for found in _WRITTEN.finditer(term))
    if not words:
        raise ValueError(f"the term {term!r} has no word")
    if term.count("*") != sum(word.stem for word in words):
        raise ValueError(f"in the term {term!r} a * is not at the end of a word")
    return words


def term_as_written(words: Sequence[Word]) -> str:
    """Return the term of these words as a rulebook may write it."""
    return " ".join(f"{word.text}*" if word.stem else word.text for word in words)


def _read_word(found: re.Match[str], term: str) -> Word:
    text = compatible(found[1]).strip()
    stem = bool(found[2])
    if stem and len(text) < 3:
        raise ValueError(f"in the term {term!r} the stem {text + '*'!r} is shorter than three letters")
    exact = text != text.lower()
    return Word(text if exact else caseless(text), exact, stem)


@dataclass(slots=True)
class _Node:
    """A node in the trie of terms: the words that may follow, and the keys of the terms ending here."""

    following: dict[int, "_Node"] = field(default_factory=dict)
    keys: list[int] = field(default_factory=list)


_Made = TypeVar("_Made")


class _Memory(dict[str, _Made]):
    """A cache of what `make` returns for each word."""

    def __init__(self, make: Callable[[str], _Made]) -> None:
        self._make = make

    def __missing__(self, word: str) -> _Made:
        if len(self) >= _MEMORY:
            self.clear()
        self[word] = made = self._make(word)
        return made


class Matcher:
    """Finds many terms in one pass over a text, overlapping ones included.

    Most words of a text start no term and cost one dictionary lookup.
    """

    def __init__(self, terms: Iterable[tuple[tuple[Word, ...], int]]) -> None:
        self._root = _Node()
        self._symbols: dict[Word, int] = {}
        for words, key in terms:
            self._file(words, key)
        lengths: dict[bool, set[int]] = defaultdict(set)
        for word in self._symbols:
            if word.stem:
                lengths[word.exact].add(len(word.text))
        self._stem_lengths = {exact: sorted(lengths[exact]) for exact in (True, False)}
        self._recognised = _Memory(self._recognise)
        self._beginnings = _Memory(self._begin)

    def find(self, text: str) -> list[Hit]:
        """Return every occurrence of every term, by start; even those covered by another."""
        words = _WORD.findall(text)
        beginnings = [*map(self._beginnings.__getitem__, words)]
        recognised = [*map(self._recognised.__getitem__, words), ()]  # no term continues with the last
        found: list[Hit] = []
        for first in compress(range(len(beginnings)), beginnings):
            node, last = beginnings[first], first
            while node:
                if node.keys:
                    found += [Hit(key, first, last) for key in node.keys]
                last += 1
                node = _after(node, recognised[last]) if recognised[last] else None
        return found

    def _file(self, words: tuple[Word, ...], key: int) -> None:
        for spelling in dict.fromkeys((words, _with_dots(words))):
            node = self._root
            for word in spelling:
                symbol = self._symbols.setdefault(word, len(self._symbols))
                node = node.following.setdefault(symbol, _Node())
            node.keys.append(key)

    def _begin(self, word: str) -> _Node | None:
        """Return the node reached by a text's word at the start of a term; None for most words."""
        return _after(self._root, self._recognise(word))

    def _recognise(self, word: str) -> tuple[int, ...]:
        """Return the symbols a text's word stands for."""
        forms = ((compatible(word).strip(), True), (caseless(word), False))
        return tuple(
            symbol
            for form, exact in forms
            for candidate in self._candidates(form, exact)
            if (symbol := self._symbols.get(candidate)) is not None
        )

    def _candidates(self, form: str, exact: bool) -> Iterator[Word]:
        yield Word(form, exact, stem=False)
        for length in self._stem_lengths[exact]:
            if length > len(form):
                return
            yield Word(form[:length], exact, stem=True)


def _with_dots(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return a term with each abbreviation in its letters, as which a text's N.S.P.C.C. is read; most have none."""
    if not any(word.exact for word in words):
        return words
    return tuple(part for word in words for part in (_letters(word) if _has_initials(word) else (word,)))


def _has_initials(word: Word) -> bool:
    return word.exact and not word.stem and _INITIALS.fullmatch(word.text) is not None


def _letters(word: Word) -> Iterator[Word]:
    return (Word(letter, exact=True, stem=False) for letter in word.text)


def _after(node: _Node, symbols: tuple[int, ...]) -> _Node | None:
    """Return the node these symbols lead to; None when no term continues with them."""
    if node.following.keys().isdisjoint(symbols):
        return None
    return _merged([node.following[symbol] for symbol in symbols if symbol in node.following])


def _merged(nodes: list[_Node]) -> _Node:
    """Merge nodes into one, followed by whatever follows any of them."""
    if len(nodes) == 1:
        return nodes[0]
    following: dict[int, list[_Node]] = defaultdict(list)
    for node in nodes:
        for symbol, after in node.following.items():
            following[symbol].append(after)
    return _Node(
        {symbol: _merged(after) for symbol, after in following.items()}, [key for node in nodes for key in node.keys]
    )


def count_words(text: str) -> int:
    """Return how many words a text has."""
    return len(_WORD.findall(text))


def located(hits: Sequence[Hit], text: str, before: int = 0) -> list[Match]:
    """Convert hits to positions in `text`, in which they were found; its words are counted on from `before`."""
    words = 1 + max((hit.last for hit in hits), default=-1)
    spans = [word.span() for word in islice(_WORD.finditer(text), words)]
    return [Match(key, spans[first][0], spans[last][1], before + first) for key, first, last in hits]
