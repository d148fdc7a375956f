"""Offer the tags and sources whose names a search nearly is, and other spellings of its words; pure."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tracker.analyse.search.query import Query
from tracker.analyse.search.scope import Known
from tracker.analyse.search.synonyms import stems, words

_MOST: Final = 5
_SHORTEST: Final = 4
"""Letters of a word whose spelling is doubted; shorter ones are near too many others."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A tag or source to look at instead, by its id and name."""

    what: Literal["tag", "source"]
    id: str
    name: str


def offers(query: Query, known: Known) -> tuple[Offer, ...]:
    """Return the tags, then the sources, whose name has all words of a query, or all of whose words it has.

    The nearer in length the better; none for a query without words.
    """
    asked = _asked(query)
    if not asked:
        return ()
    tags = _named(asked, known.tags)
    sources = _named(asked, known.sources)
    found = [Offer("tag", one, known.tags[one]) for one in tags[:_MOST]]
    return (*found, *(Offer("source", one, known.sources[one]) for one in sources[: _MOST - 2]))


def respelled(query: Query, known: Known) -> tuple[str, ...]:
    """Return the query with a word replaced that is in no name, but is spelled nearly like one of them."""
    vocabulary = {word for name in (*known.tags.values(), *known.sources.values()) for word in words(name)}
    found = []
    for part in query.wanted:
        typed = query.text[slice(*part.span)]
        if len(typed) >= _SHORTEST and typed.casefold() not in vocabulary:
            near = difflib.get_close_matches(typed.casefold(), vocabulary, n=1, cutoff=0.8)
            found += [query.replaced(part.span, word) for word in near if stems(word) != stems(typed)]
    return tuple(found)


def _asked(query: Query) -> frozenset[str]:
    return frozenset(stem for part in query.wanted for stem in stems(query.text[slice(*part.span)]))


def _named(asked: frozenset[str], names: Mapping[str, str]) -> list[str]:
    """Return the ids of the names that hold all of these stems, or consist of some of them, the nearest first."""
    found: list[tuple[int, str]] = []
    for one, name in names.items():
        stemmed = _significant(stems(name))
        if stemmed and (asked <= stemmed or stemmed <= asked):
            found.append((len(stemmed ^ asked), one))
    return [one for _, one in sorted(found, key=lambda each: each[0])]


def _significant(found: Iterable[str]) -> frozenset[str]:
    """Leave out what says nothing: single letters, as of a genitive, and the article."""
    return frozenset(stem for stem in found if len(stem) > 1 and stem != "the")
