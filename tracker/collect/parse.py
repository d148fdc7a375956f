"""Reads a feed document into entries: the only module that knows feedparser, whose objects never leave it."""

import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import feedparser

from tracker.analyse.dates import read_date
from tracker.analyse.text import AUTHOR_LIMIT, SUMMARY_LIMIT, TITLE_LIMIT, plain, shortened
from tracker.analyse.urls import absolute
from tracker.collect.sniff import feed_content_type, refuse_what_is_no_feed, with_real_characters
from tracker.errors import CollectError, NotAFeed
from tracker.models import DateQuality, Entry, Parsed

ENTRIES_LIMIT = 2000
"""Most entries read from one document, as in Media Cloud's rss-fetcher."""

_GUID_LIMIT = 512
"""Longest guid kept as it is, in characters; the SHA-256 of a longer one stands in for it."""

_RAW_DATE_LIMIT = 100
"""Most that is kept of what a feed wrote for a date, in characters."""

_UNTITLED_LIMIT = 100
"""Most of a summary that stands in for a missing title, in code points: about a headline's length."""

_DATES = ("published", "updated", "created")
"""feedparser's names, in the order of trust; dc:date is among `updated`."""

_LINKS = ("alternate", "enclosure", "related", "via")
"""Relations of links that may stand in for the link of an entry, in the order of trust."""

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)

_MAIL_ADDRESS = re.compile(r"\S+@\S+")

_Item = dict[str, Any]  # feedparser's FeedParserDict, whose values may be of any type


def parse(body: bytes, url: str, content_type: str | None, now: datetime) -> Parsed:
    """The entries of a feed document found at `url`, in document order, made safe.

    `content_type` is the header it came with; `now` is there to tell implausible dates. `skipped` counts
    entries without a usable link or any words, repeated ones, and those beyond ENTRIES_LIMIT. A document
    that is broken but still has entries is read as far as it goes. Raises NotAFeed when it is no feed, and
    CollectError when feedparser fails on it.
    """
    refuse_what_is_no_feed(body)
    document = _read(body, url, content_type)
    items: list[_Item] = document["entries"]
    if not items and not _text(document, "version"):
        raise NotAFeed("This is XML or text of some kind, but no feed that is known.")
    feed: _Item = document["feed"]
    language = _language(_text(feed, "language"))
    found = [_entry(item, url, language, now) for item in items[:ENTRIES_LIMIT]]
    entries = tuple(_distinct([entry for entry in found if entry is not None]))
    return Parsed(
        entries=entries,
        title=plain(_text(feed, "title"), TITLE_LIMIT),
        language=language,
        skipped=len(items) - len(entries),
    )


