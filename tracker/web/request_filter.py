"""Classify requests by their URL alone, and answer or refuse them before they reach Datasette.

Pure ASGI; knows neither the database nor the pages.
"""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode

from tracker.web.metrics import Metrics
from tracker.web.response_cache import FOR_EVER, REVALIDATED, CompleteResponse, Freshness, ResponseCache, is_current
from tracker.web.response_headers import NO_STORE, App, Header, Message, Outgoing, Receive, Send

# Datasette's own pages under /-/ show file paths, settings, plugins and threads, or are for signing in. All are
# blocked, so that a page added by a new Datasette or a plugin stays closed until it is opened.
_INTERNAL: Final = re.compile(r"^/+(-(/|$)|\.json|_internal|_memory|:memory:)")

_LENGTH: Final = 6000
_PARAMETERS: Final = 80
_MOST_COUNTED: Final = 6
"""Limits of a URL: query characters, parameters, and facet parameters."""

_IGNORED: Final = {"_timelimit", "_ttl", "_trace", "_fts_table", "_fts_pk"}
"""Datasette parameters that visitors may not set: its limits, and where it searches."""

_NUMBER: Final = re.compile(r"(max|[0-9]{1,9})?")
_KINDS: Final = (
    ("release", re.compile(r"^/releases/.")),
    ("csv", re.compile(r"\.csv$")),
    ("atom", re.compile(r"\.atom$")),
    ("json", re.compile(r"\.jsono?$")),
    ("static", re.compile(r"^/(static/|favicon\.ico)")),
    ("front", re.compile(r"^/$")),
    ("row", re.compile(r"^/tracker/[^/]+/.")),
    ("table", re.compile(r"^/tracker/.")),
    ("data", re.compile(r"^/tracker/?$")),
)
_PROBES: Final = {"healthz", "metrics"}
"""What programs ask for, answered before Datasette."""

Scope = MutableMapping[str, Any]

_ROBOTS: Final = """\
User-agent: *
Disallow: {base}tracker/*?
Disallow: {base}tracker/*.csv
Disallow: {base}tracker/*.json
"""


_MAX_RENDERING: Final = 8
"""Pages rendered concurrently: more would be no faster, and would delay polling in the same event loop."""

_MAX_PENDING: Final = 128
"""Responses in progress or waiting; below the connection limit, so that a 503 can always be sent."""

_BUSY: Final = "Too many visitors ask at once. Please try again in a moment.\n"


@dataclass(frozen=True, slots=True)
class Address:
    """The target of a request: `path` as Datasette will route it, not decoded, without the base URL.

    `pages` are the first words of the addresses of the site's own pages, and whether those are unbounded.
    """

    path: str
    query: tuple[tuple[str, str], ...]
    raw_query: str
    pages: Mapping[str, bool]

    @property
    def closed(self) -> bool:
        """Whether the page is blocked, whatever Datasette has there."""
        return any(_INTERNAL.match(form) for form in (self.path, unquote(self.path)))

    @property
    def kind(self) -> str:
        """The kind of page, one of a few words, for metrics."""
        for kind, pattern in _KINDS:
            if pattern.search(self.path):
                return kind
        first = self.path.split("/")[1]
        return first if first in self.pages or first in _PROBES else "other"

    @property
    def slow(self) -> bool:
        """Whether the request may be slow and has its own concurrency limit: whole tables, releases and SQL queries."""
        return self.kind in {"csv", "release", "sql"} or self.path.startswith("/sql.")

    @property
    def unbounded(self) -> bool:
        """Whether the URL belongs to an unbounded set or is data in another format."""
        return (
            self.kind in {"csv", "json", "atom"}
            or self.pages.get(self.kind, False)
            or (bool(self.query) and self.path.startswith("/tracker"))
        )

    @property
    def refusal(self) -> str | None:
        """Why the query is refused, as a sentence; None if it is accepted."""
        names = [name for name, _ in self.query]
        if len(self.raw_query) > _LENGTH or len(names) > _PARAMETERS:
            return "This address is too long."
        if sum(name.startswith("_facet") and name != "_facet_size" for name in names) > _MOST_COUNTED:
            return f"An address can ask for at most {_MOST_COUNTED} columns to be counted."
        for name, value in self.query:
            if name in {"_size", "_facet_size"} and not _NUMBER.fullmatch(value):
                return f"{name} must be a number of rows, or max."
        return None


def address_of(scope: Scope, base_url: str, pages: Mapping[str, bool]) -> Address:
    """Return the address that a request asks for on a site with these pages."""
    raw = scope.get("raw_path")
    path: str = raw.decode("ascii", "replace").partition("?")[0] if raw else scope["path"]
    if base_url != "/" and f"{path}/".startswith(base_url):
        path = "/" + path[len(base_url) :]
    query = scope["query_string"].decode("latin-1")
    return Address(path, tuple(parse_qsl(query, keep_blank_values=True)), query, pages)


def sanitised(scope: Scope, address: Address) -> Scope:
    """Return the request for Datasette without parameters it should ignore and without credentials.

    An empty search is dropped; Datasette would call it a syntax error. Nobody can sign in here, so cookies and
    passwords change nothing, and a response is the same for everybody.
    """
    kept = [
        (name, value)
        for name, value in address.query
        if name not in _IGNORED and (name != "_search" or value.strip(' "'))
    ]
    headers = [(name, value) for name, value in scope["headers"] if name not in {b"cookie", b"authorization"}]
    # Datasette prefixes the base URL to URLs it derives from the request's, so it must not be there already.
    changed: dict[str, Any] = {"headers": headers, "raw_path": address.path.encode(), "path": unquote(address.path)}
    if kept != list(address.query):
        changed["query_string"] = urlencode(kept).encode("latin-1")
    return dict(scope, **changed)


@dataclass(frozen=True, slots=True)
class SiteContext:
    """What the gate knows of the site behind it.

    `pages` are the first words of its own pages' addresses, and whether those are unbounded. `robots` False asks search
    engines to stay away; `static_version` is the version in the URLs of immutable static files, `static` holds these by
    path. `process_problem` returns what is wrong with the process, None if nothing; `doubt` why feeds may not be polled
    although the process is healthy.
    """

    base_url: str
    pages: Mapping[str, bool]
    robots: bool
    static_version: str
    static: Mapping[str, CompleteResponse]
    freshness: Freshness
    metrics: Metrics
    process_problem: Callable[[], Awaitable[str | None]]
    doubt: Callable[[], Awaitable[str | None]]


class Gate:
    """An ASGI app that filters, caches and counts requests to another one."""

    def __init__(self, app: App, context: SiteContext) -> None:
        self._app = app
        self._context = context
        self._cache = ResponseCache()
        self._rendering = asyncio.Semaphore(_MAX_RENDERING)
        self._pending = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        address = address_of(scope, self._context.base_url, self._context.pages)
        clock = asyncio.get_running_loop().time
        started = clock()
        out = Outgoing(send, scope, self._context.base_url, self._robots_tag(address))
        try:
            await self._answer(scope, receive, out, address)
        finally:
            self._context.metrics.served(address.kind, out.status, clock() - started)

    async def _answer(self, scope: Message, receive: Receive, out: Outgoing, address: Address) -> None:
        """Answer without Datasette where possible, else through it."""
        if address.path == "/healthz":
            process_problem = await self._context.process_problem()
            doubt = None if process_problem else await self._context.doubt()
            await out.text(
                503 if process_problem else 200,
                "".join(f"{line}\n" for line in (process_problem or "ok", doubt) if line),
            )
        elif address.path == "/metrics":
            body, kind = await self._context.metrics.text()
            await out.whole(200, [(b"content-type", kind.encode()), NO_STORE], body)
        elif address.path == "/robots.txt":
            await out.text(200, self._robots(scope))
        elif address.closed:
            await out.text(404, "Not found\n")
        elif scope["method"] not in {"GET", "HEAD"}:
            await out.text(405, "This site only answers questions: GET and HEAD.\n", (b"allow", b"GET, HEAD"))
        elif address.refusal:
            await out.text(400, f"{address.refusal}\n")
        elif self._pending >= _MAX_PENDING:
            await out.text(503, _BUSY, (b"retry-after", b"30"))
        else:
            self._pending += 1
            try:
                await self._page(scope, receive, out, address)
            finally:
                self._pending -= 1

    async def _page(self, scope: Message, receive: Receive, out: Outgoing, address: Address) -> None:
        """Send a page: 304 if the client has it, else from the cache, else from Datasette."""
        if address.kind == "static":
            fixed = ("v", self._context.static_version) in address.query
            out.extra = [FOR_EVER if fixed else REVALIDATED]
            file = self._context.static.get(address.path)
            if file is not None:
                await out.cached(file, out.extra)
            else:
                await self._app(sanitised(scope, address), receive, out)
            return
        state = self._context.freshness.state()
        if state is None:
            await self._app(sanitised(scope, address), receive, out)
            return
        tag = self._context.freshness.tag(state, scope["scheme"], _host(scope), address.path, address.raw_query)
        validators = [(b"etag", tag), REVALIDATED]
        known = self._cache.get(state, tag)
        if is_current(tag, scope["headers"]):
            await out.whole(304, validators, b"")
        elif known is not None:
            await out.cached(known, validators)
        else:
            out.extra = validators
            # Only a stream stops by itself at HEAD; a page is rendered to know its length.
            method = scope["method"] if address.kind in {"csv", "release"} else "GET"
            async with contextlib.nullcontext() if address.slow else self._rendering:
                await self._app(dict(sanitised(scope, address), method=method), receive, out)
            if out.kept is not None:
                self._cache.keep(state, tag, out.kept)

    def _robots(self, scope: Message) -> str:
        if not self._context.robots:
            return "User-agent: *\nDisallow: /\n"
        base = self._context.base_url
        unbounded = [
            f"Disallow: {base}{word}\n" for word, without_bound in self._context.pages.items() if without_bound
        ]
        site = f"{scope['scheme']}://{_host(scope)}{base}"
        return _ROBOTS.format(base=base) + "".join(unbounded) + f"Sitemap: {site}sitemap.xml\n"

    def _robots_tag(self, address: Address) -> list[Header]:
        if not self._context.robots:
            return [(b"x-robots-tag", b"noindex, nofollow")]
        return [(b"x-robots-tag", b"noindex")] if address.unbounded else []


def _host(scope: Scope) -> str:
    """Return the host that a request names."""
    return b"".join(value for name, value in scope["headers"] if name == b"host").decode("latin-1")
