"""Reads a document into entries: looks what it is, and hands it to the reader of that format."""

from collections.abc import Callable
from datetime import datetime

from tracker.collect.entries import entries_of
from tracker.collect.formats.fast_reader import read_quickly
from tracker.collect.formats.feedparser_reader import read_tolerantly
from tracker.collect.formats.items import Document
from tracker.collect.formats.jsonfeed import read_json_feed, read_small_json_feed
from tracker.collect.formats.sitemap import read_any_news_sitemap, read_news_sitemap
from tracker.collect.formats.sniff import Format, format_of
from tracker.collect.formats.xml_repairs import mended
from tracker.collect.formats.xml_tree import SIZE_LIMIT
from tracker.models import Parsed


def parse(body: bytes, url: str, content_type: str | None, now: datetime) -> Parsed:
    """The entries of a feed document found at `url`, in document order, made safe.

    `content_type` is the header it came with; `now` is there to tell implausible dates. `skipped` counts
    items that give no entry. A document that is broken but still has entries is read as far as it goes.
    Raises NotAFeed when it is no feed, ChallengePage when it is a check for robots, and CollectError when
    feedparser fails on it.
    """
    parsed = parse_at_once(body, url, content_type, now)
    return parse_patiently(body, url, content_type, now) if parsed is None else parsed


def parse_at_once(body: bytes, url: str, content_type: str | None, now: datetime) -> Parsed | None:
    """What parse() returns or raises, within half a second; None for a document that may take longer."""
    form = format_of(body)
    if len(body) > SIZE_LIMIT:
        return None
    document = _QUICKLY[form](*_prepared(body, url, form), content_type)
    return None if document is None else entries_of(document, url, now)


def parse_patiently(body: bytes, url: str, content_type: str | None, now: datetime) -> Parsed:
    """What parse() returns or raises, for what parse_at_once() does not read; it may take minutes and gigabytes."""
    form = format_of(body)
    document = _PATIENTLY[form](*_prepared(body, url, form), content_type)
    return entries_of(document, url, now)


def _prepared(body: bytes, url: str, form: Format) -> tuple[bytes, str]:
    """The document without faults that only XML has, and what its links are relative to."""
    if form == "json":
        return body, url
    body, base = mended(body, url)
    return body, base if form == "xml" else url


_QUICKLY: dict[Format, Callable[[bytes, str, str | None], Document | None]] = {
    "xml": read_quickly,
    "json": read_small_json_feed,
    "sitemap": read_news_sitemap,
}
_PATIENTLY: dict[Format, Callable[[bytes, str, str | None], Document]] = {
    "xml": read_tolerantly,
    "json": read_json_feed,
    "sitemap": read_any_news_sitemap,
}
