"""A local server that replays the demo's feeds as of the time on its clock, in RSS 2.0, Atom 1.0 or RDF (RSS 1.0)."""

import asyncio
import hashlib
import socket
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import uvicorn

from tracker.demo.content import DemoEntry, DemoFeed, Version
from tracker.models import utc_text

Headers = dict[str, str]

_ATOM = "http://www.w3.org/2005/Atom"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RSS1 = "http://purl.org/rss/1.0/"
_DC = "http://purl.org/dc/elements/1.1/"

CONTENT_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "rdf": "application/rdf+xml"}

LOGIN_PAGE = b"<!DOCTYPE html><html><title>Please log in</title><body><h1>Please log in</h1></body></html>"


class Replay:
    """An ASGI application with a clock; the caller sets `now`."""

    def __init__(self, feeds: Sequence[DemoFeed], now: datetime) -> None:
        self.now = now
        self._feeds = {f"/{feed.source.id}/{feed.path}": feed for feed in feeds}
        self._documents: dict[tuple[object, ...], bytes] = {}

    def address(self, feed: DemoFeed, port: int) -> str:
        """Return the URL of a feed while the server listens on `port`."""
        return f"http://127.0.0.1:{port}/{feed.source.id}/{feed.path}"

    async def __call__(
        self, scope: dict[str, Any], _receive: object, send: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        """Answer a request."""
        asked = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        status, headers, body = self.answer(scope["path"], asked.get("if-none-match"))
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    def answer(self, path: str, etag_known: str | None) -> tuple[int, Headers, bytes]:
        """Return status, headers and body for a path, as of `now`."""
        feed = self._feeds.get(path)
        if feed is None:
            return 404, {"content-type": "text/plain"}, b"no such feed"
        match feed.trouble(self.now):
            case "http-503":
                return 503, {"retry-after": "3600"}, b""
            case "gone":
                return 410, {}, b""
            case "html":
                return 200, {"content-type": "text/html; charset=utf-8"}, LOGIN_PAGE
        body = self._document(feed)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if etag == etag_known:
            return 304, {"etag": etag}, b""
        return 200, {"content-type": f"{CONTENT_TYPES[feed.format]}; charset=utf-8", "etag": etag}, body

    def _document(self, feed: DemoFeed) -> bytes:
        """Return the document as of `now`, rendered once for each state of the feed."""
        state = (feed.source.id, feed.trouble(self.now), *feed.shown(self.now))
        if state not in self._documents:
            self._documents[state] = document(feed, self.now)
        return self._documents[state]


@asynccontextmanager
async def serving(replay: Replay) -> AsyncIterator[int]:
    """Serve the replay on a free port of 127.0.0.1 during the body; yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(replay, log_level="warning", lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([listener]))  # noqa: SLF001  serve() would take over the signals
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        await task


def document(feed: DemoFeed, now: datetime) -> bytes:
    """Return the document as of `now`; malformed XML if that is the feed's fault at the time."""
    root = _MAKERS[feed.format](feed, now)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    if feed.trouble(now) == "malformed":
        return text.replace(b"<title>", b"<title>& ", 1).rsplit(b"</", 3)[0]
    return text


def _rss(feed: DemoFeed, now: datetime) -> ET.Element:
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _texts(channel, title=feed.source.name, link=_site(feed), description=f"{feed.source.name} (fictional)")
    _texts(channel, language=feed.source.language or "en")
    for entry, version in feed.shown(now):
        item = ET.SubElement(channel, "item")
        _texts(item, title=version.title, link=entry.link, description=version.summary)
        ET.SubElement(item, "guid", isPermaLink="false").text = entry.link
        if entry.author:
            ET.SubElement(item, f"{{{_DC}}}creator").text = entry.author
        if entry.published:
            ET.SubElement(item, "pubDate").text = format_datetime(entry.published)
    return root


def _atom(feed: DemoFeed, now: datetime) -> ET.Element:
    root = ET.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": feed.source.language or "en"})
    shown = feed.shown(now)
    updated = max((version.since for _, version in shown), default=now)
    for name, text in (("title", feed.source.name), ("id", _site(feed)), ("updated", utc_text(updated))):
        ET.SubElement(root, f"{{{_ATOM}}}{name}").text = text
    for entry, version in shown:
        root.append(_atom_entry(entry, version))
    return root


def _atom_entry(entry: DemoEntry, version: Version) -> ET.Element:
    item = ET.Element(f"{{{_ATOM}}}entry")
    ET.SubElement(item, f"{{{_ATOM}}}title").text = version.title
    ET.SubElement(item, f"{{{_ATOM}}}link", href=entry.link)
    ET.SubElement(item, f"{{{_ATOM}}}id").text = entry.link
    if entry.published:
        ET.SubElement(item, f"{{{_ATOM}}}published").text = utc_text(entry.published)
        ET.SubElement(item, f"{{{_ATOM}}}updated").text = utc_text(version.since)
    if entry.author:
        author = ET.SubElement(item, f"{{{_ATOM}}}author")
        ET.SubElement(author, f"{{{_ATOM}}}name").text = entry.author
    ET.SubElement(item, f"{{{_ATOM}}}summary", type="html").text = version.summary
    return item


def _rdf(feed: DemoFeed, now: datetime) -> ET.Element:
    root = ET.Element(f"{{{_RDF}}}RDF")
    channel = ET.SubElement(root, f"{{{_RSS1}}}channel", {f"{{{_RDF}}}about": _site(feed)})
    for name, text in (("title", feed.source.name), ("link", _site(feed)), ("description", feed.source.name)):
        ET.SubElement(channel, f"{{{_RSS1}}}{name}").text = text
    for entry, version in feed.shown(now):
        item = ET.SubElement(root, f"{{{_RSS1}}}item", {f"{{{_RDF}}}about": entry.link})
        for name, text in (("title", version.title), ("link", entry.link), ("description", version.summary)):
            ET.SubElement(item, f"{{{_RSS1}}}{name}").text = text
        if entry.author:
            ET.SubElement(item, f"{{{_DC}}}creator").text = entry.author
        if entry.published:
            ET.SubElement(item, f"{{{_DC}}}date").text = utc_text(entry.published)
    return root


def _texts(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = text


def _site(feed: DemoFeed) -> str:
    return f"https://{feed.source.id}.example/"


_MAKERS = {"rss": _rss, "atom": _atom, "rdf": _rdf}
