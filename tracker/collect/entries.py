"""Turn a reader's items into safe entries: the only module that decides which parts of an item are used, and that
knows how aggregators name outlets."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from tracker.analyse.dates import has_day_first, names_day, read_date
from tracker.analyse.redirectors import unwrapped
from tracker.analyse.text import AUTHOR_LIMIT, SUMMARY_LIMIT, TITLE_LIMIT, headline, plain, shortened
from tracker.analyse.urls import absolute, host, without_user
from tracker.collect.formats.items import Document, Item
from tracker.models import DateQuality, Entry, Outlet, Parsed

ENTRIES_LIMIT = 2000
"""Most entries read from one document, as in Media Cloud's rss-fetcher."""

_GUID_LIMIT = 512
"""Longest guid kept as is, in characters; longer ones are replaced by their SHA-256."""

_RAW_DATE_LIMIT = 100
"""Most characters kept of a date as the feed wrote it."""

_AUTHORS_LIMIT = 20
"""Most authors of a feed that are given to its items without their own (RFC 4287 section 4.2.1)."""

_UNTITLED_LIMIT = 100
"""Most code points of a summary used as a missing title: about a headline's length."""

_ENOUGH_DATES = 10
"""Minimum of dated entries for one shared date to be no coincidence."""

_JUST_BUILT = timedelta(hours=1)
"""How far a document's build time may lie from the poll: caches keep one for up to an hour, and clocks differ."""

_LONGEST_INTERVAL = timedelta(days=31)
"""Longest stated update interval that is believed: longer ones are meant otherwise, or not at all."""

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
"""The RSS 1.0 syndication module's periods; its defaults are daily, and once per period."""

_SEPARATORS = (" - ", " – ", " — ", " | ")
"""Separators between a headline and its outlet's name: Google News uses the first."""

_WORD = re.compile(r"\w+")

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)

_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters and lone surrogates (possible in JSON), which a database cannot store as text."""

_GENERATOR_FAILED = re.compile(r"Bridge returned error -?\d+!")
"""The title of the item in which RSS-Bridge reports that it could not read the page it makes a feed of."""

_WWW = re.compile(r"\s*www\.[\w-]+\.\w", re.IGNORECASE)

_DATETIME = re.compile(r"<time\s[^<>]*?\bdatetime\s*=\s*[\"']([^\"'<>]+)", re.IGNORECASE)
"""A date in HTML, which Drupal's views write into feeds."""

_MAIL_ADDRESS = re.compile(r"\S+@\S+")


@dataclass(frozen=True, slots=True)
class _Context:
    """What the items of a document share: its address, the base of its links, its language, when it was read, and
    whether its dates have the day before the month."""

    url: str
    base: str
    language: str | None
    now: datetime
    day_first: bool | None


def entries_of(document: Document, url: str, now: datetime) -> Parsed:
    """Return the document found at `url` with its entries made safe, in its order; `now` exposes implausible dates.

    `skipped` counts items without a usable link or any words, reports of a generator's failure, duplicates, and the
    oldest beyond ENTRIES_LIMIT. `every` is the longer of ttl and the syndication module's interval.
    """
    language = _language(document.language)
    day_first = has_day_first(raw for item in document.items for raw in item.dates)
    context = _Context(url, document.base or url, language, now, day_first)
    found = [_entry(item, context) for item in _newest(document.items, context)]
    author = _author(document.authors[:_AUTHORS_LIMIT])
    entries = [
        entry if entry.author or entry.outlet else replace(entry, author=author)
        for entry in _distinct([entry for entry in found if entry is not None])
    ]
    return Parsed(
        entries=tuple(_without_building_time(entries, now)),
        title=plain(document.title, TITLE_LIMIT),
        language=language,
        skipped=len(document.items) - len(entries),
        every=_stated_interval(document),
    )


def _newest(items: Sequence[Item], context: _Context) -> Sequence[Item]:
    """Return at most ENTRIES_LIMIT items: the first, or the last if more dates rise than fall."""
    if len(items) <= ENTRIES_LIMIT:
        return items
    moments = [moment for moment in (_date(item, context)[0] for item in items) if moment]
    rising = sum((after > before) - (after < before) for before, after in pairwise(moments))
    return items[-ENTRIES_LIMIT:] if rising > 0 else items[:ENTRIES_LIMIT]


def _entry(item: Item, context: _Context) -> Entry | None:
    """Make one item safe, with an empty guid if it has none.

    None without a usable link or any words, and for an item that only reports a failure of the feed's generator.
    """
    url = context.url
    link = next(_usable_links(item.links, context.base), None)
    texts = (plain(html, SUMMARY_LIMIT) for html in item.texts if html)
    summary = next((text for text in texts if text), "")
    title = headline(item.title, TITLE_LIMIT) or shortened(summary, _UNTITLED_LIMIT)
    if link is None or not title or _GENERATOR_FAILED.match(title):
        return None
    outlet = _named_outlet(item, next(_usable_links(item.outlet_links, url), None), url) if item.outlet else None
    if outlet is not None:
        title, summary = _without_outlet(title, summary, outlet)
    published, raw, quality = _date(item, context)
    language = next((known for known in map(_language, item.languages) if known), None)
    return Entry(
        guid=_guid(item),
        url=link,
        title=title,
        summary=summary,
        author=_author(item.authors),
        language=language if language != context.language else None,
        published=published,
        published_raw=raw,
        date_quality=quality,
        outlet=outlet,
    )


