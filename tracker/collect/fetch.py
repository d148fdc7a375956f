"""Fetch a document from a server and classify the result: the only module that fetches over HTTP."""

import asyncio
import io
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType, TracebackType
from typing import Self

import httpcore
import httpx

from tracker.collect.connection import Connector
from tracker.collect.content_encoding import ACCEPTED, BadEncoding, Inflater, TooLarge
from tracker.collect.formats.sniff import ACCEPT
from tracker.collect.guard import Guard, Network, UnknownHost
from tracker.collect.response import (
    DOCUMENT,
    PERMANENT,
    REDIRECTS,
    Refused,
    announced_size,
    conditions,
    cookies_of,
    fresh_for,
    redirect_target,
    refusal,
    validators_of,
)
from tracker.collect.secrets import Secrets
from tracker.errors import CollectError, ForbiddenAddress
from tracker.models import Fetched, Validators
from tracker.outcomes import Outcome

# The outcome and message of each expected exception; the first match counts.
_FAILURES: tuple[tuple[type[Exception], Outcome, str], ...] = (
    (ForbiddenAddress, Outcome.FORBIDDEN_ADDRESS, "{}."),
    (UnknownHost, Outcome.UNKNOWN_HOST, "{}."),
    (BadEncoding, Outcome.BAD_ENCODING, "{}."),
    (TooLarge, Outcome.TOO_LARGE, "{}."),
    (ssl.SSLError, Outcome.TLS_ERROR, "The secure connection failed: {}."),
    (socket.gaierror, Outcome.DNS_ERROR, "The host's name cannot be resolved: {}."),
    (TimeoutError, Outcome.TIMEOUT, "The document did not arrive in full within the time allowed."),
    (httpcore.ConnectTimeout, Outcome.TIMEOUT, "The server did not take the connection in the time allowed."),
    (OSError, Outcome.CONNECTION_ERROR, "The connection failed: {}."),
    (httpcore.ProtocolError, Outcome.PROTOCOL_ERROR, "The server's response is not valid HTTP: {}."),
    (httpcore.UnsupportedProtocol, Outcome.PROTOCOL_ERROR, "This is not a web address: {}."),
    (httpx.InvalidURL, Outcome.PROTOCOL_ERROR, "This is not a web address: {}."),
)
_EXPECTED: tuple[type[Exception], ...] = (Refused, *(kind for kind, _, _ in _FAILURES))

_Origin = tuple[str, str, int | None]  # scheme, host and port

_COOKIES_LIMIT = 4096
"""Longest Cookie header sent, in bytes: what browsers allow one cookie."""

