"""A rulebook decides which tags a text gets, and shows the words that gave them: pure, no I/O.

The only module that knows what `with`, `unless` and `implies` mean. Reading rulebooks from YAML is config's work.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum
from functools import cached_property

from tracker.analyse.terms import Match, Matcher, Word
from tracker.models import FIELDS, TOPICS, Evidence, Facet, Field, Relevance, Tagging

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


class _Role(IntEnum):
    TERM = 0
    COMPANY = 1
    UNLESS = 2


@dataclass(frozen=True, slots=True)
class _Filed:
    """One term of one rule as the matcher files it."""

    rule: int
    role: _Role
    language: str


@dataclass(slots=True)
class _Found:
    """What of one rule was found in a text."""

    terms: dict[Field, list[Match]]
    company: dict[Field, list[Match]]
    unless: bool = False


class Rulebook:
    """All tags and their rules, ready to tag texts; immutable once made."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        self.tags = tuple(tags)
        self._rules = tuple((tag, rule) for tag in self.tags for rule in tag.rules)
        self._position = {tag.id: position for position, tag in enumerate(self.tags)}
        self._implied = {tag.id: self._closure(tag.id) for tag in self.tags}
        self._filed: list[_Filed] = []
        self._matcher = Matcher(self._file())

    @cached_property
    def text(self) -> str:
        """The whole rulebook as canonical JSON, examples left out: what the hash names."""
        rows = [{key: value for key, value in asdict(tag).items() if key != "examples"} for tag in self.tags]
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
        found = self._look(title, summary, language)
        if not found:
            return Tagging()
        fired = self._fire(found)
        texts: dict[Field, str] = {"title": title, "summary": summary}
        evidence = sorted(
            (item for rule in fired for item in self._evidence(rule, found[rule], texts)),
            key=lambda item: (self._position[item.tag], FIELDS.index(item.field), item.start, item.rule),
        )
        tags = tuple(dict.fromkeys(item.tag for item in evidence))
        return Tagging(_relevance(tags), tags, tuple(evidence))

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

    def _file(self) -> Iterable[tuple[tuple[Word, ...], int]]:
        for number, (_, rule) in enumerate(self._rules):
            for role, terms in zip(_Role, (rule.terms, rule.company, rule.unless), strict=True):
                for language, group in terms.items():
                    for term in group:
                        self._filed.append(_Filed(number, role, language))
                        yield term, len(self._filed) - 1

    def _look(self, title: str, summary: str, language: str | None) -> dict[int, _Found]:
        """What of which rule stands in the text; rules none of whose terms were found are left out."""
        spoken = language.lower().partition("-")[0] if language else None
        found: dict[int, _Found] = defaultdict(lambda: _Found(defaultdict(list), defaultdict(list)))
        for name, text in zip(FIELDS, (title, summary), strict=True):
            for match in self._matcher.find(text):
                filed = self._filed[match.key]
                if spoken and filed.language != spoken and filed.language not in _EVERYWHERE:
                    continue
                if filed.role is _Role.TERM:
                    found[filed.rule].terms[name].append(match)
                elif filed.role is _Role.COMPANY:
                    found[filed.rule].company[name].append(match)
                else:
                    found[filed.rule].unless = True
        return {rule: what for rule, what in found.items() if what.terms and not what.unless}

    def _fire(self, found: Mapping[int, _Found]) -> list[int]:
        """The rules that hold; those that need the company of a tag are asked again while tags are added."""
        fired: dict[int, None] = {}
        tags: set[str] = set()
        grown = True
        while grown:
            grown = False
            for number, what in found.items():
                tag, rule = self._rules[number]
                if number in fired or not _in_company(rule, what, tags):
                    continue
                fired[number] = None
                tags.update(self._implied[tag.id])
                grown = True
        return list(fired)

    def _evidence(self, number: int, found: _Found, texts: Mapping[Field, str]) -> list[Evidence]:
        """The words that fired one rule, its company too, once for its own tag and once for each that it implies."""
        tag, rule = self._rules[number]
        return [
            Evidence(name, rule.id, place, match.start, match.end, text[match.start : match.end])
            for place, text in texts.items()
            for match in _outermost([*found.terms.get(place, ()), *found.company.get(place, ())])
            for name in self._implied[tag.id]
        ]


def _in_company(rule: Rule, found: _Found, tags: set[str]) -> bool:
    return not rule.needs_company or bool(found.company) or not tags.isdisjoint(rule.company_tags)


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
