"""What articles in different languages share that tells of one event: laws, people, names, numbers; pure, no I/O.

A *sign* is what a translator leaves as it is, or what the rulebook knows in both languages. Signs count together
where each rests on words of its own in both articles: "WhatsApp" is not Meta a second time, nor is the law that the
words "chat control" name the Union's that they imply.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tracker.analyse.date_words import MONTHS
from tracker.analyse.date_words import folded as folded_date
from tracker.analyse.stories.word_features import Wording, folded, stem

FACETS = ("law", "organisation", "person", "place")
"""The facets whose tags are signs: what an article is about in general tells nothing of the event."""

WINDOW = timedelta(hours=48)
"""A story is open so long to what other languages tell of it: they take it up a day later."""

CROSS_LANGUAGE_THRESHOLD = 0.7
"""The least likeness of two articles in different languages that report one event."""

LEAST = 2
"""So many signs are needed that are no places, however rare one is: what happens to one law in one country on one day
may be two events."""

PARTICULAR = frozenset(["law", "person", "name", "number"])
"""One of these must be among them: companies are in many events of a day."""

_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*\d(?!\d)")

_YEAR = re.compile(r"(?:19|20)\d\d")

_DAY_FIRST = re.compile(r"\b(?P<day>\d{1,2})(?:\.|er|st|nd|rd|th|º)? (?:de |of )?(?P<month>[^\W\d]{3,})")
_MONTH_FIRST = re.compile(r"\b(?P<month>[^\W\d]{3,})\.? (?P<day>\d{1,2})\b")

_OF_A_DAY = math.log(30)  # how much a date tells: articles that are near in time name the days around them


@dataclass(frozen=True, slots=True)
class Sign:
    """What articles may share: a tag, its facet being the kind, or a "name", a "number", a "date"."""

    kind: str
    what: str


Entities = Mapping[tuple[str, str], Sequence[str]]
"""The tags of an article that are signs, by facet and id, with the words that gave them."""

Signs = Mapping[Sign, frozenset[str]]
"""The signs of an article, each with the stems on which it rests."""

Rarities = Mapping[Sign, float]
"""How much each tag and name tells: the logarithm of how many articles there are for one that has it."""


def signs(words: Wording, tags: Entities) -> Signs:
    """The signs of an article."""
    found = {Sign(*tag): _stems(" ".join(evidence)) for tag, evidence in tags.items()}
    tagged = frozenset[str]().union(*found.values())
    found |= {Sign("name", name): frozenset([name]) for name in words.names - tagged}
    for text in (words.raw_title, words.raw_summary):
        found |= {Sign("number", number): frozenset([number]) for number in _numbers(text)}
        found |= {Sign("date", f"{month}-{day}"): frozenset([f"{month}-{day}"]) for month, day in _dates(text)}
    return found


def shared(one: Signs, other: Signs, rarities: Rarities) -> dict[Sign, float]:
    """How much each sign tells that two articles share and that rests on words of its own in both; rarest first."""
    telling = {sign: _tells(sign, rarities) for sign in one.keys() & other.keys()}
    mine: set[str] = set()
    theirs: set[str] = set()
    weights = {}
    for sign in sorted(telling, key=lambda sign: (-telling[sign], sign.kind, sign.what)):
        if not (one[sign] <= mine or other[sign] <= theirs):
            mine |= one[sign]
            theirs |= other[sign]
            weights[sign] = telling[sign]
    return weights


def rarity(articles: int, with_it: int) -> float:
    """How much a tag tells that so many of so many articles carry; none are imagined, for feeds were chosen by them."""
    return math.log((articles + 1) / (with_it + 0.5)) if articles >= with_it else 0.0


def needed(articles: int) -> float:
    """How much signs together must tell to mean one event: half an article of all would hold them by chance, were
    they independent."""
    return math.log(2 * articles)


def likeness(found: Mapping[Sign, float], articles: int) -> float:
    """How surely articles that share signs of such weights report one event; 0 where the signs are too few or vague."""
    kinds = [sign.kind for sign in found]
    enough = len(kinds) - kinds.count("place") >= LEAST and not PARTICULAR.isdisjoint(kinds)
    return sum(found.values()) / needed(articles) if enough else 0.0


def _tells(sign: Sign, rarities: Rarities) -> float:
    """How much a sign tells; a number as much as it has digits that are not round."""
    if sign.kind == "number":
        return len(sign.what.strip("0")) * math.log(10)
    return _OF_A_DAY if sign.kind == "date" else rarities[sign]


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in folded(text))


def _numbers(text: str) -> Iterator[str]:
    """The digits of large or exact numbers, for languages part them differently; no years, which all articles share."""
    for token in _NUMBER.findall(text):
        digits = re.sub(r"\D", "", token)
        if (len(digits) > 2 or len(digits) < len(token)) and not _YEAR.fullmatch(token):
            yield digits


def _dates(text: str) -> Iterator[tuple[int, int]]:
    """The months and days that a text names."""
    plain = folded_date(text)
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        for found in pattern.finditer(plain):
            if month := MONTHS.get(found["month"]):
                yield month, int(found["day"])
