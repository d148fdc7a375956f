"""Render a digest outline as Markdown (CommonMark and GitHub's); the only module that escapes Markdown for it."""

import re
from collections.abc import Iterator

from tracker.publish.digest.outline import Item, Link, Outline, Section

# Markup within a line, markup at its beginning, and what turns plain text into a link or a mention.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>&#|~$^!@=+-])|(?<=[A-Za-z])(:)(?=//)|(?<=www)(\.)|(?<=^\d)([.)])", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d+)([.)])")


def text(outline: Outline) -> str:
    """Return the digest, ending with a line break."""
    lines = [*_head(outline), *(line for section in outline.sections for line in _section(section)), *_foot(outline)]
    return "\n".join(lines) + "\n"


def _head(outline: Outline) -> Iterator[str]:
    yield f"# {escaped(outline.title)}"
    yield ""
    yield f"{escaped(outline.kicker)}: {escaped(outline.lead)}."
    yield ""
    yield "| | | |"
    yield "| ---: | --- | --- |"
    for figure in outline.figures:
        yield f"| **{figure.number}** | {escaped(figure.label)} | {escaped(figure.usual)} |"
    for warning in outline.warnings:
        yield ""
        yield f"> {escaped(warning)}"


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield f"## {escaped(section.heading)}"
    if section.note:
        yield ""
        yield escaped(section.note)
    yield ""
    for item in section.items:
        yield from _item(item)
    if section.more:
        yield f"- {_link(section.more)}"


def _item(item: Item) -> Iterator[str]:
    lines = [f"- **{_link(Link(item.title, item.address))}**"]
    if item.before is not None:
        lines.append(f"  Before: {escaped(item.before)}")
    lines += [f"  {escaped(fact)}" for fact in item.facts]
    if item.tags:
        lines.append(f"  _{escaped(', '.join(item.tags))}_")
    yield "\\\n".join(lines)  # a backslash at the end of a line breaks it there


def _foot(outline: Outline) -> Iterator[str]:
    yield ""
    yield "---"
    if outline.links:
        yield ""
        yield " · ".join(map(_link, outline.links))
    for line in outline.footer:
        yield ""
        yield escaped(line)


def _link(link: Link) -> str:
    return f"[{escaped(link.text)}](<{link.address}>)" if link.address else escaped(link.text)


def escaped(words: str) -> str:
    """Put quoted text on one line, escaped so that it is shown as it is."""
    found = _SPECIAL.sub(lambda match: "\\" + match[0], " ".join(words.split()))
    return _NUMBERED.sub(r"\1\\\2", found)
