"""Which addresses the guard lets through, and that it dials what it checked."""

import asyncio
import socket
from ipaddress import ip_address, ip_network

import httpcore
import pytest

from tests.servers import Server
from tracker.collect.guard import Address, Guard, is_public
from tracker.errors import ForbiddenAddress

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


def resolver(*answers: str):  # type: ignore[no-untyped-def] # the type is Resolve
    async def resolve(host: str, port: int) -> list[Address]:
        return [ip_address(answer) for answer in answers]

    return resolve


async def test_one_address_that_is_not_public_forbids_the_host() -> None:
    guard = Guard((), resolver("8.8.8.8", "10.0.0.1"))

    with pytest.raises(ForbiddenAddress, match=r"example\.org is not at a public address"):
        await guard.connect_tcp("example.org", 80)


async def test_leave_for_one_network_is_no_leave_for_another() -> None:
    guard = Guard((ip_network("127.0.0.0/8"),), resolver("127.0.0.1", "::1"))

    with pytest.raises(ForbiddenAddress, match="not at a public address"):
        await guard.connect_tcp("example.org", 80)


async def test_the_number_that_was_checked_is_dialled_and_asked_for_once() -> None:
    asked: list[str] = []

    async def changing(host: str, port: int) -> list[Address]:
        asked.append(host)
        return [ip_address("127.0.0.1" if len(asked) == 1 else "10.0.0.1")]

    async with Server() as server:
        stream = await Guard((ip_network("127.0.0.0/8"),), changing).connect_tcp("example.org", server.port)
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", server.port)
        await stream.aclose()

    assert asked == ["example.org"]


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    async with Server() as server:
        guard = Guard((ip_network("127.0.0.0/8"),), resolver("127.0.0.2", "127.0.0.3", "127.0.0.1"))
        stream = await guard.connect_tcp("example.org", server.port, timeout=5)
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        await stream.aclose()


async def test_when_no_address_answers_the_last_error_is_raised() -> None:
    async with Server() as server:
        port = server.port
    guard = Guard((ip_network("127.0.0.0/8"),), resolver("127.0.0.2", "127.0.0.1"))

    with pytest.raises(httpcore.ConnectError):
        await guard.connect_tcp("example.org", port)


async def test_a_host_without_addresses_is_an_error_of_resolving() -> None:
    with pytest.raises(socket.gaierror):
        await Guard((), resolver()).connect_tcp("example.org", 80)


async def test_waiting_is_left_to_the_loop() -> None:
    async with asyncio.timeout(1):
        await Guard(()).sleep(0)