def _usable_links(links: Sequence[str], url: str) -> Iterator[str]:
    """Yield the usable links, in order, as absolute addresses with redirectors resolved.

    A link that starts with `www.` lacks its scheme; it is not a path. A user name and password are left out. An
    ampersand that was escaped twice is one.
    """
    for stated in links:
        link = stated.replace("&amp;", "&")
        whole = f"//{link.strip()}" if _WWW.match(link) else without_user(link)
        address = absolute(whole, url) if link else None
        if address is not None:
            yield unwrapped(address)


def _distinct(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Give the entries guids that are unique in the document; drop duplicates.

    The first entry with a guid keeps it; later ones get their link appended, as in miniflux. The link replaces a
    missing guid; if several such entries share one, each gets the hash of its title appended, so that its guid survives
    a new entry above it.
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
    """Return the feed's id for the item, on one line and of bounded length; empty if it has none.

    Characters that cannot be stored are written as their numbers, so that ids differing only in them stay distinct.
    """
    guid = _UNSTORABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", " ".join(item.guid.split()))
    return guid if len(guid) <= _GUID_LIMIT else f"sha256:{_digest(guid)}"


def _author(names: Sequence[str]) -> str | None:
    """Return the authors' names; None if there are none, or only an e-mail address."""
    stated = ", ".join(dict.fromkeys(name for name in names if name))
    return None if _MAIL_ADDRESS.fullmatch(stated.strip()) else plain(stated, AUTHOR_LIMIT) or None


def _date(item: Item, context: _Context) -> tuple[datetime | None, str | None, DateQuality]:
    """Return when the item was published, what the feed wrote for it, and how far to trust it.

    The first readable date counts; if it is not the first one stated, its quality is "repaired". A midnight, in any
    zone, is a "day".
    """
    stated = [_without_markup(raw) for raw in item.dates if raw]
    first: DateQuality = "absent"
    for place, raw in enumerate(stated):
        moment, quality = read_date(raw, context.now, day_first=context.day_first)
        if moment is not None:
            trusted: DateQuality = "day" if names_day(raw, moment) else "repaired" if place else quality
            return moment, _raw_date(raw), trusted
        first = first if place else quality
    return None, _raw_date(stated[0]) if stated else None, first


def _without_markup(raw: str) -> str:
    """Return a date as a feed wrote it, without the HTML around it."""
    if "<" not in raw and "&" not in raw:
        return raw
    exact = _DATETIME.search(raw)
    return exact[1] if exact else plain(raw, _RAW_DATE_LIMIT)


def _without_building_time(entries: Sequence[Entry], now: datetime) -> Sequence[Entry]:
    """Remove the date that most of ten or more entries share to the second, if it is about `now`.

    That is the document's build time, which moves with every poll: the Guardian's said nothing else for months. Entries
    published together, such as a day's at midnight or an edition at five, share a whole minute, or a time long before
    the poll: those are dates.
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


def _stated_interval(document: Document) -> timedelta | None:
    """Return the update interval that the document states; None if it states none, or an implausible one."""
    stated = [timedelta(minutes=ttl) for ttl in _positive_int(document.ttl)]
    if document.period or document.frequency:
        period = _PERIODS.get(document.period.strip().lower() or "daily")
        stated += [period / times for times in _positive_int(document.frequency or "1") if period]
    believed = [every for every in stated if timedelta(minutes=1) <= every <= _LONGEST_INTERVAL]
    return max(believed, default=None)


def _positive_int(text: str) -> list[int]:
    """Return a list with the positive number of at most five digits that the text states, or an empty list."""
    digits = text.strip()
    return [int(digits)] if re.fullmatch(r"[0-9]{1,5}", digits) and int(digits) else []


def _language(tag: str) -> str | None:
    """Return the primary part of a language tag (RFC 5646) in lower case; None if it is invalid."""
    match = _LANGUAGE.fullmatch(tag.strip())
    return match[1].lower() if match else None


def _raw_date(raw: str) -> str | None:
    """Return the feed's date text, on one line and of bounded length; None if nothing remains."""
    return plain(raw, _RAW_DATE_LIMIT) or None


def _digest(text: str) -> str:
    """Return the SHA-256 of the text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _named_outlet(item: Item, link: str | None, url: str) -> Outlet | None:
    """Return the outlet named by an item of the document at `url`, at `link`; None for the document's own site.

    A name without a link counts only where only aggregators write it: in other feeds it is mostly their own.
    """
    name = plain(item.outlet, AUTHOR_LIMIT)
    if not name or (link is None and not item.aggregated):
        return None
    if link is not None and _site(link) == _site(url):
        return None
    return Outlet(name, link)


def _without_outlet(title: str, summary: str, outlet: Outlet) -> tuple[str, str]:
    """Strip the outlet's name from the end of the title; empty the summary if it only repeats the two.

    Google News ends every title this way, and its description is the linked title with the outlet again.
    """
    for separator in _SEPARATORS:
        ending = f"{separator}{outlet.name}"
        if len(title) > len(ending) and title.casefold().endswith(ending.casefold()):
            title = title[: -len(ending)].rstrip()
            break
    known = _words(title) | _words(outlet.name)
    return title, "" if _words(summary) <= known else summary


def _words(text: str) -> set[str]:
    """Return the set of case-folded words in a text."""
    return set(_WORD.findall(text.casefold()))


def _site(url: str) -> str:
    """Return the host of an address, without the optional www."""
    return host(url).removeprefix("www.")
