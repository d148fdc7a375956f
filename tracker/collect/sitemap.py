"""Reads news sitemaps, which list the articles of the last two days: the only module that knows Google's format."""

from collections import Counter

from tracker.collect.items import Document, Item
from tracker.collect.tree import Element, mended_tree, tree
from tracker.errors import NotAFeed

_NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def read_news_sitemap(body: bytes, _url: str, content_type: str | None) -> Document | None:
    """The sitemap as a document; None when it is not small and well-formed. Raises NotAFeed when it has no news."""
    root = tree(body, content_type)
    return None if root is None else _document(root)


def read_any_news_sitemap(body: bytes, _url: str, _content_type: str | None) -> Document:
    """The sitemap as a document, as far as it can be read; raises NotAFeed when it has no news, or is no XML."""
    root = mended_tree(body)
    if root is None:
        raise NotAFeed("This begins like a sitemap, but is no XML.")
    return _document(root)


def _document(root: Element) -> Document:
    """What the sitemap lists; addresses that are no news are items without words."""
    items = [_item(url) for url in root if _name(url) == "url"]
    if not any(item.title for item in items):
        raise NotAFeed("This is no feed but a sitemap without news; a news sitemap (with news:news) would do.")
    languages = Counter(item.languages[0] for item in items if item.title)
    names = (name for url in root for name in [url.findtext(f"{_NEWS}news/{_NEWS}publication/{_NEWS}name")] if name)
    return Document(items, title=next(names, ""), language=languages.most_common(1)[0][0])


def _item(url: Element) -> Item:
    """One address, with what is said of the article there."""
    stated = {_name(child): (child.text or "").strip() for child in url}
    news = url.find(f"{_NEWS}news")
    said = {} if news is None else {_name(child): (child.text or "").strip() for child in news}
    language = "" if news is None else news.findtext(f"{_NEWS}publication/{_NEWS}language") or ""
    return Item(
        links=[stated.get("loc", "")],
        title=said.get("title", ""),
        dates=[said.get("publication_date", ""), stated.get("lastmod", "")],
        languages=[language.strip()],
    )


def _name(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]
