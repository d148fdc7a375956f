"""Decides which network addresses may be reached: the only module that resolves names and connects."""

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
"""Every address of a host, in the order to try them; raises UnknownHost or socket.gaierror when it has none."""

_ADDRESSES_TRIED = 4
"""How many addresses of one host are dialled at most; they share the time allowed to connect."""

# The only IPv6 block given out for public hosts (IANA global unicast assignments). It leaves out loopback,
# private, link-local, site-local, multicast, IPv4-mapped and -compatible, and NAT64 (64:ff9b::/96) addresses.
_GLOBAL_UNICAST = IPv6Network("2000::/3")

# Within the public blocks, but not for reaching a host; `is_global` of Python 3.11 lets most of these pass.
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

# What a resolver says of a name that does not exist, or has no address; whatever else it says may pass.
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


class UnknownHost(CollectError):
    """The host's name does not exist, or has no address."""


def is_public(address: Address) -> bool:
    """Whether an address belongs to a host on the public internet."""
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not any(address in block for block in _RESERVED)


class Resolver:
    """Asks the system's resolver for names, in threads made on demand, `threads` of them at most.

    A name server that is silent holds a thread for half a minute and longer. The threads of asyncio and of
    concurrent.futures are few by default, and are waited for when the program ends; these are neither.
    """

    def __init__(self, threads: int) -> None:
        self._most = threads
        self._threads = 0
        self._idle = Semaphore(0)
        self._questions: SimpleQueue[tuple[Future[list[Address]], str, int]] = SimpleQueue()

    async def __call__(self, host: str, port: int) -> list[Address]:
        """Every address of a host; raises UnknownHost when it has none, socket.gaierror when nobody can say."""
        answer: Future[list[Address]] = Future()
        self._questions.put((answer, host, port))
        if not self._idle.acquire(blocking=False) and self._threads < self._most:
            self._threads += 1
            Thread(target=self._work, name="resolver", daemon=True).start()
        return await asyncio.wrap_future(answer)

    def _work(self) -> None:
        """Looks up one name after the other; each answer makes this thread idle, or ready for who waits."""
        while True:
            answer, host, port = self._questions.get()
            if answer.set_running_or_notify_cancel():
                try:
                    answer.set_result(_looked_up(host, port))
                except Exception as error:  # noqa: BLE001 - whoever asked gets it
                    answer.set_exception(error)
            self._idle.release()


def _looked_up(host: str, port: int) -> list[Address]:
    """Every address of a host; blocks."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label too long or empty for DNS
        raise UnknownHost(f"{host} is no host name.") from error
    except socket.gaierror as error:
        if error.errno in _NO_SUCH_NAME:
            raise UnknownHost(f"There is no host called {host}.") from error
        raise
    return [ip_address(answer[4][0]) for answer in answers]


resolve = Resolver(512)
"""Threads for as many requests as run at a time (256), and for as many that were given up, whose names are still
being looked up. Without work they cost some kilobytes each."""


class Guard:
    """Opens connections to public addresses and to those in `allow`, and to no other.

    A name is resolved once and the number that was checked is dialled, so that an answer cannot change in
    between; TLS and HTTP still see the name.
    """

    def __init__(self, allow: tuple[Network, ...], resolver: Resolve = resolve) -> None:
        self._allow = allow
        self._resolve = resolver

    async def connect(self, host: str, port: int, tls: ssl.SSLContext | None, seconds: float) -> Streams:
        """A connection to the first address that answers, with TLS where a context is given, in at most `seconds`.

        The time for the name does not count. Raises ForbiddenAddress when any address of the host is not
        public, UnknownHost or socket.gaierror when there is none, and OSError (ssl.SSLError and TimeoutError
        are such) when no connection comes about.
        """
        addresses = await self._checked(host, port)
        async with asyncio.timeout(seconds):
            line = await _dialled(addresses, port, seconds / len(addresses))
            return await asyncio.open_connection(sock=line, ssl=tls, server_hostname=host if tls else None)

    async def _checked(self, host: str, port: int) -> list[Address]:
        """The addresses to dial, at least one; raises ForbiddenAddress when any of the host's may not be."""
        addresses = await self._resolve(host, port)
        for address in addresses:
            if not is_public(address) and not any(address in network for network in self._allow):
                raise ForbiddenAddress(f"{host} is not at a public address.")
        if not addresses:
            raise UnknownHost(f"{host} has no address.")
        return list(dict.fromkeys(addresses))[:_ADDRESSES_TRIED]


async def _dialled(addresses: list[Address], port: int, share: float) -> socket.socket:
    """A line to the first address that answers within its `share` of seconds; raises the last one's OSError."""
    for number, address in enumerate(addresses, 1):
        line = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
        try:
            line.setblocking(False)
            async with asyncio.timeout(share):
                await asyncio.get_running_loop().sock_connect(line, (str(address), port))
        except OSError:
            line.close()
            if number == len(addresses):
                raise
        except BaseException:
            line.close()
            raise
        else:
            return line
    raise AssertionError("a host without addresses")  # _checked returns at least one
