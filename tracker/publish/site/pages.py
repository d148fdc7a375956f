"""The pages made for people: each asks queries for its parts and hands them to its template."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from datasette.database import Database, QueryInterrupted
from datasette.utils.asgi import NotFound, Response

from tracker.models import Evidence
from tracker.publish.site import chart, queries, shapes
from tracker.publish.site.marks import pieces
from tracker.publish.site.settings import DATABASE, Site, site_of
from tracker.publish.site.weeks import USUAL, Week, vantage, weeks_between, weeks_until
from tracker.publish.site.words import DATE_QUALITY, FACET, ago

_LATEST = 30
_WEEK = timedelta(days=7)

_Page = Callable[[Any, Any], Awaitable[Any]]


def _page(page: _Page) -> _Page:
    """The page, or a short 503 when the database was too busy to answer within the site's time limit."""

    @wraps(page)
    async def answered(datasette: Any, request: Any) -> Any:
        try:
            return await page(datasette, request)
        except QueryInterrupted:
            context = {"title": "Too busy", "error": "The database did not answer in time. Please try again."}
            return Response.html(await datasette.render_template("error.html", context, request=request), status=503)

    return answered


@_page
async def front(datasette: Any, request: Any) -> Any:
    """What is stored, coverage per week, the latest articles, and what is failing."""
    db, site = _opened(datasette)
    totals = await queries.totals(db)
    now = site.clock()
    until = vantage(now, totals.last_activity, demo=site.settings.demo)
    weeks = await _weeks(db, site, until)
    context = {
        "totals": totals,
        "until": until,
        "is_now": until == now,
        "last_ok_ago": ago(totals.last_ok, now) if totals.last_ok else None,
        "recent": await queries.recent(db, until - _WEEK, until),
        "latest": await queries.latest(db, until, _LATEST),
        "failing": await queries.failing(db, 8),
        "missed": await queries.missed(db, until - _WEEK, until),
        "changes": await queries.headline_changes(db, 5),
    }
    return await _html(datasette, request, "front.html", context | await _chart(db, weeks) | await _period(db, weeks))


@_page
async def article(datasette: Any, request: Any) -> Any:
    """One article: its words with the evidence marked, its tags and why, where it was seen, earlier versions."""
    db, _ = _opened(datasette)
    number = int(request.url_vars["id"])
    found = await queries.article(db, number) if number < 2**63 else None
    if found is None:
        raise NotFound("There is no article with this number.")
    evidence = await queries.evidence(db, number)
    context = {
        "article": found,
        "title": _marked(found, evidence, "title"),
        "summary": _marked(found, evidence, "summary"),
        "given": _given(found.tags, evidence, await queries.weights(db, number)),
        "nearly": await queries.near_misses(db, number),
        "doubtful_date": found.date_quality in DATE_QUALITY and found.date_quality != "stated",
        "sightings": await queries.sightings(db, number),
        "revisions": await queries.revisions(db, number),
        "at_once": await queries.at_once(db, number),
    }
    return await _html(datasette, request, "article.html", context)


@_page
async def health(datasette: Any, request: Any) -> Any:
    """Every feed and how it is doing, and the gaps found last."""
    db, site = _opened(datasette)
    feeds = await queries.feeds(db)
    context = {
        "feeds": feeds,
        "in_trouble": sum(feed.health in {"failing", "gone"} for feed in feeds),
        "silent": sum(feed.health == "silent" for feed in feeds),
        "gaps": await queries.gaps(db, 50),
        "now": site.clock(),
    }
    return await _html(datasette, request, "health.html", context)


async def _weeks(db: Database, site: Site, until: datetime) -> tuple[Week, ...]:
    """Half a year; for a demo, whose feeds tell a story of years, all of it."""
    first = await queries.first_relevant(db) if site.settings.demo else None
    if first is None or first > until:
        return weeks_until(until, USUAL, site.zone)
    return weeks_between(first, until, site.zone)


async def _chart(db: Database, weeks: tuple[Week, ...]) -> dict[str, Any]:
    counts = await queries.week_counts(db, weeks)
    return {
        "weeks": counts,
        "told": [count for count in counts if len(counts) <= USUAL or count.total or not count.observed],
        "chart": chart.weeks_svg(counts, width=960, height=260, name="weeks-wide"),
        "chart_narrow": chart.weeks_svg(counts, width=400, height=240, name="weeks-narrow"),
        "chart_says": chart.sentence(counts),
    }


async def _period(db: Database, weeks: Sequence[Week]) -> dict[str, Any]:
    """The tags and sources of the weeks that the chart shows."""
    since, until = weeks[0].from_at, weeks[-1].to_at
    return {
        "since": since,
        "tags": await queries.tag_counts(db, since, until, 18),
        "sources": await queries.source_counts(db, since, until, 12),
    }


def _marked(found: shapes.Article, evidence: Sequence[Evidence], field: str) -> Any:
    labels = {tag.id: tag.label for tag in found.tags}
    text = found.title if field == "title" else found.summary
    return pieces(text, (item for item in evidence if item.field == field), labels)


def _given(
    tags: Sequence[shapes.Tag], evidence: Sequence[Evidence], weights: Mapping[str, shapes.Weight]
) -> dict[str, list[shapes.Given]]:
    """The tags by facet, in the order of FACET, each with what gave it."""
    by_facet: dict[str, list[shapes.Given]] = defaultdict(list)
    for tag in tags:
        spoke = tuple(item for item in evidence if item.tag == tag.id)
        by_facet[tag.facet].append(shapes.Given(tag, spoke, weights[tag.id]))
    return {facet: by_facet[facet] for facet in (*FACET, *by_facet) if by_facet.get(facet)}


def _opened(datasette: Any) -> tuple[Database, Site]:
    site = site_of(datasette)
    assert site is not None  # noqa: S101  the routes exist only for our instances
    return datasette.get_database(DATABASE), site


async def _html(datasette: Any, request: Any, template: str, context: dict[str, Any]) -> Any:
    return Response.html(
        await datasette.render_template(template, context, request=request),
        headers={"Cache-Control": f"max-age={datasette.setting('default_cache_ttl')}"},
    )
