"""Write and edit feeds.yaml as text, so that comments and layout stay."""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

from tracker.analyse.names import did_you_mean
from tracker.config.load import load_text
from tracker.config.yaml_positions import YamlDocument, read, scalar
from tracker.errors import TrackerError, UsageError
from tracker.files import shipped
from tracker.models import Feed, Source

_NAME = "feeds.yaml"
_HEADING = "  # "

_EMPTY = re.compile(r"([^:]+:)\s*(?:\[\s*\]|~|null\b)", re.IGNORECASE)
"""A key and its value, which is an empty list or nothing."""

_NO_LINE_END = "\\ No newline at end of file\n"


@dataclass(frozen=True, slots=True)
class Addition:
    """A feed to add and its source; the source is added only if its id is new."""

    source: Source
    feed: Feed


@dataclass(frozen=True, slots=True)
class Edit:
    """A valid change to a file that is not written yet; `removed` are the URLs that it removes."""

    path: Path
    before: str
    after: str
    removed: tuple[str, ...] = ()

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty if there is none."""
        before, after = (text.splitlines(keepends=True) for text in (self.before, self.after))
        lines = unified_diff(before, after, str(self.path), str(self.path))
        return "".join(line if line.endswith("\n") else f"{line}\n{_NO_LINE_END}" for line in lines)

    def write(self) -> None:
        """Replace the file atomically."""
        if self.after != self.before:
            _replace(self.path, self.after)


def adding(path: Path, additions: list[Addition]) -> Edit:
    """Return the change that adds all the feeds to a file, which may lack sources so far.

    Raises ConfigError or UsageError when the result would be invalid.
    """
    before = _text_of(path, to_add=True)
    after = _with(before, path.name, additions) if additions else before
    load_text(after, path, to_add=not additions)
    return Edit(path, before, after)


def removing(path: Path, name: str) -> Edit:
    """Return the change that removes a feed by its URL, or a source and its feeds by its id.

    A source left without feeds is removed too. Raises UsageError for an unknown name.
    """
    text = _text_of(path)
    document = read(text, path.name)
    for number, source in enumerate(document.value["sources"]):
        urls = _urls(source)
        if name != source["id"] and name not in urls:
            continue
        if name == source["id"] or urls == [name]:
            gone, place = urls, document.spans["sources", number]
        else:
            position = urls.index(name)
            _refuse_inline(document, ("sources", number, "feeds"), source["id"])
            gone, place = [name], document.spans["sources", number, "feeds", position]
        lines = text.splitlines(keepends=True)
        del lines[place[0] - 1 : place[1]]
        result = "".join(lines)
        load_text(result, path)
        return Edit(path, text, result, tuple(gone))
    known = [known for source in document.items("sources") for known in (source["id"], *_urls(source))]
    meant = did_you_mean(name, known) or "; `tracker feeds list` shows them all"
    raise UsageError(f"{path} has no feed or source {name!r}{meant}")


def _urls(source: Mapping[str, Any]) -> list[str]:
    """Return the URLs of a source's feeds."""
    return [feed if isinstance(feed, str) else feed["url"] for feed in source["feeds"]]


def _with(text: str, name: str, additions: Sequence[Addition]) -> str:
    """Return the text with the feeds added: to sources that it has, or with new sources at its end."""
    document = read(text, name)
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    numbers = {source["id"]: number for number, source in enumerate(document.items("sources"))}
    feeds: dict[str, list[Feed]] = defaultdict(list)
    for addition in additions:
        feeds[addition.source.id].append(addition.feed)
    new = {addition.source.id: addition.source for addition in reversed(additions) if addition.source.id not in numbers}
    if not numbers:
        return "".join(_with_first(lines, document, _new_lines(new, feeds, "  "))) if new else text
    added: dict[int, list[str]] = defaultdict(list)
    for source in feeds.keys() & numbers.keys():
        place = ("sources", numbers[source], "feeds")
        _refuse_inline(document, place, source)
        first = lines[document.values[*place, 0][0] - 1]
        indent = first[: len(first) - len(first.lstrip())]
        added[document.spans[place][1]] += [line for feed in feeds[source] for line in _feed_lines(feed, indent)]
    if new:
        _refuse_inline(document, ("sources",), "the file")
        indent = " " * (document.values["sources", 0][1] - 3)
        added[document.spans["sources",][1]] += _new_lines(new, feeds, indent)
    for after in sorted(added, reverse=True):
        lines[after:after] = added[after]
    return "".join(lines)


def _with_first(lines: list[str], document: YamlDocument, added: list[str]) -> list[str]:
    """Return the lines with the first sources, under `sources:` or, without such a key, at the end."""
    _refuse_inline(document, (), "the file")
    if ("sources",) not in document.keys:
        return [*lines, "sources:\n", *added]
    first, last = document.keys["sources",][0] - 1, document.spans["sources",][1]
    key = _EMPTY.sub(r"\1", "".join(lines[first:last]), count=1)
    return [*lines[:first], key, *added, *lines[last:]]


