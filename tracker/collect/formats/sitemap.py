"""Read news sitemaps, which list the articles of the last two days: the only module that knows Google's format.

Elements are matched by local name alone: prefixes differ, and the news namespace is written in several ways.
"""

from collections import Counter

from tracker.analyse.urls import absolute
from tracker.collect.formats.items import Document, Item
from tracker.collect.formats.xml_tree import Element, recovered_tree, tree
from tracker.errors import NotAFeed

_LISTED_LIMIT = 5
"""Most sitemaps of an index to name in a message."""


def read_news_sitemap(body: bytes, url: str, content_type: str | None) -> Document | None:
    """Return the sitemap as a document; None unless small and well-formed. Raises NotAFeed when it has no news."""
    root = tree(body, content_type)
    return None if root is None else _document(root, url)


def read_any_news_sitemap(body: bytes, url: str, content_type: str | None) -> Document:
    """Return the sitemap as a document, as far as readable; raises NotAFeed when it has no news or is not XML."""
    root = recovered_tree(body, content_type)
    if root is None:
        raise NotAFeed("This begins like a sitemap, but is not XML.")
    return _document(root, url)


def _document(root: Element, base: str) -> Document:
    """Return the sitemap's items; addresses without news become items without words.

    Raises NotAFeed when it has no news, unless it is an empty sitemap meant for news.
    """
    if _name(root) == "sitemapindex":
        listed = _listed(root, base)
        raise NotAFeed(
            f"This is a list of sitemaps, not a feed; a news sitemap, which may be among them, would do{listed}."
        )
    items = [_item(url) for url in root if _name(url) == "url"]
    if not items and any("sitemap-news" in address for address in root.nsmap.values()):
        return Document(())  # nothing was published in the last two days
    if not any(item.title for item in items):
        raise NotAFeed("This is a sitemap without news, not a feed; a news sitemap (with news:news) would do.")
    languages = Counter(item.languages[0] for item in items if item.title)
    names = (
        name for url in root if _name(url) == "url" for name in [_texts_at(url, "news", "publication").get("name")]
    )
    return Document(items, title=next(filter(None, names), ""), language=languages.most_common(1)[0][0])


def _listed(root: Element, base: str) -> str:
    """Return the addresses in a sitemap index as the end of a sentence: news first, at most _LISTED_LIMIT."""
    stated = (absolute(_texts(sitemap).get("loc", ""), base) for sitemap in root)
    found = sorted(dict.fromkeys(url for url in stated if url), key=lambda url: "news" not in url.lower())
    more = f" and {len(found) - _LISTED_LIMIT} more" if len(found) > _LISTED_LIMIT else ""
    return f": {', '.join(found[:_LISTED_LIMIT])}{more}" if found else ""


def _item(url: Element) -> Item:
    """Convert one address, with what the sitemap says about its article."""
    stated, news = _texts(url), _texts_at(url, "news")
    return Item(
        links=[stated.get("loc", "")],
        title=news.get("title", ""),
        dates=[news.get("publication_date", ""), stated.get("lastmod", "")],
        languages=[_texts_at(url, "news", "publication").get("language", "")],
    )


def _texts_at(element: Element, *path: str) -> dict[str, str]:
    """Return the texts of a descendant's children, found by its path of names; empty if there is none."""
    for name in path:
        part = next((child for child in element if _name(child) == name), None)
        if part is None:
            return {}
        element = part
    return _texts(element)


def _texts(element: Element) -> dict[str, str]:
    """Return the texts of an element's children, by name."""
    return {_name(child): (child.text or "").strip() for child in element}


def _name(element: Element) -> str:
    """Return an element's name without its namespace or undeclared prefix."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]
