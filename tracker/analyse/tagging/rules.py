"""Tag texts by a rulebook, with the words that led to each tag: pure, no I/O.

The only module that knows which terms apply to texts of which language. Loading rulebooks from YAML is config's job.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, chain, count
from typing import Self

from tracker.analyse.tagging.decision import (
    NEARBY,
    Decision,
    Places,
    Weighing,
    decide,
    near_misses,
    standing,
    worth_weighing,
)
from tracker.analyse.tagging.evidence import Piece, first_words, kept, words_of
from tracker.analyse.tagging.full_text import relevance_of, with_more
from tracker.analyse.tagging.terms import Matcher, Word, count_words, located, term_as_written
from tracker.models import FIELDS, Evidence, Facet, Missing, NearMiss, Tagging

Term = tuple[Word, ...]
Group = tuple[Term, ...]
Terms = Mapping[str, Group]
"""Terms by language: an ISO 639-1 code, or `any`."""

AT_HOME = "="
"""Prefix of a language code whose terms apply only to texts in that language, even if the code without it applies to
all texts, as English does."""

EVERYWHERE = ("any", "en")
"""Languages whose terms are searched for in every text: the debate's English words are used everywhere."""

_LOGIC = 7
"""Version of how this module, terms.py and decision.py interpret a rulebook; part of the hash."""

_STORED_PARTS = {"context": "with"}
"""Parts of a rule whose name in stored rulebooks is an older one; renaming them there would change every hash."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for a tag: one of `terms`, in `context` if it names any, and without `unless`.

    `context` is satisfied by one of its terms or one of the tags in `context_tags`; of `also` one term is required as
    well. These must stand `within` so many words of a term, the summary read on from the title; `unless` is searched
    for in all of both. The terms of a `hint` count half.
    """

    id: str
    terms: Terms
    context: Terms
    context_tags: tuple[str, ...]
    unless: Terms
    also: Terms
    hint: bool = False
    within: int = NEARBY
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The word lists named by each part; their terms are included in the part's."""

    @property
    def parts(self) -> dict[str, Terms]:
        """Its terms by role, as rulebooks name it."""
        return {"terms": self.terms, "context": self.context, "and": self.also, "unless": self.unless}


@dataclass(frozen=True, slots=True)
class Example:
    """A headline that must (or must not) get a tag; `language` None means unknown."""

    text: str
    language: str | None
    expected: bool


@dataclass(frozen=True, slots=True)
class Tag:
    """A label with its rules; `implies` names the tags that follow from it, `names` are its synonyms in search.

    `noun` is its name within a sentence; empty if that is its label. `camp` is the side for which a person or
    organisation speaks; empty if it is on none.
    """

    id: str
    facet: Facet
    label: str
    about: str
    implies: tuple[str, ...]
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]
    names: tuple[str, ...] = ()
    noun: str = ""
    camp: str = ""


@dataclass(frozen=True, slots=True)
class _Reading:
    """How terms apply to texts of one language; terms and rules by number."""

    fired_by: Mapping[int, Sequence[int]]
    """The rules a term may fire."""
    rules: Sequence[Weighing]
    matcher: Matcher


_NOTHING = Tagging()


