"""Repair faults of feeds in their bytes, before parsing: the only module that changes a document."""

import re
from html import unescape
from html.entities import html5
from itertools import pairwise

from tracker.analyse.urls import absolute, host

# References to no character (halves of surrogate pairs, controls, beyond Unicode), and a few valid ones near
# them. The semicolon may be missing: feedparser's loose parser does without.
_END = rb"(?:;|(?![0-9a-fA-F]))"
_SUSPECT = (
    rb"&#(?:[xX]0*(?:[dD][89a-fA-F][0-9a-fA-F]{2}|[01]?[0-9a-fA-F]|[0-9a-fA-F]{6,})"
    rb"|0*(?:5[5-7][0-9]{3}|[12]?[0-9]|3[01]|[0-9]{7,}))" + _END
)
_SUSPECTS = re.compile(_SUSPECT + rb"(?:" + _SUSPECT + rb")*")  # a literal prefix makes the search fast
_NUMBERS = re.compile(rb"&#(?:[xX]0*([0-9a-fA-F]{1,9})|0*([0-9]{1,9}))")

# An ampersand that begins no reference, as in AT&T and ?a=1&copy=2, where neither a section of text nor a comment may
# contain it as it stands; those are matched to be passed over.
_BARE_AMPERSAND = re.compile(rb"&(?!(?:#[0-9]{1,9}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{0,31});)")
_UNESCAPED = re.compile(rb"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)|" + _BARE_AMPERSAND.pattern, re.DOTALL)

