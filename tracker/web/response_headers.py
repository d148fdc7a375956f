"""Set the headers of every response, and the length of complete ones."""

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

from tracker.web.response_cache import LARGEST, REVALIDATED, CompleteResponse, complete

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
"""Content-Security-Policy. No scripts: no page needs one, so an injected one cannot run."""

_HEADERS: Final[tuple[Header, ...]] = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)

# Nobody can sign in, so responses do not vary with the request, and no visitor is tracked.
_OWN_HEADERS: Final = {
    *(name for name, _ in _HEADERS),
    b"cache-control",
    b"etag",
    b"set-cookie",
    b"vary",
    b"x-robots-tag",
}

_TEXT: Final[Header] = (b"content-type", b"text/plain; charset=utf-8")
_NEVER: Final = re.compile(rb"\s*q=0(\.0*)?\s*")
NO_STORE: Final[Header] = (b"cache-control", b"no-store")


class Outgoing:
    """Sends responses with our headers, and keeps a complete one that is small enough in `kept`.

    Redirects within the site get the base URL, which Datasette omits when it corrects the spelling of a path.
    """

    def __init__(self, send: Send, request: Message, base_url: str, always: list[Header]) -> None:
        self._send = send
        self._head = request["method"] == "HEAD"
        self._gzip = _accepts_gzip(request["headers"])
        self._base = base_url.encode()
        self._always = [*_HEADERS, *always]
        self.extra: list[Header] = []
        self.kept: CompleteResponse | None = None
        self.status = 0
        self._held: list[Header] | None = None

    async def __call__(self, message: Message) -> None:
        """Forward Datasette's messages. A complete page comes in two: hold the start until the body arrives."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            received = [(name.lower(), value) for name, value in message.get("headers", [])]
            self._held = [
                (name, self._on_site(value) if name == b"location" else value)
                for name, value in received
                if name not in _OWN_HEADERS
            ]
        elif self._held is None:
            await self._body(message)
        elif message.get("more_body"):
            await self._start(self._held)
            await self._body(message)
        else:
            await self._complete(message.get("body", b""))

    def _on_site(self, location: bytes) -> bytes:
        """Return a redirect's target, with the base URL if it is a path."""
        if location.startswith((self._base, b"https://", b"http://")):
            return location
        return self._base + location.lstrip(b"/")

    async def _complete(self, body: bytes) -> None:
        """Send the single body with its length; a stream that stopped at HEAD has neither."""
        headers = [header for header in self._held or () if header[0] != b"content-length"]
        if self._head and not body:
            await self._start(headers)
        else:
            answer = complete(headers, body)
            if self.status == 200 and len(body) <= LARGEST:
                self.kept = answer
            coded, body = answer.form(gzip=self._gzip)
            await self._start([*coded])
        await self._body({"type": "http.response.body", "body": body})

    async def cached(self, answer: CompleteResponse, validators: list[Header]) -> None:
        """Send a response that was kept."""
        headers, body = answer.form(gzip=self._gzip)
        self.status = 200
        await self._send(
            {"type": "http.response.start", "status": 200, "headers": [*headers, *validators, *self._always]}
        )
        await self._body({"type": "http.response.body", "body": body})

    async def _start(self, headers: list[Header]) -> None:
        self._held = None
        extra = self.extra if self.status == 200 else [REVALIDATED]
        await self._send(
            {"type": "http.response.start", "status": self.status, "headers": [*headers, *extra, *self._always]}
        )

    async def _body(self, message: Message) -> None:
        await self._send(dict(message, body=b"") if self._head else message)

    async def whole(self, status: int, headers: list[Header], body: bytes) -> None:
        """Send a complete response that did not come from Datasette."""
        self.status = status
        length = [] if status == 304 else [(b"content-length", b"%d" % len(body))]
        await self._send(
            {"type": "http.response.start", "status": status, "headers": [*headers, *length, *self._always]}
        )
        await self._body({"type": "http.response.body", "body": body})

    async def text(self, status: int, text: str, *headers: Header) -> None:
        """Send a short text that must not be cached."""
        await self.whole(status, [_TEXT, NO_STORE, *headers], text.encode())


def _accepts_gzip(headers: Iterable[Header]) -> bool:
    """Return whether a request says that it takes gzip, and not that it must not be used (RFC 9110, section 12.5.3)."""
    given = b",".join(value for name, value in headers if name == b"accept-encoding").lower()
    codings = (part.partition(b";") for part in given.split(b","))
    return any(name.strip() in {b"gzip", b"*"} and not _NEVER.fullmatch(how) for name, _, how in codings)


def disposition(request: Any, name: str) -> list[tuple[bytes, bytes]]:
    """Return the headers of a CSV: a download if `_dl` is given, else plain text that a browser shows."""
    if not request.args.get("_dl"):
        return [(b"content-type", b"text/plain; charset=utf-8")]
    named = f'attachment; filename="{name}.csv"'
    return [(b"content-type", b"text/csv; charset=utf-8"), (b"content-disposition", named.encode())]
