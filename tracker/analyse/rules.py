"""A rulebook decides which tags a text gets, and shows the words that gave them: pure, no I/O.

The only module that knows what `with`, `unless` and `implies` mean. Reading rulebooks from YAML is config's work.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from tracker.analyse.terms import Match, Matcher, Word, located, term_as_written
from tracker.models import FIELDS, TOPICS, Evidence, Facet, Relevance, Tagging

Terms = Mapping[str, tuple[tuple[Word, ...], ...]]
"""Terms by language: an ISO 639-1 code, or `any`."""

_EVERYWHERE = ("any", "en")
"""Terms of these languages are looked for in every text: the debate's English words travel."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What gives a tag: one of `terms`, in the company of `company` if it names any, unless `unless` is there.

    `company` is satisfied by one of its terms or by one of the tags of `company_tags`. `unless` and company are
    looked for in title and summary together.
    """

    id: str
    terms: Terms
    company: Terms
    company_tags: tuple[str, ...]
    unless: Terms

    @property
    def needs_company(self) -> bool:
        """True when a term alone is not enough."""
        return bool(self.company or self.company_tags)


@dataclass(frozen=True, slots=True)
class Example:
    """A headline that a tag must (or must not) be given to; `language` None means unknown."""

    text: str
    language: str | None
    expected: bool


@dataclass(frozen=True, slots=True)
class Tag:
    """A label with its rules; `implies` names the tags that follow from it."""

    id: str
    facet: Facet
    label: str
    about: str
    implies: tuple[str, ...]
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What terms mean in texts of one language; all by number, of terms and of rules."""

    fired_by: Mapping[int, Sequence[int]]
    """The rules that a term may fire."""
    company: Sequence[frozenset[int]]
    unless: Sequence[frozenset[int]]
    shown: Sequence[frozenset[int]]
    """The terms of each rule that are evidence: those that fire it and its company."""


_NOTHING = Tagging()


