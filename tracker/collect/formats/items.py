"""The readers' output: a document and its items as found, nothing cleaned yet."""

from collections.abc import Sequence
from dataclasses import dataclass


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

    `ttl` is RSS's, in minutes; `period` and `frequency` are the RSS 1.0 syndication module's. Relative links are
    resolved against `base`, or the document's address if it is empty.
    """

    items: Sequence[Item]
    title: str = ""
    language: str = ""
    ttl: str = ""
    period: str = ""
    frequency: str = ""
    base: str = ""
