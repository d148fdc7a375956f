"""What pages share: database and site, HTML and Atom responses, and a short 503 when a query takes too long.

The id of an entry in a feed derives from the article's canonical URL, so it is the same in every feed, after the site
moves and in a rebuilt database: no reader shows an article twice. A feed's id is its own URL.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Response

from tracker.analyse.urls import on_the_web
from tracker.publish import atom
from tracker.publish.links import DATABASE, Links
from tracker.web.queries.article_list import Article
from tracker.web.queries.datasette_database import Reader
from tracker.web.settings import Site, site_of

Page = Callable[[Any, Any], Awaitable[Any]]


def page(shown: Page) -> Page:
    """Wrap a page to return a short 503 when the database exceeds the site's time limit."""

    @wraps(shown)
    async def answered(datasette: Any, request: Any) -> Any:
        try:
            return await shown(datasette, request)
        except QueryInterrupted:
            context = {"title": "Too busy", "error": "The database did not answer in time. Please try again."}
            return Response.html(await datasette.render_template("error.html", context, request=request), status=503)

    return answered


def opened(datasette: Any) -> tuple[Reader, Site]:
    """Return the database and the site of an instance."""
    site = site_of(datasette)
    assert site is not None  # noqa: S101  the routes exist only for our instances
    return datasette.get_database(DATABASE), site


async def html(datasette: Any, request: Any, template: str, context: dict[str, Any]) -> Any:
    """Render a template as an HTML response."""
    return Response.html(
        await datasette.render_template(template, context, request=request),
        headers={"Cache-Control": f"max-age={datasette.setting('default_cache_ttl')}"},
    )


def absolute(datasette: Any, request: Any, path: str) -> str:
    """Return the absolute URL of a path, on the host of this request."""
    return str(datasette.absolute_url(request, path))


def feed_of(datasette: Any, request: Any, feed: atom.Feed, articles: Sequence[Article]) -> Any:
    """Return these articles as an Atom feed response."""
    body = atom_document(feed, articles, absolute(datasette, request, Links(datasette.urls).to("/")))
    headers = {"Cache-Control": f"max-age={datasette.setting('default_cache_ttl')}"}
    return Response(body, headers=headers, content_type=atom.TYPE)


def atom_document(feed: atom.Feed, articles: Sequence[Article], site: str) -> bytes:
    """Return the Atom feed of these articles; `site` is the absolute URL of the front page."""
    return atom.document(feed, [_entry(article, site) for article in articles])


def _entry(article: Article, site: str) -> atom.Entry:
    page = f"{site}article/{article.id}"
    return atom.Entry(
        id=atom.identity(article.canonical_url),
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