class Rulebook:
    """All tags and their rules, ready to tag texts; immutable once made."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        self.tags = tuple(tags)
        self._rules = tuple((tag, rule) for tag in self.tags for rule in tag.rules)
        self._position = {tag.id: position for position, tag in enumerate(self.tags)}
        self._implied = {tag.id: self._closure(tag.id) for tag in self.tags}
        self._numbers = self._numbered()
        self._matcher = Matcher(self._numbers.items())
        self._languages = {name for _, rule in self._rules for part in _parts(rule) for name in part}
        self._readings: dict[str | None, _Reading] = {}

    @cached_property
    def text(self) -> str:
        """The whole rulebook as canonical JSON, examples left out: what the hash names."""
        rows = [
            {
                "id": tag.id,
                "facet": tag.facet,
                "label": tag.label,
                "about": tag.about,
                "implies": tag.implies,
                "rules": [_as_written(rule) for rule in tag.rules],
            }
            for tag in self.tags
        ]
        return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def hash(self) -> str:
        """Sixteen hexadecimal digits that name this version of the rules."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    def tag(self, title: str, summary: str = "", language: str | None = None) -> Tagging:
        """The tags of a text, with evidence whose offsets index `title` and `summary` as given.

        `language` is an ISO 639-1 code, with or without a region; None means unknown, so terms of every language
        count.
        """
        texts = (title, summary)
        found = [self._matcher.find(text) for text in texts]
        met = {hit.key for hits in found for hit in hits}
        if not met:
            return _NOTHING
        reading = self._reading(language)
        fired = self._fire(met, reading)
        if not fired:
            return _NOTHING
        shown = frozenset().union(*(reading.shown[rule] for rule in fired))
        matches = [
            located([hit for hit in hits if hit.key in shown], text) for hits, text in zip(found, texts, strict=True)
        ]
        evidence = tuple(
            Evidence(tag, rule, FIELDS[field], start, end, texts[field][start:end])
            for _, field, start, rule, end, tag in sorted(self._evidence(fired, matches, reading))
        )
        tags = tuple(dict.fromkeys(item.tag for item in evidence))
        return Tagging(_relevance(tags), tags, evidence)

    def failed_examples(self, tags: Collection[str]) -> list[tuple[Tag, Example]]:
        """The examples of these tags on which the rules do not do what they say."""
        return [
            (tag, example)
            for tag in self.tags
            if tag.id in tags
            for example in tag.examples
            if (tag.id in self.tag(example.text, language=example.language).tags) != example.expected
        ]

    def _closure(self, tag: str) -> tuple[str, ...]:
        """A tag and all that follows from it."""
        implied = {known.id: known.implies for known in self.tags}
        reached = {tag: None}
        waiting = [tag]
        while waiting:
            for name in implied[waiting.pop()]:
                if name not in reached:
                    reached[name] = None
                    waiting.append(name)
        return tuple(reached)

    def _numbered(self) -> dict[tuple[Word, ...], int]:
        """The number of each term, however many rules have it."""
        terms = [term for _, rule in self._rules for part in _parts(rule) for group in part.values() for term in group]
        return {term: number for number, term in enumerate(dict.fromkeys(terms))}

    def _reading(self, language: str | None) -> _Reading:
        """What terms mean in a text of this language, made when it is first met."""
        spoken = (language or "").lower().partition("-")[0] or None
        if spoken and spoken not in self._languages:
            spoken = _EVERYWHERE[0]
        if spoken not in self._readings:
            self._readings[spoken] = self._read(spoken)
        return self._readings[spoken]

    def _read(self, spoken: str | None) -> _Reading:
        def numbers(terms: Terms) -> frozenset[int]:
            heard = [name for name in terms if spoken is None or name == spoken or name in _EVERYWHERE]
            return frozenset(self._numbers[term] for name in heard for term in terms[name])

        firing = [numbers(rule.terms) for _, rule in self._rules]
        company = [numbers(rule.company) for _, rule in self._rules]
        fired_by: dict[int, list[int]] = defaultdict(list)
        for rule, terms in enumerate(firing):
            for term in terms:
                fired_by[term].append(rule)
        return _Reading(
            fired_by=dict(fired_by),
            company=company,
            unless=[numbers(rule.unless) for _, rule in self._rules],
            shown=[terms | others for terms, others in zip(firing, company, strict=True)],
        )

    def _fire(self, met: Set[int], reading: _Reading) -> list[int]:
        """The rules that hold where these terms are met.

        Those that need the company of a tag are asked again while tags are added.
        """
        candidates = {rule for term in met for rule in reading.fired_by.get(term, ())}
        waiting = [rule for rule in candidates if reading.unless[rule].isdisjoint(met)]
        fired: list[int] = []
        tags: set[str] = set()
        while holding := [rule for rule in waiting if self._in_company(rule, tags, met, reading)]:
            fired += holding
            for rule in holding:
                tags.update(self._implied[self._rules[rule][0].id])
            waiting = [rule for rule in waiting if rule not in holding]
        return fired

    def _in_company(self, number: int, tags: Set[str], met: Set[int], reading: _Reading) -> bool:
        rule = self._rules[number][1]
        return (
            not rule.needs_company
            or not reading.company[number].isdisjoint(met)
            or not tags.isdisjoint(rule.company_tags)
        )

    def _evidence(
        self, fired: Iterable[int], matches: Sequence[Sequence[Match]], reading: _Reading
    ) -> Iterator[tuple[int, int, int, str, int, str]]:
        """The words that fired the rules, their company too, once for a rule's own tag and once for each it implies.

        Each as its tag's position, number of its field, start, rule, end, tag: in this order evidence is shown.
        """
        for number in fired:
            tag, rule = self._rules[number]
            shown = reading.shown[number]
            for field, found in enumerate(matches):
                for match in _outermost([match for match in found if match.key in shown]):
                    for name in self._implied[tag.id]:
                        yield self._position[name], field, match.start, rule.id, match.end, name


def _parts(rule: Rule) -> tuple[Terms, Terms, Terms]:
    return rule.terms, rule.company, rule.unless


def _as_written(rule: Rule) -> dict[str, object]:
    """A rule as JSON, its terms as in a rulebook."""
    terms, company, unless = (
        {language: list(map(term_as_written, group)) for language, group in part.items()} for part in _parts(rule)
    )
    return {"id": rule.id, "terms": terms, "with": company, "with_tags": rule.company_tags, "unless": unless}


def _outermost(matches: Iterable[Match]) -> list[Match]:
    """The matches that lie inside no other, in order."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda match: (match.start, -match.end)):
        if not kept or match.end > kept[-1].end:
            kept.append(match)
    return kept


def _relevance(tags: Iterable[str]) -> Relevance:
    encryption, child_safety = (topic in tags for topic in TOPICS)
    if encryption and child_safety:
        return "both"
    if encryption:
        return "encryption"
    return "child-safety" if child_safety else "none"
