"""The page of one story: its articles by time, who covered it when, and corrections by hand."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from datasette.database import Database
from datasette.utils.asgi import NotFound, Response

from tracker.publish.labels import FACET
from tracker.publish.links import Links
from tracker.web.pages.answer import html, opened, page
from tracker.web.queries import headlines, stories
from tracker.web.queries import story as data
from tracker.web.queries.story import Place, TagCount
from tracker.web.story_outline import owners, texts
from tracker.web.version_history import shown

_ARTICLES = 400
_HEADLINES = 100


@page
async def story(datasette: Any, request: Any) -> Any:
    """Show a story, or redirect to where its articles are now."""
    db, _ = opened(datasette)
    number = int(request.url_vars["id"])
    place = await data.place(db, number) if number < 2**63 else None
    if place is None:
        raise NotFound("There is no story with this number.")
    if elsewhere := _elsewhere(Links(datasette.urls), number, place):
        return Response.redirect(elsewhere)
    return await html(datasette, request, "story.html", await _context(db, number))


def _elsewhere(links: Links, number: int, place: Place) -> str | None:
    """Return the URL that replaces this one, of the merged story or the only article; None if current."""
    if place.story is None or not place.several:
        return links.article(number)
    if place.story != number:
        return links.story(place.story) + ("#by-hand" if place.merged else "")
    return None


async def _context(db: Database, number: int) -> dict[str, Any]:
    members = await data.members(db, number, _ARTICLES)
    changes = await headlines.of_story(db, number, _HEADLINES)
    return {
        "story": (await stories.stories(db, [number]))[number],
        "first": members[0],
        "shown": len(members),
        "texts": texts(members),
        "owners": owners(members),
        "tags": _by_facet(await data.tag_counts(db, number)),
        "changes": [shown(change) for change in changes],
        "hand_changes": await data.hand_changes(db, number),
    }


def _by_facet(tags: Sequence[TagCount]) -> dict[str, list[TagCount]]:
    """Group the tags by facet, in the order of FACET."""
    by_facet: dict[str, list[TagCount]] = defaultdict(list)
    for count in tags:
        by_facet[count.tag.facet].append(count)
    return {facet: by_facet[facet] for facet in (*FACET, *by_facet) if by_facet.get(facet)}


ROUTES = [(r"^/story/(?P<id>[0-9]{1,18})$", story)]
