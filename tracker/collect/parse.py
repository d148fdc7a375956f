"""Parse a document into entries: detect its format and hand it to that format's reader."""

from collections.abc import Callable
from datetime import datetime

from tracker.collect.entries import entries_of
from tracker.collect.formats.charsets import repair_text
from tracker.collect.formats.fast_reader import read_quickly
from tracker.collect.formats.items import Document
from tracker.collect.formats.jsonfeed import read_json_feed, read_small_json_feed
from tracker.collect.formats.sitemap import read_any_news_sitemap, read_news_sitemap
from tracker.collect.formats.sniff import Format, format_of
from tracker.collect.formats.xml_repairs import repair_xml
from tracker.collect.formats.xml_tree import SIZE_LIMIT
from tracker.models import Parsed


def parse(body: bytes, url: str, content_type: str | None, now: datetime) -> Parsed:
    """Return the entries of a feed document found at `url`, in document order, made safe.

    `content_type` is the HTTP header; `now` exposes implausible dates. `skipped` counts items that give no entry. A
    broken document that still has entries is read as far as possible. Raises NotAFeed when it is not a feed,
    ChallengePage when it is a bot check, and CollectError when feedparser fails on it.
    """
    parsed = parse_at_once(body, url, content_type, now)
    return parse_patiently(body, url, content_type, now) if parsed is None else parsed


def parse_at_once(body: bytes, url: str, content_type: str | None, now: datetime) -> Parsed | None:
    """Like parse(), but within half a second; None for a document that may take longer."""
    form = format_of(body)
    if len(body) > SIZE_LIMIT:
        return None
    document = _QUICKLY[form](*_prepared(body, url, content_type, form), content_type)
    return None if document is None else entries_of(document, url, now)


def parse_patiently(body: bytes, url: str, content_type: str | None, now: datetime) -> Parsed:
    """Like parse(), for what parse_at_once() does not read; may take minutes and gigabytes."""
    form = format_of(body)
    document = _PATIENTLY[form](*_prepared(body, url, content_type, form), content_type)
    return entries_of(document, url, now)


def _prepared(body: bytes, url: str, content_type: str | None, form: Format) -> tuple[bytes, str]:
    """Return the document with faults of its encoding and its XML repaired, and the base of its links."""
    body = repair_text(body, content_type)
    if form == "json":
        return body, url
    body, base = repair_xml(body, url)
    return body, base if form == "xml" else url


def _read_tolerantly(body: bytes, base: str, content_type: str | None) -> Document:
    from tracker.collect.formats.feedparser_reader import read_tolerantly  # noqa: PLC0415  few documents need feedparser

    return read_tolerantly(body, base, content_type)


_QUICKLY: dict[Format, Callable[[bytes, str, str | None], Document | None]] = {
    "xml": read_quickly,
    "json": read_small_json_feed,
    "sitemap": read_news_sitemap,
}
_PATIENTLY: dict[Format, Callable[[bytes, str, str | None], Document]] = {
    "xml": _read_tolerantly,
    "json": read_json_feed,
    "sitemap": read_any_news_sitemap,
}
