"""The overview: what happened lately, and what could not be seen."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from datasette.database import Database

from tracker.publish.site import chart
from tracker.publish.site.data import front as data
from tracker.publish.site.data import health, listed, weekly
from tracker.publish.site.pages.answer import html, opened, page
from tracker.publish.site.settings import Site
from tracker.publish.site.weeks import USUAL, Week, vantage, weeks_between, weeks_until

_LATEST = 30
_WEEK = timedelta(days=7)


@page
async def front(datasette: Any, request: Any) -> Any:
    """What is stored, coverage per week, the latest articles, and what is failing."""
    db, site = opened(datasette)
    totals = await data.totals(db)
    now = site.clock()
    until = vantage(now, totals.last_activity, demo=site.settings.demo)
    weeks = await _weeks(db, site, until)
    context = {
        "totals": totals,
        "until": until,
        "is_now": until == now,
        "recent": await weekly.recent(db, until - _WEEK, until),
        "latest": await listed.latest(db, until, _LATEST),
        "failing": await health.failing(db, 8),
        "missed": await health.missed(db, until - _WEEK, until),
        "changes": await data.headline_changes(db, 5),
    }
    return await html(datasette, request, "front.html", context | await _chart(db, weeks) | await _period(db, weeks))


async def _weeks(db: Database, site: Site, until: datetime) -> tuple[Week, ...]:
    """Half a year; for a demo, whose feeds tell a story of years, all of it."""
    first = await data.first_relevant(db) if site.settings.demo else None
    if first is None or first > until:
        return weeks_until(until, USUAL, site.zone)
    return weeks_between(first, until, site.zone)


async def _chart(db: Database, weeks: tuple[Week, ...]) -> dict[str, Any]:
    counts = await weekly.week_counts(db, weeks)
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
        "tags": await data.tag_counts(db, since, until, 18),
        "sources": await data.source_counts(db, since, until, 12),
    }


ROUTES = [(r"^/$", front)]
