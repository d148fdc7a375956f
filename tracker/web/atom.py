"""Articles as entries of the site's Atom feeds.

An entry's id comes from the article's canonical address, so it is the same in every feed, after the site has moved and
in a database that was made anew: no reader shows the article twice. A feed's id is its own address.
"""

from collections.abc import Sequence

from tracker.analyse.urls import on_the_web
from tracker.publish import atom
from tracker.publish.atom import TYPE, Feed
from tracker.web.queries.article_list import Article

__all__ = ["TYPE", "Feed", "document", "identity"]


def document(feed: Feed, articles: Sequence[Article], site: str) -> bytes:
    """The feed of these articles; `site` is the absolute address of the site's first page."""
    return atom.document(feed, [_entry(article, site) for article in articles])


def identity(article: Article) -> str:
    """The id of an article in every feed."""
    return atom.identity(article.canonical_url)


def _entry(article: Article, site: str) -> atom.Entry:
    page = f"{site}article/{article.id}"
    return atom.Entry(
        id=identity(article),
        title=article.title,
        updated=article.changed_at or article.first_seen_at,
        page=article.url if on_the_web(article.url) else page,
        author=article.author or article.source,
        related=page,
        published=article.published_at,
        language=article.language,
        summary=article.summary,
        categories=[atom.Category(tag.id, tag.label) for tag in article.tags],
        source=article.source,
    )
