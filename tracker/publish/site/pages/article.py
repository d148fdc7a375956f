"""One article: its words with the evidence marked, its tags and why, where it was seen, earlier versions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from datasette.utils.asgi import NotFound

from tracker.models import Evidence
from tracker.publish.site.data import article as data
from tracker.publish.site.data.listed import Article, Tag
from tracker.publish.site.marks import pieces
from tracker.publish.site.pages.answer import html, opened, page
from tracker.publish.site.words import DATE_QUALITY, FACET


@page
async def article(datasette: Any, request: Any) -> Any:
    """One article: its words with the evidence marked, its tags and why, where it was seen, earlier versions."""
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
        "given": _given(found.tags, evidence, await data.weights(db, number)),
        "nearly": await data.near_misses(db, number),
        "doubtful_date": found.date_quality in DATE_QUALITY and found.date_quality != "stated",
        "sightings": await data.sightings(db, number),
        "revisions": await data.revisions(db, number),
    }
    return await html(datasette, request, "article.html", context)


def _marked(found: Article, evidence: Sequence[Evidence], field: str) -> Any:
    labels = {tag.id: tag.label for tag in found.tags}
    text = found.title if field == "title" else found.summary
    return pieces(text, (item for item in evidence if item.field == field), labels)


def _given(
    tags: Sequence[Tag], evidence: Sequence[Evidence], weights: Mapping[str, data.Weight]
) -> dict[str, list[data.Given]]:
    """The tags by facet, in the order of FACET, each with what gave it."""
    by_facet: dict[str, list[data.Given]] = defaultdict(list)
    for tag in tags:
        spoke = tuple(item for item in evidence if item.tag == tag.id)
        by_facet[tag.facet].append(data.Given(tag, spoke, weights[tag.id]))
    return {facet: by_facet[facet] for facet in (*FACET, *by_facet) if by_facet.get(facet)}


ROUTES = [(r"^/article/(?P<id>[0-9]{1,18})$", article)]
