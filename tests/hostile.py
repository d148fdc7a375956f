"""Hostile servers of twenty kinds, and as many good ones, each at an address of its own on loopback.

python -m tests.hostile   serves two hundred of each until it is killed, and says on which port.
"""

import asyncio
import gzip
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.servers import Reply, Request, Server, redirect
from tracker.outcomes import Outcome

OF_EACH = 10
GOOD = 200
_MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of being hostile, what the server says, and how a poll of it may end."""

    name: str
    reply: Reply | Callable[[Request], Reply]
    outcomes: frozenset[Outcome]


def feed(number: int) -> bytes:
    """A good feed of three items."""
    items = "".join(
        f"<item><guid>{number}-{n}</guid><link>https://good{number}.example/{n}</link>"
        f"<title>Item {n} of good feed {number}</title></item>"
        for n in range(3)
    )
    return f'<rss version="2.0"><channel><title>Good {number}</title>{items}</channel></rss>'.encode()


def _round_and_round(request: Request) -> Reply:
    """Always one step further."""
    _, _, step = request.target.decode("latin-1").partition("?")
    return redirect(302, f"?{int(step or 0) + 1}")


def _item(inside: str, attributes: str = "") -> bytes:
    item = f"<item{attributes}><link>https://bad.example/1</link><title>One</title>{inside}</item>"
    return f'<rss version="2.0"><channel><title>Bad</title>{item}</channel></rss>'.encode()


def _bomb() -> bytes:
    """A hundred thousand million laughs."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(11))
    return f'<?xml version="1.0"?><!DOCTYPE rss [{entities}]>'.encode() + _item("<description>&e10;</description>")


def kinds() -> list[Kind]:
    """The twenty kinds; those without an answer of their own are told by their address."""
    page = b"<!doctype html><title>%s</title><body>"
    gzipped = (("Content-Encoding", "gzip"),)
    many = "".join(f' a{n}="x"' for n in range(100_000))
    deep = "<description>" + "<b>" * 100_000 + "</b>" * 100_000 + "</description>"
    broken = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nno size\r\n"
    flood = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200_000)) + b"\r\n"
    said: dict[str, tuple[Reply | Callable[[Request], Reply], set[Outcome]]] = {
        "says nothing": (Reply(raw=b"", hang=True), {Outcome.TIMEOUT}),
        "stops in the head": (Reply(raw=b"HTTP/1.1 200 OK\r\nConte", hang=True), {Outcome.TIMEOUT}),
        "drips": (Reply(body=feed(0), drip=0.5), {Outcome.TIMEOUT}),
        "announces two gigabytes": (Reply(headers=(("Content-Length", "2000000000"),)), {Outcome.TOO_LARGE}),
        "sends too much": (Reply(body=b" " * 20 * _MEGABYTE, close=True), {Outcome.TOO_LARGE}),
        "gzip bomb": (Reply(body=gzip.compress(bytes(200 * _MEGABYTE)), headers=gzipped), {Outcome.TOO_LARGE}),
        "no gzip": (Reply(body=random.Random(1).randbytes(9999), headers=gzipped), {Outcome.BAD_ENCODING}),
        "round and round": (_round_and_round, {Outcome.BAD_REDIRECT}),
        "redirects inward": (redirect(301, "http://169.254.169.254/latest"), {Outcome.FORBIDDEN_ADDRESS}),
        "redirects to a file": (redirect(302, "file:///etc/passwd"), {Outcome.BAD_REDIRECT}),
        "no HTTP": (Reply(raw=b"SSH-2.0-OpenSSH\r\n"), {Outcome.PROTOCOL_ERROR}),
        "broken chunks": (Reply(raw=broken), {Outcome.PROTOCOL_ERROR}),
        "flood of headers": (Reply(raw=flood), {Outcome.PROTOCOL_ERROR, Outcome.TOO_LARGE}),
        "hangs up": (Reply(raw=b""), {Outcome.PROTOCOL_ERROR, Outcome.CONNECTION_ERROR}),
        "no TLS": (Reply(body=feed(0)), {Outcome.TLS_ERROR, Outcome.TIMEOUT}),
        "a page": (Reply(body=page % b"Log in"), {Outcome.NOT_A_FEED}),
        "a bot check": (Reply(body=page % b"Just a moment..."), {Outcome.CHALLENGE}),
        "entity bomb": (Reply(body=_bomb()), {Outcome.OK, Outcome.PARSE_ERROR, Outcome.PARSE_TIMEOUT}),
        "very many attributes": (Reply(body=_item("", many)), {Outcome.PARSE_TIMEOUT, Outcome.OK}),
        "very deep": (Reply(body=_item(deep)), {Outcome.OK, Outcome.PARSE_TIMEOUT, Outcome.PARSE_ERROR}),
    }
    return [Kind(name, reply, frozenset(outcomes)) for name, (reply, outcomes) in said.items()]


def addresses(port: int, of_each: int = OF_EACH) -> Iterator[tuple[str, Kind]]:
    """The address of each hostile server, this many of each kind, with its kind."""
    for number, kind in enumerate(kinds()):
        scheme = "https" if kind.name == "no TLS" else "http"
        for copy in range(of_each):
            yield f"{scheme}://127.9.{number + 1}.{copy + 1}:{port}/{number}", kind


def good_addresses(port: int, count: int = GOOD) -> list[str]:
    """The addresses of this many good servers."""
    return [f"http://127.8.{number // 100}.{number % 100 + 1}:{port}/good/{number}" for number in range(count)]


def serve(server: Server) -> None:
    """Let a server that listens on all addresses be all of them."""
    for number, kind in enumerate(kinds()):
        server.say(f"/{number}", kind.reply)
    for number in range(GOOD):
        server.say(f"/good/{number}", Reply(body=feed(number)))


async def main() -> None:
    """Serve until killed."""
    async with Server(address="0.0.0.0") as server:
        serve(server)
        print(server.port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
