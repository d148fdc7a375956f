"""Reads what an HTTP answer says besides the document: the only module that knows statuses and headers."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from tracker.analyse.urls import absolute
from tracker.errors import CollectError
from tracker.models import Validators
from tracker.outcomes import Outcome

DOCUMENT = frozenset({200, 203})
"""Statuses that come with the whole document; the others of the 200s carry a part of it, or none."""

PERMANENT = frozenset({301, 308})
"""Redirects that say to ask elsewhere from now on (RFC 9110 section 15.4)."""

REDIRECTS = PERMANENT | {302, 303, 307}
"""Redirects that say to ask elsewhere this time."""

_LONGEST = timedelta(days=31)
"""Most that a server is believed to mean by Retry-After, max-age or Expires, as in lemon24/reader."""

# What a check for robots carries: the header, and how its value begins.
_CHALLENGES = {"cf-mitigated": "challenge", "x-amzn-waf-action": "", "x-datadome": "", "x-sucuri-block": ""}

# Statuses that such a check comes with (AWS: 202 and 405, the others 403, 401 or 503); DataDome, for one, puts
# its header on every answer, so that with a 404 or 500 it says nothing.
_CHALLENGING = frozenset({202, 401, 403, 405, 503})


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


def redirect_target(response: httpx.Response, url: str) -> str:
    """Where a redirect from `url` points, without a fragment; raises Refused when that is nowhere.

    A `${` of the server's is written otherwise: when the address is asked again, it is to be no place for a secret.
    """
    location = response.headers.get("location")
    target = None if location is None else absolute(location.partition("#")[0], url)
    if target is None or not _is_address(target):
        where = "without an address" if location is None else "to an unusable address"
        raise Refused(Outcome.BAD_REDIRECT, f"The server redirects {where} ({response.status_code}).")
    return target.replace("${", "$%7B")


def _is_address(url: str) -> bool:
    """Whether httpx, too, can read what the URL standard can."""
    try:
        httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return True


def fresh_for(response: httpx.Response) -> timedelta | None:
    """How long the answer may be kept without asking again; None when it does not say, or says not at all.

    max-age comes before Expires, and what the answer has spent in caches counts (RFC 9111 section 4.2). What is
    said to shared caches only is not for us.
    """
    stated = _directives(response.headers.get("cache-control", ""))
    if stated.keys() & {"no-cache", "no-store"}:
        return None
    age = _seconds(response.headers.get("age", "").strip()) or timedelta()
    if "max-age" in stated:
        lifetime = _seconds(stated["max-age"])
    else:
        lifetime = _until(response.headers.get("expires", ""), response)
    return lifetime - age if lifetime is not None and lifetime > age else None


def _directives(cache_control: str) -> dict[str, str]:
    """What Cache-Control says, names in small letters; the first counts where one is said twice."""
    pairs = [part.partition("=") for part in cache_control.split(",")]
    return {name.strip().lower(): value.strip(' \t"') for name, _, value in reversed(pairs)}


def refusal(response: httpx.Response) -> Refused:
    """Why an answer that is no document is none, and how long the server asks to be left alone."""
    status = response.status_code
    waits = _retry_after(response) if status in {429, 503} else None
    server = response.headers.get("server", "")[:40]
    if _is_challenge(response):
        check = f"a check for robots by {server or 'an unnamed service'}"
        return Refused(Outcome.CHALLENGE, f"The server refuses us: {_named(status)}, with {check}.", waits)
    if status in {401, 403}:
        by = f", by {server}" if server.lower() == "cloudflare" else ""
        return Refused(Outcome.REFUSED, f"The server refuses us: {_named(status)}{by}.")
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
    signs = (name in headers and headers[name].startswith(start) for name, start in _CHALLENGES.items())
    return response.status_code in _CHALLENGING and any(signs)


def _retry_after(response: httpx.Response) -> timedelta | None:
    """How long the server asks to wait, from now; None when it does not say.

    A date counts from the server's own Date (RFC 9110 section 10.2.3), so that no clock is needed here.
    """
    stated = response.headers.get("retry-after", "").strip()
    wait = _seconds(stated)
    if wait is None:
        wait = _until(stated, response)
    return None if wait is None else max(wait, timedelta())


def _until(date: str, response: httpx.Response) -> timedelta | None:
    """The time from the answer's Date to another date, at most _LONGEST; None when either cannot be read."""
    until, now = _http_date(date), _http_date(response.headers.get("date", ""))
    return None if until is None or now is None else min(until - now, _LONGEST)


def _seconds(text: str) -> timedelta | None:
    """A whole number of seconds, at most _LONGEST; None for anything else."""
    return min(timedelta(seconds=int(text[:9])), _LONGEST) if text.isdecimal() and text.isascii() else None


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