_REFERENCE = re.compile(rb"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)|&([A-Za-z][A-Za-z0-9]{1,31};)", re.DOTALL)
_ENTITY = re.compile(rb"<!ENTITY\s+([\w.-]+)")
_STRICT = re.compile(rb"<!doctype\s|<(?:[\w-]+:)?urlset[\s>]", re.IGNORECASE)
"""The beginning of a document that is read by XML's rules alone."""
_OF_XML = frozenset({b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"})

# A link written as HTML, as Drupal's views do that put a field made for pages into a feed.
_LINK_IN_HTML = re.compile(
    rb"(<link>)\s*+(?:<!\[CDATA\[\s*+)?((?:<|&lt;)a\s.{0,4096}?)(?=</link>)", re.IGNORECASE | re.DOTALL
)
_HREF = re.compile(r"\bhref\s*=\s*[\"']\s*+([^\"'<>]+)", re.IGNORECASE)

# A guid declared an address in another spelling than the format's, which is all that feedparser knows.
_PERMALINK = re.compile(
    rb"(<guid\s[^<>]*?\bispermalink\s*=\s*)(?:\"\s*(?:true|1|yes)\s*\"|'\s*(?:true|1|yes)\s*')", re.IGNORECASE
)

# What precedes an address: the start of a link or guid, or a link's attribute.
_BEFORE_ADDRESS = (
    rb"<(?:link\b[^<>]*|guid|guid\s[^<>]{0,200}\"true\"[^<>]{0,200})>\s*+(?:<!\[CDATA\[\s*+)?"
    rb"|<(?:[\w-]+:)?link\s[^<>]*?\bhref\s*=\s*[\"']\s*+"
)
_PLACE = re.compile(rb"(" + _BEFORE_ADDRESS + rb")([^\s<\"'\]?#]+)", re.IGNORECASE)
"""An address up to its query."""
_HOST_FIRST = re.compile(rb"(" + _BEFORE_ADDRESS + rb")(?!https?:)(?=([^/:?#\s<\"'\]]+)[/:?#\s<\"'\]])", re.IGNORECASE)
"""An address up to its first part, which is a host where a scheme was forgotten."""
_WWW = re.compile(rb"www(?:\.[\w-]+){2,}", re.IGNORECASE)

# Elements that feedparser takes for an item's title or description although they are a picture's, a podcast's or a
# copy; where the item has its own, they say nothing more.
_ASIDE_TITLE = re.compile(rb"(</?(?:media|itunes|dc):)(title[\s>/])", re.IGNORECASE)
_ASIDE_DESCRIPTION = re.compile(rb"(</?(?:media|itunes|dc):)((?:description|summary)[\s>/])", re.IGNORECASE)
_OWN_TITLE = re.compile(rb"<title(?:\s[^<>]*+)?(?<!/)>\s*+(?!</)", re.IGNORECASE)
_OWN_DESCRIPTION = re.compile(rb"<(?:description|summary)(?:\s[^<>]*+)?(?<!/)>\s*+(?!</)", re.IGNORECASE)

_ITEM = re.compile(rb"</?(?:[\w-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ASIDE = re.compile(
    rb"<(image|textinput)(?:\s[^<>]*+)?(?<!/)>.{0,2000}?</\1\s*>|<!--.{0,2000}?-->", re.IGNORECASE | re.DOTALL
)
_SITE_OF_RSS = re.compile(rb"<link(?:\s[^<>]*)?(?<!/)>\s*+(?:<!\[CDATA\[\s*+)?([^\s<\]]+)", re.IGNORECASE)
_ATOM = re.compile(rb"<(?:[\w-]+:)?feed[\s>]", re.IGNORECASE)
_LINK_OF_ATOM = re.compile(rb"<(?:[\w-]+:)?link\s[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"\s(rel|href)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)

_CHANNEL = 16_384
"""Bytes before the first item, and after the last, searched for the site's address."""


def repair_xml(body: bytes, url: str) -> tuple[bytes, str]:
    """Return the repaired document, found at `url`, and the base of its links where it states no xml:base.

    References become valid, links written as HTML become addresses, permalink guids are marked as the format requires,
    an item's own title and description are its only ones, an address has slashes for backslashes, and one that starts
    with the site's host or `www.` is not a path: it gets the scheme of its base.
    """
    base = _base_of(body, url)
    body = _with_escaped_ampersands(_with_html_characters(with_real_characters(body)))
    body = _LINK_IN_HTML.sub(_address_in_html, _PERMALINK.sub(rb'\1"true"', body))
    body = _with_slashes(_with_own_words(body))
    return _with_forgotten_slashes(body, host(base).removeprefix("www.").encode()), base


def _base_of(body: bytes, url: str) -> str:
    """Return the base of a document's relative links.

    RSS does not define one, so it is the site's address, as in miniflux. For Atom it is the document's own (RFC 4287
    section 2), unless that is on another host than its site and would lead nowhere.
    """
    site = _site_of(body, url)
    if site is None or "." not in host(site) or host(site).rpartition(".")[2].isdecimal():
        return url
    return url if _ATOM.search(body[:_CHANNEL]) and host(site) == host(url) else site


def _site_of(body: bytes, url: str) -> str | None:
    """Return the site's address stated outside of the items, made safe; None without one."""
    first = _ITEM.search(body)
    before = body[: first.start()] if first else body
    after = body[max(body.rfind(b"</item>"), 0) :] if first else b""
    channel = _ASIDE.sub(b"", before[:_CHANNEL] + after[-_CHANNEL:])
    stated = _links_of_atom(channel) if _ATOM.search(channel) else _SITE_OF_RSS.findall(channel)
    for address in stated:
        site = unescape(address.decode("utf-8", "replace")).strip()
        if site.lower().startswith(("http://", "https://", "//", "www.")):
            return absolute(f"//{site}" if site.lower().startswith("www.") else site, url)
    return None


def _links_of_atom(channel: bytes) -> list[bytes]:
    """Return the addresses of pages linked in the head of an Atom feed."""
    links = (
        {name.lower(): one or other for name, one, other in _ATTRIBUTE.findall(tag)}
        for tag in _LINK_OF_ATOM.findall(channel)
    )
    return [link[b"href"] for link in links if b"href" in link and link.get(b"rel", b"alternate") == b"alternate"]


def with_real_characters(body: bytes) -> bytes:
    """Join references to surrogate halves, and remove those to no character.

    feedparser 6.0.14 fails on the whole document for one `&#55357;`, written by systems that know characters only as
    UTF-16: two for every emoji.
    """
    return _SUSPECTS.sub(_characters, body)


def _with_escaped_ampersands(body: bytes) -> bytes:
    """Escape bare ampersands, which would make feedparser write "AT&T;", and "©=2" for "&copy=2" in an address.

    Documents in which an octet 0x26 may be part of another character, those of UTF-16 and ISO 2022, stay as they are.
    """
    if b"\0" in body or b"\x1b" in body or not _BARE_AMPERSAND.search(body):
        return body
    return _UNESCAPED.sub(lambda match: b"&amp;" if match[0] == b"&" else match[0], body)


def _with_html_characters(body: bytes) -> bytes:
    """Write HTML's named characters as numbers in a sitemap or a document with a document type.

    XML parsers drop an entity without a trace that the type might declare elsewhere, such as Netscape's for RSS 0.91.
    """
    if not _STRICT.search(body[:_CHANNEL]):
        return body
    declared = {b"%b;" % name for name in _ENTITY.findall(body[:_CHANNEL])} | _OF_XML

    def numbered(match: re.Match[bytes]) -> bytes:
        name = match[1]
        characters = html5.get(name.decode(), "") if name and name not in declared else ""
        return "".join(f"&#{ord(character)};" for character in characters).encode() or match[0]

    return _REFERENCE.sub(numbered, body)


def _address_in_html(link: re.Match[bytes]) -> bytes:
    """Return a link with the address of the HTML in it, if any."""
    address = _HREF.search(unescape(link[2].decode("latin-1")))
    stated = address[1].strip().replace("&", "&amp;") if address else ""
    return link[1] + stated.encode("latin-1", "xmlcharrefreplace")


def _with_own_words(body: bytes) -> bytes:
    """Rename titles and descriptions of pictures and podcasts in items that have their own.

    feedparser takes whichever comes first, or last: a caption in place of the summary.
    """
    if not (_ASIDE_TITLE.search(body) or _ASIDE_DESCRIPTION.search(body)):
        return body

    bounds = [0, *(item.start() for item in _ITEM.finditer(body)), len(body)]
    return b"".join(_item_with_own_words(body[start:end]) for start, end in pairwise(bounds))


def _item_with_own_words(item: bytes) -> bytes:
    for own, aside in ((_OWN_TITLE, _ASIDE_TITLE), (_OWN_DESCRIPTION, _ASIDE_DESCRIPTION)):
        if own.search(item):
            item = aside.sub(rb"\1other-\2", item)
    return item


def _with_slashes(body: bytes) -> bytes:
    """Write addresses with slashes in place of backslashes, as browsers read them; urljoin() takes `\\\\host` for a
    path.
    """
    if b"\\" not in body:
        return body
    return _PLACE.sub(lambda address: address[1] + address[2].replace(b"\\", b"/"), body)


def _with_forgotten_slashes(body: bytes, site: bytes) -> bytes:
    """Write `//` before addresses that start with the site's host, or any that begins with `www.`."""

    def mended(address: re.Match[bytes]) -> bytes:
        first = address[2].lower()
        return address[1] + b"//" if first.removeprefix(b"www.") == site or _WWW.fullmatch(first) else address[1]

    return _HOST_FIRST.sub(mended, body)


def _characters(run: re.Match[bytes]) -> bytes:
    """Return a run of suspect references as references to valid characters."""
    numbers = [int(sixteen, 16) if sixteen else int(ten or b"0") for sixteen, ten in _NUMBERS.findall(run[0])]
    text = b"".join(map(_utf_16, numbers)).decode("utf-16-le", "ignore")
    return "".join(f"&#{ord(character)};" for character in text).encode()


def _utf_16(number: int) -> bytes:
    """Encode a number as UTF-16: a surrogate as half a character, one that XML forbids as nothing."""
    if 0xD800 <= number <= 0xDFFF:
        return number.to_bytes(2, "little")
    allowed = number in {0x9, 0xA, 0xD} or 0x20 <= number <= 0x10FFFF
    return chr(number).encode("utf-16-le") if allowed else b""
