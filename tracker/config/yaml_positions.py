"""Parse YAML into plain values, with the line and column of each; the only module that imports PyYAML.

Follows the YAML 1.2 core schema: only `true` and `false` are booleans (so the country NO is text) and 12:30 is text.
The merge key `<<` is supported. Duplicate keys are mistakes, and so is anything that would exhaust time or memory:
aliases that contain themselves or expand without bound, and unbounded nesting.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import yaml

from tracker.errors import ConfigError, Mistake

Path = tuple[str | int, ...]
"""The position of a value: keys and list indexes from the root."""

_DEEPEST = 100
"""The maximum nesting depth; feeds.yaml needs eight levels."""

_MOST_REPEATED = 20_000
"""The maximum number of values that all aliases together may expand to."""

_TOO_DEEP = f"this is nested more than {_DEEPEST} levels deep"

_SCALARS = {
    "tag:yaml.org,2002:null": re.compile(r"^(?:~|null|Null|NULL|)$"),
    "tag:yaml.org,2002:bool": re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"),
    "tag:yaml.org,2002:int": re.compile(r"^[-+]?[0-9]+$"),
    "tag:yaml.org,2002:float": re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?$"),
}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen at import
    """PyYAML's safe loader with YAML 1.2 scalars."""

    yaml_implicit_resolvers: ClassVar[dict[str | None, Any]] = {None: list(_SCALARS.items())}


@dataclass(slots=True)
class YamlDocument:
    """A YAML document: its value, and the 1-based line and column of the value and key at each path.

    `spans` holds the first and last line of each value, for editing the text; `inline` the lists and mappings written
    with brackets.
    """

    name: str
    value: Any = None
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    spans: dict[Path, tuple[int, int]] = field(default_factory=dict)
    inline: set[Path] = field(default_factory=set)
    mistakes: list[Mistake] = field(default_factory=list)
    _nodes: set[int] = field(default_factory=set)
    _repeated: int = 0

    def count(self, node: yaml.Node) -> bool:
        """Count a node as read; False once aliases have repeated too many nodes."""
        self._repeated += id(node) in self._nodes
        self._nodes.add(id(node))
        return self._repeated <= _MOST_REPEATED

    def section(self, key: str) -> dict[str, Any]:
        """Return the unvalidated mapping under a top-level key; empty if it holds anything else."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return found if isinstance(found, dict) else {}

    def items(self, key: str) -> list[dict[str, Any]]:
        """Return the unvalidated items under a top-level key; {} stands for an item that is not a mapping."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return [item if isinstance(item, dict) else {} for item in found] if isinstance(found, list) else []

    def rename(self, path: Path, mapping: dict[str, Any], old: str, new: str) -> bool:
        """Rename a key of the mapping at a path. False, and nothing happens, if it lacks the key or has the new one."""
        if old not in mapping or new in mapping:
            return False
        mapping[new] = mapping.pop(old)
        for places in (self.values, self.keys, self.spans):
            for place in [place for place in places if place[: len(path) + 1] == (*path, old)]:
                places[(*path, new, *place[len(path) + 1 :])] = places.pop(place)
        return True

    def mistake(self, path: Path, message: str, *, at_key: bool = False) -> Mistake:
        """Return a mistake at a path, or at its nearest ancestor that the text contains."""
        if at_key and path in self.keys:
            return Mistake(self.name, *self.keys[path], message)
        while path not in self.values and path:
            path = path[:-1]
        return Mistake(self.name, *self.values.get(path, (1, 1)), message)


def read(text: str, name: str) -> YamlDocument:
    """Parse `text`; duplicate keys go into the document's `mistakes`. Raises ConfigError for invalid YAML."""
    with _explained(text, name):
        _refuse_bottomless(text, name)
    return read_ours(text, name)


def read_ours(text: str, name: str) -> YamlDocument:
    """Parse a file shipped with the tracker, without the check for nesting depth."""
    document = YamlDocument(name)
    with _explained(text, name):
        node = yaml.compose(text, Loader=_Loader)
    if node is not None:
        document.value = _value(node, (), document, frozenset())
    return document


_TAB = "this line is indented with a tab; use spaces"
_PLAINLY = {
    "mapping values are not allowed": "this is not valid YAML: put a text that contains ': ' in quotes",
    "found another document": "a second document begins here, after '---'; keep one",
    "expected ',' or '}'": "this is not valid YAML: a comma or the closing } is missing before this",
    "expected ',' or ']'": "this is not valid YAML: a comma or the closing ] is missing before this",
}
"""What PyYAML says of common mistakes, in words that say what to do."""


