"""Articles as an Atom feed (RFC 4287); the only module that knows how one is written.

An entry's id comes from the article's canonical address (a UUID of version 5, RFC 9562), so it is the same in every
feed, after the site has moved and in a database that was made anew: no reader shows the article twice. A feed's id
is its own address.

Written with lxml, which is here to read feeds. Libraries that write feeds leave out what names a category and in
which language an entry is, and end with an error at a control character.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from tracker.models import utc_text
from tracker.publish.site.data.listed import Article
from tracker.publish.site.links import on_the_web

TYPE: Final = "application/atom+xml; charset=utf-8"

_NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself. Addresses are absolute: its own, that of the page it is of, and of tags' pages.

    `updated` is that of an empty feed; else the newest of its articles counts.
    """

    title: str
    address: str
    page: str
    tags: str
    updated: datetime
    subtitle: str = ""


def document(feed: Feed, articles: Sequence[Article], site: str) -> bytes:
    """The feed of these articles; `site` is the absolute address of the site's first page."""
    root = etree.Element(f"{{{_NAMESPACE}}}feed", nsmap={None: _NAMESPACE})  # type: ignore[dict-item]  # None is the default namespace
    root.set(f"{_XML}lang", "en")
    _text(root, "id", feed.address)
    _text(root, "title", feed.title)
    if feed.subtitle:
        _text(root, "subtitle", feed.subtitle)
    _text(root, "updated", utc_text(max(map(_updated, articles), default=feed.updated)))
    _link(root, "self", feed.address, "application/atom+xml")
    _link(root, "alternate", feed.page, "text/html")
    _person(root, "author", feed.title)
    _text(root, "generator", "Encryption coverage tracker")
    for article in _once(articles):
        _entry(root, feed, article, site)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def identity(article: Article) -> str:
    """The id of an article in every feed."""
    return uuid5(NAMESPACE_URL, _clean(article.canonical_url)).urn


def _once(articles: Iterable[Article]) -> Iterable[Article]:
    """Each article once, as RFC 4287 asks of ids that were changed at the same time."""
    return {identity(article): article for article in articles}.values()


def _entry(root: etree._Element, feed: Feed, article: Article, site: str) -> None:
    entry = etree.SubElement(root, f"{{{_NAMESPACE}}}entry")
    if article.language and _LANGUAGE.fullmatch(article.language):
        entry.set(f"{_XML}lang", article.language)
    page = f"{site}article/{article.id}"
    _text(entry, "id", identity(article))
    _text(entry, "title", article.title or "(no title)")
    _text(entry, "updated", utc_text(_updated(article)))
    if article.published_at:
        _text(entry, "published", utc_text(article.published_at))
    _link(entry, "alternate", article.url if on_the_web(article.url) else page, "text/html")
    _link(entry, "related", page, "text/html")
    _person(entry, "author", article.author or article.source)
    if article.summary:
        _text(entry, "summary", article.summary)
    for tag in article.tags:
        attributes = {"term": _clean(tag.id), "scheme": feed.tags, "label": _clean(tag.label)}
        etree.SubElement(entry, f"{{{_NAMESPACE}}}category", attributes)
    source = etree.SubElement(entry, f"{{{_NAMESPACE}}}source")
    _text(source, "title", article.source)


def _updated(article: Article) -> datetime:
    """When its words last became what they are, as far as was seen."""
    return article.changed_at or article.first_seen_at


def _text(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}").text = _clean(text)


def _link(parent: etree._Element, relation: str, address: str, kind: str) -> None:
    etree.SubElement(parent, f"{{{_NAMESPACE}}}link", {"rel": relation, "type": kind, "href": _clean(address)})


def _person(parent: etree._Element, role: str, name: str) -> None:
    _text(etree.SubElement(parent, f"{{{_NAMESPACE}}}{role}"), "name", name)


def _clean(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)
