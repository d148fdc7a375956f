"""Which addresses the guard lets through, that it dials what it checked, and how names are looked up."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network
from threading import Event

import pytest

from tests.servers import Server
from tracker.collect.guard import Address, Guard, Network, Resolve, Resolver, UnknownHost, is_public, resolve
from tracker.errors import ForbiddenAddress

LOOPBACK = (ip_network("127.0.0.0/8"),)

FORBIDDEN = """
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
    192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
    239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::7f00:1 ::808:808 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::808:808 64:ff9b:1::1 100::1
    2001::1 2001:2::1 2001:db8::1 2002:808:808::1 3fff::1 4000::1 fc00::1 fd12::1 fe80::1 fe80::1%eth0 fec0::1
    ff02::1 ff0e::1
"""
PUBLIC = "8.8.8.8 1.1.1.1 151.101.0.81 100.63.255.255 100.128.0.1 172.32.0.1 2606:4700::1111 2a00:1450:4009::200e"


@pytest.mark.parametrize("address", FORBIDDEN.split())
def test_what_is_not_on_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC.split())
def test_public_addresses_pass(address: str) -> None:
    assert is_public(ip_address(address))


def resolver(*answers: str) -> Resolve:
    async def resolve(host: str, port: int) -> list[Address]:
        return [ip_address(answer) for answer in answers]

    return resolve


@asynccontextmanager
async def connected(allow: tuple[Network, ...], resolver: Resolve, port: int = 80) -> AsyncIterator[str]:
    """The number that a connection to example.org goes to."""
    _, writer = await Guard(allow, resolver).connect("example.org", port, None, 5)
    yield writer.get_extra_info("peername")[0]
    writer.transport.abort()


async def test_one_address_that_is_not_public_forbids_the_host() -> None:
    with pytest.raises(ForbiddenAddress, match=r"example\.org is not at a public address"):
        async with connected((), resolver("8.8.8.8", "10.0.0.1")):
            pass


async def test_leave_for_one_network_is_no_leave_for_another() -> None:
    with pytest.raises(ForbiddenAddress, match="not at a public address"):
        async with connected(LOOPBACK, resolver("127.0.0.1", "::1")):
            pass


async def test_the_number_that_was_checked_is_dialled_and_asked_for_once() -> None:
    asked: list[str] = []

    async def changing(host: str, port: int) -> list[Address]:
        asked.append(host)
        return [ip_address("127.0.0.1" if len(asked) == 1 else "10.0.0.1")]

    async with Server() as server, connected(LOOPBACK, changing, server.port) as number:
        assert number == "127.0.0.1"

    assert asked == ["example.org"]


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    several = resolver("127.0.0.2", "127.0.0.3", "127.0.0.1")

    async with Server() as server, connected(LOOPBACK, several, server.port) as number:
        assert number == "127.0.0.1"


async def test_when_no_address_answers_the_last_error_is_raised() -> None:
    async with Server() as server:
        port = server.port

    with pytest.raises(ConnectionRefusedError, match=r"127\.0\.0\.1"):
        async with connected(LOOPBACK, resolver("127.0.0.2", "127.0.0.1"), port):
            pass


async def test_a_host_without_addresses_is_an_unknown_host() -> None:
    with pytest.raises(UnknownHost, match=r"example\.org has no address"):
        async with connected((), resolver()):
            pass


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..b"])
async def test_what_can_be_no_name_is_an_unknown_host(host: str) -> None:
    with pytest.raises(UnknownHost, match="is not a host name"):
        await resolve(host, 80)


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_NODATA])
async def test_a_name_that_does_not_exist_is_an_unknown_host(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(socket.gaierror(code, "no such name"), monkeypatch)

    with pytest.raises(UnknownHost, match=r"no host named press\.example"):
        await resolve("press.example", 80)


@pytest.mark.parametrize("code", [socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM, socket.EAI_MEMORY])
async def test_a_name_server_that_cannot_say_leaves_the_name_unresolved(
    code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_with(socket.gaierror(code, "not now"), monkeypatch)

    with pytest.raises(socket.gaierror, match="not now"):
        await resolve("press.example", 80)


async def test_hundreds_of_names_that_hang_do_not_hold_up_a_good_one(monkeypatch: pytest.MonkeyPatch) -> None:
    over, look_up = Event(), Resolver(300)

    def getaddrinfo(host: str, *_: object, **__: object) -> object:
        if host == "127.0.0.1":
            over.wait(60)
        return numbers(host)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    hung = [asyncio.create_task(look_up("127.0.0.1", 80)) for _ in range(200)]
    await asyncio.sleep(0)

    assert await look_up("127.0.0.2", 80) == [ip_address("127.0.0.2")]
    assert not any(task.done() for task in hung)

    over.set()
    assert await asyncio.gather(*hung) == [[ip_address("127.0.0.1")]] * 200


async def test_with_all_threads_busy_a_name_waits_for_its_turn() -> None:
    look_up = Resolver(1)

    assert await asyncio.gather(*(look_up(f"127.0.0.{number}", 80) for number in range(1, 9))) == [
        [ip_address(f"127.0.0.{number}")] for number in range(1, 9)
    ]


async def test_a_name_nobody_waits_for_any_more_is_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over, asked, look_up = Event(), list[str](), Resolver(1)

    def getaddrinfo(host: str, *_: object, **__: object) -> object:
        asked.append(host)
        over.wait(60)
        return numbers(host)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    first, given_up = (asyncio.create_task(look_up(host, 80)) for host in ("127.0.0.1", "127.0.0.2"))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.sleep(0)
    over.set()

    await first
    await look_up("127.0.0.3", 80)
    assert asked == ["127.0.0.1", "127.0.0.3"]


def test_the_program_ends_without_waiting_for_a_name_that_hangs() -> None:
    program = """
import asyncio, socket, time
from tracker.collect.guard import resolve

async def main():
    asyncio.get_running_loop().call_later(0.1, asyncio.current_task().cancel)
    await resolve("press.example", 80)

socket.getaddrinfo = lambda *_, **__: time.sleep(3600)
try:
    asyncio.run(main())
except asyncio.CancelledError:
    print("given up")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=600, check=True)

    assert ended.stdout == "given up\n"


def answer_with(error: OSError, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's resolver has nothing but this error."""

    def getaddrinfo(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def numbers(host: str) -> list[tuple[object, ...]]:
    """What getaddrinfo says of a number."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 80))]
