"""Parse small, well-formed, harmless XML into a tree: the only module that knows lxml's parser."""

import codecs
import re
from collections.abc import Iterator
from typing import cast

from lxml import etree

from tracker.collect.formats.charsets import charset_of

SIZE_LIMIT = 1 << 20
"""Largest document read at once, in bytes; 1,352 versions of news feeds have up to 178,223, and 3 of 92 blogs more."""

_MARKUP_LIMIT = 80_000
"""Most "<" of a document, escaped or not, which bounds the cost of cleaning; those blogs have up to 17,365."""

_ATTRIBUTES_LIMIT = 40_000
"""Most "=" of a document, as every attribute has one; those blogs have up to 6,915."""

_NAMES_LIMIT = 8000
"""Maximum total length of a document's distinct names, in bytes; those blogs have up to 3,199.

libxml2 remembers every name until the process ends, and accepts no new ones after 0.6 GB.
"""

Element = etree._Element  # noqa: SLF001 - lxml's only name for the type

# Supersets of ASCII, by Python's names.
_ENCODINGS = frozenset(
    {"utf-8", "ascii", "iso8859-1", "iso8859-2", "iso8859-15", "cp1250", "cp1251", "cp1252", "koi8-r"}
)

_TAG = re.compile(rb"<\??([^\s/>!?]+)")
_NO_NAME = re.compile(rb"[\"'?&/<>;]")
_NAMESPACE = re.compile(rb"xmlns[^\s=\"'?&/<>;]*\s*=\s*[^=]([^=\"']*)")

_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)


def tree(body: bytes, content_type: str | None) -> Element | None:
    """Return the root of a document; None unless it is surely harmless, well-formed and of a known encoding.

    Comments and processing instructions are dropped. Document types are refused, and entities with them.
    """
    if len(body) > SIZE_LIMIT or body.count(b"=") > _ATTRIBUTES_LIMIT or not body.strip():
        return None
    if body.count(b"<") + body.count(b"&lt;") > _MARKUP_LIMIT or b"<!DOCTYPE" in body:
        return None
    if sum(map(len, _names(body))) > _NAMES_LIMIT:
        return None
    text = _in_utf_8(body, content_type)
    try:
        return None if text is None else etree.fromstring(text, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return None


def recovered_tree(body: bytes, content_type: str | None) -> Element | None:
    """Return the root of a document of any size, with faults repaired; None if nothing is readable.

    May take minutes: for a process that can be killed.
    """
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    text = body.decode(charset_of(body, content_type), "replace").removeprefix("\ufeff")
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def declarations(root: Element) -> Iterator[tuple[str, str]]:
    """Yield the elements' namespace declarations, in document order, as prefix (may be empty) and address."""
    for _, declared in etree.iterwalk(root, events=("start-ns",)):
        yield cast("tuple[str, str]", declared)


def _names(body: bytes) -> set[bytes]:
    """Return all element, attribute and namespace names in a document, and a few words of its texts."""
    before_equals = {words[-1] for piece in body.split(b"=")[:-1] if (words := piece.rsplit(None, 1))}
    attributes = {name for name in before_equals if not _NO_NAME.search(name)}
    return {*_TAG.findall(body), *attributes, *_NAMESPACE.findall(body)}


def _in_utf_8(body: bytes, content_type: str | None) -> bytes | None:
    """Return the document in UTF-8 without byte order mark; None if its encoding is not in _ENCODINGS."""
    charset = charset_of(body, content_type)
    if charset not in _ENCODINGS:
        return None
    if charset == "utf-8":
        return body.removeprefix(codecs.BOM_UTF8)
    return body.decode(charset).encode()
