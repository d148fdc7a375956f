"""Write Atom feeds (RFC 4287); the only module that does.

Uses lxml, already here to read feeds. Feed-writing libraries omit category labels and entry languages, and fail at a
control character.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from tracker.models import utc_text

TYPE: Final = "application/atom+xml; charset=utf-8"

_NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's metadata. Addresses are absolute: its own, that of its page, and that of tags' pages.

    `updated` applies to an empty feed; otherwise the newest entry counts. The feed's id is its address, or `id` if it
    has none.
    """

    title: str
    address: str | None
    page: str | None
    tags: str
    updated: datetime
    subtitle: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """A tag of an entry, and its label."""

    term: str
    label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry; `page` is its address, `related` another page about it, `html` its full text.

    `updated` is when its wording last changed.
    """

    id: str
    title: str
    updated: datetime
    page: str | None
    author: str
    related: str | None = None
    published: datetime | None = None
    language: str | None = None
    summary: str = ""
    html: str = ""
    categories: Sequence[Category] = ()
    source: str | None = None


def document(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """Return the feed of these entries, each id once: RFC 4287 forbids repeats with the same update time."""
    updated = max((entry.updated for entry in entries), default=feed.updated)
    root = _root(feed, updated)
    for entry in {entry.id: entry for entry in entries}.values():
        _entry(root, feed, entry)
    return _written(root)


def continued(feed: Feed, entry: Entry, earlier: bytes | None, most: int) -> bytes:
    """Return the feed of this entry and those of an earlier document, newest first, at most `most`.

    An unreadable earlier document is ignored; an earlier entry of the same id is replaced.
    """
    alone = etree.fromstring(document(feed, [entry]), _parser())
    (new,) = alone.iterfind(f"{{{_NAMESPACE}}}entry")
    kept = [old for old in _entries(earlier) if _child(old, "id") != entry.id]
    entries = sorted([new, *kept], key=lambda each: _child(each, "updated"), reverse=True)[:most]
    root = _root(feed, entry.updated)
    root.find(f"{{{_NAMESPACE}}}updated").text = max(_child(each, "updated") for each in entries)  # type: ignore[union-attr]  # _root makes one
    root.extend(entries)
    return _written(root)


def identity(name: str) -> str:
    """Derive a stable id from a name such as an address (a UUID of version 5, RFC 9562)."""
    return uuid5(NAMESPACE_URL, _clean(name)).urn


def _root(feed: Feed, updated: datetime) -> etree._Element:
    """Return the feed without its entries."""
    root = etree.Element(f"{{{_NAMESPACE}}}feed", nsmap={None: _NAMESPACE})  # type: ignore[dict-item]  # None is the default namespace
    root.set(f"{_XML}lang", "en")
    _text(root, "id", feed.id or feed.address or "")
    _text(root, "title", feed.title)
    if feed.subtitle:
        _text(root, "subtitle", feed.subtitle)
    _text(root, "updated", utc_text(updated))
    if feed.address:
        _link(root, "self", feed.address, "application/atom+xml")
    if feed.page:
        _link(root, "alternate", feed.page, "text/html")
    _person(root, "author", feed.title)
    _text(root, "generator", "Coverage tracker")
    return root


def _entry(root: etree._Element, feed: Feed, entry: Entry) -> None:
    made = etree.SubElement(root, f"{{{_NAMESPACE}}}entry")
    if entry.language and _LANGUAGE.fullmatch(entry.language):
        made.set(f"{_XML}lang", entry.language)
    _text(made, "id", entry.id)
    _text(made, "title", entry.title or "(no title)")
    _text(made, "updated", utc_text(entry.updated))
    if entry.published:
        _text(made, "published", utc_text(entry.published))
    if entry.page:
        _link(made, "alternate", entry.page, "text/html")
    if entry.related:
        _link(made, "related", entry.related, "text/html")
    _person(made, "author", entry.author)
    if entry.summary:
        _text(made, "summary", entry.summary)
    for category in entry.categories:
        attributes = {"term": _clean(category.term), "scheme": feed.tags, "label": _clean(category.label)}
        etree.SubElement(made, f"{{{_NAMESPACE}}}category", attributes)
    if entry.source is not None:
        _text(etree.SubElement(made, f"{{{_NAMESPACE}}}source"), "title", entry.source)
    if entry.html:
        _text(made, "content", entry.html)
        made[-1].set("type", "html")


def _entries(document: bytes | None) -> Iterable[etree._Element]:
    """Return the entries of an earlier document; none if it cannot be parsed."""
    try:
        return list(etree.fromstring(document or b"", _parser()).iterfind(f"{{{_NAMESPACE}}}entry"))
    except (etree.XMLSyntaxError, ValueError):
        return []


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _child(entry: etree._Element, name: str) -> str:
    return entry.findtext(f"{{{_NAMESPACE}}}{name}") or ""


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _text(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}").text = _clean(text)


def _link(parent: etree._Element, relation: str, address: str, kind: str) -> None:
    etree.SubElement(parent, f"{{{_NAMESPACE}}}link", {"rel": relation, "type": kind, "href": _clean(address)})


def _person(parent: etree._Element, role: str, name: str) -> None:
    _text(etree.SubElement(parent, f"{{{_NAMESPACE}}}{role}"), "name", name)


def _clean(text: str) -> str:
    """Remove the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)
