"""Interpret the status and headers of an HTTP response: the only module that knows them."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from tracker.analyse.urls import absolute
from tracker.errors import CollectError
from tracker.models import Validators
from tracker.outcomes import Outcome

DOCUMENT = frozenset({200, 203})
"""Statuses with the whole document; other 2xx have part of it, or none."""

PERMANENT = frozenset({301, 308})
"""Permanent redirects (RFC 9110 section 15.4)."""

REDIRECTS = PERMANENT | {302, 303, 307}
"""Permanent and temporary redirects."""

_LONGEST = timedelta(days=31)
"""Cap on Retry-After, max-age and Expires, as in lemon24/reader."""

# Headers of bot checks, and how their values begin.
_CHALLENGES = {"cf-mitigated": "challenge", "x-amzn-waf-action": "", "x-datadome": "", "x-sucuri-block": ""}

# Statuses of bot checks (AWS: 202 and 405, the others 403, 401 or 503); DataDome, for one, sends its header with
# every response, so it means nothing with a 404 or 500.
_CHALLENGING = frozenset({202, 401, 403, 405, 503})


class Refused(CollectError):
    """The server answered, but not with the document."""

    def __init__(self, outcome: Outcome, sentence: str, retry_after: timedelta | datetime | None = None) -> None:
        super().__init__(sentence)
        self.outcome = outcome
        self.retry_after = retry_after


def conditions(validators: Validators) -> dict[bytes, bytes]:
    """Return the headers of a conditional request, the validators byte for byte as received."""
    stated = {b"If-None-Match": validators.etag, b"If-Modified-Since": validators.last_modified}
    return {name: value.encode("latin-1", "replace") for name, value in stated.items() if value}


def validators_of(response: httpx.Response, sent: Validators) -> Validators:
    """Return the validators to send next time: this response's, or those sent if a 304 omits them."""
    kept = sent if response.status_code == 304 else Validators()
    return Validators(
        etag=_raw_header(response, b"etag") or kept.etag,
        last_modified=_raw_header(response, b"last-modified") or kept.last_modified,
    )


def announced_size(response: httpx.Response) -> int:
    """Return Content-Length in bytes; 0 if absent or implausible."""
    stated = response.headers.get("content-length", "")
    return int(stated) if stated.isdecimal() and len(stated) < 20 else 0


def redirect_target(response: httpx.Response, url: str) -> str:
    """Return a redirect's target from `url`, without fragment; raises Refused when it has none that is usable.

    Of several Location headers the first counts.

    A `${` from the server is escaped, so that it is no placeholder for a secret when the address is polled again.
    """
    location = next(iter(response.headers.get_list("location")), None)
    target = None if location is None else absolute(location.partition("#")[0], url)
    if target is None or not _is_address(target):
        where = "without an address" if location is None else "to an unusable address"
        raise Refused(Outcome.BAD_REDIRECT, f"The server redirects {where} ({response.status_code}).")
    return target.replace("${", "$%7B")


def cookies_of(response: httpx.Response) -> dict[bytes, bytes]:
    """Return the cookies that a response sets, without their attributes."""
    stated = (value.partition(b";")[0] for name, value in response.headers.raw if name.lower() == b"set-cookie")
    pairs = (cookie.partition(b"=") for cookie in stated)
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def _is_address(url: str) -> bool:
    """Whether httpx accepts the address too, as the URL standard does."""
    try:
        httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return True


def fresh_for(response: httpx.Response) -> timedelta | None:
    """Return how long the response may be cached; None if it does not say or forbids it.

    max-age comes before Expires, and Age is subtracted (RFC 9111 section 4.2). Directives for shared caches are
    ignored.
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
    """Parse Cache-Control into lower-case names and values; the first of a repeated directive counts."""
    pairs = [part.partition("=") for part in cache_control.split(",")]
    return {name.strip().lower(): value.strip(' \t"') for name, _, value in reversed(pairs)}


def refusal(response: httpx.Response) -> Refused:
    """Return why a response has no document, and how long the server asks us to wait."""
    status = response.status_code
    wait = _retry_after(response) if status in {429, 503} else None
    server = response.headers.get("server", "")[:40]
    if _is_challenge(response):
        check = f"a bot check by {server or 'an unnamed service'}"
        return Refused(Outcome.CHALLENGE, f"The server refuses us: {_status_text(status)}, with {check}.", wait)
    if status in {401, 403}:
        by = f", by {server}" if server.lower() == "cloudflare" else ""
        return Refused(Outcome.REFUSED, f"The server refuses us: {_status_text(status)}{by}.")
    if status == 410:
        return Refused(Outcome.GONE, "The server says that this feed is gone for good (410).")
    if status == 429:
        return Refused(Outcome.RATE_LIMITED, "The server says that we ask too often (429).", wait)
    return Refused(Outcome.HTTP_ERROR, f"The server answers {_status_text(status)}.", wait)


def _status_text(status: int) -> str:
    """Return a status with its name, if it has one."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"status {status}"


def _is_challenge(response: httpx.Response) -> bool:
    """Whether the response is a bot check instead of the document."""
    headers = response.headers
    signs = (name in headers and headers[name].startswith(start) for name, start in _CHALLENGES.items())
    return response.status_code in _CHALLENGING and any(signs)


def _retry_after(response: httpx.Response) -> timedelta | datetime | None:
    """Return how long the server asks us to wait, from now; None if it does not say.

    A date is relative to the server's own Date (RFC 9110 section 10.2.3). Without one it is returned as it is, as no
    clock is read here.
    """
    stated = response.headers.get("retry-after", "").strip()
    wait = _seconds(stated)
    if wait is None:
        wait = _until(stated, response)
    return _http_date(stated) if wait is None else max(wait, timedelta())


def _until(date: str, response: httpx.Response) -> timedelta | None:
    """Return the time from the response's Date to `date`, at most _LONGEST; None if either is unreadable."""
    until, now = _http_date(date), _http_date(response.headers.get("date", ""))
    return None if until is None or now is None else min(until - now, _LONGEST)


def _seconds(text: str) -> timedelta | None:
    """Parse a whole number of seconds, at most _LONGEST; None for anything else."""
    return min(timedelta(seconds=int(text[:9])), _LONGEST) if text.isdecimal() and text.isascii() else None


def _http_date(text: str) -> datetime | None:
    """Parse an HTTP date; None if it is invalid."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _raw_header(response: httpx.Response, name: bytes) -> str | None:
    """Return the first header of this name, decoded as latin-1; None if absent."""
    values = (value for key, value in response.headers.raw if key.lower() == name)
    return next(values, b"").decode("latin-1") or None