class Rulebook:
    """All tags and their rules, ready to tag texts; immutable. `lists` are the word lists that rules name.

    What it takes to tag or to write the rules out is made on first use. `known_hash` spares a rulebook that was hashed
    before the work of doing it again.
    """

    def __init__(
        self, tags: Sequence[Tag], lists: Mapping[str, Terms] | None = None, known_hash: str | None = None
    ) -> None:
        self.tags = tuple(tags)
        self.topics = tuple(tag.id for tag in self.tags if tag.facet == "topic")
        self.lists = dict(lists or {})
        self._known_hash = known_hash
        self._rules = tuple((tag, rule) for tag in self.tags for rule in tag.rules)
        self._position = {tag.id: position for position, tag in enumerate(self.tags)}
        implies = {tag.id: tag.implies for tag in self.tags}
        self._implied = {tag: _closure(tag, implies) for tag in implies}
        self._readings: dict[str | None, _Reading] = {}

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        """Pickle what it is made of."""
        return type(self), (self.tags, self.lists, self.hash)

    @cached_property
    def text(self) -> str:
        """The whole rulebook as canonical JSON, without examples: the input of the hash."""
        rows = [
            {
                "id": tag.id,
                "facet": tag.facet,
                "label": tag.label,
                "about": tag.about,
                "implies": tag.implies,
                "rules": [self._as_json(rule) for rule in tag.rules],
            }
            | ({"camp": tag.camp} if tag.camp else {})
            for tag in self.tags
        ]
        lists = {name: _as_written(terms) for name, terms in self.lists.items()}
        whole = {"logic": _LOGIC, "lists": lists, "tags": rows}
        return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def hash(self) -> str:
        """Sixteen hexadecimal digits that identify this version of the rules."""
        return self._known_hash or hashlib.sha256(self.text.encode()).hexdigest()[:16]

    def written_out(self, rule: Rule, part: str) -> Terms:
        """Return the terms of a rule's part that come from none of its word lists."""
        listed = frozenset[Term]().union(*(self._listed[name] for name in rule.lists.get(part, ())))
        return {
            language: kept
            for language, group in rule.parts[part].items()
            if (kept := tuple(term for term in group if term not in listed) if listed else group)
        }

    def tag(self, title: str, summary: str = "", language: str | None = None) -> Tagging:
        """Tag a text, with evidence whose offsets index `title` and `summary` as given.

        `language` is an ISO 639-1 code, with or without a region; None means unknown, so terms of every language apply.
        """
        return self._tag((title, summary), language)

    def tag_whole(self, title: str, summary: str, body: str, language: str | None = None) -> Tagging:
        """Tag a text with its body, which can only add tags: what excludes a rule may stand anywhere in a long text."""
        brief = self.tag(title, summary, language)
        if not body:
            return brief
        whole = self._tag((title, summary, body), language)
        return with_more(brief, whole, body, self.topics)

    def _tag(self, texts: Sequence[str], language: str | None) -> Tagging:
        """Tag a text by its fields, the body left out or last."""
        reading = self._reading(language)
        found = [reading.matcher.find(text) for text in texts]
        met = {hit.key for hits in found for hit in hits}
        candidates = {rule: reading.rules[rule] for term in met for rule in reading.fired_by.get(term, ())}
        if not worth_weighing(candidates.values(), met, frozenset(self.topics)):
            return _NOTHING
        counts = (0, *accumulate(map(count_words, texts[:-1])))
        places = [standing(located(*each)) for each in zip(found, texts, counts, strict=True)]
        decision = decide(candidates, places, met)
        near = near_misses(candidates, decision, self.topics)
        if not decision.given and not near:
            return _NOTHING
        pieces, more = self._pieces(decision, candidates, places)
        evidence = tuple(
            Evidence(tag, rule, FIELDS[place], start, end, texts[place][start:end], role)
            for _, place, start, rule, end, tag, role in kept(pieces)
        )
        more.update(piece.tag for piece in pieces)
        more.subtract(item.tag for item in evidence)
        tags = tuple(dict.fromkeys(piece.tag for piece in pieces))
        return Tagging(
            relevance_of([topic for topic in self.topics if topic in tags]),
            tags,
            evidence,
            scores=tuple(decision.points[tag] for tag in tags),
            near=tuple(_near_miss(candidates[rule], missing, places, texts) for rule, missing in near),
            left_out=tuple(more[tag] for tag in tags),
        )

    def failed_examples(self, tags: Collection[str]) -> list[tuple[Tag, Example]]:
        """Return the examples of these tags that the rules get wrong."""
        return [
            (tag, example)
            for tag in self.tags
            if tag.id in tags
            for example in tag.examples
            if (tag.id in self.tag(example.text, language=example.language).tags) != example.expected
        ]

    def _as_json(self, rule: Rule) -> dict[str, object]:
        """Return a rule as written in a rulebook."""
        parts = {
            _STORED_PARTS.get(part, part): {
                **_as_written(self.written_out(rule, part)),
                "words": rule.lists.get(part, ()),
            }
            for part in rule.parts
        }
        return {"id": rule.id, "hint": rule.hint, "within": rule.within, "with_tags": rule.context_tags, **parts}

    def implied(self, tag: str) -> tuple[str, ...]:
        """Return the tags implied by one, directly or indirectly."""
        return self._implied[tag][1:]

    @cached_property
    def _listed(self) -> dict[str, frozenset[Term]]:
        """The terms of each word list, in any language."""
        return {name: frozenset(chain.from_iterable(group.values())) for name, group in self.lists.items()}

    @cached_property
    def _languages(self) -> set[str]:
        """The languages of all terms."""
        return {name.removeprefix(AT_HOME) for _, rule in self._rules for part in rule.parts.values() for name in part}

    def _reading(self, language: str | None) -> _Reading:
        """Return how terms apply to texts of this language, built on first use."""
        spoken = (language or "").lower().partition("-")[0] or None
        if spoken and spoken not in self._languages:
            spoken = EVERYWHERE[0]
        if spoken not in self._readings:
            self._readings[spoken] = self._read(spoken)
        return self._readings[spoken]

    def _read(self, spoken: str | None) -> _Reading:
        languages = {spoken, f"{AT_HOME}{spoken}", *EVERYWHERE}
        known: dict[Term, int] = defaultdict(count().__next__)
        shared: dict[frozenset[int], frozenset[int]] = {}  # equal sets that are one set are found at once in a dict

        def numbers(terms: Terms) -> frozenset[int]:
            groups = [terms[name] for name in terms if spoken is None or name in languages]
            made = frozenset(map(known.__getitem__, chain.from_iterable(groups)))
            return shared.setdefault(made, made)

        rules = [_weighing(rule, self._implied[tag.id], numbers) for tag, rule in self._rules]
        fired_by: dict[int, list[int]] = defaultdict(list)
        for number, weighing in enumerate(rules):
            for term in weighing.terms:
                fired_by[term].append(number)
        return _Reading(dict(fired_by), rules, Matcher(known.items()))

    def _pieces(
        self, decision: Decision, rules: Mapping[int, Weighing], places: Places
    ) -> tuple[list[Piece], Counter[str]]:
        """Return the words of the rules that hold, context included, once per tag given, in display order; and how many
        more there are per tag."""
        given = decision.given
        pieces: list[Piece] = []
        more = Counter[str]()
        for number, counted in decision.holding.items():
            rule, name = rules[number], self._rules[number][1].id
            tags = [tag for tag in rule.tags if tag in given]
            spoke = words_of(rule, counted, places)
            pieces += [
                Piece(self._position[tag], place, match.start, name, match.end, tag, role)
                for place, match, role in spoke.words
                for tag in tags
            ]
            for tag in tags:
                more[tag] += spoke.more
        return sorted(pieces), more


