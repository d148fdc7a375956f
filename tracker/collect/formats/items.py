"""What the readers of feed formats hand over: a document and its items as they were found, nothing cleaned yet."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One item, each field as the document has it, or empty; lists have what is trusted most first.

    `links` may be relative or unsafe. `title` and `texts` (the summary, then contents) are HTML or may be, `dates`
    what the document wrote for them: publication, then change, then creation. `languages` are tags, the item's own
    first. `outlet` names who published it, `outlet_links` where that is; `aggregated` is true where only
    aggregators name an outlet in this way, so that it needs no link to count.
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
    """A feed document: its items in their order, and what it says of itself, raw.

    `ttl` is RSS's, in minutes; `period` and `frequency` are those of the RSS 1.0 syndication module. Links that are
    still relative are so to `base`, where it is not empty, else to the document.
    """

    items: Sequence[Item]
    title: str = ""
    language: str = ""
    ttl: str = ""
    period: str = ""
    frequency: str = ""
    base: str = ""
