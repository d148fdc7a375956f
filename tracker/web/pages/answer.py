"""How every page is answered: its database and site, its template, and a short 503 when it takes too long."""

from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Response

from tracker.publish.links import DATABASE, Links
from tracker.web import atom
from tracker.web.queries.article_list import Article
from tracker.web.queries.datasette_database import Reader
from tracker.web.settings import Site, site_of

Page = Callable[[Any, Any], Awaitable[Any]]


def page(shown: Page) -> Page:
    """The page, or a short 503 when the database was too busy to answer within the site's time limit."""

    @wraps(shown)
    async def answered(datasette: Any, request: Any) -> Any:
        try:
            return await shown(datasette, request)
        except QueryInterrupted:
            context = {"title": "Too busy", "error": "The database did not answer in time. Please try again."}
            return Response.html(await datasette.render_template("error.html", context, request=request), status=503)

    return answered


def opened(datasette: Any) -> tuple[Reader, Site]:
    """The database and the site that a page belongs to."""
    site = site_of(datasette)
    assert site is not None  # noqa: S101  the routes exist only for our instances
    return datasette.get_database(DATABASE), site


async def html(datasette: Any, request: Any, template: str, context: dict[str, Any]) -> Any:
    """The page that a template makes of what it is given."""
    return Response.html(
        await datasette.render_template(template, context, request=request),
        headers={"Cache-Control": f"max-age={datasette.setting('default_cache_ttl')}"},
    )


def absolute(datasette: Any, request: Any, path: str) -> str:
    """The address of a page as the visitor's programs can ask for it, on the host that this request was sent to."""
    return str(datasette.absolute_url(request, path))


def feed_of(datasette: Any, request: Any, feed: atom.Feed, articles: Sequence[Article]) -> Any:
    """These articles as an Atom feed."""
    body = atom.document(feed, articles, absolute(datasette, request, Links(datasette.urls).to("/")))
    headers = {"Cache-Control": f"max-age={datasette.setting('default_cache_ttl')}"}
    return Response(body, headers=headers, content_type=atom.TYPE)
