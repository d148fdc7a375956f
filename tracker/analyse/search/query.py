"""Parse search queries: words, phrases, OR, -without, filters; pure, without a database.

The only module that knows the search language (docs/search.md), and how to express it in SQLite's FTS5.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from string import ascii_lowercase

from tracker.analyse.folding import compatible, fold
from tracker.analyse.search.spellings import spellings
from tracker.analyse.search.synonyms import NONE, Synonyms, words
from tracker.analyse.stories.word_features import stem

FILTERS = ("source", "country", "kind", "tag", "lang", "after", "before", "is")

MOST_CHARACTERS = 500
MOST_WORDS = 32
SHORTEST_BEGINNING = 3
"""Minimum letters before a `*`: the index has no prefix index, and a shorter prefix would scan half of it."""

_NEAR = re.compile(r"NEAR(?:/\d+)?")  # of other monitors
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_TOKEN = re.compile(
    r"(?P<minus>(?:-(?!\d+(?:[.,]\d|[%°])|[$£€]))?)"  # a minus before an amount is its sign
    r"(?:(?P<name>[A-Za-z]{2,12}):(?=[^\s:/]))?"
    r'(?:"(?P<quoted>[^"]*)(?P<end>"|$)|(?P<word>[^\s"]+))'
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Consecutive words, or the same in other `spellings`; with `prefix` the last is the beginning of a word."""

    text: str
    prefix: bool = False
    spellings: tuple[str, ...] = ()

    @property
    def spelled(self) -> tuple["Phrase", ...]:
        """The phrase in each spelling, the typed one first."""
        return (self, *map(Phrase, self.spellings))


@dataclass(frozen=True, slots=True)
class Part:
    """What an article must have: any of `options`, each with all its phrases, or any of the names in `also`.

    `span` is its position in the query text.
    """

    options: tuple[tuple[Phrase, ...], ...]
    span: tuple[int, int]
    also: tuple[Phrase, ...] = ()

    @property
    def alternatives(self) -> tuple[tuple[Phrase, ...], ...]:
        """Everything that satisfies it."""
        return (*self.options, *((phrase,) for phrase in self.also))


