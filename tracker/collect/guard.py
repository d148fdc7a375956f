"""Decides which network addresses may be reached: the only module that resolves names and connects."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore
import httpx

from tracker.errors import ForbiddenAddress

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_RESOLVERS = ThreadPoolExecutor(32, thread_name_prefix="resolver")
"""Threads that look names up, more than requests run at a time: a name server that is silent holds one for many
seconds, and asyncio's own threads are few."""

Resolve = Callable[[str, int], Awaitable[list[Address]]]
"""Every address of a host, in the order to try them; raises socket.gaierror when it has none."""

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


def is_public(address: Address) -> bool:
    """Whether an address belongs to a host on the public internet."""
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not any(address in block for block in _RESERVED)


async def resolve(host: str, port: int) -> list[Address]:
    """Every address that the system's resolver has for a host; raises socket.gaierror when it has none."""
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        answers = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, look_up)
    except UnicodeError as error:  # a label too long or empty for DNS
        raise socket.gaierror(socket.EAI_NONAME, f"{host} is no host name") from error
    return [ip_address(answer[4][0]) for answer in answers]


class Guard(httpcore.AsyncNetworkBackend):
    """Opens connections to public addresses and to those in `allow`, and to no other.

    A name is resolved once and the number that was checked is dialled, so that an answer cannot change in
    between; TLS and HTTP still see the name.
    """

    def __init__(self, allow: tuple[Network, ...], resolver: Resolve = resolve) -> None:
        self._allow = allow
        self._resolve = resolver
        self._dialler = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address that answers within its share of `timeout` seconds.

        Raises ForbiddenAddress when any address of the host is not public, socket.gaierror when there is
        none, and what httpcore raises when none answers.
        """
        addresses = await self._checked(host, port)
        share = None if timeout is None else timeout / len(addresses)
        for number, address in enumerate(map(str, addresses), 1):
            try:
                return await self._dialler.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise AssertionError("a host without addresses")  # _checked returns at least one

    async def _checked(self, host: str, port: int) -> list[Address]:
        """The addresses to dial, at least one; raises ForbiddenAddress when any of the host's may not be."""
        addresses = await self._resolve(host, port)
        for address in addresses:
            if not is_public(address) and not any(address in network for network in self._allow):
                raise ForbiddenAddress(f"{host} is not at a public address.")
        if not addresses:
            raise socket.gaierror(socket.EAI_NODATA, f"{host} has no address")
        return list(dict.fromkeys(addresses))[:_ADDRESSES_TRIED]

    async def sleep(self, seconds: float) -> None:
        """Waits, as httpcore asks between its retries, of which there are none."""
        await self._dialler.sleep(seconds)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Carries httpx's requests over connections that a Guard opened; raises httpcore's exceptions.

    httpx's own transport cannot be given a network backend without touching its private parts.
    """

    def __init__(self, guard: Guard, tls: ssl.SSLContext, connections: int) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls, max_connections=connections, keepalive_expiry=5.0, network_backend=guard
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to one request, its body still to be read."""
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=target,
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    """The body of an answer as it comes off the wire."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()
