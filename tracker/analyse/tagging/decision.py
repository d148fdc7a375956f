"""Decide which rules hold for the terms found, and which nearly do: the only module that weighs evidence.

A sure term gives its tag anywhere, if the context its rule requires is nearby. A hint counts half: alone it suffices
only in the title; in the summary it takes two different ones. What falls short is a near miss: a sure term with one
requirement unmet, or a rule that would hold but for a word that excludes it.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from tracker.analyse.tagging.terms import Match
from tracker.models import FIELDS, Missing

ENOUGH = 2
"""Points needed for a tag."""

NEARBY = 40
"""How many words may stand between a term and its context, where the rule does not say. Word positions run on from the
title to the summary, so this spans a whole typical entry and, in a long one, the sentences around the term."""

_FIELD_POINTS = {"title": 4, "summary": 2, "body": 1}
"""Half points of a hint; a sure term counts double. The title says what an article is about; in the body, it takes two
different sure terms, or four hints."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The matches in a field, in order, and an index of them by term.

    The index lets a rule look up its own terms alone, so that even a text made of nothing but terms costs no more than
    its length. What is found is remembered, as many rules demand the words of one list.
    """

    matches: Sequence[Match]
    by_term: Mapping[int, Sequence[int]]
    found: dict[frozenset[int], Sequence[Match]] = field(default_factory=dict, compare=False)

    def of(self, terms: frozenset[int]) -> Sequence[Match]:
        """Return the matches of these terms, in order."""
        if (known := self.found.get(terms)) is not None:
            return known
        # frozenset.intersection(dict) iterates over the dict; dict.keys() & frozenset would iterate over the frozenset
        keys = terms.intersection(self.by_term)
        numbers = sorted([number for key in keys for number in self.by_term[key]]) if keys else ()
        self.found[terms] = found = [self.matches[number] for number in numbers]
        return found

    def outermost(self, terms: frozenset[int]) -> list[Match]:
        """Return the matches of these terms not contained in another of them, in order."""
        matches = self.of(terms)
        if len(matches) < 2:
            return [*matches]
        kept: list[Match] = []
        for match in sorted(matches, key=lambda match: (match.start, -match.end)):
            if not kept or match.end > kept[-1].end:
                kept.append(match)
        return kept


def standing(matches: Sequence[Match]) -> Standing:
    """Index a field's matches by term."""
    by_term: dict[int, list[int]] = defaultdict(list)
    for number, match in enumerate(matches):
        by_term[match.key].append(number)
    return Standing(matches, dict(by_term))


Places = Sequence[Standing]
"""The matches in title, summary and, if it is known, body, with word positions running on from one to the next."""

