"""Mends faults of XML feeds in their bytes, before they are parsed: the only module that changes a document."""

import re
from html import unescape

from tracker.analyse.urls import absolute, host

# Character references that mean no character (halves of surrogate pairs, controls, beyond Unicode), and a few
# near them that do. The semicolon may be missing: feedparser's loose parser does without.
_END = rb"(?:;|(?![0-9a-fA-F]))"
_SUSPECT = (
    rb"&#(?:[xX]0*(?:[dD][89a-fA-F][0-9a-fA-F]{2}|[01]?[0-9a-fA-F]|[0-9a-fA-F]{6,})"
    rb"|0*(?:5[5-7][0-9]{3}|[12]?[0-9]|3[01]|[0-9]{7,}))" + _END
)
_SUSPECTS = re.compile(_SUSPECT + rb"(?:" + _SUSPECT + rb")*")  # a pattern that begins with letters is found soon
_NUMBERS = re.compile(rb"&#(?:[xX]0*([0-9a-fA-F]{1,9})|0*([0-9]{1,9}))")

# A guid that is said to be an address, in other letters than those that the format has and feedparser knows.
_PERMALINK = re.compile(
    rb"(<guid\s[^<>]*?\bispermalink\s*=\s*)(?:\"\s*(?:true|1|yes)\s*\"|'\s*(?:true|1|yes)\s*')", re.IGNORECASE
)

# What stands before an address: the start of a link or guid, or the attribute of a link.
_BEFORE_ADDRESS = (
    rb"<(?:link\b[^<>]*|guid|guid\s[^<>]{0,200}\"true\"[^<>]{0,200})>\s*+(?:<!\[CDATA\[\s*+)?"
    rb"|<(?:[\w-]+:)?link\s[^<>]*?\bhref\s*=\s*[\"']\s*+"
)
_END_OF_HOST = rb"(?=[/:?#\s<\"'\]])"
_WWW = rb"www\.[\w-]+(?:\.[\w-]+)+" + _END_OF_HOST

_ITEM = re.compile(rb"</?(?:[\w-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ASIDE = re.compile(
    rb"<(image|textinput)(?:\s[^<>]*+)?(?<!/)>.{0,2000}?</\1\s*>|<!--.{0,2000}?-->", re.IGNORECASE | re.DOTALL
)
_SITE_OF_RSS = re.compile(rb"<link(?:\s[^<>]*)?(?<!/)>\s*+(?:<!\[CDATA\[\s*+)?([^\s<\]]+)", re.IGNORECASE)
_ATOM = re.compile(rb"<(?:[\w-]+:)?feed[\s>]", re.IGNORECASE)
_LINK_OF_ATOM = re.compile(rb"<(?:[\w-]+:)?link\s[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"\s(rel|href)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)

_CHANNEL = 16_384
"""How many bytes before the first item, and after the last, are searched for the address of the site."""


def mended(body: bytes, url: str) -> tuple[bytes, str]:
    """The document, found at `url`, as it is meant, and what its links are relative to where it states no xml:base.

    References are to real characters only, guids that are addresses say so as the format has it, and an address of
    the site or of a `www.` that lacks its scheme is no path: it gets the scheme of what it is relative to.
    """
    base = _base_of(body, url)
    body = _PERMALINK.sub(rb'\1"true"', with_real_characters(body))
    name = re.escape(host(base).removeprefix("www.").encode())
    own = rb"(?:www\.)?" + name + _END_OF_HOST + rb"|" if name else b""
    pattern = rb"(" + _BEFORE_ADDRESS + rb")(?=" + own + _WWW + rb")"
    return re.sub(pattern, rb"\1//", body, flags=re.IGNORECASE), base


def _base_of(body: bytes, url: str) -> str:
    """What relative links of a document are relative to.

    RSS does not say, so that is the address of the site, as in miniflux. For Atom it is the document's own (RFC 4287
    section 2), but for one that lies on another host than its site and would lead nowhere.
    """
    site = _site_of(body, url)
    if site is None or "." not in host(site) or host(site).rpartition(".")[2].isdecimal():
        return url
    return url if _ATOM.search(body[:_CHANNEL]) and host(site) == host(url) else site


def _site_of(body: bytes, url: str) -> str | None:
    """The address of the site that a document states outside of its items, made safe; None without one."""
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
    """The addresses of pages that the head of an Atom feed links to."""
    links = (
        {name.lower(): one or other for name, one, other in _ATTRIBUTE.findall(tag)}
        for tag in _LINK_OF_ATOM.findall(channel)
    )
    return [link[b"href"] for link in links if b"href" in link and link.get(b"rel", b"alternate") == b"alternate"]


def with_real_characters(body: bytes) -> bytes:
    """The document, with references to halves of characters joined and those to no character removed.

    feedparser 6.0.14 fails on the whole document for one `&#55357;`, which systems write that know
    characters as UTF-16 only: for every emoji, two of them.
    """
    return _SUSPECTS.sub(_characters, body)


def _characters(run: re.Match[bytes]) -> bytes:
    """What a run of suspect references means, as references to real characters."""
    numbers = [int(sixteen, 16) if sixteen else int(ten or b"0") for sixteen, ten in _NUMBERS.findall(run[0])]
    text = b"".join(map(_utf_16, numbers)).decode("utf-16-le", "ignore")
    return "".join(f"&#{ord(character)};" for character in text).encode()


def _utf_16(number: int) -> bytes:
    """A number as UTF-16: half a character where it is a surrogate, nothing where XML allows no such character."""
    if 0xD800 <= number <= 0xDFFF:
        return number.to_bytes(2, "little")
    allowed = number in {0x9, 0xA, 0xD} or 0x20 <= number <= 0x10FFFF
    return chr(number).encode("utf-16-le") if allowed else b""
