"""Write a compiled rulebook as JSON and read it back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from tracker.analyse.tagging.rules import Example, Group, Rule, Rulebook, Tag, Term, Terms
from tracker.analyse.tagging.terms import Word

_PARTS: Final = ("terms", "context", "and", "unless")
_MARKS: Final = {(False, False): "-", (False, True): "*", (True, False): "=", (True, True): "^"}
"""The mark before a word in the file, by whether it matches exactly and whether it is a stem."""
_MEANINGS: Final = {mark: meaning for meaning, mark in _MARKS.items()}


def written(rulebook: Rulebook) -> str:
    """Return the rulebook as JSON; the parts of a rule omit the terms of its word lists."""
    lists = {name: _as_text(terms) for name, terms in rulebook.lists.items()}
    plain = {"lists": lists, "tags": [_tag_as_plain(tag, rulebook.lists) for tag in rulebook.tags]}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _tag_as_plain(tag: Tag, lists: Mapping[str, Terms]) -> list[Any]:
    rules = [
        [rule.id, rule.context_tags, rule.hint, rule.within, rule.lists, _parts_as_plain(rule, lists)]
        for rule in tag.rules
    ]
    examples = [[one.text, one.language, one.expected] for one in tag.examples]
    return [tag.id, tag.facet, tag.label, tag.about, tag.implies, rules, examples, tag.names, tag.noun, tag.camp]


def _parts_as_plain(rule: Rule, lists: Mapping[str, Terms]) -> list[dict[str, list[str]]]:
    """Return each part's own terms, without those of its word lists, by language."""
    plain = []
    for part in _PARTS:
        terms = rule.parts[part]
        named = [lists[name] for name in rule.lists.get(part, ())]
        own = {
            language: group[: len(group) - sum(len(one.get(language, ())) for one in named)]
            for language, group in terms.items()
        }
        plain.append(_as_text({language: group for language, group in own.items() if group or not named}))
    return plain


def _as_text(terms: Terms) -> dict[str, list[str]]:
    return {language: [" ".join(map(_word_as_text, term)) for term in group] for language, group in terms.items()}


def _word_as_text(word: Word) -> str:
    """Return a word after a mark that says what it matches; no word contains a space."""
    return f"{_MARKS[word.exact, word.stem]}{word.text}"


def read_back(text: bytes, known_hash: str) -> Rulebook:
    """Return the rulebook that was written; raises ValueError, LookupError or TypeError for anything else.

    Its terms are decoded on first use.
    """
    plain = json.loads(text)
    lists = {name: _WrittenTerms(found) for name, found in plain["lists"].items()}
    return Rulebook([_tag(tag, lists) for tag in plain["tags"]], lists, known_hash)


class _WrittenTerms(Mapping[str, Group]):
    """Terms in this notation, followed by those of word lists; each language is read on first use.

    Most rounds bring texts in one language of ten.
    """

    def __init__(self, own: Mapping[str, Sequence[str]], lists: Sequence[Terms] = ()) -> None:
        self._own = own
        self._lists = lists
        self._languages = dict.fromkeys(chain(own, *lists))
        self._read: dict[str, Group] = {}

    def __getitem__(self, language: str) -> Group:
        if language not in self._languages:
            raise KeyError(language)
        if language not in self._read:
            own = map(_term, self._own.get(language, ()))
            self._read[language] = (*own, *chain.from_iterable(one.get(language, ()) for one in self._lists))
        return self._read[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._languages)

    def __len__(self) -> int:
        return len(self._languages)


def _tag(plain: Sequence[Any], lists: Mapping[str, Terms]) -> Tag:
    name, facet, label, about, implies, rules, examples, names, noun, camp = plain
    return Tag(
        name,
        facet,
        label,
        about,
        tuple(implies),
        tuple(_rule(rule, lists) for rule in rules),
        tuple(Example(*example) for example in examples),
        tuple(names),
        noun,
        camp,
    )


def _rule(plain: Sequence[Any], lists: Mapping[str, Terms]) -> Rule:
    name, context_tags, hint, within, named, parts = plain
    named = {part: tuple(names) for part, names in named.items()}
    terms, context, also, unless = (
        _WrittenTerms(own, [lists[one] for one in named.get(part, ())]) for part, own in zip(_PARTS, parts, strict=True)
    )
    return Rule(name, terms, context, tuple(context_tags), unless, also, hint, within, named)


def _term(text: str) -> Term:
    return tuple([Word(word[1:], *_MEANINGS[word[0]]) for word in text.split(" ")])
