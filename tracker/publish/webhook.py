"""Posts a body to a webhook, signed: the only module that knows how a delivery is signed and what an answer means.

The signature is HMAC-SHA256 (RFC 2104) over the time, a dot and the body, so that an old body cannot be posted again
under a new time. Only where it is sure that the other side did not take it is a delivery said to have failed; where
nobody can know, because the request was on its way and no clear answer came, it is never sent again.
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
"""Seconds that a delivery may take in all."""

_UNCLEAR: Final = frozenset({408, 502, 504})
"""Answers by which somebody on the way says that the other side did not answer: it may have taken the body."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where to post, and with what to sign: templates, for which the environment has the values."""

    address: str
    secret: str
    contact: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is posted: `number` names it, so that whoever gets it can tell that it came before."""

    event: str
    number: str
    body: bytes
    at: datetime


def post(hook: Hook, delivery: Delivery, environment: Mapping[str, str], claim: Callable[[], bool]) -> bool:
    """Post it; False when `claim`, asked at the last moment, says that it is not to be sent.

    Raises NotSent and Unsure.
    """
    secret = _secret(hook, environment)
    try:
        place = Secrets(hook.address, environment)
    except CollectError as error:
        raise NotSent(str(error)) from None
    headers = _headers(hook, delivery, secret)
    if (login := place.authorization()) is not None:
        headers["Authorization"] = login.decode("latin-1")
    if not claim():
        return False
    _judge(asyncio.run(_status(place.reveal(), headers, delivery.body)))
    return True


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What stands behind `sha256=`."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


def _secret(hook: Hook, environment: Mapping[str, str]) -> str:
    (name,) = variables(hook.secret)
    if not environment.get(name):
        raise NotSent(
            f"The environment has no {name}, with which this webhook is signed; set it and it is tried again."
        )
    return environment[name]


def _headers(hook: Hook, delivery: Delivery, secret: str) -> dict[str, str]:
    timestamp = str(int(delivery.at.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": f"encryption-coverage-tracker (+{hook.contact})".encode("ascii", "replace").decode(),
        "X-Tracker-Event": delivery.event,
        "X-Tracker-Delivery": delivery.number,
        "X-Tracker-Timestamp": timestamp,
        "X-Tracker-Signature": f"sha256={signature(secret, timestamp, delivery.body)}",
    }


async def _status(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """The status with which a request was answered; its body is not read, and no redirect followed.

    The transport is asked itself: httpx's client would write the address, which may hold a key, to the log.
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
                "The webhook got the message and gave no answer in time, so it may have taken it or not; it is not "
                "sent again."
            ) from None
        raise NotSent(f"The webhook cannot be reached: {_reason(error)}.") from None


def _reason(error: Exception) -> str:
    """Why there is no connection, without the address: what libraries write may hold it."""
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return f"no connection within {TIMEOUT:.0f} seconds"
    reasons: tuple[tuple[type[Exception], str], ...] = (
        (ssl.SSLCertVerificationError, "its certificate is not one that we trust"),
        (ssl.SSLError, "no secure connection came about"),
        (ConnectionRefusedError, "the connection is refused"),
        (socket.gaierror, "its host's name cannot be resolved"),
    )
    causes = list(_causes(error))
    found = (reason for kind, reason in reasons for cause in causes if isinstance(cause, kind))
    return next(found, "the connection failed")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _judge(status: int) -> None:
    """Nothing for an answer that says that it was taken; raises what others mean."""
    if 200 <= status < 300:
        return
    if status in _UNCLEAR:
        raise Unsure(
            f"The webhook's answer is {status}, so it may have taken the message or not; it is not sent again."
        )
    moved = "; a redirect is not followed, write the new address into feeds.yaml" if 300 <= status < 400 else ""
    raise NotSent(f"The webhook did not take the message: it answered {status}{moved}.")
