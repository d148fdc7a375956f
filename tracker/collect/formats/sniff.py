"""Recognise feed formats by media type, the names of feed lists, or a document's first bytes, and whether it ends."""

import codecs
import re
from typing import Final, Literal, NamedTuple

from tracker.errors import ChallengePage, NotAFeed

Format = Literal["xml", "json", "sitemap"]
"""A document's format, as far as its beginning shows: each needs another reader."""


class FeedType(NamedTuple):
    """A media type of feeds: how much servers should prefer it, from 0 to 1, and its names as `type` in OPML."""

    media_type: str
    preference: float
    outline_types: tuple[str, ...] = ()


_FEED_TYPES: Final = (
    FeedType("application/atom+xml", 1, ("atom", "feed")),
    FeedType("application/rss+xml", 1, ("rss", "rss1", "rss2")),
    FeedType("application/feed+json", 1, ("json", "jsonfeed")),
    FeedType("application/rdf+xml", 0.9),
    FeedType("application/xml", 0.8),
    FeedType("text/xml", 0.8),
)
"""RSS Advisory Board's autodiscovery, RFC 4287, RFC 5988, JSON Feed 1.1; the last two are wrong for feeds, but common.
"""

MEDIA_TYPES: Final = frozenset(one.media_type for one in _FEED_TYPES)
"""The media types under which pages declare feeds."""

OUTLINE_TYPES: Final = frozenset(name for one in _FEED_TYPES for name in one.outline_types)
"""The types of outlines that are feeds."""

ACCEPT: Final = ", ".join(
    [
        *(one.media_type if one.preference == 1 else f"{one.media_type};q={one.preference}" for one in _FEED_TYPES),
        "application/json;q=0.7",
        "*/*;q=0.1",
    ]
)
"""The Accept header of requests for feeds."""

_BEGINNING = 4096
"""Bytes inspected; a feed's prologue is rarely longer than a few hundred."""

_BOMS = (codecs.BOM_UTF32_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF8)

_MISC = rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*"
_PROLOGUE = re.compile(_MISC + rb"(?P<type><!doctype\b[^<>\[]*(?:\[.*?\]\s*)?>)?" + _MISC, re.DOTALL | re.IGNORECASE)

_PREFIX = re.compile(rb"\A<[\w.-]+:")
"""The namespace prefix of the root, removed to get its name."""

_ROOT_OF_FEED = re.compile(rb"<(?:rss|feed|rdf|channel|urlset|sitemapindex)[\s>]")
"""Start of a feed or sitemap; a web page's document type before it is a mistake."""

# Beginnings, in lower case, of documents that are not feeds, and what they are.
_NOT_FEEDS = (
    (b"<html", "an HTML page"),
    (b"<head", "an HTML page"),
    (b"<opml", "a list of feeds (OPML)"),
    (b"<svg", "a picture"),
    (b"[", "JSON, but not a JSON Feed,"),
    (b"\x1f\x8b", "a compressed file"),
    (b"pk\x03\x04", "a compressed file"),
    (b"%pdf-", "a PDF"),
)

_PAGE_BEGINNING = 65_536
"""Bytes of an HTML page searched for signs of a challenge."""

_TITLE = re.compile(rb"<title[^<>]*>([^<>]{1,500})")

# Their titles contain, in lower case: Cloudflare, Akamai, Imperva, DataDome, DDoS-Guard and others.
_CHALLENGE_TITLES = (
    "just a moment",
    "attention required",
    "access denied",
    "access to this page has been denied",
    "captcha",
    "robot",
    "verify you are human",
    "human verification",
    "checking your browser",
    "security check",
    "pardon our interruption",
    "ddos-guard",
)

# Their scripts, except those that ordinary pages load too, such as Cloudflare's challenge-platform and reCAPTCHA.
_CHALLENGE_MARKS = (
    b"_cf_chl_opt",
    b"_incapsula_resource",
    b"captcha-delivery.com",
    b"px-captcha",
    b"token.awswaf.com",
    b"/.well-known/sgcaptcha",
)

