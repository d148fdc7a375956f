"""What every request passes on its way to Datasette: what is refused and what is known already.

Pure ASGI; knows neither the database nor the pages.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tracker.web.known_addresses import Address, address_of, cleaned
from tracker.web.metrics import Metrics
from tracker.web.response_cache import FOR_EVER, REVALIDATED, Answers, Freshness, is_known
from tracker.web.response_headers import UNKEPT, App, Header, Message, Outgoing, Receive, Send

_ROBOTS: Final = """\
User-agent: *
Disallow: {base}tracker/*?
Disallow: {base}tracker/*.csv
Disallow: {base}tracker/*.json
Disallow: {base}search
Disallow: {base}compare
Disallow: {base}sql
"""


_AT_ONCE: Final = 8
"""Pages that are made at once: more would not be ready sooner, and hold up the rounds of polling in the same loop."""

_UNDER_WAY: Final = 128
"""Answers that are made or wait for it; fewer than may be connected, so that there is always somebody to send away."""

_BUSY: Final = "Too many visitors ask at once. Please try again in a moment.\n"


@dataclass(frozen=True, slots=True)
class SiteContext:
    """What the gate knows of the site behind it.

    `robots` False asks search engines to stay away; `static_version` is what stands in the addresses of the files that
    never change under one address. `ailment` says what is wrong with the process, None when nothing is; `doubt` why it
    may be well and the feeds not looked at.
    """

    base_url: str
    robots: bool
    static_version: str
    freshness: Freshness
    metrics: Metrics
    ailment: Callable[[], Awaitable[str | None]]
    doubt: Callable[[], Awaitable[str | None]]


class Gate:
    """The app behind its gate."""

    def __init__(self, app: App, house: SiteContext) -> None:
        self._app = app
        self._house = house
        self._answers = Answers()
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._under_way = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        address = address_of(scope, self._house.base_url)
        clock = asyncio.get_running_loop().time
        begun = clock()
        out = Outgoing(send, scope["method"], self._robots_tag(address))
        try:
            await self._answer(scope, receive, out, address)
        finally:
            self._house.metrics.served(address.kind, out.status, clock() - begun)

    async def _answer(self, scope: Message, receive: Receive, out: Outgoing, address: Address) -> None:
        """What is said without asking Datasette, or what Datasette says."""
        if address.path == "/healthz":
            ailment = await self._house.ailment()
            doubt = None if ailment else await self._house.doubt()
            await out.text(503 if ailment else 200, "".join(f"{line}\n" for line in (ailment or "ok", doubt) if line))
        elif address.path == "/metrics":
            body, kind = await self._house.metrics.text()
            await out.whole(200, [(b"content-type", kind.encode()), UNKEPT], body)
        elif address.path == "/robots.txt":
            await out.text(200, self._robots())
        elif address.closed:
            await out.text(404, "Not found\n")
        elif scope["method"] not in {"GET", "HEAD"}:
            await out.text(405, "This site only answers questions: GET and HEAD.\n", (b"allow", b"GET, HEAD"))
        elif address.refusal:
            await out.text(400, f"{address.refusal}\n")
        elif self._under_way >= _UNDER_WAY:
            await out.text(503, _BUSY, (b"retry-after", b"30"))
        else:
            self._under_way += 1
            try:
                await self._page(scope, receive, out, address)
            finally:
                self._under_way -= 1

    async def _page(self, scope: Message, receive: Receive, out: Outgoing, address: Address) -> None:
        """A page: not at all when who asks has it, from memory, or from Datasette."""
        if address.kind == "static":
            fixed = ("v", self._house.static_version) in address.query
            out.extra = [FOR_EVER if fixed else REVALIDATED]
            await self._app(cleaned(scope, address), receive, out)
            return
        state = self._house.freshness.state()
        if state is None:
            await self._app(cleaned(scope, address), receive, out)
            return
        host = b"".join(value for name, value in scope["headers"] if name == b"host").decode("latin-1")
        tag = self._house.freshness.tag(state, scope["scheme"], host, address.path, address.raw_query)
        validators = [(b"etag", tag), REVALIDATED]
        known = self._answers.get(state, tag)
        if is_known(tag, scope["headers"]):
            await out.whole(304, validators, b"")
        elif known is not None:
            await out.whole(200, [*known.headers, *validators], known.body)
        else:
            out.extra = validators
            # Only a stream ends itself at HEAD; a page is made to know its length.
            method = scope["method"] if address.kind == "csv" else "GET"
            async with contextlib.nullcontext() if address.lasting else self._at_once:
                await self._app(dict(cleaned(scope, address), method=method), receive, out)
            if out.kept is not None:
                self._answers.keep(state, tag, out.kept)

    def _robots(self) -> str:
        if not self._house.robots:
            return "User-agent: *\nDisallow: /\n"
        return _ROBOTS.format(base=self._house.base_url)

    def _robots_tag(self, address: Address) -> list[Header]:
        if not self._house.robots:
            return [(b"x-robots-tag", b"noindex, nofollow")]
        return [(b"x-robots-tag", b"noindex")] if address.endless else []
