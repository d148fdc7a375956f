"""Which rules hold where certain terms are met, and which nearly do: the only module that weighs evidence.

A sure term gives its tag wherever it stands. A hint counts half: alone it gives the tag in the title only, in the
summary it takes two different ones. What spoke for a tag and was not enough is a near miss.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from tracker.analyse.terms import Hit, Match
from tracker.models import FIELDS, Missing

ENOUGH = 2
"""Points that give a tag."""

_FIELD_POINTS = {"title": 2, "summary": 1}
"""What a hint counts; a sure term counts twice that. A title says what an article is about."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """What is to be known of a rule to weigh it, its terms by number; `tags` are its own and those that it implies."""

    tags: tuple[str, ...]
    terms: frozenset[int]
    company: frozenset[int]
    company_tags: frozenset[str]
    needs_company: bool
    unless: frozenset[int]
    also: frozenset[int]
    needs_also: bool
    hint: bool
    shown: frozenset[int]
    """The terms that are evidence: those that fire the rule, and its company."""

    def missing(self, met: Set[int], given: Set[str]) -> int:
        """Of how much of the company that it needs nothing is there: 0, 1 or 2 groups."""
        company = self.needs_company and self.company.isdisjoint(met) and self.company_tags.isdisjoint(given)
        return company + (self.needs_also and self.also.isdisjoint(met))

    def points(self, found: Sequence[Sequence[Hit]]) -> int:
        """What its terms in title and summary count together."""
        worth = 1 if self.hint else 2
        return worth * sum(
            _FIELD_POINTS[name] * _different(hits, self.terms) for name, hits in zip(FIELDS, found, strict=True)
        )


@dataclass(slots=True)
class Decision:
    """The rules that hold, by number, the points of each tag, and the rules that something kept from holding."""

    holding: list[int] = field(default_factory=list)
    points: Counter[str] = field(default_factory=Counter)
    kept: list[tuple[int, Missing]] = field(default_factory=list)

    @property
    def given(self) -> frozenset[str]:
        """The tags that have enough points."""
        return frozenset(tag for tag, points in self.points.items() if points >= ENOUGH)


def decide(rules: Mapping[int, Weighing], found: Sequence[Sequence[Hit]], met: Set[int]) -> Decision:
    """What follows from the terms `found` in title and summary, `met` being all of them; `rules` have at least one.

    Those that need the company of a tag are asked again while tags are added.
    """
    decision = Decision()
    waiting = dict(rules)
    for number, rule in rules.items():
        if not rule.unless.isdisjoint(met):
            decision.kept.append((number, "exclusion"))
            del waiting[number]
    while True:
        given = decision.given
        holding = [number for number, rule in waiting.items() if not rule.missing(met, given)]
        if not holding:
            break
        for number in holding:
            rule = waiting.pop(number)
            decision.holding.append(number)
            decision.points.update(dict.fromkeys(rule.tags, rule.points(found)))
    decision.kept += [(number, "company") for number, rule in waiting.items() if rule.missing(met, given) == 1]
    decision.kept += [(number, "strength") for number in decision.holding if rules[number].tags[0] not in given]
    return decision


def near_misses(
    rules: Mapping[int, Weighing], decision: Decision, topics: Collection[str]
) -> list[tuple[int, Missing]]:
    """The rules that would have added one of the topics, each tag once for each reason."""
    missed = set(topics) - decision.given
    nearest: dict[tuple[str, Missing], int] = {}
    for number, missing in decision.kept:
        if not missed.isdisjoint(rules[number].tags):
            nearest.setdefault((rules[number].tags[0], missing), number)
    return [(number, missing) for (_, missing), number in nearest.items()]


def outermost(matches: Iterable[Match]) -> list[Match]:
    """The matches that lie inside no other, in order."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda match: (match.start, -match.end)):
        if not kept or match.end > kept[-1].end:
            kept.append(match)
    return kept


def _different(hits: Iterable[Hit], terms: Set[int]) -> int:
    """How many different terms stand there; what stands inside another does not count."""
    there = [Match(hit.key, hit.first, hit.last + 1) for hit in hits if hit.key in terms]
    return len({match.key for match in outermost(there)}) if len(there) > 1 else len(there)
