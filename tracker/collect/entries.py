"""Turns what a reader found into safe entries: the only module that decides what of an item is used, and how."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from tracker.analyse.dates import names_day, read_date
from tracker.analyse.text import AUTHOR_LIMIT, SUMMARY_LIMIT, TITLE_LIMIT, headline, plain, shortened
from tracker.analyse.urls import absolute, unwrapped
from tracker.collect.formats.items import Document, Item
from tracker.collect.outlets import named_outlet, without_outlet
from tracker.models import DateQuality, Entry, Parsed

ENTRIES_LIMIT = 2000
"""Most entries read from one document, as in Media Cloud's rss-fetcher."""

_GUID_LIMIT = 512
"""Longest guid kept as it is, in characters; the SHA-256 of a longer one stands in for it."""

_RAW_DATE_LIMIT = 100
"""Most that is kept of what a feed wrote for a date, in characters."""

_UNTITLED_LIMIT = 100
"""Most of a summary that stands in for a missing title, in code points: about a headline's length."""

_ENOUGH_DATES = 10
"""From so many dated entries on, one date for most of them is no coincidence."""

_JUST_BUILT = timedelta(hours=1)
"""How far from a poll a document's building may lie: caches keep one for up to an hour, and clocks differ."""

_LONGEST_RHYTHM = timedelta(days=31)
"""Longest time between changes that is believed: who writes more means something else, or nothing."""

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
"""The RSS 1.0 syndication module's; without a period it assumes daily, without a frequency once."""

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)

_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""Controls, and halves of characters (JSON may have one without the other), which are no text in a database."""

_WWW = re.compile(r"\s*www\.[\w-]+\.\w", re.IGNORECASE)

_MAIL_ADDRESS = re.compile(r"\S+@\S+")


def entries_of(document: Document, url: str, now: datetime) -> Parsed:
    """The document found at `url` with its entries made safe, in its order; `now` tells implausible dates.

    `skipped` counts items without a usable link or any words, repeated ones, and those beyond ENTRIES_LIMIT, which
    are the oldest. `every` is the longer of what ttl and the syndication module say.
    """
    language = _language(document.language)
    base = document.base or url
    found = [_entry(item, url, base, language, now) for item in _newest(document.items, now)]
    entries = list(_distinct([entry for entry in found if entry is not None]))
    return Parsed(
        entries=tuple(_without_building_time(entries, now)),
        title=plain(document.title, TITLE_LIMIT),
        language=language,
        skipped=len(document.items) - len(entries),
        every=_every(document),
    )


def _newest(items: Sequence[Item], now: datetime) -> Sequence[Item]:
    """At most ENTRIES_LIMIT items: the first, or the last where more of the dates rise than fall."""
    if len(items) <= ENTRIES_LIMIT:
        return items
    moments = [moment for moment in (_date(item, now)[0] for item in items) if moment]
    rising = sum((after > before) - (after < before) for before, after in pairwise(moments))
    return items[-ENTRIES_LIMIT:] if rising > 0 else items[:ENTRIES_LIMIT]


def _entry(item: Item, url: str, base: str, feed_language: str | None, now: datetime) -> Entry | None:
    """One item made safe, its guid empty when it has none; None without a usable link or any words."""
    link = next(_usable(item.links, base), None)
    texts = (plain(html, SUMMARY_LIMIT) for html in item.texts if html)
    summary = next((text for text in texts if text), "")
    title = headline(item.title, TITLE_LIMIT) or shortened(summary, _UNTITLED_LIMIT)
    if link is None or not title:
        return None
    outlet = named_outlet(item, next(_usable(item.outlet_links, url), None), url) if item.outlet else None
    if outlet is not None:
        title, summary = without_outlet(title, summary, outlet)
    published, raw, quality = _date(item, now)
    language = next((known for known in map(_language, item.languages) if known), None)
    return Entry(
        guid=_guid(item),
        url=link,
        title=title,
        summary=summary,
        author=_author(item),
        language=language if language != feed_language else None,
        published=published,
        published_raw=raw,
        date_quality=quality,
        outlet=outlet,
    )


def _usable(links: Sequence[str], url: str) -> Iterator[str]:
    """Those of the links that can be followed, in their order, as absolute addresses, redirectors resolved.

    What begins with a `www.` lacks its scheme, and is no path.
    """
    for link in links:
        whole = f"//{link.strip()}" if _WWW.match(link) else link
        address = absolute(whole, url) if link else None
        if address is not None:
            yield unwrapped(address)


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
        unique = longer if guid in seen else guid
        yield entry if unique == entry.guid else replace(entry, guid=unique)
        seen |= {guid, longer}


def _guid(item: Item) -> str:
    """The id that the feed gives the item, on one line and of bounded length; empty when it gives none.

    What cannot be stored is written as its number, so that ids which differ in nothing else stay apart.
    """
    guid = _UNSTORABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", " ".join(item.guid.split()))
    return guid if len(guid) <= _GUID_LIMIT else f"sha256:{_digest(guid)}"


def _author(item: Item) -> str | None:
    """The names of who wrote the item; None without any, and where all it has is a person's address."""
    stated = ", ".join(dict.fromkeys(name for name in item.authors if name))
    return None if _MAIL_ADDRESS.fullmatch(stated.strip()) else plain(stated, AUTHOR_LIMIT) or None


