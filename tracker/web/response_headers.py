"""What every answer carries on its way out: its headers, and its length where it is whole."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from tracker.web.response_cache import LARGEST, REVALIDATED, Answer

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
"""Content-Security-Policy. No script at all: no page needs one, so none that slipped in could run."""

_HEADERS: Final[tuple[Header, ...]] = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)

# Nobody can sign in, so an answer varies with nothing that was sent, and nobody is to be remembered.
_OURS: Final = {*(name for name, _ in _HEADERS), b"cache-control", b"etag", b"set-cookie", b"vary", b"x-robots-tag"}

_TEXT: Final[Header] = (b"content-type", b"text/plain; charset=utf-8")
UNKEPT: Final[Header] = (b"cache-control", b"no-store")


class Outgoing:
    """The way out: every answer gets our headers, and one that is whole and small enough is remembered in `kept`."""

    def __init__(self, send: Send, method: str, always: list[Header]) -> None:
        self._send = send
        self._head = method == "HEAD"
        self._always = [*_HEADERS, *always]
        self.extra: list[Header] = []
        self.kept: Answer | None = None
        self.status = 0
        self._waiting: list[Header] | None = None

    async def __call__(self, message: Message) -> None:
        """Pass on what Datasette says. A whole page comes in two messages: the start waits for the body."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            theirs = [(name.lower(), value) for name, value in message.get("headers", [])]
            self._waiting = [(name, value) for name, value in theirs if name not in _OURS]
        elif self._waiting is None:
            await self._body(message)
        elif message.get("more_body"):
            await self._start(self._waiting)
            await self._body(message)
        else:
            await self._complete(message.get("body", b""))

    async def _complete(self, body: bytes) -> None:
        """The only body: its length is known."""
        headers = [header for header in self._waiting or () if header[0] != b"content-length"]
        if self.status == 200 and len(body) <= LARGEST:
            self.kept = Answer(headers, body)
        await self._start([*headers, (b"content-length", b"%d" % len(body))])
        await self._body({"type": "http.response.body", "body": body})

    async def _start(self, headers: list[Header]) -> None:
        self._waiting = None
        extra = self.extra if self.status == 200 else [REVALIDATED]
        await self._send(
            {"type": "http.response.start", "status": self.status, "headers": [*headers, *extra, *self._always]}
        )

    async def _body(self, message: Message) -> None:
        await self._send(dict(message, body=b"") if self._head else message)

    async def whole(self, status: int, headers: list[Header], body: bytes) -> None:
        """An answer that Datasette was not asked for."""
        self.status = status
        length = [] if status == 304 else [(b"content-length", b"%d" % len(body))]
        await self._send(
            {"type": "http.response.start", "status": status, "headers": [*headers, *length, *self._always]}
        )
        await self._body({"type": "http.response.body", "body": body})

    async def text(self, status: int, text: str, *headers: Header) -> None:
        """A short text that is not to be kept."""
        await self.whole(status, [_TEXT, UNKEPT, *headers], text.encode())


def disposition(request: Any, name: str) -> list[tuple[bytes, bytes]]:
    """The headers of a CSV: a file to keep when `_dl` is given, else a text that a browser shows."""
    if not request.args.get("_dl"):
        return [(b"content-type", b"text/plain; charset=utf-8")]
    named = f'attachment; filename="{name}.csv"'
    return [(b"content-type", b"text/csv; charset=utf-8"), (b"content-disposition", named.encode())]
