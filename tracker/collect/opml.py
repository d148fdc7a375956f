"""Read and write feed lists as OPML 2.0: the only module that knows that format."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import quoteattr

from lxml import etree

from tracker.analyse.publishers import place_of_domain
from tracker.analyse.text import TITLE_LIMIT, plain
from tracker.analyse.urls import absolute
from tracker.collect.content_encoding import inflated
from tracker.collect.formats.charsets import charset_of
from tracker.collect.formats.sniff import OUTLINE_TYPES
from tracker.errors import CollectError
from tracker.models import KINDS, Feed, Kind, Source

NAMESPACE = "urn:encryption-coverage-tracker:opml"
"""Namespace of our own attributes, so that other programs ignore them (OPML 2.0, "Extending OPML")."""

_PREFIX = "tracker"
_NO_LIST = "This is not a list of feeds (OPML); export one from your feed reader, or use `tracker feeds add`."
_SIZE_LIMIT = 1 << 26
"""Largest list read, in bytes: 300,000 feeds of other readers."""
_LANGUAGE = re.compile(r"[a-z]{2}")
_COUNTRY = re.compile(r"[A-Z]{2,3}")
_TEMPLATE = re.compile(r"https?://[\x21-\x7e]*\$\{[\x21-\x7e]*", re.IGNORECASE)

_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,32};)")
"""An ampersand that starts no reference: in an address, "&copy=1" would become a sign."""

_FEED_SCHEME = re.compile(r"feed:(?://)?(?P<web>https?:(?=//))?(?://)?(?![a-z][a-z0-9+.-]*:(?!\d))", re.IGNORECASE)
"""Prefix by which other readers mark an address to subscribe to; the feed is still fetched over HTTP."""

_Outline = etree._Element  # noqa: SLF001 - lxml's only name for the type


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list; fields that only our own lists state are None in others'.

    `category` is the feed's folder path, joined by " / ", empty for none. The other fields are those of models.Source
    and models.Feed.
    """

    title: str
    url: str
    category: str = ""
    source_id: str | None = None
    source_name: str | None = None
    family: str | None = None
    kind: Kind | None = None
    country: str | None = None
    language: str | None = None
    domains: tuple[str, ...] = ()
    every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Outlines:
    """A parsed list of feeds; `left_out` are its addresses that are not http or https."""

    feeds: tuple[Outline, ...]
    left_out: tuple[str, ...] = ()


class BadOutlines(CollectError):
    """The bytes are not a list of feeds."""


def read(text: bytes) -> Outlines:
    """Return the feeds of a list, gzipped or not, in its order, each address once; read broken XML as far as possible.

    Raises BadOutlines when it is not OPML, and BadEncoding or TooLarge when it cannot be decompressed.
    """
    root = _parsed(b"".join(inflated(text, _SIZE_LIMIT)))
    found: dict[str, _Outline] = {}
    ours: dict[str, dict[str, str]] = defaultdict(dict)
    for outline in root.iter("outline"):
        if stated := _stated_address(outline):
            found.setdefault(stated, outline)
            ours[stated] = _our_attributes(outline) | ours[stated]
    outlines = {stated: _outline(outline, ours[stated]) for stated, outline in found.items()}
    left_out = (plain(stated, TITLE_LIMIT) for stated, outline in outlines.items() if outline is None)
    return Outlines(tuple(outline for outline in outlines.values() if outline is not None), tuple(left_out))


def write(sources: Iterable[Source], feeds: Iterable[Feed]) -> bytes:
    """Return an OPML 2.0 document with one folder per source, from which read() restores all of the arguments."""
    by_source: dict[str, list[Feed]] = defaultdict(list)
    for feed in feeds:
        by_source[feed.source].append(feed)
    folders = "".join(_folder(source, by_source[source.id]) for source in sources if by_source[source.id])
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0" xmlns:{_PREFIX}={quoteattr(NAMESPACE)}>\n'
        f"  <head><title>Encryption coverage tracker</title></head>\n  <body>\n{folders}  </body>\n</opml>\n"
    ).encode()


def is_ours(path: Path) -> bool:
    """Whether write() made this file."""
    with path.open("rb") as content:
        return NAMESPACE.encode() in content.read(400)


def _parsed(text: bytes) -> _Outline:
    """Return the root of a list; raises BadOutlines when it is not one.

    An HTML parser reads what XML does not allow: values without quotes, stray ampersands, names in any case. It expands
    no entities of a document type. It leaves the names of attributes as `prefix:name`, in small letters.
    """
    decoded = _BARE_AMPERSAND.sub("&amp;", text.decode(charset_of(text, None), "replace").removeprefix("\ufeff"))
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(decoded.encode(), parser)
    except etree.LxmlError as error:
        raise BadOutlines(_NO_LIST) from error
    if root is None or next(root.iter("opml"), None) is None:
        raise BadOutlines(_NO_LIST)
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        raise BadOutlines("This list cannot be read to its end: its folders are nested too deep.")
    return root


