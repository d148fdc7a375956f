"""Cache recent responses and compute their ETags, valid until the data changes.

Every page is sent with `no-cache`, so clients revalidate each time: a reload shows what is stored now, and costs a 304
if nothing changed; a max-age would save that request and show stale data.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from gzip import compress
from hashlib import blake2b
from secrets import token_bytes
from typing import Any, Final

from tracker.web.queries.connection import SqliteError

REVALIDATED: Final = (b"cache-control", b"no-cache")
FOR_EVER: Final = (b"cache-control", b"public, max-age=31536000, immutable")

LARGEST: Final = 1_000_000
"""Maximum bytes of a cached response."""

_CAPACITY: Final = 32_000_000
"""Maximum bytes of all cached responses."""

_SHORT: Final = 1000
"""Bytes below which packing saves nothing worth having."""

_LEVEL: Final = 5
_TEXTS: Final = (b"text/", b"json", b"xml")

Headers = Sequence[tuple[bytes, bytes]]


class Freshness:
    """Identifies the state of everything that a response depends on.

    That is the data, by SQLite's data_version of one connection; the local hour, for pages that look back from today
    and say how long nothing was polled; and this process, which stands for its code, templates and settings.
    """

    def __init__(self, connect: Callable[[], Any], hour: Callable[[], str]) -> None:
        self._connect = connect
        self._hour = hour
        self._process = token_bytes(16)
        self._connection: Any = None

    def state(self) -> str | None:
        """Return the current state; None if the database cannot be read."""
        try:
            if self._connection is None:
                self._connection = self._connect()
            ((version,),) = self._connection.execute("PRAGMA data_version")
        except SqliteError:
            return None
        return f"{version} {self._hour()}"

    def tag(self, state: str, *address: str) -> bytes:
        """Return the ETag of a URL in a state; it cannot be guessed.

        Weak, because a page rendered again in the same state may differ in a byte, such as its render time.
        """
        digest = blake2b("\n".join((state, *address)).encode("utf-8", "replace"), digest_size=12, key=self._process)
        return f'W/"{digest.hexdigest()}"'.encode()


def is_current(tag: bytes, headers: Headers) -> bool:
    """Return whether the client already has the response with this tag (RFC 9110, section 13.1.2)."""
    opaque = tag.removeprefix(b"W/")
    given = b",".join(value for name, value in headers if name == b"if-none-match")
    return any(part.strip().removeprefix(b"W/") == opaque for part in given.split(b","))


@dataclass(frozen=True, slots=True)
class CompleteResponse:
    """A response in one piece; `packed` is its body in gzip, None if that would save nothing."""

    headers: Headers
    body: bytes
    packed: bytes | None = None

    def form(self, *, gzip: bool) -> tuple[Headers, bytes]:
        """Return the headers and body for a client that accepts gzip, or does not; the length included."""
        coded = [*self.headers, (b"vary", b"accept-encoding")] if self.packed is not None else [*self.headers]
        body = self.packed if gzip and self.packed is not None else self.body
        if body is not self.body:
            coded.append((b"content-encoding", b"gzip"))
        return [*coded, (b"content-length", b"%d" % len(body))], body


def complete(headers: Headers, body: bytes) -> CompleteResponse:
    """Return a response in one piece, packed if it is text of some length.

    Nothing in a page is secret, so its length in gzip tells an attacker nothing (BREACH).
    """
    kind = next((value for name, value in headers if name == b"content-type"), b"")
    worth = len(body) >= _SHORT and any(word in kind for word in _TEXTS)
    return CompleteResponse(headers, body, compress(body, _LEVEL, mtime=0) if worth else None)


class ResponseCache:
    """An LRU cache of responses for a single state of the data."""

    def __init__(self) -> None:
        self._state = ""
        self._kept: OrderedDict[bytes, CompleteResponse] = OrderedDict()
        self._bytes = 0

    def get(self, state: str, tag: bytes) -> CompleteResponse | None:
        """Return the cached response with this tag; None if there is none. Clears the cache when the state changed."""
        if state != self._state:
            self._state, self._bytes = state, 0
            self._kept.clear()
        found = self._kept.get(tag)
        if found is not None:
            self._kept.move_to_end(tag)
        return found

    def keep(self, state: str, tag: bytes, answer: CompleteResponse) -> None:
        """Cache a response rendered in this state, if it is still the current one and the response is not too large."""
        if state != self._state or len(answer.body) > LARGEST or tag in self._kept:
            return
        self._kept[tag] = answer
        self._bytes += _size(answer)
        while self._bytes > _CAPACITY:
            self._bytes -= _size(self._kept.popitem(last=False)[1])


def _size(answer: CompleteResponse) -> int:
    return len(answer.body) + len(answer.packed or b"")
