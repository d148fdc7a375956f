"""The sitemap for search engines: the pages that are worth finding, and no more than they take."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from datasette.utils.asgi import Response

from tracker.analyse.days import before, ended
from tracker.publish.links import Links
from tracker.web.pages.responses import absolute, opened, page
from tracker.web.queries.activity import earliest, site_reference_time
from tracker.web.queries.source import all_sources
from tracker.web.queries.stories import newest
from tracker.web.queries.tag import all_tags
from tracker.web.settings import Site

_FIXED: Final = (
    "/",
    "/digest",
    "/stories",
    "/articles",
    "/tags",
    "/sources",
    "/headlines",
    "/speakers",
    "/balance",
    "/health",
    "/releases",
    "/about",
)
_STORIES: Final = 5000
_WEEKS: Final = 104


@page
async def sitemap(datasette: Any, request: Any) -> Any:
    """Return the addresses of the fixed pages, the weeks, and the tags, sources and stories with articles."""
    db, site = opened(datasette)
    links, now = Links(datasette.urls), await site_reference_time(db, site)
    paths = [
        *map(links.to, _FIXED),
        *(links.digest(name) for name in _weeks(now, await earliest(db), site)),
        *(links.tag(one.tag.id) for one in await all_tags(db) if one.articles),
        *(links.source(one.id) for one in await all_sources(db)),
        *(links.story(number) for number in await newest(db, _STORIES)),
    ]
    listed = "".join(f"<url><loc>{escape(absolute(datasette, request, path))}</loc></url>\n" for path in paths)
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_NAMESPACE}">\n{listed}</urlset>\n'
    return Response(body, content_type="application/xml; charset=utf-8")


def _weeks(now: datetime, first: datetime | None, site: Site) -> Iterator[str]:
    """Yield the names of the whole weeks with articles, the latest first."""
    week = ended("weekly", now, site.zone)
    for _ in range(_WEEKS):
        if first is None or week.to_at <= first:
            return
        yield week.name
        week = before(week, site.zone)


_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
ROUTES = [(r"^/sitemap\.xml$", sitemap)]
