"""The overview: what happened lately, and what could not be seen."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from datasette.database import Database

from tracker.publish.site.data import front as data
from tracker.publish.site.data import health, listed, weekly
from tracker.publish.site.pages.answer import html, opened, page
from tracker.publish.site.pages.period import weeks_shown
from tracker.publish.site.trends import coverage
from tracker.publish.site.weeks import USUAL, Span, vantage
from tracker.publish.site.words import ago

_LATEST = 30
_WEEK = timedelta(days=7)


@page
async def front(datasette: Any, request: Any) -> Any:
    """What is stored, coverage per week, the latest articles, and what is failing."""
    db, site = opened(datasette)
    totals = await data.totals(db)
    now = site.clock()
    until = vantage(now, totals.last_activity, demo=site.settings.demo)
    weeks = await weeks_shown(db, site)
    context = {
        "totals": totals,
        "until": until,
        "is_now": until == now,
        "last_ok_ago": ago(totals.last_ok, now) if totals.last_ok else None,
        "recent": await weekly.recent(db, until - _WEEK, until),
        "latest": await listed.latest(db, until, _LATEST),
        "failing": await health.failing(db, 8),
        "missed": await health.missed(db, until - _WEEK, until),
        "changes": await data.headline_changes(db, 5),
    }
    return await html(datasette, request, "front.html", context | await _chart(db, weeks) | await _period(db, weeks))


async def _chart(db: Database, weeks: tuple[Span, ...]) -> dict[str, Any]:
    counts = await weekly.week_counts(db, weeks)
    drawn = coverage(counts)
    return {
        "weeks": counts,
        "told": [count for count in counts if len(counts) <= USUAL or count.total or not count.observed],
        "chart": drawn,
    }


async def _period(db: Database, weeks: Sequence[Span]) -> dict[str, Any]:
    """The tags and sources of the weeks that the chart shows."""
    since, until = weeks[0].from_at, weeks[-1].to_at
    return {
        "since": since,
        "tags": await data.tag_counts(db, since, until, 18),
        "sources": await data.source_counts(db, since, until, 12),
    }


ROUTES = [(r"^/$", front)]
