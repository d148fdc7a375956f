"""A real HTTP server on loopback whose every answer a test has written, well behaved or not.

async with Server() as server:
    server.say("/feed", Reply(body=b"<rss/>"), Reply(304))   # the last reply repeats
    ...
    server.requests[0].header(b"If-None-Match")
"""

import asyncio
import gzip
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: header names and values are the bytes that were on the wire, `head` is all of them."""

    method: bytes
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    head: bytes = b""

    def header(self, name: bytes) -> bytes | None:
        """The value of a header, whatever its capitals; None when it was not sent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. Content-Length is added unless a header says otherwise or the connection is to be closed.

    `raw` is sent in place of everything else, then the connection is closed. `drip` is the time in seconds
    between single bytes of the body (of `raw`, where given). `hang` sends what there is and then nothing, `forever`
    sends what there is and then these bytes until the client goes. `close` ends the connection after the body,
    without Content-Length unless given. `gate` holds the answer back until it is set.
    """

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str | bytes], ...] = ()
    raw: bytes | None = None
    drip: float | None = None
    hang: bool = False
    forever: bytes = b""
    close: bool = False
    gate: asyncio.Event | None = None

    def head(self) -> bytes:
        """The status line and headers, with the empty line after them."""
        names = {name.lower() for name, _ in self.headers}
        headers = list(self.headers)
        if not names & {"content-length", "transfer-encoding"} and not self.close and self.status != 304:
            headers.append(("Content-Length", str(len(self.body))))
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Odd"
        lines = [f"HTTP/1.1 {self.status} {phrase}".encode()]
        for name, value in headers:
            lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
        return b"\r\n".join(lines) + b"\r\n\r\n"


def redirect(status: int, location: str | bytes) -> Reply:
    """An answer that points elsewhere."""
    return Reply(status, headers=(("Location", location),))


def gzipped(body: bytes, *headers: tuple[str, str]) -> Reply:
    """The body compressed with gzip and declared so."""
    return Reply(body=gzip.compress(body, mtime=0), headers=(("Content-Encoding", "gzip"), *headers))


@dataclass(slots=True)
class Server:
    """Answers on loopback as scripted, 404 to what is not in the script; an async context manager.

    `listen_on` is the port, 0 for any free one. `requests` holds all requests in the order they came;
    `most_at_once` says how many were being answered at the same moment.
    """

    tls: ssl.SSLContext | None = None
    address: str = "127.0.0.1"
    listen_on: int = 0
    requests: list[Request] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0
    _script: dict[str, list[Reply | Callable[[Request], Reply]]] = field(default_factory=dict)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    def say(self, path: str, *replies: Reply | Callable[[Request], Reply]) -> str:
        """Scripts the answers to successive requests for `path`; returns its address."""
        self._script[path] = list(replies)
        return self.url(path)

    def url(self, path: str = "/", host: str | None = None) -> str:
        """The address of a path, under another name of the host if one is given."""
        assert self._server is not None
        name = host or (f"[{self.address}]" if ":" in self.address else self.address)
        return f"{'https' if self.tls else 'http'}://{name}:{self.port}{path}"

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def arrived(self, count: int) -> None:
        """Waits until `count` requests have come in all."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.requests) >= count)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self.address, self.listen_on, ssl=self.tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await self._answer(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if task.cancelling() else writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers one request; False when the connection is to be closed."""
        request = _read(await reader.readuntil(b"\r\n\r\n"))
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            async with self._came:
                self.requests.append(request)
                self._came.notify_all()
            reply = self._next(request)
            if reply.gate is not None:
                await reply.gate.wait()
            await _send(reply, writer)
        finally:
            self._now -= 1
        return reply.raw is None and not reply.close

    def _next(self, request: Request) -> Reply:
        """The next reply of the script for what is asked."""
        replies = self._script.get(request.target.decode("latin-1").partition("?")[0], [Reply(404)])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return reply if isinstance(reply, Reply) else reply(request)


def _read(head: bytes) -> Request:
    first, *lines = head.rstrip(b"\r\n").split(b"\r\n")
    method, target, _ = first.split(b" ", 2)
    pairs = (line.partition(b":") for line in lines)
    return Request(method, target, tuple((name, value.strip(b" ")) for name, _, value in pairs), head)


async def _send(reply: Reply, writer: asyncio.StreamWriter) -> None:
    head, body = (reply.head(), reply.body) if reply.raw is None else (b"", reply.raw)
    if reply.drip is None:
        writer.write(head + body)
    else:
        writer.write(head)
        for number in range(len(body)):
            writer.write(body[number : number + 1])
            await writer.drain()
            await asyncio.sleep(reply.drip)  # the slowness is what such a server is for
    await writer.drain()
    while reply.forever:
        writer.write(reply.forever)
        await writer.drain()
    if reply.hang:
        await asyncio.Event().wait()
