"""What every request passes on its way to Datasette: which addresses exist, and which headers an answer carries.

Pure ASGI; knows neither the database nor the pages.
"""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
"""Content-Security-Policy. No script at all: no page needs one, so none that slipped in could run."""

_HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)

# Datasette's own pages under /-/ show file paths, settings, plugins and threads, or are for signing in. What is
# not named here does not exist, so that a page which a new Datasette or a plugin adds is closed until it is opened.
_OPEN: Final = re.compile(r"^/-/static/[\w.-]+$")
_INSIDE: Final = re.compile(r"^/+(-(/|$)|\.json|_internal|_memory|:memory:)")


def gated(app: App, base_url: str) -> App:
    """The app with its inner pages closed, security headers on every answer, CSV whole, and /healthz."""

    async def gate(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path = _path(scope, base_url)
        if path == "/healthz":
            await _answer(send, 200, b"ok\n")
        elif _closed(path):
            await _answer(send, 404, b"Not found\n")
        else:
            await app(_without_empty_search(scope), receive, _with_headers(send))

    return gate


def _path(scope: Message, base_url: str) -> str:
    """The path as Datasette will route it: as sent, not decoded, the base URL taken off if a proxy left it on."""
    raw = scope.get("raw_path")
    path: str = raw.decode("ascii", "replace").partition("?")[0] if raw else scope["path"]
    return "/" + path.removeprefix(base_url) if base_url != "/" and path.startswith(base_url) else path


def _closed(path: str) -> bool:
    return any(_INSIDE.match(form) and not _OPEN.match(form) for form in (path, unquote(path)))


def _without_empty_search(scope: Message) -> Message:
    """A search for nothing is no search; Datasette would call it a syntax error."""
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in query if name != "_search" or value.strip(' "')]
    return scope if kept == query else dict(scope, query_string=urlencode(kept).encode("latin-1"))


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {name for name, _ in _HEADERS}
            theirs = [(name, value) for name, value in message.get("headers", []) if name.lower() not in ours]
            message = dict(message, headers=[*theirs, *_HEADERS])
        await send(message)

    return sending


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await _with_headers(send)({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
