"""Compare articles across languages by what a translation keeps; no I/O.

A *sign* is what a translator leaves as it is, such as names, numbers and international words, or what the rulebook and
the lists of tracker/analyse/languages know in both languages: laws, themes, places, what became of a matter. Signs add
up only if each rests on words of its own in both articles: "WhatsApp" does not count again as Meta, nor do the words
"chat control", which name a law, count again for the Union they imply.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tracker.analyse.date_words import MONTHS, OF, ORDINALS
from tracker.analyse.date_words import folded as folded_date
from tracker.analyse.outcome_words import outcomes_of
from tracker.analyse.stories.word_features import Wording, folded, stem

SIGN_FACETS = ("law", "organisation", "person", "place", "theme")
"""Facets whose tags are signs; an article's general topic says nothing about the event."""

CROSS_LANGUAGE_WINDOW = timedelta(hours=48)
"""How long a story stays open to other languages, which pick it up a day later."""

CROSS_LANGUAGE_THRESHOLD = 0.9
"""Least similarity at which two articles in different languages report one event."""

FEWEST_SIGNS = 3
"""Least number of signs, however rare each is; two are enough if one of them is specific."""

SPECIFIC_KINDS = frozenset(["law", "person", "number"])
"""Kinds of signs that few events of a day share: companies, themes and international words are in many."""

_ROOT = 6
"""Words of different languages that share this many first letters are one international word: minister, ministre."""

_SHORTEST = 5
"""Letters of the shortest stem that is a sign without being a name; shorter ones agree by chance."""

_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*\d(?!\d)")

_YEAR = re.compile(r"(?:19|20)\d\d")

_DAY_FIRST = re.compile(rf"\b(?P<day>\d{{1,2}})(?:{ORDINALS}|[.°])? (?:{OF} )?(?P<month>[^\W\d]{{3,}})")
_MONTH_FIRST = re.compile(r"\b(?P<month>[^\W\d]{3,})\.? (?P<day>\d{1,2})\b")

_DATE_WEIGHT = math.log(30)  # a date's weight: articles close in time name the days around them


@dataclass(frozen=True, slots=True)
class Sign:
    """Something articles may share: a tag, its facet being the kind, or a "word", "outcome", "number" or "date"."""

    kind: str
    what: str


Entities = Mapping[tuple[str, str], Sequence[str]]
"""An article's tags that are signs, by facet and id, with the words that matched them."""

Signs = Mapping[Sign, frozenset[str]]
"""An article's signs, each with the stems it rests on."""

Weights = Mapping[Sign, float]
"""How much each sign says: the log of the number of articles per article that has it."""


def signs(words: Wording, tags: Entities) -> Signs:
    """Return an article's signs."""
    found = {Sign(*tag): _stems(" ".join(evidence)) for tag, evidence in tags.items()}
    for name in international(words):
        sign = Sign("word", name[:_ROOT])
        found[sign] = found.get(sign, frozenset()) | {name}
    for name, (word, _) in words.stems.items():
        for outcome in sorted(outcomes_of(word)):
            found.setdefault(Sign("outcome", outcome), frozenset([name]))
    for text in (words.raw_title, words.raw_summary):
        found |= {Sign("number", number): frozenset([number]) for number in _numbers(text)}
        found |= {Sign("date", f"{month}-{day}"): frozenset([f"{month}-{day}"]) for month, day in _dates(text)}
    return found


def international(words: Wording) -> frozenset[str]:
    """Return the stems that may be spelt alike in another language: names and long words."""
    return words.names | {name for name in words.stems if len(name) >= _SHORTEST and name.isalpha()}


def shared(one: Signs, other: Signs, weights: Weights) -> dict[Sign, float]:
    """Return the signs two articles share on words of their own in both, each with its weight; heaviest first."""
    used_in_one: set[str] = set()
    used_in_other: set[str] = set()
    found = {}
    for sign in sorted(weights, key=lambda sign: (-weights[sign], sign.kind, sign.what)):
        if not (one[sign] <= used_in_one or other[sign] <= used_in_other):
            used_in_one |= one[sign]
            used_in_other |= other[sign]
            found[sign] = weights[sign]
    return found


def are_elsewhere(one: Signs, other: Signs) -> bool:
    """Whether both articles name places, and none in common: the same matter in two countries is two events."""
    places = [{sign for sign in found if sign.kind == "place"} for found in (one, other)]
    return bool(all(places) and places[0].isdisjoint(places[1]))


def rarity(articles: int, with_it: int) -> float:
    """Return the weight of a tag carried by `with_it` of `articles`; unsmoothed, as feeds were chosen for these
    tags."""
    return math.log((articles + 1) / (with_it + 0.5)) if articles >= with_it else 0.0


def needed(articles: int) -> float:
    """Return the total weight that means one event: if signs were independent, half an article of all would match by
    chance."""
    return math.log(2 * articles)


def score(found: Weights, articles: int) -> float:
    """Return how surely articles sharing these signs report one event; 0 if the signs are too few or only places."""
    kinds = [sign.kind for sign in found]
    specific = not SPECIFIC_KINDS.isdisjoint(kinds)
    enough = len(kinds) + specific >= FEWEST_SIGNS and kinds.count("place") < len(kinds)
    return sum(found.values()) / needed(articles) if enough else 0.0


def own_weight(sign: Sign) -> float | None:
    """Weigh a number by its digits, without leading and trailing zeros, or a date; return None for anything else."""
    if sign.kind == "number":
        return len(sign.what.strip("0")) * math.log(10)
    return _DATE_WEIGHT if sign.kind == "date" else None


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in folded(text))


def _numbers(text: str) -> Iterator[str]:
    """Yield the digits of large or exact numbers, as separators differ between languages; years, which all articles
    share, are skipped."""
    for token in _NUMBER.findall(text):
        digits = re.sub(r"\D", "", token)
        if (len(digits) > 2 or len(digits) < len(token)) and not _YEAR.fullmatch(token):
            yield digits


def _dates(text: str) -> Iterator[tuple[int, int]]:
    """Yield each (month, day) a text names."""
    plain = folded_date(text)
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        for found in pattern.finditer(plain):
            if month := MONTHS.get(found["month"]):
                yield month, int(found["day"])
