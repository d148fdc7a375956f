"""Carry one request to one server and return its response: the only module that speaks HTTP.

A connection serves one request: feeds are on distinct hosts and polled minutes apart, so keeping one open would not
help the next, and a pool costs time per request. The head of a response is tidied as browsers do, because h11 rejects a
response for one bad header line.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cached_property

import httpcore
import httpx

from tracker.collect.guard import Guard

_HEADERS = 1000
"""Most headers in a response; Media Cloud's rss-fetcher met honest servers that send more than a hundred."""

_LONGEST_HEAD = 100 * 1024
"""Most bytes of a head that are held back, as httpcore allows."""

_HEAD_END = re.compile(rb"\n\r?\n")
_STATUS = re.compile(rb"HTTP/(?P<version>\d(?:\.\d)?)[ \t]+(?P<status>\d{3})(?!\d)", re.IGNORECASE)
_HEADER = re.compile(
    rb"(?P<name>[-!#$%&'*+.^_`|~0-9A-Za-z]++)[ \t]*+:[ \t]*+(?P<value>(?:[^\x00\s]++(?:[ \t]++[^\x00\s]++)*+)?)[ \t]*+"
)
_IGNORED = re.compile(rb"transfer-encoding:identity|content-length:(?![\d, \t]+\Z).*", re.IGNORECASE)

# At DEBUG httpcore logs the headers of every response, which may repeat a secret from the address.
logging.getLogger(httpcore.__name__).setLevel(logging.INFO)


class Connector:
    """Opens connections to the addresses that a guard allows."""

    def __init__(self, guard: Guard, connect: timedelta) -> None:
        self._guard = guard
        self._seconds = connect.total_seconds()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """How servers are trusted; reading the certificates takes longer than a poll, and some rounds need none."""
        context = httpx.create_ssl_context()
        context.set_alpn_protocols(["http/1.1"])
        return context

    @asynccontextmanager
    async def connect(self, url: httpx.URL) -> AsyncIterator["Connection"]:
        """Open a connection to the server of this address, closed when the block ends.

        Raises httpcore.UnsupportedProtocol when it is not a web address, httpcore.ConnectTimeout when nothing answers
        in time, and whatever else Guard.connect raises.
        """
        if url.scheme not in {"http", "https"} or not url.host:
            raise httpcore.UnsupportedProtocol("it needs http or https, and a host")
        secure = url.scheme == "https"
        port = url.port or (443 if secure else 80)
        try:
            streams = await self._guard.connect(
                url.raw_host.decode("ascii"), port, self._tls if secure else None, self._seconds
            )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        connection = Connection(*streams)
        try:
            yield connection
        finally:
            connection.abort()


class Connection(httpcore.AsyncNetworkStream):
    """A connection with httpcore's stream interface; timeouts are the caller's job."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._head = HeadTidier()

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the response, its body unread; raises httpcore's exceptions and OSError."""
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        connection = httpcore.AsyncHTTP11Connection(target.origin, self)
        response = await connection.handle_async_request(
            httpcore.Request(request.method, target, headers=request.headers.raw)
        )
        if len(response.headers) > _HEADERS:
            raise httpcore.RemoteProtocolError(f"more than {_HEADERS:,} headers")
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def abort(self) -> None:
        """Close the connection at once, without waiting for the other side."""
        self._writer.transport.abort()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109 - httpcore's signature
        """Return data as soon as some can be passed on; empty at the end."""
        while True:
            data = await self._reader.read(max_bytes)
            if (ready := self._head.feed(data)) or not data:
                return ready

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109 - httpcore's signature
        """Send data without waiting for it to leave: requests are small."""
        self._writer.write(buffer)

    async def aclose(self) -> None:
        """Close the connection."""
        self.abort()


class _Body(httpx.AsyncByteStream):
    """The body of a response, as it arrives."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._response.aiter_stream():
            yield chunk


class HeadTidier:
    """Passes a response on: its head once complete, tidied; its body unchanged.

    Removes white space before a header's colon (RFC 9112 section 5.1), anything after the status code, lines that are
    not headers, lengths that are no numbers, and `Transfer-Encoding: identity`, which early HTTP/1.1 allowed. Leaves
    anything but HTTP unchanged.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._searched = 0
        self._passes = False

    def feed(self, data: bytes) -> bytes:
        """Take in more bytes, none at the end of the response; return what can be passed on now."""
        if self._passes:
            return data
        self._held += data
        ready = self._heads()
        if self._passes or not data or len(self._held) > _LONGEST_HEAD or not _begins(self._held):
            self._passes = True
            ready += self._held
            self._held.clear()
        return ready

    def _heads(self) -> bytes:
        """Remove the complete heads from the held bytes and return them tidied; another follows a 1xx status."""
        ready = b""
        while not self._passes and (end := _HEAD_END.search(self._held, self._searched)):
            head = _tidy(bytes(self._held[: end.end()]))
            del self._held[: end.end()]
            ready += head
            self._searched = 0
            status = _STATUS.match(head)
            self._passes = status is None or not status["status"].startswith(b"1")
        self._searched = max(0, len(self._held) - 2)
        return ready


def _begins(data: bytearray) -> bool:
    """Decide whether these bytes may begin an HTTP response."""
    start = data[:9].lstrip(b"\r\n")[:5].upper()
    return start == b"HTTP/"[: len(start)]


def _tidy(head: bytes) -> bytes:
    """Return a complete head without the parts that h11 rejects and browsers ignore; unchanged if it is not HTTP."""
    first, *lines = [line.rstrip(b"\r") for line in head.lstrip(b"\r\n").rstrip(b"\r\n").split(b"\n")]
    status = _STATUS.match(first)
    if status is None:
        return head
    version = status["version"] if status["version"].startswith(b"1.") else b"1.1"
    tidied = [b"HTTP/%s %s" % (version, status["status"])]
    for line in _unfolded(lines):
        header = _HEADER.fullmatch(line)
        if header and not _IGNORED.fullmatch(header["name"] + b":" + header["value"]):
            tidied.append(b"%s: %s" % (header["name"], header["value"]))
    return b"\r\n".join(tidied) + b"\r\n\r\n"


def _unfolded(lines: list[bytes]) -> list[bytes]:
    """Join continuation lines to the line they continue (RFC 9112 section 5.2)."""
    joined: list[list[bytes]] = []
    for line in lines:
        if joined and line.startswith((b" ", b"\t")):
            joined[-1].append(line.strip())
        else:
            joined.append([line])
    return [b" ".join(parts) for parts in joined]
