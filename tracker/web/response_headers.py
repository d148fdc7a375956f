"""Set the headers of every response, and the length of complete ones."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from tracker.web.response_cache import LARGEST, REVALIDATED, CachedResponse

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
NO_STORE: Final[Header] = (b"cache-control", b"no-store")


class Outgoing:
    """Sends responses with our headers, and keeps a complete one that is small enough in `kept`.

    Redirects within the site get the base URL, which Datasette omits when it corrects the spelling of a path.
    """

    def __init__(self, send: Send, method: str, base_url: str, always: list[Header]) -> None:
        self._send = send
        self._head = method == "HEAD"
        self._base = base_url.encode()
        self._always = [*_HEADERS, *always]
        self.extra: list[Header] = []
        self.kept: CachedResponse | None = None
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
            if self.status == 200 and len(body) <= LARGEST:
                self.kept = CachedResponse(headers, body)
            await self._start([*headers, (b"content-length", b"%d" % len(body))])
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


def disposition(request: Any, name: str) -> list[tuple[bytes, bytes]]:
    """Return the headers of a CSV: a download if `_dl` is given, else plain text that a browser shows."""
    if not request.args.get("_dl"):
        return [(b"content-type", b"text/plain; charset=utf-8")]
    named = f'attachment; filename="{name}.csv"'
    return [(b"content-type", b"text/csv; charset=utf-8"), (b"content-disposition", named.encode())]
