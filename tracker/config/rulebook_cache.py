"""Keep a compiled rulebook in a file: compiling the built-in one takes a second of CPU, reading it back a tenth.

The content is a line with the rulebook's hash and number of tags, and JSON.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from tracker.analyse.tagging.rules import Example, Rule, Rulebook, Tag, Terms
from tracker.analyse.tagging.terms import Word
from tracker.config.kept_file import NOTHING_KEPT, KeptFile

_PARTS: Final = ("terms", "context", "and", "unless")
_MARKS: Final = {(False, False): "-", (False, True): "*", (True, False): "=", (True, True): "^"}
"""What precedes a word in the file, by whether it matches exactly, and whether it is a stem."""
_MEANINGS: Final = {mark: meaning for meaning, mark in _MARKS.items()}


class Summary(NamedTuple):
    """What identifies a rulebook: its hash, and how many tags it has."""

    hash: str
    tags: int


@dataclass(frozen=True, slots=True)
class RulebookCache:
    """The file in which a rulebook is kept."""

    file: KeptFile = NOTHING_KEPT

    @classmethod
    def beside(cls, db: Path) -> "RulebookCache":
        """Return the cache beside a database, which may only be made after this."""
        return cls(KeptFile.beside(db, "rulebook"))

    def get(self, own: str = "") -> Rulebook | None:
        """Return the rulebook of the built-in rules and of `own`, a feeds.yaml; None if that is not the one kept."""
        head, _, plain = (self.file.read(own) or b"").partition(b"\n")
        with suppress(ValueError, LookupError, TypeError):
            return _decoded(json.loads(plain), _summary(head).hash)
        return None

    def get_summary(self, own: str = "") -> Summary | None:
        """Return the summary of that rulebook, without reading its rules; None as get()."""
        with suppress(ValueError, LookupError):
            return _summary((self.file.read(own) or b"").partition(b"\n")[0])
        return None

    def put(self, rulebook: Rulebook, own: str = "") -> None:
        """Keep a rulebook in place of the one before."""
        plain = json.dumps(_encoded(rulebook), ensure_ascii=False, separators=(",", ":"))
        self.file.write(own, f"{rulebook.hash} {len(rulebook.tags)}\n{plain}".encode())


NO_CACHE: Final = RulebookCache()


@cache
def built_in_rulebook(kept: RulebookCache = NO_CACHE) -> Rulebook:
    """Return the built-in rulebook alone, read once; raises ConfigError if it is invalid."""
    if _compiled.cache_info().currsize:
        return _compiled()
    if (found := kept.get()) is not None:
        return found
    kept.put(_compiled())
    return _compiled()


@cache
def _compiled() -> Rulebook:
    """Return the built-in rulebook, compiled once in this process."""
    from tracker.config.rulebook import compile_built_in  # noqa: PLC0415  a rulebook that is kept needs no compiler

    return compile_built_in()


def _summary(line: bytes) -> Summary:
    """Read the first line of a content; raises ValueError for anything else."""
    name, tags = line.decode().split(" ")
    return Summary(name, int(tags))


def _encoded(rulebook: Rulebook) -> dict[str, Any]:
    """Return the rulebook as plain values; a rule's parts without what they have from word lists."""
    lists = {name: _as_text(terms) for name, terms in rulebook.lists.items()}
    return {
        "hash": rulebook.hash,
        "lists": lists,
        "tags": [_tag_as_plain(tag, rulebook.lists) for tag in rulebook.tags],
    }


def _tag_as_plain(tag: Tag, lists: Mapping[str, Terms]) -> list[Any]:
    rules = [
        [rule.id, rule.context_tags, rule.hint, rule.within, rule.lists, _parts_as_plain(rule, lists)]
        for rule in tag.rules
    ]
    examples = [[one.text, one.language, one.expected] for one in tag.examples]
    return [tag.id, tag.facet, tag.label, tag.about, tag.implies, rules, examples, tag.names]


def _parts_as_plain(rule: Rule, lists: Mapping[str, Terms]) -> list[dict[str, list[str]]]:
    """Return the terms of each part that stand before those of its word lists, by language."""
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
    """Return a word with a mark before it that tells what it matches; no word holds a space."""
    return f"{_MARKS[word.exact, word.stem]}{word.text}"


def _decoded(plain: Mapping[str, Any], known_hash: str) -> Rulebook:
    """Return the rulebook of what _encoded() returned, read back from JSON."""
    lists = {name: _terms(found) for name, found in plain["lists"].items()}
    return Rulebook([_tag(tag, lists) for tag in plain["tags"]], lists, known_hash)


def _tag(plain: Sequence[Any], lists: Mapping[str, Terms]) -> Tag:
    name, facet, label, about, implies, rules, examples, names = plain
    return Tag(
        name,
        facet,
        label,
        about,
        tuple(implies),
        tuple(_rule(rule, lists) for rule in rules),
        tuple(Example(*example) for example in examples),
        tuple(names),
    )


def _rule(plain: Sequence[Any], lists: Mapping[str, Terms]) -> Rule:
    name, context_tags, hint, within, named, parts = plain
    named = {part: tuple(names) for part, names in named.items()}
    terms, context, also, unless = (
        _with_lists(_terms(own), [lists[one] for one in named.get(part, ())])
        for part, own in zip(_PARTS, parts, strict=True)
    )
    return Rule(name, terms, context, tuple(context_tags), unless, also, hint, within, named)


def _with_lists(own: Terms, lists: Iterable[Terms]) -> Terms:
    """Return a part's terms followed by those of its word lists."""
    whole = dict(own)
    for terms in lists:
        for language, group in terms.items():
            whole[language] = whole.get(language, ()) + group
    return whole


def _terms(plain: Mapping[str, Sequence[str]]) -> Terms:
    return {language: tuple(map(_term, group)) for language, group in plain.items()}


def _term(text: str) -> tuple[Word, ...]:
    return tuple([Word(word[1:], *_MEANINGS[word[0]]) for word in text.split(" ")])
