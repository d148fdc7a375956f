"""Read and write feed lists as OPML 2.0: the only module that knows listparser and that format."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import quoteattr

from listparser.common import SuperDict
from listparser.opml import OpmlMixin
from listparser.xml_handler import XMLHandler

from tracker.analyse.text import TITLE_LIMIT, plain
from tracker.analyse.urls import absolute
from tracker.collect.formats.sniff import charset_of
from tracker.errors import CollectError
from tracker.models import KINDS, Feed, Kind, Source

NAMESPACE = "urn:encryption-coverage-tracker:opml"
"""Namespace of our own attributes, so that other programs ignore them (OPML 2.0, "Extending OPML")."""

_PREFIX = "tracker"
_LANGUAGE = re.compile(r"[a-z]{2}")
_COUNTRY = re.compile(r"[A-Z]{2,3}")
_TEMPLATE = re.compile(r"https?://[\x21-\x7e]*\$\{[\x21-\x7e]*", re.IGNORECASE)

_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,32};)")
"""An ampersand that starts no reference: in an address, "&copy=1" would become a sign."""

_FEED_SCHEME = re.compile(r"feed:(?://)?(?P<web>https?:(?=//))?(?://)?(?![a-z][a-z0-9+.-]*:(?!\d))", re.IGNORECASE)
"""Prefix by which other readers mark an address to subscribe to; the feed is still fetched over HTTP."""

_FEED_TYPES = frozenset({"rss", "rss1", "rss2", "atom", "feed", "json", "jsonfeed"})


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
    every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Outlines:
    """A parsed list of feeds; `left_out` are its addresses that are not http or https."""

    feeds: tuple[Outline, ...]
    left_out: tuple[str, ...] = ()


class BadOutlines(CollectError):
    """The bytes are not a list of feeds."""


def read(text: bytes) -> Outlines:
    """Return the feeds of a list, in its order, each address once; read broken XML as far as possible.

    Raises BadOutlines when it is not OPML.
    """
    reader = _Reader()
    reader.feed(_BARE_AMPERSAND.sub("&amp;", text.decode(charset_of(text, None), "replace").removeprefix("\ufeff")))
    if not reader.harvest["version"]:
        raise BadOutlines("This is no list of feeds (OPML).")
    stated: list[str] = [feed["url"] for feed in reader.harvest["feeds"]]
    outlines = [_outline(feed, reader.ours[feed["url"]]) for feed in reader.harvest["feeds"]]
    left_out = (plain(url, TITLE_LIMIT) for url, outline in zip(stated, outlines, strict=True) if outline is None)
    return Outlines(tuple(outline for outline in outlines if outline is not None), tuple(left_out))


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


class _Reader(OpmlMixin, XMLHandler):
    """listparser's OPML reader, extended to keep our own attributes and survive unbalanced end tags.

    listparser.parse() would drop them, reads only UTF-8, and fetches a str as an address.
    """

    def __init__(self) -> None:
        super().__init__()
        self.harvest = {"version": "", "feeds": [], "lists": [], "opportunities": [], "meta": SuperDict()}
        self.ours: dict[str, dict[str, str]] = defaultdict(dict)

    def start_opml_outline(self, attrs: dict[str, str]) -> None:
        """Record the outline and its attributes in our namespace.

        An outline with `xmlUrl` is a feed, one without is a folder, whatever its type; a `url` is a feed's only if the
        type is a feed's.
        """
        kind = attrs.pop("type", "").strip().lower()
        if kind in _FEED_TYPES and attrs.get("url") and not attrs.get("xmlurl"):
            attrs["xmlurl"] = attrs["url"]
        super().start_opml_outline(attrs)
        prefixes = [prefix for prefix, uris in self.uris.items() if uris and uris[-1] == NAMESPACE]
        for name, value in attrs.items():
            prefix, _, local = name.partition(":")
            if local and prefix in prefixes:
                self.ours[attrs.get("xmlurl", "").strip()].setdefault(local, value)

    def end_opml_outline(self) -> None:
        """Leave the outline, if there is one to leave."""
        if self.hierarchy:
            super().end_opml_outline()


def _outline(feed: SuperDict, ours: dict[str, str]) -> Outline | None:
    """Return one feed of a list, made safe; None if its address is unusable."""
    url = _address(feed["url"])
    if url is None:
        return None
    folders: list[str] = next(iter(feed["categories"]), [])
    stated = {name: plain(value, TITLE_LIMIT) for name, value in ours.items()}
    country, language, every = stated.get("country", ""), stated.get("language", ""), stated.get("every", "")
    return Outline(
        title=plain(feed["title"], TITLE_LIMIT),
        url=url,
        category=plain(" / ".join(folder for folder in folders if folder), TITLE_LIMIT),
        source_id=stated.get("source") or None,
        source_name=stated.get("name") or None,
        family=stated.get("family") or None,
        kind=next((kind for kind in KINDS if kind == stated.get("kind")), None),
        country=country if _COUNTRY.fullmatch(country) else None,
        language=language if _LANGUAGE.fullmatch(language) else None,
        every=timedelta(seconds=int(every)) if every.isdecimal() and len(every) < 8 else None,
    )


def _address(stated: str) -> str | None:
    """Return an address that can be polled; one with `${NAME}` is kept as is, for feeds.yaml to judge."""
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
        "every": str(int(feed.every.total_seconds())) if feed.every else None,
    }
    stated = {"type": "rss", "text": source.name, "title": source.name, "xmlUrl": feed.url}
    stated |= {f"{_PREFIX}:{name}": value for name, value in ours.items() if value}
    return " ".join(f"{name}={_quoted(value)}" for name, value in stated.items())


def _quoted(text: str) -> str:
    """Quote the text as an attribute value, its white space collapsed."""
    return quoteattr(" ".join(text.split()))
