"""A local server that replays the demo's feeds: one document per feed, as of the time on its clock."""

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import uvicorn

from tracker.demo.content import DemoFeed
from tracker.demo.documents import CONTENT_TYPES, LOGIN_PAGE, document

Headers = dict[str, str]


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
