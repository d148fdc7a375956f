"""Keep a compiled rulebook in a file: compiling the built-in one takes a second of CPU, reading it back a tenth.

The file is only ever a copy: a line with a key and a checksum, one with the rulebook's hash, and JSON. When anything
that goes into the rulebook has changed, when the file is damaged, or when it cannot be written, the rulebook is
compiled as if there were no file.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tracker.analyse.tagging.rules import Example, Rule, Rulebook, Tag, Terms
from tracker.analyse.tagging.terms import Word
from tracker.errors import TrackerError
from tracker.files import PRIVATE, unfinished

_TRACKER: Final = Path(__file__).parents[1]
_SOURCES: Final = ("analyse/rulebook/*.yaml", "analyse/rulebook/words/*.yaml", "analyse/tagging/*.py", "config/*.py")
_SOURCES_ALONE: Final = ("analyse/folding.py",)

_PARTS: Final = ("terms", "context", "and", "unless")
_MARKS: Final = {(False, False): "-", (False, True): "*", (True, False): "=", (True, True): "^"}
"""What precedes a word in the file, by whether it matches exactly, and whether it is a stem."""
_MEANINGS: Final = {mark: meaning for meaning, mark in _MARKS.items()}


@dataclass(frozen=True, slots=True)
class RulebookCache:
    """The file in which a rulebook is kept; None keeps none. Nothing is written while there is no `db`."""

    path: Path | None = None
    db: Path | None = None

    @classmethod
    def beside(cls, db: Path) -> "RulebookCache":
        """Return the cache beside a database, which may only be made after this."""
        return cls(db.with_name(f"{db.name}.rulebook.json"), db)

    def get(self, own: str = "") -> Rulebook | None:
        """Return the rulebook of the built-in rules and of `own`, a feeds.yaml; None if that is not the one kept."""
        with suppress(ValueError, LookupError, TypeError):
            found = self._read(own)
            return found and _decoded(json.loads(found[1]), known_hash=found[0].decode())
        return None

    def get_hash(self, own: str = "") -> str | None:
        """Return the hash of that rulebook, without reading its rules; None as get()."""
        found = self._read(own)
        return found and found[0].decode()

    def put(self, rulebook: Rulebook, own: str = "") -> None:
        """Keep a rulebook in place of the one before, if the folder exists and can be written."""
        if self.path is None or not self.path.parent.is_dir() or (self.db and not self.db.is_file()):
            return
        plain = json.dumps(_encoded(rulebook), ensure_ascii=False, separators=(",", ":"))
        body = f"{rulebook.hash}\n{plain}".encode()
        with suppress(TrackerError), unfinished(self.path, PRIVATE) as part:
            part.write_bytes(_head(own, body) + b"\n" + body)

    def _read(self, own: str) -> tuple[bytes, bytes] | None:
        """Return the hash and the rulebook as the file has them; None if it is missing, damaged or of other rules."""
        try:
            head, _, body = self.path.read_bytes().partition(b"\n") if self.path else (b"", b"", b"")
        except OSError:
            return None
        if not head or head != _head(own, body):
            return None
        name, _, plain = body.partition(b"\n")
        return name, plain


NO_CACHE: Final = RulebookCache()


def _head(own: str, body: bytes) -> bytes:
    """Return the first line of a file with this body: its key and checksum."""
    return f"{_key(own)} {hashlib.sha256(body).hexdigest()}".encode()


def _key(own: str) -> str:
    """Hash all that a compiled rulebook depends on: rules, the code that reads them, and Unicode's tables."""
    files = sorted(found for pattern in _SOURCES for found in _TRACKER.glob(pattern))
    hashed = hashlib.sha256(unicodedata.unidata_version.encode())
    for file in (*files, *map(_TRACKER.joinpath, _SOURCES_ALONE)):
        hashed.update(b"%d %b" % (file.stat().st_size, file.read_bytes()))
    hashed.update(own.encode())
    return hashed.hexdigest()


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
