"""Serve the newest articles of a tag, source or story as Atom feeds; search.py serves those of searches."""

from collections.abc import Sequence
from typing import Any

from datasette.utils.asgi import NotFound

from tracker.publish import atom
from tracker.publish.links import Links
from tracker.web.pages.responses import absolute, feed_of, opened, page
from tracker.web.queries import source, stories, story, tag
from tracker.web.queries.article_list import Article

_ENTRIES = 50


@page
async def of_tag(datasette: Any, request: Any) -> Any:
    """Return the newest articles with a tag."""
    db, _ = opened(datasette)
    meaning = await tag.meaning(db, request.url_vars["id"])
    if meaning is None:
        raise NotFound("There is no tag of this name.")
    name = meaning.tag.id
    addresses = Links(datasette.urls).tag(name, ".atom"), Links(datasette.urls).tag(name)
    return _feed(datasette, request, meaning.tag.label, addresses, await tag.latest(db, name, _ENTRIES))


@page
async def of_source(datasette: Any, request: Any) -> Any:
    """Return the newest relevant articles of a source."""
    db, _ = opened(datasette)
    found = await source.source(db, request.url_vars["id"])
    if found is None:
        raise NotFound("There is no source of this name.")
    addresses = Links(datasette.urls).source(found.id, ".atom"), Links(datasette.urls).source(found.id)
    return _feed(datasette, request, found.name, addresses, await source.latest(db, found.id, _ENTRIES))


@page
async def of_story(datasette: Any, request: Any) -> Any:
    """Return the newest articles of a story."""
    db, _ = opened(datasette)
    number = int(request.url_vars["id"])
    found = await stories.stories(db, [number])
    if number not in found:
        raise NotFound("There is no story with this number.")
    addresses = Links(datasette.urls).story(number, ".atom"), Links(datasette.urls).story(number)
    return _feed(datasette, request, found[number].title, addresses, await story.entries(db, number, _ENTRIES))


def _feed(datasette: Any, request: Any, title: str, addresses: tuple[str, str], articles: Sequence[Article]) -> Any:
    """Return articles as a feed; `addresses` are its own URL path and that of the matching page."""
    _, site = opened(datasette)
    own, shown = (absolute(datasette, request, address) for address in addresses)
    feed = atom.Feed(
        title=f"{title} · {site.settings.title}",
        address=own,
        page=shown,
        tags=absolute(datasette, request, Links(datasette.urls).to("/tags")),
        updated=site.clock(),
    )
    return feed_of(datasette, request, feed, articles)


ROUTES = [
    (r"^/tag/(?P<id>[a-z0-9-]{1,80})\.atom$", of_tag),
    (r"^/source/(?P<id>[^/.]{1,200})\.atom$", of_source),
    (r"^/story/(?P<id>[0-9]{1,18})\.atom$", of_story),
]
