"""Render a message as an email in plain text and HTML: inline styles, no remote content, no script."""

from collections.abc import Iterator
from html import escape

from tracker.publish.alerts.message import Message
from tracker.publish.alerts.wording import Block, Telling
from tracker.publish.mail import Letter

_BODY = "margin:0;padding:16px;font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#ffffff"
_SMALL = "margin:2px 0;font-size:14px;color:#555555"
_TITLE = "margin:0;font-weight:600"
_LINK = "color:#0b57a4"


def letter(message: Message, telling: Telling) -> Letter:
    """Return a message as an email."""
    blocks, footer = list(telling.blocks(message)), telling.footer(message)
    subject = telling.subject(message)
    return Letter(message.delivery, subject, _text(blocks, footer), _html(subject, blocks, footer), message.written_at)


def _text(blocks: list[Block], footer: str) -> str:
    parts = ["\n".join(_lines(block)) for block in blocks]
    return "\n\n".join((*parts, "-- \n" + footer)) + "\n"


def _lines(block: Block) -> Iterator[str]:
    yield block.title
    yield from (f"  {fact}" for fact in block.facts)
    yield from (f"  {address}" for address in (block.address, block.page) if address)


def _html(subject: str, blocks: list[Block], footer: str) -> str:
    inside = "\n".join("".join(_elements(block)) for block in blocks)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(subject)}</title></head>'
        f'<body style="{_BODY}">\n{inside}\n<p style="{_SMALL}">{escape(footer)}</p></body></html>\n'
    )


def _elements(block: Block) -> Iterator[str]:
    language = f' lang="{escape(block.language)}"' if block.language else ""
    title = f'<bdi{language} dir="auto">{escape(block.title)}</bdi>'
    yield '<div style="margin:0 0 18px">'
    yield f'<p style="{_TITLE}">{_link(block.address, title)}</p>'
    yield from (f'<p style="{_SMALL}">{escape(fact)}</p>' for fact in block.facts)
    if block.page:
        yield f'<p style="{_SMALL}">{_link(block.page, "on the site of the tracker")}</p>'
    yield "</div>"


def _link(address: str | None, inside: str) -> str:
    return f'<a href="{escape(address)}" style="{_LINK}">{inside}</a>' if address else inside