_HEAD, _TAIL = 2**14, 2**16
"""Bytes in which a root element begins and ends; some servers append scripts."""

_ROOT_BEGIN = re.compile(rb"<(?:[\w-]+:)?(?:rss|feed|rdf|urlset)\b", re.IGNORECASE)
_ROOT_END = re.compile(rb"</(?:[\w-]+:)?(?:channel|rss|feed|rdf|urlset)\b", re.IGNORECASE)

_TAG_OF_ITEM = re.compile(rb"<(/?)(?:[\w-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_COMPLETE = re.compile(rb"</(?:[\w-]+:)?(?:rss|feed|rdf|urlset)\s*>\s*\Z", re.IGNORECASE)


def format_of(body: bytes) -> Format:
    """Return the document's format; raises NotAFeed, saying what it is, when it is not a feed.

    Besides giving a clear message, this spares feedparser what it is slowest on: large HTML pages. Raises ChallengePage
    for a page by which a server distinguishes bots from people.
    """
    if not body.strip():
        raise NotAFeed("The document is empty.")
    markup = _beginning(body)
    for start, kind in _NOT_FEEDS:
        if markup.startswith(start):
            refuse_challenges(body)
            raise NotAFeed(f"This is {kind}, not a feed.")
    if markup.startswith(b"{"):
        return "json"
    return "sitemap" if markup.startswith((b"<urlset", b"<sitemapindex")) else "xml"


def _beginning(body: bytes) -> bytes:
    """Return a document's beginning after its prologue, in lower case without a prefix; HTML becomes "<html"."""
    beginning = _without_bom(body)[:_BEGINNING].replace(b"\x00", b"")  # UTF-16 and 32 of ASCII become ASCII
    prologue = _PROLOGUE.match(beginning)
    if prologue is None:
        return beginning.lower()
    markup = _PREFIX.sub(b"<", beginning[prologue.end() :].lower(), count=1)
    kind = (prologue["type"] or b"").lower().split()
    is_page = kind[1:2] in ([b"html"], [b"html>"])
    return b"<html" if is_page and not _ROOT_OF_FEED.match(markup) else markup


def refuse_challenges(body: bytes) -> None:
    """Raise ChallengePage, naming the evidence, when an HTML page is a bot check, not the feed or article."""
    page = body[:_PAGE_BEGINNING].replace(b"\x00", b"").lower()
    title = _TITLE.search(page)
    words = " ".join(title[1].decode("utf-8", "replace").split()) if title else ""
    if any(sign in words for sign in _CHALLENGE_TITLES):
        raise ChallengePage(f"Instead of the document, the server sends a bot check titled {words[:100]!r}.")
    for sign in _CHALLENGE_MARKS:
        if sign in page:
            raise ChallengePage(f"Instead of the document, the server sends a bot check ({sign.decode()}).")


def _without_bom(body: bytes) -> bytes:
    """Return the document without its byte order mark, if any."""
    mark = next((mark for mark in _BOMS if body.startswith(mark)), b"")
    return body[len(mark) :]


def lacks_end(body: bytes) -> bool:
    """Decide whether an XML feed ends before its root element does, as when its server broke off.

    Of 3,223 real documents three do: cut ones, not feeds whose authors left the end out.
    """
    text = body.replace(b"\0", b"")  # UTF-16 and 32 of ASCII become ASCII
    return _ROOT_BEGIN.search(text[:_HEAD]) is not None and _ROOT_END.search(text[-_TAIL:]) is None


def is_complete(body: bytes) -> bool:
    """Decide whether an XML feed ends with its root element, whatever its server announced."""
    text = body.replace(b"\0", b"")
    return _ROOT_BEGIN.search(text[:_HEAD]) is not None and _COMPLETE.search(text[-_TAIL:]) is not None


def ends_behind_item(body: bytes) -> bool:
    """Decide whether the last item of an RSS or Atom feed that breaks off came whole."""
    tags = _TAG_OF_ITEM.findall(body.replace(b"\0", b""))
    return tags[-1:] == [b"/"]
