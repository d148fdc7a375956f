"""Asks a server for a document and says what came of it: the only module that sends HTTP requests."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

import httpcore
import httpx

from tracker.analyse.urls import absolute, host
from tracker.collect.answer import (
    DOCUMENT,
    PERMANENT,
    REDIRECTS,
    Refused,
    announced_size,
    conditions,
    refusal,
    validators_of,
)
from tracker.collect.guard import Guard, GuardedTransport, Network
from tracker.collect.inflate import ACCEPTED, BadEncoding, Inflater, TooLarge
from tracker.errors import ForbiddenAddress
from tracker.models import Fetched, Outcome, Validators

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)

# Which outcome each expected exception is, and what is said of it; the first that fits counts.
_FAILURES: tuple[tuple[type[BaseException], Outcome, str], ...] = (
    (ForbiddenAddress, Outcome.FORBIDDEN_ADDRESS, "{}"),
    (BadEncoding, Outcome.BAD_ENCODING, "{}"),
    (TooLarge, Outcome.TOO_LARGE, "{}"),
    (ssl.SSLError, Outcome.TLS_ERROR, "The secure connection failed: {}."),
    (socket.gaierror, Outcome.DNS_ERROR, "The host's name cannot be resolved: {}."),
    (TimeoutError, Outcome.TIMEOUT, "The server did not answer in full within the time allowed."),
    (httpcore.ConnectTimeout, Outcome.TIMEOUT, "The server did not take the connection in the time allowed."),
    (OSError, Outcome.CONNECTION_ERROR, "The connection failed: {}."),
    (httpcore.NetworkError, Outcome.CONNECTION_ERROR, "The connection failed: {}."),
    (httpcore.ProtocolError, Outcome.PROTOCOL_ERROR, "What the server sends is no valid HTTP: {}."),
    (httpcore.UnsupportedProtocol, Outcome.PROTOCOL_ERROR, "This is no web address: {}."),
    (httpx.InvalidURL, Outcome.PROTOCOL_ERROR, "This is no web address: {}."),
)
_EXPECTED: tuple[type[BaseException], ...] = (Refused, *(kind for kind, _, _ in _FAILURES))

_NOTHING_KNOWN = Validators()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost, and how many run at a time.

    `deadline` covers everything from resolving the name to the last byte, redirects included. `body` counts
    bytes on the wire, `inflated` bytes of the document. Sizes and times are those of miniflux and Media
    Cloud's rss-fetcher.
    """

    deadline: timedelta = timedelta(seconds=30)
    connect: timedelta = timedelta(seconds=10)
    body: int = 15 * 2**20
    inflated: int = 30 * 2**20
    redirects: int = 10
    in_all: int = 20
    per_host: int = 2


@dataclass(slots=True)
class _Visit:
    """How far one request has come: where it is, what it was told, and how many bytes it has read."""

    url: str
    status: int | None = None
    moved_to: str | None = None
    only_permanent: bool = True
    size: int = 0

    def redirect(self, response: httpx.Response) -> None:
        """Goes where a redirect points; raises Refused when that is nowhere."""
        location = response.headers.get("location")
        target = None if location is None else absolute(location.partition("#")[0], self.url)
        if target is None:
            where = "without an address" if location is None else "to an unusable address"
            raise Refused(Outcome.BAD_REDIRECT, f"The server redirects {where} ({response.status_code}).")
        downgrade = _is_secure(self.url) and not _is_secure(target)
        self.only_permanent = self.only_permanent and response.status_code in PERMANENT and not downgrade
        self.moved_to = target if self.only_permanent else self.moved_to
        self.url = target


