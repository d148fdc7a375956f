"""The pages of all tags and of one: its meaning, coverage over time and by source, and rules."""

from collections import defaultdict
from typing import Any

from datasette.database import Database
from datasette.utils.asgi import NotFound

from tracker.publish.labels import FACET
from tracker.web import chart_series
from tracker.web.pages.period import measure_of, period_shown
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import attention, tag_quality
from tracker.web.queries import tag as data
from tracker.web.settings import Site

_LATEST = 20


@page
async def tags(datasette: Any, request: Any) -> Any:
    """Show every tag by facet, with its number of articles."""
    db, _ = opened(datasette)
    by_facet: dict[str, list[data.TagListing]] = defaultdict(list)
    for one in await data.all_tags(db):
        by_facet[one.tag.facet].append(one)
    facets = {facet: by_facet[facet] for facet in (*FACET, *by_facet) if facet in by_facet}
    return await html(datasette, request, "tags.html", {"facets": facets})


@page
async def tag(datasette: Any, request: Any) -> Any:
    """Show one tag; a law with its timeline."""
    db, site = opened(datasette)
    meaning = await data.meaning(db, request.url_vars["id"])
    if meaning is None:
        raise NotFound("There is no tag of this name.")
    latest = await data.latest(db, meaning.tag.id, _LATEST)
    context = {
        "meaning": meaning,
        "latest": latest,
        "events": await _events(db, site, meaning),
        "related_tags": await data.related_tags(db, meaning.tag.id, 16),
        "related_in": data.NEWEST,
        "quality": await tag_quality.quality(db, meaning.tag.id),
        "near_misses": await data.near_misses(db, meaning.tag.id),
        "rules": await data.rules(db, meaning.tag.id),
    }
    return await html(datasette, request, "tag.html", context | await _attention(db, site, meaning, request))


async def _events(db: Database, site: Site, meaning: data.Meaning) -> tuple[data.EventCoverage, ...]:
    today = site.clock().astimezone(site.zone).date()
    return await data.events(db, meaning.tag.id, today) if meaning.tag.facet == "law" else ()


async def _attention(db: Database, site: Site, meaning: data.Meaning, request: Any) -> dict[str, Any]:
    """Return the tag's coverage over the weeks shown."""
    period, measure = await period_shown(db, site), measure_of(request)
    weeks = period.spans
    days = weeks[0].first, weeks[-1].last
    counts = await attention.of_tag(db, meaning.tag.id, weeks)
    return {
        "weeks": counts,
        "until": period.until,
        "since": weeks[0].from_at,
        "measure": measure,
        "measures": chart_series.MEASURES,
        "chart": chart_series.attention(counts, period.until, meaning.tag.label, measure),
        "extent": await attention.extent(db, meaning.tag.id, days),
        "sources": await attention.top_sources(db, meaning.tag.id, days, 12),
    }


ROUTES = [(r"^/tags$", tags), (r"^/tag/(?P<id>[a-z0-9-]{1,80})$", tag)]