def _read(body: bytes, url: str, content_type: str | None) -> _Item:
    """The document as feedparser reads it; raises CollectError when it fails.

    Only from a stream: given bytes or a string, feedparser opens the file or address that they name. Links
    are resolved against xml:base and Content-Location all the same when `resolve_relative_uris` is off:
    that is about the addresses within texts, which plain() drops, as it does what sanitizing would.
    """
    headers = {"content-location": url, "content-type": feed_content_type(body, content_type)}
    try:
        document: _Item = feedparser.parse(
            io.BytesIO(with_real_characters(body)),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except MemoryError:  # the document is not at fault alone: worker.py says how much there was
        raise
    except Exception as error:
        raise CollectError(f"feedparser fails on this document: {type(error).__name__}.") from error
    return document


def _entry(item: _Item, url: str, feed_language: str | None, now: datetime) -> Entry | None:
    """One item made safe, its guid empty when it has none; None without a usable link or any words."""
    link = next(_usable_links(item, url), None)
    summary = _summary(item)
    title = plain(_text(item, "title"), TITLE_LIMIT) or shortened(summary, _UNTITLED_LIMIT)
    if link is None or not title:
        return None
    published, raw, quality = _date(item, now)
    language = _entry_language(item)
    return Entry(
        guid=_guid(item),
        url=link,
        title=title,
        summary=summary,
        author=plain(_author(item), AUTHOR_LIMIT) or None,
        language=language if language != feed_language else None,
        published=published,
        published_raw=raw,
        date_quality=quality,
    )


def _distinct(entries: Sequence[Entry]) -> Iterator[Entry]:
    """The entries with guids that are unique in the document; without those that are there twice.

    The first with a guid keeps it, later ones have their link added, as in miniflux. The link stands in for a missing
    guid; where several such have one link, each has the hash of its title added, so that it keeps its guid when
    another comes above it.
    """
    bare = Counter(entry.url for entry in entries if not entry.guid)
    seen: set[str] = set()
    for entry in entries:
        guid = entry.guid or (entry.url if bare[entry.url] == 1 else f"{entry.url} {_digest(entry.title)}")
        longer = f"{guid} {entry.url}"
        if longer in seen:
            continue
        yield replace(entry, guid=longer if guid in seen else guid)
        seen |= {guid, longer}


def _guid(item: _Item) -> str:
    """The id that the feed gives the item, on one line and of bounded length; empty when it gives none."""
    guid = " ".join(_text(item, "id").split())
    return guid if len(guid) <= _GUID_LIMIT else f"sha256:{_digest(guid)}"


def _usable_links(item: _Item, url: str) -> Iterator[str]:
    """The addresses under which the item may be found, the best first.

    FeedBurner's note of the original comes before its own link, which only redirects there.
    """
    links = [link for link in _list(item, "links") if _text(link, "rel") in _LINKS]
    links.sort(key=lambda link: _LINKS.index(_text(link, "rel")))
    candidates = [
        _text(item, "feedburner_origlink"),
        _text(item, "link"),
        _text(item, "id") if item.get("guidislink") else "",
        *(_text(link, "href") for link in links),
    ]
    for candidate in candidates:
        usable = absolute(candidate, url)
        if usable is not None:
            yield usable


def _summary(item: _Item) -> str:
    """The plain text of the item's summary, or else of its content; empty when it has neither."""
    contents = [_text(content, "value") for content in _list(item, "content")]
    texts = (plain(html, SUMMARY_LIMIT) for html in [_text(item, "summary"), *contents] if html)
    return next((text for text in texts if text), "")


def _author(item: _Item) -> str:
    """The names of who wrote the item; addresses of persons are left out."""
    names = [_text(author, "name") for author in _list(item, "authors")]
    known = ", ".join(dict.fromkeys(name for name in names if name))
    stated = known or _text(item, "author")
    return "" if _MAIL_ADDRESS.fullmatch(stated.strip()) else stated


def _date(item: _Item, now: datetime) -> tuple[datetime | None, str | None, DateQuality]:
    """When the item was published, what the feed wrote for that, and how far to trust it.

    The first date that can be read counts; what is not the date of publication is "repaired".
    """
    stated = [(name, _text(item, name)) for name in _DATES]
    read = [(name, raw, *read_date(raw, now)) for name, raw in stated if raw]
    for name, raw, moment, quality in read:
        if moment is not None:
            fallback = name != read[0][0]
            return moment, _short(raw), "repaired" if fallback else quality
    return (None, _short(read[0][1]), read[0][3]) if read else (None, None, "absent")


def _entry_language(item: _Item) -> str | None:
    """The language that the item states, or inherits from what surrounds it; None for no or an odd one."""
    details = (item[name] for name in ("title_detail", "summary_detail") if name in item)
    stated = [_text(item, "language"), *(_text(detail, "language") for detail in details)]
    return next((language for language in map(_language, stated) if language), None)


def _language(tag: str) -> str | None:
    """The primary part of a language tag (RFC 5646) in lower case; None when it is none."""
    match = _LANGUAGE.fullmatch(tag.strip())
    return match[1].lower() if match else None


def _text(item: _Item, name: str) -> str:
    """The item's value of this name if it is text; feedparser has dictionaries where it met attributes."""
    value = item[name] if isinstance(item, dict) and name in item else None
    return value if isinstance(value, str) else ""


def _list(item: _Item, name: str) -> list[_Item]:
    """The item's value of this name if it is a list; empty otherwise."""
    value = item[name] if name in item else None  # noqa: SIM401 - get() of feedparser answers for absent keys
    return value if isinstance(value, list) else []


def _short(raw: str) -> str:
    """What the feed wrote for a date, on one line and of bounded length."""
    return plain(raw, _RAW_DATE_LIMIT)


def _digest(*texts: str) -> str:
    """The SHA-256 of the texts, in hexadecimal."""
    return hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()
