"""The pages of all tags and of one: its meaning, coverage over time and by source, and rules."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from datasette.database import Database
from datasette.utils.asgi import NotFound

from tracker.publish.labels import FACET
from tracker.publish.links import Links
from tracker.web import chart_series
from tracker.web.chart_series import Measure, Plot
from tracker.web.pages.period import Period, days_of, measure_kept, measure_of, period_shown
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
    events = await _events(db, site, meaning)
    latest = await data.latest(db, meaning.tag.id, _LATEST)
    context = {
        "meaning": meaning,
        "latest": latest,
        "events": events,
        "related_tags": await data.related_tags(db, meaning.tag.id, 16),
        "related_in": data.NEWEST,
        "quality": await tag_quality.quality(db, meaning.tag.id),
        "near_misses": await data.near_misses(db, meaning.tag.id),
        "rules": await data.rules(db, meaning.tag.id),
    }
    period, measure, links = await period_shown(db, site, request), measure_of(request), Links(datasette.urls)
    context["control"] = period.control(links.tag(meaning.tag.id), *measure_kept(measure))
    context |= await _attention(db, meaning, period, _plot(meaning, events, measure, links))
    return await html(datasette, request, "tag.html", context)


async def _events(db: Database, site: Site, meaning: data.Meaning) -> tuple[data.EventCoverage, ...]:
    today = site.clock().astimezone(site.zone).date()
    return await data.events(db, meaning.tag.id, today) if meaning.tag.facet == "law" else ()


def _plot(meaning: data.Meaning, events: Sequence[data.EventCoverage], measure: Measure, links: Links) -> Plot:
    """Return how the tag is charted; each column leads to its articles."""
    tag = meaning.tag
    marks = [(event.day, event.title) for event in events]
    return Plot(tag.label, measure, lambda span: links.articles(**days_of(span), tag=tag.id, show="all"), events=marks)


async def _attention(db: Database, meaning: data.Meaning, period: Period, plot: Plot) -> dict[str, Any]:
    """Return the tag's coverage over the weeks shown."""
    weeks, days = period.spans, period.days
    counts = await attention.of_tag(db, meaning.tag.id, weeks)
    return {
        "weeks": counts,
        "until": period.until,
        "period": period,
        "since": weeks[0].from_at,
        "measure": plot.measure,
        "measures": chart_series.MEASURES,
        "chart": chart_series.attention(counts, period.until, plot),
        "extent": await attention.extent(db, meaning.tag.id, days),
        "sources": await attention.top_sources(db, meaning.tag.id, days, 12),
    }


ROUTES = [(r"^/tags$", tags), (r"^/tag/(?P<id>[a-z0-9-]{1,80})$", tag)]