Counted = Sequence[Sequence[Match]]
"""The matches that count for a rule, by field."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """What is needed to weigh a rule, terms as numbers; `tags` are its own and those they imply."""

    tags: tuple[str, ...]
    terms: frozenset[int]
    context: frozenset[int]
    context_tags: frozenset[str]
    needs_context: bool
    unless: frozenset[int]
    also: frozenset[int]
    needs_also: bool
    hint: bool
    within: int
    vocabulary: frozenset[int]
    """All the terms the rule uses."""

    def missing(self, met: Set[int], given: Set[str]) -> int:
        """Count the groups of required context that are missing: 0, 1 or 2."""
        context = self.needs_context and self.context.isdisjoint(met) and self.context_tags.isdisjoint(given)
        return context + (self.needs_also and self.also.isdisjoint(met))

    def counted(self, places: Places, given: Set[str]) -> Counted:
        """Return its terms that have what it demands near them; a tag among `given` may stand for the context."""
        groups = [self.context] if self.needs_context and self.context_tags.isdisjoint(given) else []
        groups += [self.also] if self.needs_also else []
        counted = [place.outermost(self.terms) for place in places]
        for group in groups:
            words = [match.word for place in places for match in place.of(group)]
            counted = [[match for match in matches if self.reaches(match, words)] for matches in counted]
        return counted

    def reaches(self, match: Match, words: Sequence[int]) -> bool:
        """Whether one of these words, numbered in order, stands near a match."""
        nearest = bisect_left(words, match.word - self.within)
        return nearest < len(words) and words[nearest] <= match.word + self.within

    def speaks_apart(self, counted: Counted, places: Places) -> bool:
        """Whether one of these matches is more than a part of words that exclude the rule, as Encrypt is of Let's
        Encrypt."""
        for matches, place in zip(counted, places, strict=True):
            excluding = place.outermost(self.unless)
            starts = [match.start for match in excluding]
            for match in matches:
                before = bisect_right(starts, match.start)
                if not before or excluding[before - 1].end < match.end:
                    return True
        return False

    def points(self, counted: Counted) -> int:
        """Return the total points of its terms in all fields."""
        worth = 1 if self.hint else 2
        halves = worth * sum(
            _FIELD_POINTS[name] * len({match.key for match in matches})
            for name, matches in zip(FIELDS, counted, strict=False)
        )
        return halves // 2


@dataclass(slots=True)
class Decision:
    """The rules that hold, by number, with their terms that count; each tag's points; and the rules kept from holding,
    with the reason."""

    holding: dict[int, Counted] = field(default_factory=dict)
    points: Counter[str] = field(default_factory=Counter)
    kept: list[tuple[int, Missing]] = field(default_factory=list)

    @property
    def given(self) -> frozenset[str]:
        """The tags with enough points."""
        return frozenset(tag for tag, points in self.points.items() if points >= ENOUGH)


def worth_weighing(rules: Iterable[Weighing], met: Set[int], topics: Set[str]) -> bool:
    """Whether any of these rules might hold, or be a near miss for a topic, wherever its terms stand.

    Saves locating the terms in most ordinary texts, which contain one only by chance.
    """
    for rule in rules:
        missing, excluded = rule.missing(met, frozenset()), not rule.unless.isdisjoint(met)
        if not missing and not excluded:
            return True
        allowed = 0 if excluded or rule.hint else 1
        if missing <= allowed and not topics.isdisjoint(rule.tags):
            return True
    return False


def decide(rules: Mapping[int, Weighing], places: Places, met: Set[int]) -> Decision:
    """Decide which rules hold, given all terms found (`met`); each of `rules` has at least one of them.

    Rules that need a tag as context are rechecked as tags are added.
    """
    decision = Decision()
    waiting = {number: rule for number, rule in rules.items() if rule.unless.isdisjoint(met)}
    excluded = [(number, rule) for number, rule in rules.items() if number not in waiting]
    while True:
        given = decision.given
        ready = [(number, rule) for number, rule in waiting.items() if not rule.missing(met, given)]
        holding = {number: counted for number, rule in ready if any(counted := rule.counted(places, given))}
        if not holding:
            break
        for number, counted in holding.items():
            rule = waiting.pop(number)
            points = rule.points(counted)
            for tag in rule.tags:
                decision.points[tag] += points
        decision.holding |= holding
    decision.kept += [
        (number, "exclusion")
        for number, rule in excluded
        if not rule.missing(met, given) and rule.speaks_apart(rule.counted(places, given), places)
    ]
    decision.kept += [
        (number, "context") for number, rule in waiting.items() if not rule.hint and rule.missing(met, given) < 2
    ]
    decision.kept += [(number, "strength") for number in decision.holding if rules[number].tags[0] not in given]
    return decision


def near_misses(
    rules: Mapping[int, Weighing], decision: Decision, topics: Collection[str]
) -> list[tuple[int, Missing]]:
    """Return the rules that would have added one of the topics, once per tag and reason."""
    missed = set(topics) - decision.given
    nearest: dict[tuple[str, Missing], int] = {}
    for number, missing in decision.kept:
        if not missed.isdisjoint(rules[number].tags):
            nearest.setdefault((rules[number].tags[0], missing), number)
    return [(number, missing) for (_, missing), number in nearest.items()]
