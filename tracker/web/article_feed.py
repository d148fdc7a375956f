"""Render articles as entries of the site's Atom feeds.

An entry's id derives from the article's canonical URL, so it is the same in every feed, after the site moves and in a
rebuilt database: no reader shows an article twice. A feed's id is its own URL.
"""

from collections.abc import Sequence

from tracker.analyse.urls import on_the_web
from tracker.publish import atom
from tracker.web.queries.article_list import Article


def document(feed: atom.Feed, articles: Sequence[Article], site: str) -> bytes:
    """Return the feed of these articles; `site` is the absolute URL of the front page."""
    return atom.document(feed, [_entry(article, site) for article in articles])


def identity(article: Article) -> str:
    """Return an article's id, the same in every feed."""
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
