"""Read robots.txt: the only module that knows its rules (RFC 9309)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from tracker.models import Fetched
from tracker.outcomes import Outcome

PRODUCT: Final = "encryption-coverage-tracker"
"""The name by which robots.txt addresses the tracker; its User-Agent begins with it."""

SIZE_LIMIT: Final = 500 * 1024
"""Bytes of a robots.txt that are read, as RFC 9309 section 2.5 demands at least."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether an address may be requested, and the time to leave between requests; None if robots.txt names none."""

    allowed: bool
    delay: timedelta | None = None


def robots_url(url: str) -> str:
    """Return the address of the robots.txt that is in force for an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def rules_of(fetched: Fetched) -> bytes | None:
    """Return the rules that an answer to a request for robots.txt amounts to; None forbids everything for now.

    A server without the file allows everything; one that cannot be reached, or is in trouble, nothing (RFC 9309
    section 2.3.1). One that turns us away, or hides behind a bot check, does not want us to ask further.
    """
    if fetched.outcome is Outcome.OK:
        return (fetched.body or b"")[:SIZE_LIMIT]
    missing = fetched.outcome in {Outcome.HTTP_ERROR, Outcome.GONE} and 400 <= (fetched.status or 0) < 500
    return b"" if missing else None


def permission(rules: bytes, url: str) -> Permission:
    """Return what a robots.txt says of an address; may take long on a hostile one."""
    read = Protego.parse(rules.decode("utf-8", "replace"))
    delay, rate = read.crawl_delay(PRODUCT), read.request_rate(PRODUCT)
    seconds = max(delay or 0, rate.seconds / rate.requests if rate and rate.requests else 0)
    return Permission(read.can_fetch(url, PRODUCT), timedelta(seconds=min(seconds, 86_400)) if seconds else None)
