"""Tell a document's encoding from its bytes and what is claimed, and repair its text: the only module that knows the
names of encodings."""

import codecs
import re

# Beginnings of UTF-16 and UTF-32 documents, with and without a byte order mark.
_WIDE = (
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0<\0", "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\x4c\x6f\xa7\x94", "cp037"),  # "<?xm" in EBCDIC
)

_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE | re.ASCII)

_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]{0,200}?\bencoding\s*=\s*[\"']\s*([\w.:-]{1,40})\s*[\"']")
"""The encoding named by a document's declaration, even if that is on a line of its own."""

_NO_CHARSETS = frozenset({"unicode-escape", "raw-unicode-escape", "punycode", "idna", "undefined", "utf-7"})
"""Python's text encodings in which no document is written."""

_UNKNOWN_TO_PYTHON = {
    "dos-874": "cp874",
    "iso-8859-6-e": "iso8859-6",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-8-i": "iso8859-8",
    "mac-cyrillic": "mac-cyrillic",
    "mac-roman": "mac-roman",
    "windows-874": "cp874",
}
"""Labels of the WHATWG Encoding Standard, without "x-", that Python lacks, and its names for them."""

_MEANT = {
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-11": "cp874",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "tis-620": "cp874",
}
"""What browsers read for an encoding that is claimed, by Python's names (WHATWG Encoding Standard, section 4.2):
supersets, whose further characters documents use."""

_MULTIBYTE = frozenset({"utf-8", "big5hkscs", "cp932", "cp949", "euc_jp", "gb18030"})
"""Encodings of several bytes to a character, in which other text is not valid by chance."""

_BROKEN = re.compile("\ufffd+")
"""A sequence of bytes that an encoding has no character for, decoded."""

_VALID_FOR_EACH_BROKEN = 4
"""Least ratio of valid to broken characters of text that was meant in a multibyte encoding; other encodings give valid
ones by chance, fewer than one in two."""


def charset_of(body: bytes, content_type: str | None) -> str:
    """Return the encoding of an XML document that came with this Content-Type, by a name that Python knows.

    A UTF-16 or UTF-32 beginning decides; so does non-ASCII text that decodes as UTF-8, whatever is claimed. Otherwise
    the header's charset comes before the document's declaration (RFC 7303 section 3), and either counts only if it can
    decode the document: what starts with a one-byte "<" is not UTF-16.
    """
    shown = next((charset for start, charset in _WIDE if body.startswith(start)), "")
    if shown:
        return shown
    if _can_decode(body, "utf-8") and not body.isascii():
        return "utf-8"
    claims = (*_claims(body, content_type), "utf-8", "cp1252")
    return next((claim for claim in claims if _can_decode(body, claim)), "iso8859-1")


def repair_text(body: bytes, content_type: str | None) -> bytes:
    """Replace each broken sequence by U+FFFD in a document of a multibyte encoding with a few of them; return UTF-8.

    One byte lost or pasted in would otherwise make the whole document one of another encoding. Everything else,
    such as windows-1252, comes back as it is.
    """
    for charset in dict.fromkeys(("utf-8", *_claims(body, content_type))):
        if _can_decode(body, charset):
            break
        text = body.decode(charset, "replace") if charset in _MULTIBYTE else ""
        broken = len(_BROKEN.findall(text))
        valid = len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
        if text and valid >= _VALID_FOR_EACH_BROKEN * broken:
            return _BROKEN.sub("\ufffd", text).encode()
    return body


def _claims(body: bytes, content_type: str | None) -> list[str]:
    """Return the encodings claimed by header and declaration, in this order, by Python's names; unknown ones not."""
    stated, declared = _CHARSET.search(content_type or ""), _DECLARED.match(body)
    labels = [stated[1] if stated else "", declared[1].decode("ascii") if declared else ""]
    return [meant for label in labels if (meant := _meant_by(label))]


def _meant_by(label: str) -> str:
    """Return Python's name of the encoding that browsers read where this label is claimed; empty for an unknown one."""
    bare = label.lower().removeprefix("x-")
    for name in (label, bare, _UNKNOWN_TO_PYTHON.get(bare, "")):
        try:
            known = codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
        return "" if known in _NO_CHARSETS else _MEANT.get(known, known)
    return ""


def _can_decode(body: bytes, charset: str) -> bool:
    """Whether this is an encoding that can decode the whole document."""
    try:
        return b"<".decode(charset) == "<" and isinstance(body.decode(charset), str)
    except (LookupError, ValueError):
        return False
