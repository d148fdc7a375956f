"""Carry one request to one server and return its answer: the only module that speaks HTTP.

A connection serves one request: feeds are on distinct hosts and polled minutes apart, so keeping one open would not
help the next, and a pool costs time per request.
"""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cached_property

import httpcore
import httpx

from tracker.collect.guard import Guard
from tracker.collect.response_head import HeadTidier

_HEADERS = 1000
"""Most headers in an answer; Media Cloud's rss-fetcher met honest servers that send more than a hundred."""

# At DEBUG httpcore logs the headers of every answer, which may repeat a secret from the address.
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
        """Send a request and return the answer, its body unread; raises httpcore's exceptions and OSError."""
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        connection = httpcore.AsyncHTTP11Connection(target.origin, self)
        answer = await connection.handle_async_request(
            httpcore.Request(request.method, target, headers=request.headers.raw)
        )
        if len(answer.headers) > _HEADERS:
            raise httpcore.RemoteProtocolError(f"more than {_HEADERS:,} headers")
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def abort(self) -> None:
        """Close the connection at once, without waiting for the other side."""
        self._writer.transport.abort()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109 - httpcore's signature
        """Return data as soon as any can be passed on; empty at the end."""
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
    """An answer's body as it arrives."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk
