"""Post a signed body to a webhook; the only module that knows how deliveries are signed and what answers mean.

The signature is HMAC-SHA256 (RFC 2104) over the time, a dot and the body, so that an old body cannot be replayed under
a new time. A request only counts as failed when the receiver certainly did not accept it; when nobody can know, because
the request was under way and no clear answer came, it is never sent again.
"""

import asyncio
import hmac
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import httpx

from tracker.collect.secrets import Secrets
from tracker.config.values import variables
from tracker.errors import CollectError
from tracker.publish.mail import NotSent, Unsure

TIMEOUT: Final = 10.0
"""Total seconds that a request may take."""

_UNCLEAR: Final = frozenset({408, 502, 504})
"""Statuses by which an intermediary says that the receiver did not answer: it may have accepted the body."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where to post, and the signing secret: templates whose values are in the environment."""

    address: str
    secret: str
    contact: str


@dataclass(frozen=True, slots=True)
class HookRequest:
    """What is posted; `number` identifies it, so that the receiver can detect repeats."""

    event: str
    number: str
    body: bytes
    at: datetime


def post(hook: Hook, request: HookRequest, environment: Mapping[str, str], claim: Callable[[], bool]) -> bool:
    """Post a request. Return False when `claim`, called at the last moment, refuses.

    Raises NotSent and Unsure.
    """
    secret = _secret(hook, environment)
    try:
        place = Secrets(hook.address, environment)
    except CollectError as error:
        raise NotSent(str(error)) from None
    headers = _headers(hook, request, secret)
    if (login := place.authorization()) is not None:
        headers["Authorization"] = login.decode("latin-1")
    if not claim():
        return False
    _judge(asyncio.run(_status(place.reveal(), headers, request.body)))
    return True


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the hexadecimal digits that follow `sha256=`."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


def _secret(hook: Hook, environment: Mapping[str, str]) -> str:
    (name,) = variables(hook.secret)
    if not environment.get(name):
        raise NotSent(
            f"The environment has no {name}, with which this webhook is signed; set it and it is tried again."
        )
    return environment[name]


def _headers(hook: Hook, request: HookRequest, secret: str) -> dict[str, str]:
    timestamp = str(int(request.at.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": f"encryption-coverage-tracker (+{hook.contact})".encode("ascii", "replace").decode(),
        "X-Tracker-Event": request.event,
        "X-Tracker-Delivery": request.number,
        "X-Tracker-Timestamp": timestamp,
        "X-Tracker-Signature": f"sha256={signature(secret, timestamp, request.body)}",
    }


async def _status(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Return the status of a response; its body is not read, and no redirect followed.

    Uses the transport directly: httpx's client would log the address, which may hold a key.
    """
    began = False

    async def trace(event: str, _info: Mapping[str, Any]) -> None:
        nonlocal began
        began = began or event.endswith("send_request_headers.started")

    try:
        extensions = {"trace": trace, "timeout": httpx.Timeout(TIMEOUT).as_dict()}
        request = httpx.Request("POST", url, headers=headers, content=body, extensions=extensions)
        async with asyncio.timeout(TIMEOUT), httpx.AsyncHTTPTransport(trust_env=False) as transport:
            answer = await transport.handle_async_request(request)
            await answer.aclose()
            return answer.status_code
    except (TimeoutError, OSError, httpx.HTTPError, httpx.InvalidURL) as error:
        if began:
            raise Unsure(
                "The webhook received the message but did not answer in time, so it may or may not have accepted it; "
                "it is not sent again."
            ) from None
        raise NotSent(f"The webhook cannot be reached: {_reason(error)}.") from None


def _reason(error: Exception) -> str:
    """Say why there is no connection, without the address, which libraries may put into their messages."""
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return f"no connection within {TIMEOUT:.0f} seconds"
    reasons: tuple[tuple[type[Exception], str], ...] = (
        (ssl.SSLCertVerificationError, "its certificate is not trusted"),
        (ssl.SSLError, "a secure connection could not be established"),
        (ConnectionRefusedError, "the connection is refused"),
        (socket.gaierror, "its host's name cannot be resolved"),
    )
    causes = list(_causes(error))
    found = (reason for kind, reason in reasons for cause in causes if isinstance(cause, kind))
    return next(found, "the connection failed")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _judge(status: int) -> None:
    """Return if the status means that the request was accepted; otherwise raise NotSent or Unsure."""
    if 200 <= status < 300:
        return
    if status in _UNCLEAR:
        raise Unsure(
            f"The webhook's answer is {status}, so it may or may not have accepted the message; it is not sent again."
        )
    moved = "; redirects are not followed, so write the new address in feeds.yaml" if 300 <= status < 400 else ""
    raise NotSent(f"The webhook rejected the message: it answered {status}{moved}.")
