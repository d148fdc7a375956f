"""A paper as plain text: lines of 76 characters at most, addresses on lines of their own."""

import textwrap
from collections.abc import Iterator

from tracker.publish.digest.outline import Item, Link, Outline, Section

_WIDTH = 76


def text(paper: Outline) -> str:
    """The paper, ending with a line break."""
    lines = [*_head(paper), *(line for section in paper.sections for line in _section(section)), *_foot(paper)]
    return "\n".join(lines) + "\n"


def _head(paper: Outline) -> Iterator[str]:
    yield paper.kicker
    yield paper.title
    yield "=" * len(paper.title)
    yield ""
    yield from _wrapped(paper.lead[:1].upper() + paper.lead[1:] + ".")
    yield ""
    width = max(len(figure.number) for figure in paper.figures)
    for figure in paper.figures:
        yield f"{figure.number:>{width + 2}}  {figure.label}: {figure.usual}"
    for warning in paper.warnings:
        yield ""
        yield from _wrapped(warning, "! ")


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield ""
    yield section.heading.upper()
    yield "-" * len(section.heading)
    if section.note:
        yield from _wrapped(section.note)
    for item in section.items:
        yield ""
        yield from _item(item)
    if section.more:
        yield ""
        yield from _link(section.more)


def _item(item: Item) -> Iterator[str]:
    yield from _wrapped(item.title, "* ")
    if item.before is not None:
        yield from _wrapped(f"Before: {item.before}", "  ")
    for fact in item.facts:
        yield from _wrapped(fact, "  ")
    if item.tags:
        yield from _wrapped(f"[{', '.join(item.tags)}]", "  ")
    if item.address:
        yield f"  {item.address}"


def _link(link: Link) -> Iterator[str]:
    yield from _wrapped(link.text, "")
    if link.address:
        yield f"  {link.address}"


def _foot(paper: Outline) -> Iterator[str]:
    yield ""
    yield ""
    yield "-" * _WIDTH
    for link in paper.links:
        yield from _link(link)
    for line in paper.footer:
        yield from _wrapped(line)


def _wrapped(words: str, mark: str = "") -> list[str]:
    return textwrap.wrap(
        words,
        _WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
