"""Render a message as webhook JSON; docs/alerts.md defines each key, and no key changes its meaning."""

import json
from typing import Any, Final

from tracker.models import utc_text
from tracker.publish.alerts.message import Item, Message, Spiked, digest_of
from tracker.publish.alerts.news import Report
from tracker.publish.alerts.wording import Telling, line, publisher

VERSION: Final = 1


def payload(message: Message, telling: Telling, event: str = "alert") -> bytes:
    """Return the body of a webhook, in UTF-8."""
    body = {
        "version": VERSION,
        "event": event,
        "delivery": message.delivery,
        "written_at": utc_text(message.written_at),
        "recipient": message.recipient,
        "contact": telling.contact,
        "stories": [_story(item, telling) for item in message.items],
        "more": message.more,
        "spikes": [_spike(spiked) for spiked in message.spikes],
        "notices": [
            {"id": trouble.subject, "text": line(trouble.said), "over": trouble.over} for trouble in message.troubles
        ],
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _story(item: Item, telling: Telling) -> dict[str, Any]:
    news = item.news
    return {
        "id": digest_of(item.keys),
        "alerts": list(item.alerts),
        "story": news.story,
        "page": telling.page(f"/story/{news.story}" if news.story else f"/article/{news.head.id}"),
        **_report(news.head),
        "first": _report(news.first),
        "reports": news.articles,
        "owners": news.owners,
        "sources": [line(source) for source in news.sources],
        "tags": [{"id": tag, "label": label} for tag, label in news.tags],
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "article": report.id,
        "title": line(report.title),
        "url": publisher(report.url),
        "language": report.language,
        "source": {"id": report.source_id, "name": line(report.source)},
        "at": utc_text(report.at),
    }


def _spike(spiked: Spiked) -> dict[str, Any]:
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
