"""Decide which network addresses may be reached: the only module that resolves names and connects."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from queue import SimpleQueue
from threading import Semaphore, Thread

from tracker.errors import CollectError, ForbiddenAddress

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

Resolve = Callable[[str, int], Awaitable[list[Address]]]
"""Returns every address of a host, in the order to try them; raises UnknownHost or socket.gaierror when it has none."""

_ADDRESSES_TRIED = 4
"""Most addresses of a host that are tried; they share the connect timeout."""

# The only IPv6 block assigned to public hosts (IANA global unicast assignments). It excludes loopback,
# private, link-local, site-local, multicast, IPv4-mapped and -compatible, and NAT64 (64:ff9b::/96) addresses.
_GLOBAL_UNICAST = IPv6Network("2000::/3")

# Within the public blocks, but not host addresses; `is_global` of Python 3.11 accepts most of these.
_RESERVED = tuple(
    ip_network(block)
    for block in (
        "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "224.0.0.0/4",  # multicast, RFC 5771
        "240.0.0.0/4",  # reserved, and broadcast, RFC 1112
        "2001::/23",  # IETF protocol assignments, Teredo among them, RFC 2928
        "2001:db8::/32",  # documentation, RFC 3849
        "2002::/16",  # 6to4, which carries any IPv4 address, RFC 3056
        "3fff::/20",  # documentation, RFC 9637
    )
)

# Resolver errors for a name that does not exist or has no address; all others may be temporary.
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


class UnknownHost(CollectError):
    """The host's name does not exist, or has no address."""


def is_public(address: Address) -> bool:
    """Whether an address belongs to a host on the public internet."""
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not any(address in block for block in _RESERVED)


class Resolver:
    """Resolves names with the system's resolver in at most `threads` threads, started on demand.

    A silent name server blocks a thread for half a minute and longer. The threads of asyncio and concurrent.futures are
    few by default, and block the program's exit; these are neither.
    """

    def __init__(self, threads: int) -> None:
        self._max_threads = threads
        self._threads = 0
        self._idle = Semaphore(0)
        self._requests: SimpleQueue[tuple[Future[list[Address]], str, int]] = SimpleQueue()

    async def __call__(self, host: str, port: int) -> list[Address]:
        """Return every address of a host; raises UnknownHost when it has none, socket.gaierror when lookup fails."""
        answer: Future[list[Address]] = Future()
        self._requests.put((answer, host, port))
        if not self._idle.acquire(blocking=False) and self._threads < self._max_threads:
            self._threads += 1
            Thread(target=self._work, name="resolver", daemon=True).start()
        return await asyncio.wrap_future(answer)

    def _work(self) -> None:
        """Resolve queued names forever; each answer makes this thread idle, or free for the next in line."""
        while True:
            answer, host, port = self._requests.get()
            if answer.set_running_or_notify_cancel():
                try:
                    answer.set_result(_look_up(host, port))
                except Exception as error:  # noqa: BLE001 - passed to the caller
                    answer.set_exception(error)
            self._idle.release()


def _look_up(host: str, port: int) -> list[Address]:
    """Return every address of a host; blocks."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label too long or empty for DNS
        raise UnknownHost(f"{host} is not a host name.") from error
    except socket.gaierror as error:
        if error.errno in _NO_SUCH_NAME:
            raise UnknownHost(f"There is no host named {host}.") from error
        raise
    return [ip_address(answer[4][0]) for answer in answers]


resolve = Resolver(512)
"""Threads for the most concurrent requests (256), and as many for abandoned ones whose names are still being resolved.
Idle, they cost a few kilobytes each.
"""


class Guard:
    """Opens connections only to public addresses and to those in `allow`.

    A name is resolved once and the checked address is dialled, so that the answer cannot change in between; TLS and
    HTTP still see the name.
    """

    def __init__(self, allow: tuple[Network, ...], resolver: Resolve = resolve) -> None:
        self._allow = allow
        self._resolve = resolver

    async def connect(self, host: str, port: int, tls: ssl.SSLContext | None, seconds: float) -> Streams:
        """Connect to the first address that answers within `seconds`, with TLS if a context is given.

        Resolving the name is not counted. Raises ForbiddenAddress when any address of the host is not public,
        UnknownHost or socket.gaierror when there is none, and OSError (including ssl.SSLError and TimeoutError) when no
        connection succeeds.
        """
        addresses = await self._allowed_addresses(host, port)
        async with asyncio.timeout(seconds):
            sock = await _dial(addresses, port, seconds / len(addresses))
            return await asyncio.open_connection(sock=sock, ssl=tls, server_hostname=host if tls else None)

    async def _allowed_addresses(self, host: str, port: int) -> list[Address]:
        """Return the addresses to dial, at least one; raises ForbiddenAddress when any of the host's is not allowed."""
        addresses = await self._resolve(host, port)
        for address in addresses:
            if not is_public(address) and not any(address in network for network in self._allow):
                raise ForbiddenAddress(f"{host} is not at a public address.")
        if not addresses:
            raise UnknownHost(f"{host} has no address.")
        return list(dict.fromkeys(addresses))[:_ADDRESSES_TRIED]


async def _dial(addresses: list[Address], port: int, share: float) -> socket.socket:
    """Connect to the first address that answers within `share` seconds; raises the last one's OSError."""
    for number, address in enumerate(addresses, 1):
        sock = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            async with asyncio.timeout(share):
                await asyncio.get_running_loop().sock_connect(sock, (str(address), port))
        except OSError:
            sock.close()
            if number == len(addresses):
                raise
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise AssertionError("a host without addresses")  # _checked returns at least one