@dataclass(frozen=True, slots=True)
class Filter:
    """One `name:value`, the name one of FILTERS; `excluded` if preceded by a minus."""

    name: str
    value: str
    excluded: bool
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence for people about how their query was read, and queries to try instead."""

    text: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. `faults` say why it finds nothing as written, `remarks` how it was interpreted."""

    text: str
    wanted: tuple[Part, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    filters: tuple[Filter, ...] = ()
    remarks: tuple[Remark, ...] = ()
    faults: tuple[Remark, ...] = ()

    @property
    def empty(self) -> bool:
        """True if nothing was asked for."""
        return not (self.wanted or self.filters or self.faults)

    @property
    def has_beginnings(self) -> bool:
        """True if the query has a prefix search."""
        options = (phrase for part in self.wanted for option in part.options for phrase in option)
        return any(phrase.prefix for phrase in (*options, *self.excluded))

    def replaced(self, span: tuple[int, int], by: str = "") -> str:
        """Return the query text with one span replaced."""
        return " ".join(f"{self.text[: span[0]]}{by}{self.text[span[1] :]}".split())

    def without(self, *names: str) -> str:
        """Return the query text without its filters of these names."""
        text = self.text
        for item in sorted((item for item in self.filters if item.name in names), key=lambda item: -item.span[0]):
            text = f"{text[: item.span[0]]}{text[item.span[1] :]}"
        return " ".join(text.split())

    def exactly(self, part: Part) -> str:
        """Return the query text with this part in quotes, so that only its own words are searched for."""
        if len(part.options) == 1:
            return self.replaced(part.span, f'"{self.text[part.span[0] : part.span[1]]}"')
        quoted = [f"{phrase.text}*" if phrase.prefix else f'"{phrase.text}"' for (phrase,) in part.options]
        return self.replaced(part.span, " OR ".join(quoted))


def parse(text: str, synonyms: Synonyms = NONE) -> Query:
    """Parse a text into a query; every text is valid."""
    clean = _clean(text)
    reading = _Reading(_truncated(clean), synonyms)
    reading.read()
    if len(clean) > MOST_CHARACTERS:
        reading.remarks.append(Remark(f"Only the first {MOST_CHARACTERS} characters were read."))
    return reading.query()


def fts(parts: Sequence[Part], excluded: Iterable[Phrase] = ()) -> str:
    """Return the FTS5 expression that finds all of these parts without the excluded phrases; every word is quoted."""
    found = " AND ".join(f"({' OR '.join(_all(option) for option in part.alternatives)})" for part in parts)
    without = " OR ".join(map(_spelled, excluded))
    return f"({found}) NOT ({without})" if without else found


def _all(phrases: tuple[Phrase, ...]) -> str:
    return f"({' AND '.join(map(_spelled, phrases))})"


def _spelled(phrase: Phrase) -> str:
    found = " OR ".join(map(_quoted, phrase.spelled))
    return f"({found})" if phrase.spellings else found


def _quoted(phrase: Phrase) -> str:
    """Return a phrase in FTS5 syntax. FTS5 stems prefixes too: `encry` becomes "encri", which no word starts with, so
    each possible next letter is added."""
    escaped = fold(phrase.text).replace('"', '""')
    if not phrase.prefix:
        return f'"{escaped}"'
    last = words(phrase.text)[-1]
    if last.startswith(stem(last)) or not last.isascii():
        return f'"{escaped}" *'
    return "(" + " OR ".join(f'"{escaped}{letter}" *' for letter in ("", *ascii_lowercase)) + ")"


def _truncated(text: str) -> str:
    """Return as much of a text as is read, cut at a space if there is one."""
    if len(text) <= MOST_CHARACTERS:
        return text
    begun = text[: MOST_CHARACTERS + 1].rpartition(" ")[0]
    return begun or text[:MOST_CHARACTERS]


def _clean(text: str) -> str:
    """Normalise a text: compatible characters, one kind of quotes and of spaces, nothing that cannot be stored."""
    visible = "".join(
        " " if char.isspace() or unicodedata.category(char) in {"Cc", "Cs", "Cn"} else char for char in text
    )
    return " ".join(compatible(visible).translate(_QUOTES).split())


@dataclass(frozen=True, slots=True)
class _Token:
    """A phrase and its position in the text."""

    phrase: Phrase
    span: tuple[int, int]
    quoted: bool


@dataclass(slots=True)
class _Reading:
    """The state of parsing one text from left to right."""

    text: str
    synonyms: Synonyms
    groups: list[list[_Token]] = field(default_factory=list)
    excluded: list[Phrase] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    either: bool = False
    negative: bool = False

    def read(self) -> None:
        """Parse every token of the text."""
        for found in _TOKEN.finditer(self.text):
            word = found["word"]
            if word == "OR" and not found["minus"] and not found["name"]:
                self.either = True
            elif word == "NOT" and not found["minus"] and not found["name"]:
                self.negative = True
            elif word and _NEAR.fullmatch(word) and not found["name"]:
                self.remarks.append(Remark(f"{word} is not understood; quotes find words next to each other."))
            elif word != "AND" or found["name"]:
                self._take(found)
        if self.either:
            self.remarks.append(Remark("OR must be between two words; the one at the end was left out."))

    def _take(self, found: re.Match[str]) -> None:
        self._explain_not(found)
        negative, self.negative = self.negative or bool(found["minus"]), False
        name = (found["name"] or "").lower()
        if found["quoted"] is not None and not found["end"]:
            self.remarks.append(Remark("A quotation mark is not closed; all that follows it was taken as one phrase."))
        if name in FILTERS:
            value = (found["quoted"] or found["word"] or "").strip()
            self.filters.append(Filter(name, value, negative, found.span()))
            self.either = False
            return
        if name:
            self._unknown(found, name)
        for token in self._tokens(found):
            self._keep(token, excluded=negative)

    def _explain_not(self, found: re.Match[str]) -> None:
        """Offer a word after NOT as it stands in a headline."""
        if self.negative and found["word"] and not found["name"]:
            start, word = self.text.rindex("NOT", 0, found.start()), found["word"]
            instead = f'{self.text[:start]}"NOT {word}"{self.text[found.end() :]}'
            self.remarks.append(Remark(f"NOT leaves out “{word}”; quote both to find them as words.", (instead,)))

    def _unknown(self, found: re.Match[str], name: str) -> None:
        near = self.synonyms.near(name, FILTERS)
        start = found.start("name")
        instead = tuple(f"{self.text[:start]}{one}{self.text[start + len(name) :]}" for one in near)
        known = ", ".join(f"{one}:" for one in FILTERS)
        self.remarks.append(
            Remark(f"{name} is not a filter, so it was searched for as a word (filters: {known}).", instead)
        )

    def _tokens(self, found: re.Match[str]) -> Iterator[_Token]:
        """Yield the words of a match that hold a letter or digit; an unknown filter's name is one more."""
        read = [(found["name"], found.span("name"), False)] if found["name"] else []
        quoted = found["quoted"] is not None
        group = "quoted" if quoted else "word"
        span = found.span(group)
        read.append((found[group], (span[0] - 1, min(span[1] + 1, len(self.text))) if quoted else span, quoted))
        for word, where, exact in read:
            phrase = self._phrase(word, exact=exact)
            if phrase:
                yield _Token(phrase, where, exact)

    def _phrase(self, word: str, *, exact: bool) -> Phrase | None:
        letters = sum(map(str.isalnum, fold(word)))
        if not exact and word[-1:] == ":" and word[:-1].lower() in FILTERS:
            self.remarks.append(Remark(f"“{word}” was read as a word: a filter's value follows without a space."))
        if not letters:
            if word.strip("-–—&|/+()*"):
                self.remarks.append(Remark(f"“{word}” has no letter or digit, so it was left out."))
            return None
        if not exact and word.strip("()") != word:
            self.remarks.append(Remark("Brackets group nothing here; OR joins the two words beside it."))
            word = word.strip("()")
        prefix = not exact and word.endswith("*")
        if prefix and letters < SHORTEST_BEGINNING:
            least = f"{SHORTEST_BEGINNING} letters or more are needed before a *"
            self.remarks.append(Remark(f"“{word}” was read as a word: {least}."))
            prefix = False
        if exact:
            return Phrase(word)
        if "*" in word.rstrip("*"):
            self.remarks.append(
                Remark(f"“{word}” was read without its *, which has a meaning only at the end of a word.")
            )
        word = word.strip("*")
        return Phrase(word, prefix, () if prefix else spellings(word))

    def _keep(self, token: _Token, *, excluded: bool) -> None:
        if len(self.excluded) + sum(map(len, self.groups)) >= MOST_WORDS:
            more = Remark(f"Only the first {MOST_WORDS} words were searched for.")
            self.remarks += [more] if more not in self.remarks else []
        elif excluded:
            self.excluded.append(token.phrase)
        elif self.either and self.groups:
            self.groups[-1].append(token)
        else:
            self.groups.append([token])
        self.either = False

    def query(self) -> Query:
        """Return the parsed query."""
        faults = []
        wanted = tuple(self._parts())
        if self.excluded and not wanted:
            faults.append(Remark("Only words to leave out were given; add a word that the articles should have."))
        remarks = tuple(dict.fromkeys(self.remarks))
        return Query(self.text, wanted, tuple(self.excluded), tuple(self.filters), remarks, tuple(faults))

    def _parts(self) -> Iterator[Part]:
        """Yield the groups as parts, joining words that form a name."""
        at = 0
        while at < len(self.groups):
            count, names = self._name(at)
            tokens = [token for group in self.groups[at : at + count] for token in group]
            span = (min(token.span[0] for token in tokens), max(token.span[1] for token in tokens))
            if len(self.groups[at]) > 1:
                yield Part(tuple((token.phrase,) for token in tokens), span, tuple(self._of_options(tokens)))
            else:
                yield Part((tuple(token.phrase for token in tokens),), span, names)
            at += count

    def _name(self, at: int) -> tuple[int, tuple[Phrase, ...]]:
        """Return how many words from here on form a name, at most, and its synonyms; else 1 and none."""
        plain = 0
        while at + plain < len(self.groups) and plain < self.synonyms.longest and self._is_plain(at + plain):
            plain += 1
        for count in range(plain, 0, -1):
            tokens = [self.groups[at + number][0] for number in range(count)]
            if self._adjacent(tokens) and (names := self._also(token.phrase.text for token in tokens)):
                return count, names
        return 1, ()

    def _is_plain(self, at: int) -> bool:
        group = self.groups[at]
        return len(group) == 1 and not group[0].quoted and not group[0].phrase.prefix

    def _adjacent(self, tokens: Sequence[_Token]) -> bool:
        """True if only spaces separate the words."""
        gaps = (self.text[before.span[1] : after.span[0]] for before, after in pairwise(tokens))
        return not any(gap.strip() for gap in gaps)

    def _of_options(self, tokens: Sequence[_Token]) -> Iterator[Phrase]:
        for token in tokens:
            if not token.quoted and not token.phrase.prefix:
                yield from self._also([token.phrase.text])

    def _also(self, several: Iterable[str]) -> tuple[Phrase, ...]:
        return tuple(Phrase(name) for name in self.synonyms.of(" ".join(several)))
