"""Read JSON Feed 1.0 and 1.1 (jsonfeed.org): the only module that knows its members."""

import json
import re
from functools import partial
from typing import Any

from tracker.analyse.urls import absolute
from tracker.collect.formats.charsets import charset_of
from tracker.collect.formats.items import Document, Item
from tracker.errors import NotAFeed

_VERSIONS = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/")

_WEB = ("https://", "http://")

_LAST_COMMA = re.compile(r'("(?:[^"\\]++|\\.)*+(?:"|\Z))|,(?=\s*+[\]}])', re.DOTALL)
"""A string, to pass over it, or a comma after the last member, as programs write that build JSON from a template."""

_OBJECTS_LIMIT = 10_000
"""Most objects and lists of a document read at once; 2,000 items with author, tags and picture have 8,000."""


def read_small_json_feed(body: bytes, url: str, content_type: str | None) -> Document | None:
    """Like read_json_feed(), but None when that could take long."""
    large = body.count(b"{") + body.count(b"[") > _OBJECTS_LIMIT
    return None if large else read_json_feed(body, url, content_type)


def read_json_feed(body: bytes, _url: str, content_type: str | None) -> Document:
    """Return the document; raises NotAFeed when it is not JSON, or not a JSON Feed.

    Members of the wrong type count as missing. Numbers stay as written: an id may be one, and converting a very long
    one would be slow. Control characters may stand in texts unescaped, and a comma after the last member.
    """
    try:
        feed = _loaded(_decoded(body, content_type))
    except RecursionError as error:
        raise NotAFeed("This is JSON, but nested too deep to be a feed.") from error
    except ValueError as error:
        raise NotAFeed(f"This begins like JSON, but is not valid: {error}.") from error
    if not _is_feed(feed):
        raise NotAFeed("This is JSON, but not a JSON Feed.")
    return Document(
        items=[_item(item) for item in _list(feed, "items")],
        title=_text(feed, "title"),
        language=_text(feed, "language"),
        authors=_authors(feed),
        base=absolute(_text(feed, "home_page_url"), "") or "",
    )


def _loaded(text: str) -> Any:
    """Return the values in a JSON text; raises ValueError when it is not JSON."""
    load = partial(json.loads, parse_int=str, parse_float=str, parse_constant=str, strict=False)
    try:
        return load(text)
    except json.JSONDecodeError:
        return load(_LAST_COMMA.sub(r"\1", text))


def _decoded(body: bytes, content_type: str | None) -> str:
    """Return the document's text: JSON is Unicode (RFC 8259 section 8.1), and where it is not, what the server says."""
    try:
        return body.decode(json.detect_encoding(body), "surrogatepass")
    except UnicodeDecodeError:
        return body.decode(charset_of(body, content_type), "replace")


def _is_feed(feed: Any) -> bool:
    """Whether the document is a feed: some leave out the version, but have a title and items with an id or a URL."""
    if _text(feed, "version").startswith(_VERSIONS):
        return True
    named = [_text(item, "id") or _text(item, "url") for item in _list(feed, "items")]
    return bool(_text(feed, "title") and named) and all(named)


def _item(item: Any) -> Item:
    """Convert one item."""
    guid = _text(item, "id")
    return Item(
        guid=guid,
        links=[_text(item, "url"), _text(item, "external_url"), guid if guid.lower().startswith(_WEB) else ""],
        title=_text(item, "title"),
        texts=[_text(item, name) for name in ("summary", "content_html", "content_text")],
        authors=_authors(item),
        dates=[_text(item, name) for name in ("date_published", "date_modified")],
        languages=[_text(item, "language")],
    )


def _authors(item: Any) -> list[str]:
    """Return the authors' names: version 1.1 has a list, 1.0 a single object; some have names in place of objects."""
    stated = [item.get(name) for name in ("authors", "author")] if isinstance(item, dict) else []
    each = [one for some in stated for one in (some if isinstance(some, list) else [some])]
    names = [one if isinstance(one, str) else _text(one, "name") for one in each]
    return [name for name in names if name]


def _text(item: Any, name: str) -> str:
    """Return the member of this name if it is text or a number, else empty."""
    value = item.get(name) if isinstance(item, dict) else None
    return value if isinstance(value, str) else ""


def _list(item: Any, name: str) -> list[Any]:
    """Return the member of this name if it is a list, else empty."""
    value = item.get(name) if isinstance(item, dict) else None
    return value if isinstance(value, list) else []
