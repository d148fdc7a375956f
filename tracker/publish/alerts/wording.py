"""Put a message into words: its subject, and the blocks that email and push services render in their own way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from tracker.analyse.text import shortened, tidy
from tracker.analyse.urls import on_the_web
from tracker.publish.alerts.message import Item, Message, Spiked, Trouble
from tracker.publish.formatting import counted, day, short_day, zoned

_TITLE = 220
_SUBJECT = 150
_NAMES = 6
_UNSAFE = {ord(character): quote(character) for character in "<>\"'`\\{}|^()[] "}

SUBJECT: Final = "Coverage tracker"
"""Subject prefix of messages about the tracker itself."""


@dataclass(frozen=True, slots=True)
class Block:
    """One thing to report: a line, labelled links, and facts in small print."""

    title: str
    facts: tuple[str, ...] = ()
    address: str | None = None
    page: str | None = None
    """Its page on the site."""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class MessageWording:
    """How messages are worded: time zone, links to the site if it has an address, and whom to ask."""

    zone: ZoneInfo
    site: str | None
    contact: str

    def subject(self, message: Message) -> str:
        """Return the subject line, which says the most important part."""
        kinds = [
            (len(message.items) + message.more, "story", "stories"),
            (len(message.spikes), "spike", "spikes"),
            (len(message.troubles), "notice", "notices"),
        ]
        first = next(self.blocks(message), None)
        said = first.title if first else ""
        count = sum(number for number, _, _ in kinds)
        if count > 1:
            said = f"{', '.join(counted(number, one, many) for number, one, many in kinds if number)}: {said}"
        own = f"{SUBJECT}: " if message.troubles and not (message.items or message.spikes) else ""
        return shortened(f"{own}{said}", _SUBJECT)

    def blocks(self, message: Message) -> Iterator[Block]:
        """Yield the content, spikes and problems first: they are few and pressing."""
        yield from map(self._spike, message.spikes)
        yield from map(_trouble, message.troubles)
        yield from map(self._item, message.items)
        if message.more:
            title = f"and {counted(message.more, 'more story', 'more stories')} that did not fit in this message"
            yield Block(title, address=self.site)

    def footer(self, message: Message) -> str:
        """Say why the recipient gets this, and whom to ask."""
        found = {spiked.alert for spiked in message.spikes} | {one.alert for one in message.troubles if one.alert}
        alerts = sorted(found.union(*(item.alerts for item in message.items)))
        names = f"the alerts {', '.join(alerts)}" if alerts else "`operator_alerts`"
        return (
            f"Sent to {message.recipient}, as feeds.yaml says under {names}; each story is sent once. "
            f"For questions, or to stop these messages: {self.contact}"
        )

    def page(self, path: str) -> str | None:
        """Return a page of the site; None if the site has no address."""
        return f"{self.site.rstrip('/')}{path}" if self.site else None

    def _item(self, item: Item) -> Block:
        news = item.news
        others = len(news.sources) - _NAMES
        names = ", ".join(map(line, news.sources[:_NAMES])) + (f" and {others} more" if others > 0 else "")
        weight = f"{counted(news.articles, 'report')} of {counted(news.owners, 'owner')}: " if news.articles > 1 else ""
        began = f"first {line(news.first.source)}, " if news.articles > 1 else ""
        return Block(
            title=line(news.head.title) or "(no title)",
            facts=(f"{weight}{names}; {began}{self._at(news.first.at)}", f"Alert: {', '.join(item.alerts)}"),
            address=publisher(news.head.url),
            page=self.page(f"/story/{news.story}" if news.story else f"/article/{news.head.id}"),
            language=news.head.language,
        )

    def _spike(self, spiked: Spiked) -> Block:
        found = spiked.spike
        usual = "fewer than 1" if found.expected < 1 else f"{found.expected:.{0 if found.expected >= 10 else 1}f}"
        volume = f"{counted(found.count, 'article')} on {short_day(spiked.day)}, usually {usual}"
        return Block(
            title=f"Spike: {line(spiked.label)}, {volume}",
            facts=(f"{day(spiked.day)}, of {counted(spiked.owners, 'owner')}", f"Alert: {spiked.alert}"),
            page=self.page(f"/tag/{spiked.tag}") if spiked.tag else None,
        )

    def _at(self, moment: datetime) -> str:
        return zoned(moment, self.zone)


def line(text: str) -> str:
    """Put quoted text on one line, without invisible characters or those that reverse text direction."""
    return shortened(tidy(text), _TITLE)


def publisher(url: str) -> str | None:
    """Return an article's address at its publisher, escaped so that nothing ends a link; None if not on the web."""
    return url.translate(_UNSAFE) if on_the_web(url) else None


def _trouble(trouble: Trouble) -> Block:
    return Block(title=line(trouble.said))
