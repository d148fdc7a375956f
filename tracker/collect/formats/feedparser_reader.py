"""Read RSS and Atom of any age and condition: the only module that knows feedparser, whose objects stay here."""

import io
import re
from typing import Any

import feedparser

from tracker.collect.formats.charsets import charset_of
from tracker.collect.formats.element_values import joined
from tracker.collect.formats.items import Addresses, Document, Item, Link, in_order_of_trust
from tracker.errors import CollectError, NotAFeed

_DATES = ("published", "updated", "created")
"""feedparser's names, most trusted first; `updated` includes dc:date."""

_MAIL = re.compile(r"(?:mailto:)?[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,63}", re.IGNORECASE)
_AUTHOR_LIMIT = 1000

_Dict = dict[str, Any]  # feedparser's FeedParserDict, whose values may be of any type


def read_tolerantly(body: bytes, url: str, content_type: str | None) -> Document:
    """Return the document as far as it can be read.

    Raises NotAFeed when it is not a feed, and CollectError when feedparser fails. May take minutes and gigabytes: run
    it on hostile or long documents only in a process that can be killed.
    """
    found = _parsed(body, url, content_type)
    items: list[_Dict] = found["entries"]
    if not items and not _text(found, "version"):
        raise NotAFeed("This is XML or text, but not in any known feed format.")
    feed: _Dict = found["feed"]
    return Document(
        items=[_item(item, _text(feed, "language")) for item in items],
        title=_text(feed, "title"),
        language=_text(feed, "language"),
        authors=_authors(feed) if _text(found, "version").startswith("atom") else (),
        ttl=_text(feed, "ttl"),
        period=_text(feed, "sy_updateperiod"),
        frequency=_text(feed, "sy_updatefrequency"),
    )


def _parsed(body: bytes, url: str, content_type: str | None) -> _Dict:
    """Return feedparser's result; raises CollectError when it fails.

    Always pass a stream: given bytes or a string, feedparser opens the file or address that they name. Links are
    resolved against xml:base and Content-Location even when `resolve_relative_uris` is off: that covers addresses
    within texts, which plain() drops, as it does what sanitizing would.
    """
    charset = charset_of(body, content_type)
    headers = {
        "content-location": url,
        # feedparser assumes ASCII for text/xml, as RFC 3023 did
        "content-type": f"application/xml; charset={charset}",
    }
    try:
        document: _Dict = feedparser.parse(
            io.BytesIO(body),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except MemoryError:  # not the document's fault alone: worker.py reports the limit
        raise
    except Exception as error:
        raise CollectError(f"feedparser fails on this document: {type(error).__name__}.") from error
    return document


def _item(item: _Dict, language: str) -> Item:
    """Convert one of feedparser's entries; `language` is the feed's."""
    source = _dict(item, "source")
    contents = [_text(content, "value") for content in _list(item, "content")]
    details = [_dict(item, "title_detail"), _dict(item, "summary_detail")]
    origins = [_text(source, "href"), _text(source, "link")]
    languages = [_text(item, "language"), *(_text(detail, "language") for detail in details)]
    return Item(
        guid=_text(item, "id"),
        links=list(in_order_of_trust(_addresses(item), [*languages, language])),
        title=_text(item, "title"),
        texts=[_text(item, "summary"), *contents],
        authors=_authors(item),
        dates=[_text(item, name) for name in _DATES],
        languages=languages,
        outlet=_text(source, "title") or _text(item, "news_source"),
        outlet_links=[*origins, *(_text(link, "href") for link in _list(source, "links"))],
        aggregated=not _text(source, "title"),
    )


def _authors(item: _Dict) -> list[str]:
    """Return the names of the authors of an item or feed.

    feedparser takes no more than four letters of a domain for its end, so that the rest of `.example` would be a name.
    """
    names = [_text(author, "name") for author in _list(item, "authors")]
    stated = _text(item, "author")
    if len(names) == 1 and "@" in stated:
        return [_without_mail(stated[:_AUTHOR_LIMIT])]
    return names if any(names) else [stated]


def _without_mail(stated: str) -> str:
    """Return a person's name without their address, and without the brackets around either."""
    name = _MAIL.sub("", stated).replace("()", "").replace("<>", "").strip(" ,;")
    return name[1:-1].strip() if name.startswith("(") and name.endswith(")") else name


def _addresses(item: _Dict) -> Addresses:
    """Collect everything that may say where the item is."""
    contents = [content for content in _list(item, "content") if _text(content, "src")]
    return Addresses(
        links=[
            Link(*(_text(link, name) for name in ("rel", "href", "type", "hreflang"))) for link in _list(item, "links")
        ],
        original=_text(item, "feedburner_origlink"),
        stated=_text(item, "link"),
        guid=_text(item, "id"),
        guid_is_link=bool(item.get("guidislink")),
        elsewhere=[joined(_text(content, "base"), _text(content, "src")) for content in contents],
    )


def _text(item: _Dict, name: str) -> str:
    """Return the value of this name if it is text, else empty; feedparser has dictionaries where it met attributes."""
    value = item[name] if isinstance(item, dict) and name in item else None
    return value if isinstance(value, str) else ""


def _list(item: _Dict, name: str) -> list[_Dict]:
    """Return the value of this name if it is a list, else empty."""
    value = item[name] if name in item else None  # noqa: SIM401 - get() of feedparser answers for absent keys
    return value if isinstance(value, list) else []


def _dict(item: _Dict, name: str) -> _Dict:
    """Return the value of this name if it is a dictionary, else empty."""
    value = item[name] if name in item else None  # noqa: SIM401 - get() of feedparser answers for absent keys
    return value if isinstance(value, dict) else {}
