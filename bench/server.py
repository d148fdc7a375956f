"""Answers for all the publishers of the bench, as `python -m bench.server`: the only module that serves.

Every answer is made before the first question, as identity and as gzip; who accepts gzip gets that. Each feed has an
address of its own in 127.0.0.0/8, on one port. Questions from elsewhere than this machine are not answered.

On standard input it is told the phase, a line of JSON at a time, and says on standard output what it did since.
"""

import argparse
import asyncio
import gzip
import json
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass

from bench.documents import SMALL, USUAL, Press

COLD, SAME, DELTA, UNMARKED = "cold", "304", "delta", "unchanged"
"""The phases: everything is new; nothing is, and ETags say so; every tenth feed has two new entries; nothing is new,
but no ETag says so."""

NEW = 2
"""New entries of a feed that has any in the phase DELTA."""


def changes(feed: int) -> bool:
    """Whether a feed has new entries in the phase DELTA."""
    return feed % 20 in {3, 16}  # one of RSS and one of Atom


def host(feed: int) -> str:
    """The address of a feed's server."""
    return f"127.{1 + feed // 62500}.{feed // 250 % 250}.{1 + feed % 250}"


@dataclass(frozen=True, slots=True)
class Work:
    """What the server did: its answers by status, the bytes it sent, and its own CPU seconds."""

    answers: dict[int, int]
    sent: int
    cpu: float


@dataclass(frozen=True, slots=True)
class _Version:
    """One version of a document with each of its answers, heads included."""

    etag: bytes
    marked: tuple[bytes, bytes]
    unmarked: tuple[bytes, bytes]
    not_modified: bytes

    def answer(self, head: bytes, *, marked: bool) -> tuple[int, bytes]:
        """The status and the bytes that answer a request whose head is in small letters."""
        if marked and b"\r\nif-none-match: " + self.etag in head:
            return 304, self.not_modified
        zipped = b"gzip" in head.partition(b"\r\naccept-encoding:")[2].partition(b"\r\n")[0]
        return 200, (self.marked if marked else self.unmarked)[zipped]


def _version(body: bytes, content_type: str, etag: str) -> _Version:
    zipped = gzip.compress(body, 6, mtime=0)
    marks = f"ETag: {etag}\r\nCache-Control: no-cache\r\n"

    def answer(marks: str, encoding: str, content: bytes) -> bytes:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n{marks}{encoding}Content-Length: {len(content)}"
        return f"{head}\r\nVary: Accept-Encoding\r\n\r\n".encode() + content

    def both(marks: str) -> tuple[bytes, bytes]:
        return answer(marks, "", body), answer(marks, "Content-Encoding: gzip\r\n", zipped)

    return _Version(etag.encode(), both(marks), both(""), f"HTTP/1.1 304 Not Modified\r\n{marks}\r\n".encode())


class _Site:
    """All feeds, and the phase that they are in."""

    def __init__(self, feeds: int, press: Press) -> None:
        self.phase = COLD
        self.answers: Counter[int] = Counter()
        self.sent = 0
        self._first = [_version(*press.document(feed), f'"{feed}-a"') for feed in range(feeds)]
        changed = filter(changes, range(feeds))
        self._second = {feed: _version(*press.document(feed, NEW), f'"{feed}-b"') for feed in changed}

    def answer(self, head: bytes) -> bytes:
        target = head.split(b" ", 2)[1]
        if not target.startswith(b"/feed/"):
            self.answers[404] += 1
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        feed = int(target[6:])
        second = self._second.get(feed) if self.phase in {DELTA, UNMARKED} else None
        status, answer = (second or self._first[feed]).answer(head.lower(), marked=self.phase != UNMARKED)
        self.answers[status] += 1
        self.sent += len(answer)
        return answer


class _Connection(asyncio.Protocol):
    """Answers one request after the other."""

    def __init__(self, site: _Site) -> None:
        self._site = site
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not transport.get_extra_info("peername")[0].startswith("127."):
            transport.abort()

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, self._read = self._read.partition(b"\r\n\r\n")
            self._transport.write(self._site.answer(head))
            if b"\r\nconnection: close" in head.lower():
                self._transport.close()


async def _serve(site: _Site) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(site), "0.0.0.0", 0, backlog=1024)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    told = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    before = time.process_time()
    while line := await told.readline():
        now = time.process_time()
        print(json.dumps(asdict(Work(dict(site.answers), site.sent, now - before))), flush=True)
        site.phase, before, site.sent = json.loads(line)["phase"], now, 0
        site.answers.clear()
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("feeds", type=int)
    parser.add_argument("--small", action="store_true")
    asked = parser.parse_args()
    asyncio.run(_serve(_Site(asked.feeds, Press(SMALL if asked.small else USUAL))))


if __name__ == "__main__":
    main()