def _near_miss(rule: Weighing, missing: Missing, places: Places, texts: Sequence[str]) -> NearMiss:
    """Return a rule that nearly held, with its first words and the first one that excludes it."""
    excluding = first_words(rule.unless, places, texts) if missing == "exclusion" else ""
    return NearMiss(rule.tags[0], missing, first_words(rule.terms, places, texts), excluding)


def _closure(tag: str, implies: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return a tag and all tags it implies, directly or indirectly."""
    reached = [tag]
    for name in reached:  # grows during iteration
        reached += [further for further in implies[name] if further not in reached]
    return tuple(reached)


def _weighing(rule: Rule, tags: tuple[str, ...], numbers: Callable[[Terms], frozenset[int]]) -> Weighing:
    """Return a rule that gives these tags, with the numbers of its terms."""
    terms, context, also, unless = map(numbers, rule.parts.values())
    return Weighing(
        tags=tags,
        terms=terms,
        context=context,
        context_tags=frozenset(rule.context_tags),
        needs_context=bool(rule.context or rule.context_tags),
        unless=unless,
        also=also,
        needs_also=bool(rule.also),
        hint=rule.hint,
        within=rule.within,
        vocabulary=terms | context | also | unless,
    )


def _as_written(terms: Terms) -> dict[str, list[str]]:
    return {language: list(map(term_as_written, group)) for language, group in terms.items()}
