"""The plain words for what the database says in codes, and how times are written for people; knows no page."""

from datetime import date, datetime
from typing import Final

_MONTHS: Final = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

RELEVANCE: Final = {
    "both": "Encryption and child safety",
    "encryption": "Encryption only",
    "child-safety": "Child safety only",
    "none": "Neither topic",
}

FACET: Final = {
    "topic": "Topics",
    "theme": "Themes",
    "law": "Laws",
    "organisation": "Organisations",
    "person": "People",
    "place": "Places",
    "noise": "Set aside",
}

MISSING: Final = {
    "company": "without the words that these need beside them",
    "strength": "which is too weak a hint by itself",
    "exclusion": "beside words that rule the tag out",
}

HEALTH: Final = {
    "ok": "Working",
    "failing": "Failing",
    "silent": "Silent",
    "not reached": "Not reached: our own connection was down",
    "gone": "Gone",
    "never polled": "Not polled yet",
    "removed": "No longer polled",
}

OUTCOME: Final = {
    "ok": "read",
    "not-modified": "nothing new since the last poll",
    "same-body": "the same document as before",
    "imported": "articles came from a file, not from a poll",
    "http-error": "the server answered with an error",
    "refused": "the server refuses us",
    "rate-limited": "the server asked us to come less often",
    "gone": "the server says that the feed is gone",
    "challenge": "the server sent a page that tells robots from people",
    "dns-error": "the host's name could not be looked up",
    "unknown-host": "no host has this name",
    "connection-error": "no connection to the host",
    "tls-error": "the host's certificate is not valid",
    "timeout": "the host took too long",
    "protocol-error": "the answer was not valid HTTP",
    "forbidden-address": "the address is not a public one",
    "bad-redirect": "redirected in a circle or to nowhere",
    "too-large": "the document is too large",
    "bad-encoding": "the document cannot be unpacked",
    "not-a-feed": "the document is not a feed",
    "parse-error": "the feed cannot be read",
    "parse-timeout": "reading the feed took too long",
    "internal-error": "a mistake of this program",
}

GAP: Final = {
    "overflow": "the feed showed only new entries, so some may have come and gone unseen",
    "outage": "this tracker could not reach the network",
    "error": "the feed failed",
    "paused": "the tracker was not running",
    "silent": "the feed answers, but shows nothing new",
}

DATE_QUALITY: Final = {
    "stated": "as the feed states it",
    "repaired": "read from a date that is not in the standard form",
    "absent": "the feed gives no date, so the article is dated by when it was first seen",
    "implausible": "the feed's date cannot be right, so the article is dated by when it was first seen",
}


def day(moment: date) -> str:
    """A local day, as `24 Feb 2025`; the caller has put the moment into its zone."""
    return f"{moment.day} {_MONTHS[moment.month]} {moment.year}"


def minute(moment: datetime) -> str:
    """A local day and time, as `24 Feb 2025, 09:05`."""
    return f"{day(moment)}, {moment:%H:%M}"


def short_day(moment: date) -> str:
    """A day within a year that is understood, as `24 Feb`."""
    return f"{moment.day} {_MONTHS[moment.month]}"


def number(count: int) -> str:
    """A count with thousands set apart, as `12,480`."""
    return f"{count:,}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """A count and its noun, as `1 article`, `12,480 articles`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"