_NO_VALIDATORS = Validators()
_NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one request.

    `deadline` covers everything from resolving the name to the last byte, redirects included; `connect` the time from
    the resolved name to the request. `body` counts bytes on the wire, `inflated` bytes of the document. Sizes and times
    are those of miniflux and Media Cloud's rss-fetcher. At most `large` documents are read beyond
    `small` bytes at the same time, so that hostile ones cannot fill the memory together; the deadline includes the wait
    for one of these places.
    """

    deadline: timedelta = timedelta(seconds=30)
    connect: timedelta = timedelta(seconds=10)
    body: int = 15 * 2**20
    inflated: int = 30 * 2**20
    small: int = 2**20
    large: int = 4
    redirects: int = 10


@dataclass(slots=True)
class _Visit:
    """The progress of one request: current address, status, redirects, and what was sent and read.

    `document` is the part received so far.
    `cookies` are those that redirects have set, by origin: some servers redirect to the same address until they return.
    """

    start: str
    url: str
    status: int | None = None
    moved_to: str | None = None
    only_permanent: bool = True
    requests: int = 0
    size: int = 0
    content_type: str | None = None
    document: io.BytesIO = field(default_factory=io.BytesIO)
    cookies: dict[_Origin, dict[bytes, bytes]] = field(default_factory=dict)

    def cookie(self) -> bytes:
        """Return the Cookie header for the current address; empty if there are none, or too many."""
        pairs = self.cookies.get(_origin(self.url), {}).items()
        header = b"; ".join(name + b"=" + value for name, value in pairs)
        return header if len(header) <= _COOKIES_LIMIT else b""

    def redirect(self, response: httpx.Response) -> None:
        """Follow a redirect; raises Refused when it has no usable target."""
        target = redirect_target(response, self.url)
        downgrade = _is_secure(self.url) and not _is_secure(target)
        self.only_permanent = self.only_permanent and response.status_code in PERMANENT and not downgrade
        self.moved_to = target if self.only_permanent else self.moved_to
        self.cookies.setdefault(_origin(self.url), {}).update(cookies_of(response))
        self.url = target

    def is_same_origin(self, url: str) -> bool:
        """Whether an address has the origin where the visit started."""
        return _origin(url) == _origin(self.start)


MayFollow = Callable[[str], Awaitable[bool]]
"""Decides whether a redirect to an address may be followed."""


async def _anywhere(_url: str) -> bool:
    return True


class Fetcher:
    """Fetches documents within limits, any number concurrently; an async context manager.

    Refuses addresses that are neither public nor in `allow`. `environment` holds the values of `${NAME}` in addresses;
    from the real environment, only SSL_CERT_FILE and SSL_CERT_DIR are used. Fetches share no state: cookies last
    for the redirects of one.
    """

    def __init__(
        self,
        user_agent: str,
        allow: tuple[Network, ...],
        limits: Limits = Limits(),
        environment: Mapping[str, str] = _NO_VARIABLES,
        accept: str = ACCEPT,
    ) -> None:
        self._limits = limits
        self._environment = environment
        self._large = asyncio.Semaphore(limits.large)
        self._connector = Connector(Guard(allow), limits.connect)
        self._headers = (
            (b"User-Agent", user_agent.encode("ascii", "replace")),
            (b"Accept", accept.encode()),
            (b"Accept-Encoding", ACCEPTED.encode()),
            (b"Connection", b"close"),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to close: every request closes its own connections."""

    async def fetch(
        self, url: str, validators: Validators = _NO_VALIDATORS, may_follow: MayFollow = _anywhere
    ) -> Fetched:
        """Return the document at `url`, or why it could not be fetched; never raises for what the web does.

        A redirect to an address that `may_follow` does not allow ends the request, as a bad redirect.

        Send the result's `validators` next time. If the address contains `${NAME}`, the server sees the variable's
        value and the result the name, even if the document repeats the value. So `url` must come from the owner of the
        environment, never from a document.
        """
        try:
            secrets = Secrets(url, self._environment)
        except CollectError as error:
            return Fetched(Outcome.REFUSED, url, error=str(error))
        visit = _Visit(secrets.reveal(), secrets.reveal())
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout(self._limits.deadline.total_seconds()):
                response, body = await self._follow(visit, validators, secrets.authorization(), may_follow)
            fetched = _success(visit, response, body, validators)
        except _EXPECTED as error:
            fetched = _failure(visit, error)
        except Exception as error:
            if not secrets:
                raise
            raise RuntimeError(secrets.hide(repr(error))).with_traceback(error.__traceback__) from None
        fetched = replace(fetched, elapsed=timedelta(seconds=clock() - started))
        return _without_secrets(fetched, visit, secrets)

    async def _follow(
        self, visit: _Visit, sent: Validators, authorization: bytes | None, may_follow: MayFollow
    ) -> tuple[httpx.Response, bytes | None]:
        """Follow redirects; return the final response and its document, None if not modified.

        Raises Refused, and the other exceptions in _FAILURES.
        """
        for _ in range(self._limits.redirects + 1):
            headers = [*self._headers, *conditions(sent).items()]
            if authorization is not None and visit.is_same_origin(visit.url):
                headers.append((b"Authorization", authorization))
            if cookie := visit.cookie():
                headers.append((b"Cookie", cookie))
            async with self._send(visit, headers) as response:
                visit.status = response.status_code
                if visit.status not in REDIRECTS:
                    return response, await self._document(response, visit, sent)
                visit.redirect(response)
            if not await may_follow(visit.url):
                raise Refused(Outcome.BAD_REDIRECT, "The server redirects to where we may not follow.")
        raise Refused(Outcome.BAD_REDIRECT, f"The server redirects more than {self._limits.redirects} times.")

    @asynccontextmanager
    async def _send(self, visit: _Visit, headers: list[tuple[bytes, bytes]]) -> AsyncIterator[httpx.Response]:
        """Send one request and yield the response, its body unread; raises the exceptions in _FAILURES."""
        request = httpx.Request("GET", visit.url, headers=headers)
        async with self._connector.connect(request.url) as connection:
            visit.requests += 1
            yield await connection.send(request)

    async def _document(self, response: httpx.Response, visit: _Visit, sent: Validators) -> bytes | None:
        """Return the document, None if not modified; raises Refused when the response is neither."""
        if response.status_code == 304 and conditions(sent):
            return None
        if response.status_code not in DOCUMENT:
            raise refusal(response)
        if announced_size(response) > self._limits.body:
            raise TooLarge(f"The server announces more than {self._limits.body:,} bytes.")
        visit.content_type, document = response.headers.get("content-type"), visit.document
        async with AsyncExitStack() as stack, aclosing(self._pieces(response, visit)) as pieces:
            large = False
            async for piece in pieces:
                if not large and document.tell() + len(piece) > self._limits.small:
                    await stack.enter_async_context(self._large)
                    large = True
                document.write(piece)
            return document.getvalue()

    async def _pieces(self, response: httpx.Response, visit: _Visit) -> AsyncGenerator[bytes]:
        """Yield the decompressed document piece by piece; raises TooLarge beyond a limit, BadEncoding for bad data."""
        inflater = Inflater(response.headers.get("content-encoding"), self._limits.inflated)
        async for chunk in response.aiter_raw():
            visit.size += len(chunk)
            if visit.size > self._limits.body:
                raise TooLarge(f"The server sends more than {self._limits.body:,} bytes.")
            for piece in inflater.feed(chunk):
                yield piece
        for piece in inflater.finish():
            yield piece