def _new_lines(new: Mapping[str, Source], feeds: Mapping[str, list[Feed]], indent: str) -> list[str]:
    """Return the lines of new sources, in the order of their first feeds."""
    return [line for name in feeds if name in new for line in _source_lines(new[name], feeds[name], indent)]


def _source_lines(source: Source, feeds: Sequence[Feed], indent: str) -> list[str]:
    fields: list[tuple[str, str | None]] = [("id", source.id), ("name", source.name)]
    if source.family != source.id:
        fields.append(("family", source.family))
    fields += [("kind", source.kind), ("country", source.country), ("language", source.language)]
    head = [f"{indent}{'- ' if key == 'id' else '  '}{key}: {scalar(str(value))}\n" for key, value in fields]
    if source.domains:
        head += [f"{indent}  domains:\n", *(f"{indent}    - {scalar(domain)}\n" for domain in source.domains)]
    return [*head, f"{indent}  feeds:\n", *(line for feed in feeds for line in _feed_lines(feed, indent + "    "))]


def _feed_lines(feed: Feed, indent: str) -> list[str]:
    if feed.every is None:
        return [f"{indent}- {scalar(feed.url)}\n"]
    minutes = int(feed.every.total_seconds() // 60)
    return [f"{indent}- url: {scalar(feed.url)}\n", f"{indent}  every: {minutes}m\n"]


def _refuse_inline(document: YamlDocument, path: tuple[str | int, ...], whose: str) -> None:
    if path in document.inline:
        line = document.values[path][0]
        raise UsageError(f"{document.name}:{line}: the list in {whose} is written in brackets; write one item per line")


def _text_of(path: Path, *, to_add: bool = False) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    load_text(text, path, to_add=to_add)
    return text


def _replace(path: Path, text: str) -> None:
    """Replace the file atomically; its lines end as they did."""
    path = path.resolve()  # edit the target of a symlink and keep the link
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with path.open("rb") as old:
            line_end = "\r\n" if old.readline().endswith(b"\r\n") else "\n"
        unfinished.write_text(text, encoding="utf-8", newline=line_end)
        unfinished.chmod(path.stat().st_mode)
        unfinished.replace(path)
    except OSError as error:
        raise TrackerError(f"{path} cannot be written: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Choices:
    """What to change in the shipped feeds.yaml; None leaves it as it is."""

    contact: str | None = None
    timezone: str | None = None
    countries: Collection[str] | None = None
    """ISO 3166-1 alpha-2 codes, or EU and INT; the sources of other countries are left out."""


def shipped_feeds() -> str:
    """Return the text of the shipped feeds.yaml."""
    return shipped(_NAME).read_text(encoding="utf-8")


def sources_by_country(text: str) -> dict[str, int]:
    """Return how many sources of each country a feeds.yaml lists, most first."""
    counts = Counter(source["country"] for source in read(text, _NAME).items("sources"))
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def starter(text: str, choices: Choices) -> str:
    """Return a feeds.yaml with these choices made, and otherwise, comments included, as it was."""
    document = read(text, _NAME)
    lines = text.splitlines(keepends=True)
    for key, value in (("contact", choices.contact), ("timezone", choices.timezone)):
        if value is not None:
            _set(lines, document, key, value)
    gone = _lines_left_out(document, lines, choices.countries) if choices.countries is not None else set()
    return "".join(line for number, line in enumerate(lines, 1) if number not in gone)


def _set(lines: list[str], document: YamlDocument, key: str, value: str) -> None:
    """Replace the value of a setting in its line; the comment behind it stays, in its column if there is room."""
    line, column = document.values["settings", key]
    old = lines[line - 1]
    changed = old[: column - 1] + scalar(value)
    place = old.find("  #", column) + 2
    lines[line - 1] = changed + "\n" if place == 1 else f"{changed:<{place - 2}}  {old[place:]}"


def _lines_left_out(document: YamlDocument, lines: list[str], countries: Collection[str]) -> set[int]:
    """Return the numbers of the lines of sources of other countries, and of headings under which none is left."""
    gone: set[int] = set()
    kept: set[int] = set()
    for number, source in enumerate(document.items("sources")):
        first, last = document.spans["sources", number]
        (kept if source["country"] in countries else gone).update(range(first, last + 1))
    kept_below = False
    first, last = document.keys["sources",][0], document.spans["sources",][1]
    for number in range(last, first, -1):
        if number in kept:
            kept_below = True
        elif lines[number - 1].startswith(_HEADING):
            blank = number - 1
            gone.update([] if kept_below else [number] if lines[blank - 1].strip() else [blank, number])
            kept_below = False
    return gone
