"""Rank articles by a query; pure.

BM25 by query part (Robertson and Zaragoza, 2009) over title and summary, title words weighing more, with a small bonus
for relevance to the debate and for recency. The search index can rank too, but only by reading every article that holds
the words.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.analyse.search.query import Part, Phrase
from tracker.analyse.search.synonyms import stems, words
from tracker.analyse.stories.word_features import stem
from tracker.models import BOTH, NO_TOPIC

_TITLE = 3.0
_K1 = 1.2
_B = 0.5
_USUAL_WORDS = 40
"""Words in an article of usual length, with the summary cut to LEAD."""

LEAD = 400
"""How many characters of a summary count for ranking; the rest of full texts would only blur it."""

_RELEVANCE = {BOTH: 0.3, NO_TOPIC: 0.0}
_ONE_TOPIC = 0.15
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
    """A cache of stems: a word's stem if the query has it, else an empty string."""

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
    """A query ready to rank articles. `counts` says how many of `articles` have each stem; absent means hardly any."""

    def __init__(self, parts: Sequence[Part], counts: Mapping[str, int], articles: int) -> None:
        self._parts = [tuple(map(_stemmed, _phrases(part))) for part in parts]
        self._idf = [_idf(max(_rarest(key, counts) for key, _ in part), articles) for part in self._parts]
        self._known = _Known([phrase for part in self._parts for phrase in part])

    def score(self, article: Candidate, now: datetime) -> float:
        """Return a score, higher is better; comparable only within one query."""
        title, summary = self._read(article.title), self._read(article.summary)
        length = 1 - _B + _B * (len(title) + len(summary)) / _USUAL_WORDS
        total = 0.0
        for part, idf in zip(self._parts, self._idf, strict=True):
            weight = _TITLE * _max_count(title, part) + _max_count(summary, part)
            total += idf * weight * (_K1 + 1) / (weight + _K1 * length)
        age = max(timedelta(), now - article.at) / _HALF
        return total * (1 + _RELEVANCE.get(article.relevance, _ONE_TOPIC)) + _RECENCY * math.pow(0.5, age)

    def _read(self, text: str) -> list[str]:
        """Return the stems of a text's words; empty for words not in the query."""
        return [*map(self._known.__getitem__, words(text))]


def stems_of(parts: Sequence[Part]) -> set[str]:
    """Return the stems whose counts a ranking needs."""
    return {made for part in parts for phrase in _phrases(part) for made in stems(phrase.text)}


def _phrases(part: Part) -> list[Phrase]:
    return [spelled for option in part.alternatives for phrase in option for spelled in phrase.spelled]


def _stemmed(phrase: Phrase) -> tuple[tuple[str, ...], bool]:
    made = stems(phrase.text) or ("",)
    if phrase.prefix and not (last := words(phrase.text)[-1]).startswith(made[-1]):
        made = (*made[:-1], last)
    return made, phrase.prefix


def _rarest(key: tuple[str, ...], counts: Mapping[str, int]) -> int:
    """Return the most articles a phrase can occur in."""
    return min(counts.get(made, 1) for made in key)


def _idf(holding: int, articles: int) -> float:
    return math.log(1 + (max(articles, holding) - holding + 0.5) / (holding + 0.5))


def _max_count(text: Sequence[str], part: Sequence[tuple[tuple[str, ...], bool]]) -> int:
    """Return how often a text holds the most frequent phrase of a part."""
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
