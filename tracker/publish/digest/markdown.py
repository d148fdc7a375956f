"""A paper as Markdown (CommonMark and GitHub's): the only module that knows how it is written, and escaped."""

import re
from collections.abc import Iterator

from tracker.publish.digest.outline import Item, Link, Outline, Section

# What has a meaning within a line, or at the beginning of one, and what makes an address or a mention of plain text.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>&#|~$^!@=+-])|(?<=[A-Za-z])(:)(?=//)|(?<=www)(\.)|(?<=^\d)([.)])", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d+)([.)])")


def text(paper: Outline) -> str:
    """The paper, ending with a line break."""
    lines = [*_head(paper), *(line for section in paper.sections for line in _section(section)), *_foot(paper)]
    return "\n".join(lines) + "\n"


def _head(paper: Outline) -> Iterator[str]:
    yield f"# {escaped(paper.title)}"
    yield ""
    yield f"{escaped(paper.kicker)}: {escaped(paper.lead)}."
    yield ""
    yield "| | | |"
    yield "| ---: | --- | --- |"
    for figure in paper.figures:
        yield f"| **{figure.number}** | {escaped(figure.label)} | {escaped(figure.usual)} |"
    for warning in paper.warnings:
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


def _foot(paper: Outline) -> Iterator[str]:
    yield ""
    yield "---"
    if paper.links:
        yield ""
        yield " · ".join(map(_link, paper.links))
    for line in paper.footer:
        yield ""
        yield escaped(line)


def _link(link: Link) -> str:
    return f"[{escaped(link.text)}](<{link.address}>)" if link.address else escaped(link.text)


def escaped(words: str) -> str:
    """Words of others on one line, such that they are shown as they are and mean nothing."""
    found = _SPECIAL.sub(lambda match: "\\" + match[0], " ".join(words.split()))
    return _NUMBERED.sub(r"\1\\\2", found)