class Fetcher:
    """Fetches documents over one pool of connections, within limits; an async context manager.

    Addresses that are neither public nor in `allow` are refused. Nothing of one request is told in another
    (no cookies, no Referer), and nothing is taken from the environment but SSL_CERT_FILE and SSL_CERT_DIR.
    """

    def __init__(self, user_agent: str, allow: tuple[Network, ...], limits: Limits = Limits()) -> None:
        self._limits = limits
        self._all = asyncio.Semaphore(limits.in_all)
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._client = httpx.AsyncClient(
            transport=GuardedTransport(Guard(allow), httpx.create_ssl_context(), limits.in_all),
            headers={
                b"User-Agent": user_agent.encode("ascii", "replace"),
                b"Accept": _ACCEPT.encode(),
                b"Accept-Encoding": ACCEPTED.encode(),
            },
            timeout=httpx.Timeout(None, connect=limits.connect.total_seconds()),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def fetch(self, url: str, validators: Validators = _NOTHING_KNOWN) -> Fetched:
        """What the server offers at `url`, or why it could not be had; never raises for what the web does.

        Waiting for a free slot counts neither against the deadline nor as elapsed. The `validators` of the
        result are those to send next time.
        """
        clock = asyncio.get_running_loop().time
        async with self._slot(host(url)):
            visit = _Visit(url)
            started = clock()
            try:
                async with asyncio.timeout(self._limits.deadline.total_seconds()):
                    response, body = await self._follow(visit, validators)
            except _EXPECTED as error:
                return _failure(visit, error, timedelta(seconds=clock() - started))
            return _success(visit, response, body, validators, timedelta(seconds=clock() - started))

    @asynccontextmanager
    async def _slot(self, name: str) -> AsyncIterator[None]:
        """Waits until one more request may run, for this host and in all."""
        ours = self._hosts.setdefault(name, asyncio.Semaphore(self._limits.per_host))
        async with ours, self._all:
            yield

    async def _follow(self, visit: _Visit, sent: Validators) -> tuple[httpx.Response, bytes | None]:
        """The answer at the end of the redirects and its document, None when it has not changed.

        Raises Refused and what else _FAILURES names when there is none.
        """
        for _ in range(self._limits.redirects + 1):
            async with self._answer(visit.url, sent) as response:
                visit.status = response.status_code
                if visit.status not in REDIRECTS:
                    return response, await self._document(response, visit, sent)
                visit.redirect(response)
        raise Refused(Outcome.BAD_REDIRECT, f"The server redirects more than {self._limits.redirects} times.")

    @asynccontextmanager
    async def _answer(self, url: str, sent: Validators) -> AsyncIterator[httpx.Response]:
        """The answer to one request, its body still to be read; raises what _FAILURES names."""
        request = self._client.build_request("GET", url, headers=conditions(sent))
        try:
            response = await self._client.send(request, stream=True)
        except (httpx.InvalidURL, httpx.HTTPError, UnicodeError) as error:
            # The transport raises httpcore's exceptions, so httpx's own are about a Location: it prepares
            # the next request even when it is not to send it.
            raise Refused(Outcome.BAD_REDIRECT, f"The server redirects to no address: {error}") from error
        try:
            yield response
        finally:
            await response.aclose()

    async def _document(self, response: httpx.Response, visit: _Visit, sent: Validators) -> bytes | None:
        """The document, None when it has not changed; raises Refused when the answer is neither."""
        if response.status_code == 304 and conditions(sent):
            return None
        if response.status_code not in DOCUMENT:
            raise refusal(response)
        if announced_size(response) > self._limits.body:
            raise TooLarge(f"The server announces more than {self._limits.body:,} bytes.")
        inflater = Inflater(response.headers.get("content-encoding"), self._limits.inflated)
        pieces = []
        async for chunk in response.aiter_raw():
            visit.size += len(chunk)
            if visit.size > self._limits.body:
                raise TooLarge(f"The server sends more than {self._limits.body:,} bytes.")
            pieces.append(inflater.feed(chunk))
        inflater.finish()
        return b"".join(pieces)


def _success(
    visit: _Visit, response: httpx.Response, body: bytes | None, sent: Validators, elapsed: timedelta
) -> Fetched:
    """What a document, or the word that it has not changed, means for the poll."""
    return Fetched(
        Outcome.NOT_MODIFIED if body is None else Outcome.OK,
        visit.url,
        status=visit.status,
        body=body,
        content_type=response.headers.get("content-type"),
        validators=validators_of(response, sent),
        moved_to=visit.moved_to,
        size=visit.size,
        elapsed=elapsed,
    )


def _failure(visit: _Visit, error: BaseException, elapsed: timedelta) -> Fetched:
    """What an expected exception means for the poll."""
    outcome, sentence = _explained(error)
    return Fetched(
        outcome,
        visit.url,
        status=visit.status,
        retry_after=error.retry_after if isinstance(error, Refused) else None,
        size=visit.size,
        elapsed=elapsed,
        error=sentence,
    )


def _explained(error: BaseException) -> tuple[Outcome, str]:
    """The outcome that an expected exception is, and the sentence that says so."""
    if isinstance(error, Refused):
        return error.outcome, str(error)
    causes = list(_causes(error))
    first = next((cause for cause in causes if _is_tls_failure(cause)), error)
    kind, outcome, sentence = next(row for row in _FAILURES if isinstance(first, row[0]))
    reason = next((str(cause) for cause in (first, *reversed(causes)) if str(cause)), kind.__name__)
    return outcome, sentence.format(reason.rstrip("."))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and those it came from; httpcore hides the first one's cause, but not its context."""
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__ or current.__context__


def _is_tls_failure(error: BaseException) -> bool:
    """Whether TLS itself failed; that it wants to read on is in the context of every slow handshake."""
    return isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLWantReadError)


def _is_secure(url: str) -> bool:
    """Whether an address asks for TLS."""
    return url[:6].lower() == "https:"
