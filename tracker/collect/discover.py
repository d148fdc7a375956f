"""Find the feeds that a web page links to: the only module that searches HTML for feeds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tracker.analyse.text import TITLE_LIMIT, plain
from tracker.analyse.urls import absolute, canonical
from tracker.collect.formats.sniff import MEDIA_TYPES

FOUND_LIMIT = 100
"""Most feeds returned per page; pages with more are directories, for which OPML is better."""

_PAGE_LIMIT = 2 * 2**20
"""Most bytes of a page that are parsed; lexbor is quadratic in nesting, and feeds are declared in the head."""

# Endings of feed paths: /feed, /feed/, /rss, /atom.xml, /feed.json, news.rss, index.rdf, or
# rss-feeds/all.xml
_FEED_PATH = re.compile(
    r"(?:/(?:rss|atom|feed|feeds|rdf|rss2?|index)\.xml|/feeds?\.json|\.(?:rss|atom|rdf)|/(?:feed|rss|atom)/?"
    r"|/[^/]*(?:rss|feed)[^/]*/[^/]*\.xml)$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type|alt)=(?:rss2?|atom|rdf)\b", re.IGNORECASE)
_FEED_TEXT = re.compile(r"\b(?:rss|atom)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DiscoveredFeed:
    """A feed that a page links to; `title` is the page's text for it, possibly empty."""

    url: str
    title: str


def feeds_in(page: bytes, url: str) -> list[DiscoveredFeed]:
    """Return the feeds that a page at `url` declares, then links that look like feeds, each once.

    Nothing is fetched: whether an address holds a feed is for parse() to decide.
    """
    document = LexborHTMLParser(page[:_PAGE_LIMIT])
    base = _base(document, url)
    found: dict[str, DiscoveredFeed] = {}
    for feed in (*_declared(document, base), *_linked(document, base)):
        found.setdefault(canonical(feed.url) or feed.url, feed)
    return list(found.values())[:FOUND_LIMIT]


def _base(document: LexborHTMLParser, url: str) -> str:
    """Return the base of relative links: the page's base element, or its address."""
    element = document.css_first("base[href]")
    stated = "" if element is None else element.attributes.get("href") or ""
    return absolute(stated, url) or url


def _declared(document: LexborHTMLParser, base: str) -> Iterator[DiscoveredFeed]:
    """Yield the feeds in the page's link elements."""
    for link in document.css("link[rel][href]"):
        relations = (link.attributes.get("rel") or "").lower().split()
        kind = (link.attributes.get("type") or "").partition(";")[0].strip().lower()
        if ("alternate" in relations and kind in MEDIA_TYPES) or "feed" in relations:
            yield from _feed_at(link, base, link.attributes.get("title") or "")


def _linked(document: LexborHTMLParser, base: str) -> Iterator[DiscoveredFeed]:
    """Yield the links in the page's text that look like feeds."""
    for anchor in document.css("a[href]"):
        words = anchor.text(separator=" ") or anchor.attributes.get("title") or ""
        for feed in _feed_at(anchor, base, words):
            if _looks_like_a_feed(feed):
                yield feed


def _feed_at(node: LexborNode, base: str, title: str) -> Iterator[DiscoveredFeed]:
    """Yield the feed that an element points to, if its address is usable."""
    target = absolute((node.attributes.get("href") or "").partition("#")[0], base)
    if target is not None:
        yield DiscoveredFeed(target, plain(title, TITLE_LIMIT))


def _looks_like_a_feed(link: DiscoveredFeed) -> bool:
    """Whether the address, or the text of a link to an XML file, suggests a feed."""
    parts = urlsplit(link.url)
    if _FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query):
        return True
    return parts.path.lower().endswith(".xml") and _FEED_TEXT.search(link.title) is not None
