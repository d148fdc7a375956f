"""How well an article answers a query: pure.

BM25 by the parts of a query (Robertson and Zaragoza, 2009) over title and summary, a word of the title counting more,
with a little for being on the debate and for being recent. The search index can say so too, but only by reading every
article that holds the words.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.analyse.search.query import Part, Phrase
from tracker.analyse.search.synonyms import stems, words
from tracker.analyse.stories.word_features import stem

_TITLE = 3.0
_K1 = 1.2
_B = 0.5
_USUAL_WORDS = 40
"""Words of an article of usual length, summaries cut as LEAD says."""

LEAD = 400
"""So many characters of a summary are ranked by; the rest of whole texts would only blur it."""

_RELEVANCE = {"both": 0.3, "encryption": 0.15, "child-safety": 0.15}
_RECENCY = 0.5
_HALF = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that holds the words of a query."""

    id: int
    title: str
    summary: str
    relevance: str
    at: datetime


class _Known(dict[str, str]):
    """The stem of each word that a query may have, and nothing for other words; remembers what it was asked."""

    def __init__(self, phrases: Sequence[tuple[tuple[str, ...], bool]]) -> None:
        self._stems = {key for phrase, _ in phrases for key in phrase}
        self._beginnings = tuple({phrase[-1] for phrase, prefix in phrases if prefix})
        # A stem begins as its word does, so most words need not be stemmed.
        self._heads = tuple({key[:2] for key in self._stems})

    def __missing__(self, word: str) -> str:
        made = ""
        if not word.isascii() or word.startswith(self._heads):
            made = stem(word)
            made = made if made in self._stems or made.startswith(self._beginnings) else ""
        self[word] = made
        return made


class Ranking:
    """A query ready to rank articles. `counts` says in how many of `articles` each stem stands; absent means hardly."""

    def __init__(self, parts: Sequence[Part], counts: Mapping[str, int], articles: int) -> None:
        self._parts = [tuple(map(_stemmed, _phrases(part))) for part in parts]
        self._idf = [_idf(max(_rarest(key, counts) for key, _ in part), articles) for part in self._parts]
        self._known = _Known([phrase for part in self._parts for phrase in part])

    def score(self, article: Candidate, now: datetime) -> float:
        """The more the better; only good for comparing articles by one query."""
        title, summary = self._read(article.title), self._read(article.summary)
        length = 1 - _B + _B * (len(title) + len(summary)) / _USUAL_WORDS
        total = 0.0
        for part, idf in zip(self._parts, self._idf, strict=True):
            weight = _TITLE * _most(title, part) + _most(summary, part)
            total += idf * weight * (_K1 + 1) / (weight + _K1 * length)
        age = max(timedelta(), now - article.at) / _HALF
        return total * (1 + _RELEVANCE.get(article.relevance, 0.0)) + _RECENCY * math.pow(0.5, age)

    def _read(self, text: str) -> list[str]:
        """The stems of a text as far as the query has them; other words are empty."""
        return [*map(self._known.__getitem__, words(text))]


def stems_of(parts: Sequence[Part]) -> set[str]:
    """The stems whose counts a ranking needs."""
    return {made for part in parts for phrase in _phrases(part) for made in stems(phrase.text)}


def _phrases(part: Part) -> list[Phrase]:
    return [phrase for option in part.alternatives for phrase in option]


def _stemmed(phrase: Phrase) -> tuple[tuple[str, ...], bool]:
    made = stems(phrase.text) or ("",)
    if phrase.prefix and not (last := words(phrase.text)[-1]).startswith(made[-1]):
        made = (*made[:-1], last)
    return made, phrase.prefix


def _rarest(key: tuple[str, ...], counts: Mapping[str, int]) -> int:
    """In how many articles a phrase can stand at most."""
    return min(counts.get(made, 1) for made in key)


def _idf(holding: int, articles: int) -> float:
    return math.log(1 + (max(articles, holding) - holding + 0.5) / (holding + 0.5))


def _most(text: Sequence[str], part: Sequence[tuple[tuple[str, ...], bool]]) -> int:
    """How often a text holds what of a part it holds most."""
    there = set(text)
    if len(there) < 2 and "" in there:
        return 0
    return max(
        (_count(text, phrase, prefix) for phrase, prefix in part if prefix or there.issuperset(phrase)), default=0
    )


def _count(text: Sequence[str], phrase: tuple[str, ...], prefix: bool) -> int:
    if len(phrase) == 1 and not prefix:
        return text.count(phrase[0]) if phrase[0] else 0
    *before, last = phrase
    count = 0
    for at, word in enumerate(text):
        ends = word.startswith(last) if prefix else word == last
        start = at - len(before)
        count += ends and word != "" and start >= 0 and list(text[start:at]) == before
    return count
