"""Extract texts, people and addresses from single XML elements, in the form that feedparser would return."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple
from urllib.parse import urljoin

from tracker.collect.formats.element_names import Uncertain
from tracker.collect.formats.items import Link
from tracker.collect.formats.xml_tree import Element

_XML = "{http://www.w3.org/XML/1998/namespace}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XHTML = "{http://www.w3.org/1999/xhtml}"

_READ = frozenset({"href", "url", "uri", "rel", "type", "mode", "lang", "base", "ispermalink", "lastmod"})
_READ |= {"hreflang", "src"}
"""Attributes that feedparser reads, even in a foreign namespace."""

_TYPES = {
    "": "",
    "text": "text/plain",
    "plain": "text/plain",
    "text/plain": "text/plain",
    "html": "text/html",
    "text/html": "text/html",
    "xhtml": "application/xhtml+xml",
    "application/xhtml+xml": "application/xhtml+xml",
}

_MARKUP_LIMIT = 60_000
"""Longest XHTML that is serialised, in characters: plain() reads no more than 65,536."""

_ATTRIBUTES_LIMIT = 50
"""Most attributes of one element; 92 blogs have up to 6."""

_DEEPEST_MARKUP = 64
"""Maximum nesting of XHTML."""

_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+,.-]*://)/+")
_ABSOLUTE = re.compile(r"https?://[a-z0-9.-]+/[\w/.~%+:@,=&-]*(?:\?[\w/.~%+:@,=&-]+)?", re.ASCII)  # already absolute
_PERSON = re.compile(r"[\w.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,63}(?: \(([^()<>@&\[\]?]*)\))?", re.ASCII)

# Meaning of 0x80 to 0x9F where Windows-1252 was decoded as Latin-1.
_WINDOWS_ONLY = re.compile("[\x80-\x9f]")
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}


class Place(NamedTuple):
    """An element's context: depth, language and link base; and its attributes."""

    depth: int
    language: str
    base: str
    attributes: dict[str, str]

    def address(self) -> str | None:
        """Return the element's link target as written; None if it has none."""
        stated = self.attributes.get("url", self.attributes.get("uri"))
        return stated or self.attributes.get("href")


@dataclass(slots=True)
class ElementText:
    """What has been found so far about the feed itself, or an item whose elements are at `depth`."""

    depth: int = 0
    is_item: bool = True
    texts: dict[str, str] = field(default_factory=dict)
    depths: dict[str, int] = field(default_factory=dict)
    contents: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    """Addresses of content outside the document."""
    authors: list[str] = field(default_factory=list)
    languages: dict[str, str] = field(default_factory=dict)
    outlet_links: list[str] = field(default_factory=list)
    guid_is_link: bool | None = None

    def keep(self, name: str, text: str, depth: int) -> None:
        """Record a text under its name, unless an item already has a less deeply nested one."""
        if not self.is_item or depth <= self.depths.get(name, depth):
            self.depths[name] = depth
            self.texts[name] = text


def place_of(element: Element, above: Place) -> Place:
    """Return the place of an element below another; raises Uncertain for odd attributes or an odd xml:base."""
    attributes = _attributes_of(element)
    if not attributes:
        return Place(above.depth + 1, above.language, above.base, attributes)
    for name in ("rel", "type"):
        if name in attributes:
            attributes[name] = attributes[name].lower()
    language = attributes.get("xml:lang", attributes.get("lang", above.language))
    base = attributes.get("xml:base", attributes.get("base"))
    return Place(above.depth + 1, language, _based(above.base, base) if base else above.base, attributes)


def joined(base: str, address: str) -> str:
    """Return the absolute address, without superfluous slashes before its host; empty if it is invalid."""
    if _ABSOLUTE.fullmatch(address):
        return address
    try:
        return urljoin(base, _SLASHES.sub(r"\1", address))
    except ValueError:
        return ""


def leaf_of(element: Element) -> str:
    """Return the text of an element without children; raises Uncertain when it has some."""
    if len(element):
        raise Uncertain
    return (element.text or "").strip()


def has_words_between(element: Element) -> bool:
    """Whether an element has text in addition to its children."""
    return len(element) > 0 and any((text or "").strip() for text in (element.text, *(child.tail for child in element)))


def repaired(text: str) -> str:
    """Undo two common faults: UTF-8 decoded as Latin-1, and Windows-1252 decoded as Latin-1."""
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode()
    return text.translate(_WINDOWS) if _WINDOWS_ONLY.search(text) else text


def content_of(element: Element, here: Place) -> str:
    """Return an element's HTML or plain text; raises Uncertain when it is neither."""
    kind = _TYPES.get(here.attributes.get("type", ""))
    if kind is None or "mode" in here.attributes or here.attributes.get("type") == "":
        raise Uncertain
    text = _markup_of(element) if kind == "application/xhtml+xml" else leaf_of(element)
    return repaired(text.strip())


def name_of_person(text: str) -> str:
    """Return the name in an RSS author, `address (name)` or a name; empty if it is only an address."""
    if "@" not in text:
        return text
    person = _PERSON.fullmatch(text)
    if person is None:
        raise Uncertain
    return (person[1] or "").strip()


def _attributes_of(element: Element) -> dict[str, str]:
    """Return an element's attributes by name; raises Uncertain for too many: lxml scans all for each value."""
    count = len(element.keys())
    if count > _ATTRIBUTES_LIMIT:
        raise Uncertain
    return {_attribute(str(name)): str(value) for name, value in element.items()} if count else {}


def _attribute(name: str) -> str:
    """Return an attribute's name as `xml:lang`, `rdf:about`, or without namespace; raises Uncertain where that
    misleads.
    """
    if name[0] != "{":
        return name.lower()
    namespace, _, local = name.rpartition("}")
    known = {_XML: "xml:", _RDF: "rdf:"}.get(namespace + "}")
    if known is None and local.lower() in _READ:
        raise Uncertain
    return f"{known or name}{local.lower()}"


def _based(base: str, stated: str) -> str:
    """Return the link base of an element that states one; raises Uncertain when that is not a web address."""
    made = joined(base, stated)
    if not made.startswith(("http://", "https://")):
        raise Uncertain
    return made


def _markup_of(element: Element) -> str:
    """Serialise the XHTML in an element, without the one div that Atom puts around it (RFC 4287 section 3.1.1.3)."""
    inner = element
    blank = not (element.text or "").strip() and len(element) == 1 and not (element[0].tail or "").strip()
    if blank and element[0].tag == f"{_XHTML}div":
        inner = element[0]
    pieces = [escape(inner.text or "", quote=False)]
    for child in inner:
        _write(child, pieces)
        pieces.append(escape(child.tail or "", quote=False))
    markup = "".join(pieces)
    if len(markup) > _MARKUP_LIMIT:
        raise Uncertain
    return markup


def _write(element: Element, pieces: list[str], deep: int = 0) -> None:
    """Append an XHTML element as feedparser writes it; raises Uncertain for what feedparser treats specially."""
    namespace, _, name = element.tag.rpartition("}")
    if namespace + "}" != _XHTML or name.lower() in {"body", "svg", "math"} or deep > _DEEPEST_MARKUP:
        raise Uncertain
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in _attributes_of(element).items())
    pieces.append(f"<{name.lower()}{attributes}>{escape(element.text or '', quote=False)}")
    for child in element:
        _write(child, pieces, deep + 1)
        pieces.append(escape(child.tail or "", quote=False))
    pieces.append(f"</{name.lower()}>")
