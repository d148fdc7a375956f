"""Which of the words that gave tags are kept as evidence, and how many are left out: pure.

A text may be written of nothing but the words of rules. What is kept of it is bounded, and every tag keeps a term that
gave it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from tracker.analyse.tagging.decision import Places, Weighing
from tracker.analyse.tagging.terms import Match
from tracker.models import Role

EACH = 10
"""Most terms of a rule kept from one field: of 14,000 articles of five newspapers one in 10,000 tags had more."""

MOST = 60
"""Most evidence kept of an article that has no more tags than that: of those articles the richest had 58 pieces."""


class Piece(NamedTuple):
    """Words that speak for a tag; pieces are sorted into the order in which they are shown.

    `position` is that of the tag in the rulebook, `place` the number of the field.
    """

    position: int
    place: int
    start: int
    rule: str
    end: int
    tag: str
    role: Role


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words of one rule that are kept, with the number of their field, and how many more there are."""

    words: tuple[tuple[int, Match, Role], ...]
    more: int


def words_of(rule: Weighing, places: Places) -> Spoken:
    """The words that speak for a rule's tag: its terms, and the first of each company."""
    words: list[tuple[int, Match, Role]] = []
    more = 0
    for place, there in enumerate(places):
        matches = there.outermost(rule.terms)
        words += [(place, match, "term") for match in matches[:EACH]]
        more += len(matches[EACH:])
    for group in (rule.company, rule.also):
        beside = ((place, match) for place, there in enumerate(places) for match in there.of(group))
        words += [(place, match, "company") for place, match in islice(beside, 1)]
    return Spoken(tuple(words), more)


def first_words(rule: Weighing, places: Places, texts: Sequence[str]) -> str:
    """The first words of title and summary that speak for a rule's tag."""
    return next(
        text[match.start : match.end]
        for text, there in zip(texts, places, strict=True)
        for match in there.outermost(rule.terms)
    )


def kept(pieces: Sequence[Piece]) -> list[Piece]:
    """As many of an article's pieces as are stored, in the same order: the first term of each tag, then the second of
    each and the first of its company, and so on."""
    if len(pieces) <= MOST:
        return list(pieces)
    seen = Counter[tuple[str, Role]]()
    turns = []
    for number, piece in enumerate(pieces):
        turns.append((seen[piece.tag, piece.role] + (piece.role == "company"), number))
        seen[piece.tag, piece.role] += 1
    room = max(MOST, len({piece.tag for piece in pieces}))
    return [pieces[number] for number in sorted(number for _, number in sorted(turns)[:room])]
