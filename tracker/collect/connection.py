"""Carries one request to one server and its answer back: the only module that speaks HTTP.

A connection serves one request. Feeds lie on distinct hosts and are asked minutes apart, so that one kept open would
be of no use to the next, and a pool of them costs time with each.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpcore
import httpx

from tracker.collect.guard import Guard

_HEADERS = 1000
"""Most headers of an answer; Media Cloud's rss-fetcher met honest servers that send more than a hundred."""

# At level DEBUG httpcore writes down the headers of every answer, which may repeat a secret of the address.
logging.getLogger("httpcore").setLevel(logging.INFO)


class Wire:
    """Opens connections to the addresses that a guard allows."""

    def __init__(self, guard: Guard, connect: timedelta) -> None:
        self._guard = guard
        self._seconds = connect.total_seconds()
        self._tls = httpx.create_ssl_context()
        self._tls.set_alpn_protocols(["http/1.1"])

    @asynccontextmanager
    async def line_to(self, url: httpx.URL) -> AsyncIterator["Line"]:
        """A line to the server of this address, cut when the block ends.

        Raises httpcore.UnsupportedProtocol for what is no web address, httpcore.ConnectTimeout when nobody
        answers in time, and what else Guard.connect raises.
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
        line = Line(*streams)
        try:
            yield line
        finally:
            line.cut()


class Line(httpcore.AsyncNetworkStream):
    """A connection, as httpcore wants it; whoever awaits it sets the limits of time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request, its body still to be read; raises httpcore's exceptions and OSError."""
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        connection = httpcore.AsyncHTTP11Connection(target.origin, self)
        answer = await connection.handle_async_request(
            httpcore.Request(request.method, target, headers=request.headers.raw)
        )
        if len(answer.headers) > _HEADERS:
            raise httpcore.RemoteProtocolError(f"more than {_HEADERS:,} headers")
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def cut(self) -> None:
        """Ends the connection at once, without waiting for the other side."""
        self._writer.transport.abort()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109 - theirs
        """What has come, as soon as anything has; empty at the end."""
        return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109 - theirs
        """Sends; a request is so small that nobody need wait for it to be gone."""
        self._writer.write(buffer)

    async def aclose(self) -> None:
        """Ends the connection."""
        self.cut()


class _Body(httpx.AsyncByteStream):
    """The body of an answer as it comes off the wire."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk
