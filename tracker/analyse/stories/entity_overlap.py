"""Compare articles across languages by the laws, people, names and numbers they share; no I/O.

A *sign* is what a translator leaves as it is, or what the rulebook knows in both languages. Signs add up only if each
rests on words of its own in both articles: "WhatsApp" does not count again as Meta, nor do the words "chat control",
which name a law, count again for the Union they imply.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tracker.analyse.date_words import MONTHS, OF, ORDINALS
from tracker.analyse.date_words import folded as folded_date
from tracker.analyse.stories.word_features import Wording, folded, stem

SIGN_FACETS = ("law", "organisation", "person", "place")
"""Facets whose tags are signs; an article's general topic says nothing about the event."""

CROSS_LANGUAGE_WINDOW = timedelta(hours=48)
"""How long a story stays open to other languages, which pick it up a day later."""

CROSS_LANGUAGE_THRESHOLD = 0.7
"""Least similarity at which two articles in different languages report one event."""

FEWEST_SIGNS = 2
"""Minimum number of signs other than places, however rare each is: what happens to one law in one country on one day
may be two events."""

SPECIFIC_KINDS = frozenset(["law", "person", "name", "number"])
"""At least one sign must be of these kinds: companies are in many events of a day."""

_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*\d(?!\d)")

_YEAR = re.compile(r"(?:19|20)\d\d")

_DAY_FIRST = re.compile(rf"\b(?P<day>\d{{1,2}})(?:{ORDINALS}|[.°])? (?:{OF} )?(?P<month>[^\W\d]{{3,}})")
_MONTH_FIRST = re.compile(r"\b(?P<month>[^\W\d]{3,})\.? (?P<day>\d{1,2})\b")

_DATE_WEIGHT = math.log(30)  # a date's weight: articles close in time name the days around them


@dataclass(frozen=True, slots=True)
class Sign:
    """Something articles may share: a tag, its facet being the kind, or a "name", "number" or "date"."""

    kind: str
    what: str


Entities = Mapping[tuple[str, str], Sequence[str]]
"""An article's tags that are signs, by facet and id, with the words that matched them."""

Signs = Mapping[Sign, frozenset[str]]
"""An article's signs, each with the stems it rests on."""

Rarities = Mapping[Sign, float]
"""The weight of each tag and name: the log of the number of articles per article that has it."""


def signs(words: Wording, tags: Entities) -> Signs:
    """Return an article's signs."""
    found = {Sign(*tag): _stems(" ".join(evidence)) for tag, evidence in tags.items()}
    tagged = frozenset[str]().union(*found.values())
    found |= {Sign("name", name): frozenset([name]) for name in words.names - tagged}
    for text in (words.raw_title, words.raw_summary):
        found |= {Sign("number", number): frozenset([number]) for number in _numbers(text)}
        found |= {Sign("date", f"{month}-{day}"): frozenset([f"{month}-{day}"]) for month, day in _dates(text)}
    return found


def shared(one: Signs, other: Signs, rarities: Rarities) -> dict[Sign, float]:
    """Return the signs two articles share on words of their own in both, each with its weight; rarest first."""
    candidates = {sign: _weight(sign, rarities) for sign in one.keys() & other.keys()}
    used_in_one: set[str] = set()
    used_in_other: set[str] = set()
    weights = {}
    for sign in sorted(candidates, key=lambda sign: (-candidates[sign], sign.kind, sign.what)):
        if not (one[sign] <= used_in_one or other[sign] <= used_in_other):
            used_in_one |= one[sign]
            used_in_other |= other[sign]
            weights[sign] = candidates[sign]
    return weights


def rarity(articles: int, with_it: int) -> float:
    """Return the weight of a tag carried by `with_it` of `articles`; unsmoothed, as feeds were chosen for these
    tags."""
    return math.log((articles + 1) / (with_it + 0.5)) if articles >= with_it else 0.0


def needed(articles: int) -> float:
    """Return the total weight that means one event: if signs were independent, half an article of all would match by
    chance."""
    return math.log(2 * articles)


def score(found: Mapping[Sign, float], articles: int) -> float:
    """Return how surely articles sharing these weighted signs report one event; 0 if the signs are too few or vague."""
    kinds = [sign.kind for sign in found]
    enough = len(kinds) - kinds.count("place") >= FEWEST_SIGNS and not SPECIFIC_KINDS.isdisjoint(kinds)
    return sum(found.values()) / needed(articles) if enough else 0.0


def _weight(sign: Sign, rarities: Rarities) -> float:
    """Return a sign's weight; a number weighs by its digits, trailing and leading zeros ignored."""
    if sign.kind == "number":
        return len(sign.what.strip("0")) * math.log(10)
    return _DATE_WEIGHT if sign.kind == "date" else rarities[sign]


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
