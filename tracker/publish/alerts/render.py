"""Render a message as an email, as a short note for push services, and as webhook JSON.

The email has inline styles, no remote content and no script. Services such as ntfy and Slack page people at `@everyone`
or `<!channel>` and make links of `[words](address)`; quoted text must do neither, so these signs are replaced by their
full-width forms, which look the same and have no effect. docs/alerts.md defines each key of the JSON, and no key
changes its meaning.
"""

import json
from collections.abc import Iterator
from html import escape
from typing import Any, Final

from tracker.models import utc_text
from tracker.publish.alerts.message import Item, Message, Report, Spiked, digest_of
from tracker.publish.alerts.wording import Block, MessageWording, line, publisher
from tracker.publish.formatting import number as number_of
from tracker.publish.mail import Letter

VERSION: Final = 1
"""Of the webhook's JSON."""

NOTE_LENGTH: Final = 1000
"""Characters; below the limit of the strictest well-known service (Pushover, 1,024)."""

_BODY = "margin:0;padding:16px;font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#ffffff"
_SMALL = "margin:2px 0;font-size:14px;color:#555555"
_TITLE = "margin:0;font-weight:600"
_LINK = "color:#0b57a4"

_SIGNS = str.maketrans({"@": "＠", "<": "‹", ">": "›", "[": "［", "]": "］", "`": "ˋ", "*": "∗", "_": "＿", "~": "∼"})


def letter(message: Message, wording: MessageWording) -> Letter:
    """Return a message as an email."""
    blocks, footer = list(wording.blocks(message)), wording.footer(message)
    subject = wording.subject(message)
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


def note(message: Message, wording: MessageWording) -> tuple[str, str]:
    """Return the title and the text, with as many stories as fit."""
    paragraphs = list(_paragraphs(message, wording))
    shown: list[str] = []
    for number, one in enumerate(paragraphs):
        rest = len(paragraphs) - number - 1
        if sum(map(len, shown)) + 2 * len(shown) + len(one) + (40 if rest else 0) > NOTE_LENGTH and shown:
            shown.append(f"and {number_of(len(paragraphs) - number)} more")
            break
        shown.append(one)
    return wording.subject(message).translate(_SIGNS), "\n\n".join(shown)


def _paragraphs(message: Message, wording: MessageWording) -> Iterator[str]:
    """Yield each block as its title, its first fact and an address: the publisher's or, if too long, the site's."""
    for block in wording.blocks(message):
        addresses = [address for address in (block.page, block.address) if address and len(address) <= NOTE_LENGTH // 3]
        words = [block.title, *block.facts[:1]]
        yield "\n".join([*(word.translate(_SIGNS) for word in words), *addresses[-1:]])


def payload(message: Message, wording: MessageWording, event: str = "alert") -> bytes:
    """Return the body of a webhook, in UTF-8."""
    body = {
        "version": VERSION,
        "event": event,
        "delivery": message.delivery,
        "written_at": utc_text(message.written_at),
        "recipient": message.recipient,
        "contact": wording.contact,
        "stories": [_story_json(item, wording) for item in message.items],
        "more": message.more,
        "spikes": [_spike_json(spiked) for spiked in message.spikes],
        "notices": [
            {"id": trouble.subject, "text": line(trouble.said), "over": trouble.over} for trouble in message.troubles
        ],
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _story_json(item: Item, wording: MessageWording) -> dict[str, Any]:
    news = item.news
    return {
        "id": digest_of(item.keys),
        "alerts": list(item.alerts),
        "story": news.story,
        "page": wording.page(f"/story/{news.story}" if news.story else f"/article/{news.head.id}"),
        **_report_json(news.head),
        "first": _report_json(news.first),
        "reports": news.articles,
        "owners": news.owners,
        "sources": [line(source) for source in news.sources],
        "tags": [{"id": tag, "label": label} for tag, label in news.tags],
    }


def _report_json(report: Report) -> dict[str, Any]:
    return {
        "article": report.id,
        "title": line(report.title),
        "url": publisher(report.url),
        "language": report.language,
        "source": {"id": report.source_id, "name": line(report.source)},
        "at": utc_text(report.at),
    }


def _spike_json(spiked: Spiked) -> dict[str, Any]:
    return {
        "id": digest_of([spiked.key]),
        "alert": spiked.alert,
        "tag": spiked.tag,
        "label": spiked.label,
        "day": str(spiked.day),
        "articles": spiked.spike.count,
        "usually": round(spiked.spike.expected, 2),
        "owners": spiked.owners,
    }
