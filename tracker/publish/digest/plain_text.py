"""Render a digest outline as plain text: lines of at most 76 characters, addresses on their own lines."""

import textwrap
from collections.abc import Iterator

from tracker.publish.digest.outline import Item, Link, Outline, Section

_WIDTH = 76


def text(outline: Outline) -> str:
    """Return the digest, ending with a line break."""
    lines = [*_head(outline), *(line for section in outline.sections for line in _section(section)), *_foot(outline)]
    return "\n".join(lines) + "\n"


def _head(outline: Outline) -> Iterator[str]:
    yield outline.kicker
    yield outline.title
    yield "=" * len(outline.title)
    yield ""
    yield from _wrapped(outline.lead[:1].upper() + outline.lead[1:] + ".")
    yield ""
    width = max(len(figure.number) for figure in outline.figures)
    for figure in outline.figures:
        yield f"{figure.number:>{width + 2}}  {figure.label}: {figure.usual}"
    for warning in outline.warnings:
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


def _foot(outline: Outline) -> Iterator[str]:
    yield ""
    yield ""
    yield "-" * _WIDTH
    for link in outline.links:
        yield from _link(link)
    for line in outline.footer:
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
