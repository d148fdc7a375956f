"""What every reader returns: a document and its items as found, their addresses ranked; nothing is cleaned yet.

The only module that knows link relations.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Item:
    """One item, each field as written in the document, or empty; lists are most trusted first.

    `links` may be relative or unsafe. `title` and `texts` (the summary, then contents) may be HTML; `dates` are raw:
    publication, then change, then creation. `languages` are tags, the item's own first. `outlet` names the publisher,
    `outlet_links` its address; `aggregated` means that only aggregators name an outlet this way, so that it counts
    without a link.
    """

    guid: str = ""
    links: Sequence[str] = ()
    title: str = ""
    texts: Sequence[str] = ()
    authors: Sequence[str] = ()
    dates: Sequence[str] = ()
    languages: Sequence[str] = ()
    outlet: str = ""
    outlet_links: Sequence[str] = ()
    aggregated: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A feed document: its items in order, and its own raw fields.

    `authors` are those of every item without its own. `ttl` is RSS's, in minutes; `period` and `frequency` are the RSS
    1.0 syndication module's. Relative links are resolved against `base`, or the document's address if it is empty.
    """

    items: Sequence[Item]
    title: str = ""
    language: str = ""
    authors: Sequence[str] = ()
    ttl: str = ""
    period: str = ""
    frequency: str = ""
    base: str = ""


_RELATIONS = ("alternate", "canonical", "bookmark", "enclosure", "related", "via")
"""Link relations that may lead to an article, most trusted first."""

_REGISTRY = ("http://www.iana.org/assignments/relation/", "https://www.iana.org/assignments/relation/")
"""Optional prefixes of a relation without meaning (RFC 4287 section 4.2.7.2)."""

_PAGES = frozenset({"", "html", "text/html", "xhtml", "application/xhtml+xml"})

_WEB = ("http://", "https://", "www.")


class Link(NamedTuple):
    """A link of an item as written: its relation, media type and language may be empty."""

    relation: str
    address: str
    kind: str = ""
    language: str = ""


class Addresses(NamedTuple):
    """Everything that may say where an item is: its links in document order, and substitutes.

    `original` is FeedBurner's note of what its own link redirects to; `guid_is_link` whether the feed declares the guid
    an address; `elsewhere` are addresses of content outside the document (RFC 4287 section 4.1.3.2).
    """

    links: Sequence[Link]
    original: str = ""
    stated: str = ""
    guid: str = ""
    guid_is_link: bool = False
    elsewhere: Sequence[str] = ()


def in_order_of_trust(known: Addresses, languages: Sequence[str]) -> Iterator[str]:
    """Yield the addresses, best first; `languages` are the item's and the feed's, of which the first non-empty counts.

    Among several pages, those in that language come first, then document order. A guid that is an address is better
    than none, whatever the feed declares.
    """
    yield known.original
    related = [(_relation(link), link) for link in known.links]
    pages = [link for relation, link in related if relation == "alternate" and _kind(link) in _PAGES]
    own = next(filter(None, map(_primary, languages)), "")
    yield from (link.address for link in sorted(pages, key=lambda link: not own or _primary(link.language) != own))
    yield known.stated
    if known.guid_is_link:
        yield known.guid
    for wanted in _RELATIONS:
        yield from (link.address for relation, link in related if relation == wanted)
    yield from known.elsewhere
    if known.guid.lower().startswith(_WEB):
        yield known.guid
    yield from (link.address for relation, link in related if relation == "self")


def _relation(link: Link) -> str:
    """Return the link's relation in short form; "alternate" by default."""
    stated = link.relation.strip().lower()
    for registry in _REGISTRY:
        stated = stated.removeprefix(registry)
    words = stated.split()
    return "alternate" if not words or "alternate" in words else stated


def _kind(link: Link) -> str:
    """Return the media type without parameters."""
    return link.kind.partition(";")[0].strip().lower()


def _primary(tag: str) -> str:
    """Return the primary part of a language tag, in lower case."""
    return tag.strip().replace("_", "-").partition("-")[0].lower()
