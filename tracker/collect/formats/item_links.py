"""Orders the addresses under which an item may be found: the only module that knows relations of links."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

_RELATIONS = ("alternate", "canonical", "bookmark", "enclosure", "related", "via")
"""Relations of links that may lead to an article, in the order of trust."""

_REGISTRY = ("http://www.iana.org/assignments/relation/", "https://www.iana.org/assignments/relation/")
"""What may stand before a relation and change nothing (RFC 4287 section 4.2.7.2)."""

_PAGES = frozenset({"", "html", "text/html", "xhtml", "application/xhtml+xml"})

_WEB = ("http://", "https://", "www.")


class Link(NamedTuple):
    """A link of an item, as the document has it: its relation, media type and language may be empty."""

    relation: str
    address: str
    kind: str = ""
    language: str = ""


class Addresses(NamedTuple):
    """All that may say where an item is: its links in their order, and what stands in for one.

    `original` is FeedBurner's note of what its own link redirects to; `guid_is_link` whether the feed says that the
    guid is an address; `elsewhere` is where content is that the document does not hold (RFC 4287 section 4.1.3.2).
    """

    links: Sequence[Link]
    original: str = ""
    stated: str = ""
    guid: str = ""
    guid_is_link: bool = False
    elsewhere: Sequence[str] = ()


def in_order_of_trust(known: Addresses, languages: Sequence[str]) -> Iterator[str]:
    """The addresses, the best first; `languages` are those of the item and the feed, the first that is known counts.

    Of several pages the one in that language comes first, else the one that the document names first. A guid that is
    an address is better than none, whatever the feed says of it.
    """
    yield known.original
    pages = [link for link in known.links if _relation(link) == "alternate" and _kind(link) in _PAGES]
    own = next(filter(None, map(_primary, languages)), "")
    yield from (link.address for link in sorted(pages, key=lambda link: not own or _primary(link.language) != own))
    yield known.stated
    if known.guid_is_link:
        yield known.guid
    for wanted in _RELATIONS:
        yield from (link.address for link in known.links if _relation(link) == wanted)
    yield from known.elsewhere
    if known.guid.lower().startswith(_WEB):
        yield known.guid
    yield from (link.address for link in known.links if _relation(link) == "self")


def _relation(link: Link) -> str:
    """What the link says that it leads to, in its short form; nothing said is an alternate."""
    stated = link.relation.strip().lower()
    for registry in _REGISTRY:
        stated = stated.removeprefix(registry)
    words = stated.split()
    return "alternate" if not words or "alternate" in words else stated


def _kind(link: Link) -> str:
    """The media type without its parameters."""
    return link.kind.partition(";")[0].strip().lower()


def _primary(tag: str) -> str:
    """The primary part of a language tag, in lower case."""
    return tag.strip().replace("_", "-").partition("-")[0].lower()