def _success(visit: _Visit, response: httpx.Response, body: bytes | None, sent: Validators) -> Fetched:
    """Return the result for a document, or for "not modified"."""
    return Fetched(
        Outcome.NOT_MODIFIED if body is None else Outcome.OK,
        visit.url,
        status=visit.status,
        body=body,
        content_type=visit.content_type,
        validators=validators_of(response, sent),
        moved_to=visit.moved_to,
        fresh_for=fresh_for(response),
        size=visit.size,
        requests=visit.requests,
    )


def _failure(visit: _Visit, error: Exception) -> Fetched:
    """Return the result for an expected exception."""
    if isinstance(error, Refused):
        outcome, sentence = error.outcome, str(error)
    else:
        kind, outcome, template = next(row for row in _FAILURES if isinstance(error, row[0]))
        sentence = template.format((str(error) or kind.__name__).rstrip("."))
    return Fetched(
        outcome,
        visit.url,
        status=visit.status,
        body=visit.document.getvalue() or None,
        content_type=visit.content_type,
        retry_after=error.retry_after if isinstance(error, Refused) else None,
        size=visit.size,
        requests=visit.requests,
        error=sentence,
    )


def _without_secrets(fetched: Fetched, visit: _Visit, secrets: Secrets) -> Fetched:
    """Replace secrets in the result by their names; a feed that moved within its origin keeps its user info."""
    moved_to = fetched.moved_to
    if moved_to is not None:
        hidden = secrets.hide_in_address(moved_to)
        moved_to = secrets.with_user(hidden) if visit.is_same_origin(moved_to) else hidden
    if not secrets:
        return replace(fetched, moved_to=moved_to)
    validators = fetched.validators
    return replace(
        fetched,
        url=secrets.hide_in_address(fetched.url),
        moved_to=moved_to,
        body=None if fetched.body is None else secrets.hide(fetched.body),
        content_type=None if fetched.content_type is None else secrets.hide(fetched.content_type),
        validators=validators if secrets.hide(repr(validators)) == repr(validators) else _NO_VALIDATORS,
        error=None if fetched.error is None else secrets.hide(fetched.error),
    )


def _origin(url: str) -> _Origin:
    """Return scheme, host and port."""
    parsed = httpx.URL(url)
    return parsed.scheme, parsed.host, parsed.port


def _is_secure(url: str) -> bool:
    """Whether an address uses TLS."""
    return url[:6].lower() == "https:"
