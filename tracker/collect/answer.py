"""Reads what an HTTP answer says besides the document: the only module that knows statuses and headers."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from tracker.errors import CollectError
from tracker.models import Outcome, Validators

DOCUMENT = frozenset({200, 203})
"""Statuses that come with the whole document; the others of the 200s carry a part of it, or none."""

PERMANENT = frozenset({301, 308})
"""Redirects that say to ask elsewhere from now on (RFC 9110 section 15.4)."""

REDIRECTS = PERMANENT | {302, 303, 307}
"""Redirects that say to ask elsewhere this time."""

_LONGEST_WAIT = timedelta(days=31)
"""Most that a Retry-After is believed to mean, as in lemon24/reader."""

# What a robot check's refusal carries: the header, and how its value begins.
_CHALLENGES = {"cf-mitigated": "challenge", "x-amzn-waf-action": "", "x-datadome": "", "x-sucuri-block": ""}


class Refused(CollectError):
    """The server answered, but not with the document."""

    def __init__(self, outcome: Outcome, sentence: str, retry_after: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.outcome = outcome
        self.retry_after = retry_after


def conditions(validators: Validators) -> dict[bytes, bytes]:
    """The headers that ask whether a document has changed, the validators byte for byte as they came."""
    stated = {b"If-None-Match": validators.etag, b"If-Modified-Since": validators.last_modified}
    return {name: value.encode("latin-1", "replace") for name, value in stated.items() if value}


def validators_of(response: httpx.Response, sent: Validators) -> Validators:
    """What to send next time: what this answer gives, or what was sent where a 304 leaves it out."""
    kept = sent if response.status_code == 304 else Validators()
    return Validators(
        etag=_exact(response, b"etag") or kept.etag,
        last_modified=_exact(response, b"last-modified") or kept.last_modified,
    )


def announced_size(response: httpx.Response) -> int:
    """The bytes that Content-Length announces; 0 when it says nothing that can be believed."""
    stated = response.headers.get("content-length", "")
    return int(stated) if stated.isdecimal() and len(stated) < 20 else 0


def refusal(response: httpx.Response) -> Refused:
    """Why an answer that is no document is none, and how long the server asks to be left alone."""
    status = response.status_code
    waits = _retry_after(response) if status in {429, 503} else None
    if status in {401, 403} or (status not in {410, 429} and _is_challenge(response)):
        return Refused(Outcome.REFUSED, f"The server refuses us: {_named(status)}{_robot_check(response)}.", waits)
    if status == 410:
        return Refused(Outcome.GONE, "The server says that this feed is gone for good (410).")
    if status == 429:
        return Refused(Outcome.RATE_LIMITED, "The server says that we ask too often (429).", waits)
    return Refused(Outcome.HTTP_ERROR, f"The server answers {_named(status)}.", waits)


def _named(status: int) -> str:
    """A status with its name, where it has one."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"status {status}"


def _is_challenge(response: httpx.Response) -> bool:
    """Whether the answer is a check for robots in place of the document."""
    headers = response.headers
    return any(name in headers and headers[name].startswith(start) for name, start in _CHALLENGES.items())


def _robot_check(response: httpx.Response) -> str:
    """What, besides the status, says who refused."""
    server = response.headers.get("server", "")
    if _is_challenge(response):
        return f", with a check for robots by {server[:40] or 'an unnamed service'}"
    return f", by {server}" if server.lower() == "cloudflare" else ""


def _retry_after(response: httpx.Response) -> timedelta | None:
    """How long the server asks to wait, from now; None when it does not say.

    A date counts from the server's own Date (RFC 9110 section 10.2.3), so that no clock is needed here.
    """
    stated = response.headers.get("retry-after", "").strip()
    if stated.isdecimal():
        return min(timedelta(seconds=int(stated[:9])), _LONGEST_WAIT)
    until, now = _http_date(stated), _http_date(response.headers.get("date", ""))
    if until is None or now is None:
        return None
    return min(max(until - now, timedelta()), _LONGEST_WAIT)


def _http_date(text: str) -> datetime | None:
    """The moment that an HTTP date means; None when it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _exact(response: httpx.Response, name: bytes) -> str | None:
    """The first header of this name, each byte one character (latin-1); None when there is none."""
    values = (value for key, value in response.headers.raw if key.lower() == name)
    return next(values, b"").decode("latin-1") or None