@contextmanager
def _explained(text: str, name: str) -> Iterator[None]:
    """Turn PyYAML's errors into a one-line ConfigError with its position."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = error.problem or error.context or "cannot be read"
        known = next((plain for said, plain in _PLAINLY.items() if said in problem), None)
        at_tab = mark is not None and text[mark.index : mark.index + 1] == "\t"
        message = _TAB if at_tab else known or f"this is not valid YAML: {problem}"
        raise ConfigError([Mistake(name, line, column, message)]) from error
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"this is not valid YAML: the character U+{ord(text[error.position]):04X} is not allowed"
        raise ConfigError([Mistake(name, *place, message)]) from error
    except yaml.YAMLError as error:
        raise ConfigError([Mistake(name, 1, 1, f"this is not valid YAML: {error}")]) from error


def _refuse_bottomless(text: str, name: str) -> None:
    """Raise ConfigError for nesting so deep that PyYAML, which recurses at each level, would fail."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            mark: Any = event.start_mark  # optional in PyYAML's types
            raise ConfigError([Mistake(name, mark.line + 1, mark.column + 1, _TOO_DEEP)])


def mappings(value: object) -> list[tuple[int, dict[str, Any]]]:
    """Return the mappings in a list with their indexes, ignoring other items; empty if it is not a list."""
    return [(at, item) for at, item in enumerate(value) if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: object) -> list[tuple[int, str]]:
    """Return the strings in a list with their indexes, ignoring other items; empty if it is not a list."""
    return [(at, item) for at, item in enumerate(value) if isinstance(item, str)] if isinstance(value, list) else []


def scalar(text: str) -> str:
    """Return a string as a YAML scalar, quoted wherever a parser could take it for anything else."""
    written = str(yaml.safe_dump(text, allow_unicode=True, width=10_000))
    return written.removesuffix("...\n").strip()


def _value(node: yaml.Node, path: Path, document: YamlDocument, above: frozenset[int]) -> Any:
    """Return the value of a node, recording positions in the document."""
    _note(node, path, document)
    if id(node) in above:
        document.mistakes.append(document.mistake(path, "this alias contains itself; write the values out"))
        return None
    if len(above) > _DEEPEST:
        raise ConfigError([document.mistake(path, _TOO_DEEP)])
    if not document.count(node):
        raise ConfigError([document.mistake(path, f"aliases expand to more than {_MOST_REPEATED:,} values")])
    above |= {id(node)}
    return _content(node, path, document, above)


def _note(node: yaml.Node, path: Path, document: YamlDocument) -> None:
    """Record the position of a value."""
    document.values[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    document.spans[path] = (node.start_mark.line + 1, _last_line(node))
    if isinstance(node, yaml.CollectionNode) and node.flow_style:
        document.inline.add(path)


def _content(node: yaml.Node, path: Path, document: YamlDocument, above: frozenset[int]) -> Any:
    """Return the content of a node; `above` holds the ids of its ancestors and itself."""
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document, above)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, i), document, above) for i, item in enumerate(node.value)]
    try:
        return _scalar(node)
    except ValueError:  # more digits than Python accepts, or a word tagged as a number
        document.mistakes.append(document.mistake(path, f"{node.value[:20]!r} is not a readable number"))
        return None


def _last_line(node: yaml.Node) -> int:
    """Return the last line of a value; at the end of a block, the parser's mark is already past it."""
    for _ in range(_DEEPEST):  # an alias may contain itself
        if not isinstance(node, yaml.CollectionNode) or not node.value or node.flow_style:
            break
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    ends_before = node.end_mark.column == 0 and node.end_mark.line > node.start_mark.line
    return int(node.end_mark.line) + (0 if ends_before else 1)


def _mapping(node: yaml.MappingNode, path: Path, document: YamlDocument, above: frozenset[int]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for other in reversed(_merged_into(node)):
        merged.update(_value(other, path, document, above) or {})
        _note(node, path, document)
    result: dict[str, Any] = {}
    for key_node, value_node in _own_pairs(node):
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "(a list or mapping)"
        here = (*path, key)
        place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if key in result:
            first = document.keys[here][0]
            message = f"the key {key!r} is here for the second time; the first is in line {first}"
            document.mistakes.append(Mistake(document.name, *place, message))
            continue
        document.keys[here] = place
        result[key] = _value(value_node, here, document, above)
    return merged | result


def _is_merge(key: yaml.Node, value: yaml.Node) -> bool:
    """Whether a pair is `<<: *name` or `<<: [*one, *other]`."""
    parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
    plain = isinstance(key, yaml.ScalarNode) and key.value == "<<" and not key.style
    return plain and all(isinstance(part, yaml.MappingNode) for part in parts)


def _own_pairs(node: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
    return [pair for pair in node.value if not _is_merge(*pair)]


def _merged_into(node: yaml.MappingNode) -> list[yaml.MappingNode]:
    """Return the mappings merged by `<<`, in order of precedence."""
    values = [value for key, value in node.value if _is_merge(key, value)]
    return [part for value in values for part in (value.value if isinstance(value, yaml.SequenceNode) else [value])]


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    match node.tag:
        case "tag:yaml.org,2002:null":
            return None
        case "tag:yaml.org,2002:bool":
            return text.lower() == "true"
        case "tag:yaml.org,2002:int":
            return int(text)
        case "tag:yaml.org,2002:float":
            return float(text)
    return text