def _date(item: Item, now: datetime) -> tuple[datetime | None, str | None, DateQuality]:
    """When the item was published, what the feed wrote for that, and how far to trust it.

    The first date that can be read counts; when that is not the first which is stated, it is "repaired". A midnight,
    in whatever zone, is a "day".
    """
    stated = [raw for raw in item.dates if raw]
    first: DateQuality = "absent"
    for place, raw in enumerate(stated):
        moment, quality = read_date(raw, now)
        if moment is not None:
            trusted: DateQuality = "day" if names_day(raw, moment) else "repaired" if place else quality
            return moment, _short(raw), trusted
        first = first if place else quality
    return None, _short(stated[0]) if stated else None, first


def _without_building_time(entries: Sequence[Entry], now: datetime) -> Sequence[Entry]:
    """The entries; where most of ten or more have one and the same instant, and that is about `now`, without it.

    That is when the document was built, and moves with every poll: the Guardian's said nothing else for months. What
    comes out together, as a day's entries at midnight or an edition at five, shares a whole minute, or one of long
    before the poll: these are dates.
    """
    dated = Counter(entry.published for entry in entries if entry.published is not None)
    if dated.total() < _ENOUGH_DATES:
        return entries
    moment, count = dated.most_common(1)[0]
    if 2 * count <= dated.total() or moment.second == 0 or abs(now - moment) > _JUST_BUILT:
        return entries
    return [
        replace(entry, published=None, date_quality="implausible") if entry.published == moment else entry
        for entry in entries
    ]


def _every(document: Document) -> timedelta | None:
    """How often the document says that it changes; None when it does not say, or says something unbelievable."""
    stated = [timedelta(minutes=ttl) for ttl in _counted(document.ttl)]
    if document.period or document.frequency:
        period = _PERIODS.get(document.period.strip().lower() or "daily")
        stated += [period / times for times in _counted(document.frequency or "1") if period]
    believed = [every for every in stated if timedelta(minutes=1) <= every <= _LONGEST_RHYTHM]
    return max(believed, default=None)


def _counted(text: str) -> list[int]:
    """The positive number of at most five digits that a text is; empty when it is none."""
    digits = text.strip()
    return [int(digits)] if re.fullmatch(r"[0-9]{1,5}", digits) and int(digits) else []


def _language(tag: str) -> str | None:
    """The primary part of a language tag (RFC 5646) in lower case; None when it is none."""
    match = _LANGUAGE.fullmatch(tag.strip())
    return match[1].lower() if match else None


def _short(raw: str) -> str | None:
    """What the feed wrote for a date, on one line and of bounded length; None when nothing of it is text."""
    return plain(raw, _RAW_DATE_LIMIT) or None


def _digest(text: str) -> str:
    """The SHA-256 of the text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