def _stated_address(outline: _Outline) -> str:
    """Return the address of a feed, as it is written; empty for a folder.

    What has `xmlUrl` is a feed and what has none a folder, whatever its type; a `url` is a feed's only if the type is a
    feed's.
    """
    address = outline.get("xmlurl", "").strip()
    if address or outline.get("type", "").strip().lower() not in OUTLINE_TYPES:
        return address
    return outline.get("url", "").strip()


def _our_attributes(outline: _Outline) -> dict[str, str]:
    """Return the attributes in our namespace, by their local names."""
    prefixes = {
        str(name).removeprefix("xmlns:")
        for element in (outline, *outline.iterancestors())
        for name, value in element.attrib.items()
        if value == NAMESPACE
    }
    parts = ((*str(name).partition(":"), str(value)) for name, value in outline.attrib.items())
    return {local: value for prefix, _, local, value in parts if local and prefix in prefixes}


def _title(outline: _Outline) -> str:
    return outline.get("text", "").strip() or outline.get("title", "").strip()


def _category(outline: _Outline) -> str:
    """Return the first path under `category` or, without one, that of the folders around the outline."""
    first = [part.strip() for part in outline.get("category", "").split(",")[0].split("/")]
    around = [_title(one) for one in outline.iterancestors("outline") if not _stated_address(one)]
    return " / ".join(filter(None, first)) or " / ".join(filter(None, reversed(around)))


def _outline(outline: _Outline, ours: Mapping[str, str]) -> Outline | None:
    """Return one feed of a list, made safe; None if its address is unusable."""
    url = _address(_stated_address(outline))
    if url is None:
        return None
    ours = {name: value if name == "domains" else plain(value, TITLE_LIMIT) for name, value in ours.items()}
    country, language, every = ours.get("country", ""), ours.get("language", ""), ours.get("every", "")
    return Outline(
        title=plain(_title(outline), TITLE_LIMIT),
        url=url,
        category=plain(_category(outline), TITLE_LIMIT),
        source_id=ours.get("source") or None,
        source_name=ours.get("name") or None,
        family=ours.get("family") or None,
        kind=next((kind for kind in KINDS if kind == ours.get("kind")), None),
        country=country if _COUNTRY.fullmatch(country) else None,
        language=language if _LANGUAGE.fullmatch(language) else None,
        domains=tuple(filter(_is_domain, ours.get("domains", "").split())),
        every=timedelta(seconds=int(every)) if every.isdecimal() and len(every) < 8 else None,
    )


def _is_domain(stated: str) -> bool:
    try:
        place_of_domain(stated, "")
    except ValueError:
        return False
    return True


def _address(stated: str) -> str | None:
    """Return an address that can be polled; one with `${NAME}` is kept as is, for feeds.yaml to judge."""
    stated = stated.replace("&amp;", "&")  # some readers escape an address twice
    scheme = _FEED_SCHEME.match(stated)
    if scheme:
        stated = f"{scheme['web'] or 'http:'}//{stated[scheme.end() :]}"
    return stated if _TEMPLATE.fullmatch(stated) else absolute(stated, "")


def _folder(source: Source, feeds: list[Feed]) -> str:
    """Return a source and its feeds as lines of OPML."""
    lines = "".join(f"      <outline {_attributes(source, feed)}/>\n" for feed in feeds)
    return f"    <outline text={_quoted(source.name)}>\n{lines}    </outline>\n"


def _attributes(source: Source, feed: Feed) -> str:
    """Return a feed's data as attributes: OPML's first, then ours."""
    ours = {
        "source": source.id,
        "name": source.name,
        "family": source.family,
        "kind": source.kind,
        "country": source.country,
        "language": source.language,
        "domains": " ".join(source.domains),
        "every": str(int(feed.every.total_seconds())) if feed.every else None,
    }
    stated = {"type": "rss", "text": source.name, "title": source.name, "xmlUrl": feed.url}
    stated |= {f"{_PREFIX}:{name}": value for name, value in ours.items() if value}
    return " ".join(f"{name}={_quoted(value)}" for name, value in stated.items())


def _quoted(text: str) -> str:
    """Quote the text as an attribute value, its white space collapsed."""
    return quoteattr(" ".join(text.split()))
