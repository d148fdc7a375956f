"""Shared helpers of pages: database and site, template rendering, and a short 503 when a query takes too long."""

from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Response

from tracker.publish import atom
from tracker.publish.links import DATABASE, Links
from tracker.web.article_feed import document
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
    body = document(feed, articles, absolute(datasette, request, Links(datasette.urls).to("/")))
    headers = {"Cache-Control": f"max-age={datasette.setting('default_cache_ttl')}"}
    return Response(body, headers=headers, content_type=atom.TYPE)
