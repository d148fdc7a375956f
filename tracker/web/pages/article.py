"""The article page: text and evidence, story and copies, sightings, earlier versions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from datasette.database import Database
from datasette.utils.asgi import NotFound

from tracker.models import Evidence
from tracker.publish.labels import DATE_QUALITY, FACET
from tracker.web.highlights import pieces
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import article as data
from tracker.web.queries import story
from tracker.web.queries.article_list import Article, Tag
from tracker.web.version_history import steps

_COPIES = 100
"""Maximum number of copies listed."""


@page
async def article(datasette: Any, request: Any) -> Any:
    """Show one article, with its evidence, relations and history."""
    db, _ = opened(datasette)
    number = int(request.url_vars["id"])
    found = await data.article(db, number) if number < 2**63 else None
    if found is None:
        raise NotFound("There is no article with this number.")
    evidence = await data.evidence(db, number)
    context = {
        "article": found,
        "title": _marked(found, evidence, "title"),
        "summary": _marked(found, evidence, "summary"),
        "tags": _tags_by_facet(found.tags, evidence, await data.weights(db, number)),
        "near_misses": await data.near_misses(db, number),
        "doubtful_date": found.date_quality in DATE_QUALITY and found.date_quality != "stated",
        "sightings": await data.sightings(db, number),
        "steps": steps(found, await data.revisions(db, number)),
        "at_once": await data.at_once(db, number),
        "citations": await data.citations(db, number),
        "takeovers": await data.takeovers(db, number),
        "quoted_source": await data.quoted_source(db, number),
        "full_text": await data.full_text(db, number),
    } | await _related_context(db, number)
    return await html(datasette, request, "article.html", context)


async def _related_context(db: Database, number: int) -> dict[str, Any]:
    """Return the article's story and the articles with the same text."""
    copies = await data.copies(db, number, _COPIES)
    many = len(copies) == _COPIES
    return {
        "story": await data.in_story(db, number),
        "hand_changes": await story.hand_changes(db, number),
        "root": await data.root(db, number),
        "copies": copies,
        "copies_in_all": await data.number_of_copies(db, number) if many else len(copies),
    }


def _marked(found: Article, evidence: Sequence[Evidence], field: str) -> Any:
    labels = {tag.id: tag.label for tag in found.tags}
    text = found.title if field == "title" else found.summary
    return pieces(text, (item for item in evidence if item.field == field), labels)


def _tags_by_facet(
    tags: Sequence[Tag], evidence: Sequence[Evidence], weights: Mapping[str, data.Weight]
) -> dict[str, list[data.AssignedTag]]:
    """Group the tags by facet, in the order of FACET, each with its evidence."""
    by_facet: dict[str, list[data.AssignedTag]] = defaultdict(list)
    for tag in tags:
        matches = tuple(item for item in evidence if item.tag == tag.id)
        by_facet[tag.facet].append(data.AssignedTag(tag, matches, weights[tag.id]))
    return {facet: by_facet[facet] for facet in (*FACET, *by_facet) if by_facet.get(facet)}


ROUTES = [(r"^/article/(?P<id>[0-9]{1,18})$", article)]
