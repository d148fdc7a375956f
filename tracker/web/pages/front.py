"""The front page: recent coverage, who is named, which headlines changed, and what was missed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from datasette.database import Database

from tracker.analyse.days import day_of
from tracker.analyse.debate import Debate
from tracker.analyse.spikes import SPIKE_RULE
from tracker.publish.links import Links
from tracker.publish.rising import trends
from tracker.web.calendar import USUAL, reference_time
from tracker.web.chart_series import coverage
from tracker.web.pages.period import Period, days_of, period_shown
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import activity, article_list, headlines, health, stories, weekly
from tracker.web.queries import front as data
from tracker.web.queries.front import TagCount
from tracker.web.queries.headlines import ChangeFilter
from tracker.web.version_history import headline_diff

_LATEST = 6
_STORIES = 5
_CHANGES = 3
_TRENDS = 6
_NAMES = 8
_WEEK = timedelta(days=7)
_NAMED: Final = {"named": ("person", "organisation"), "laws": ("law",), "themes": ("theme",)}
"""The facets of each list of tags."""


@page
async def front(datasette: Any, request: Any) -> Any:
    """Show what is days_of, coverage per week, the last seven days, and failing feeds."""
    db, site = opened(datasette)
    totals = await data.totals(db)
    now = site.clock()
    until = reference_time(now, totals.last_activity, demo=site.settings.demo)
    context = {
        "totals": totals,
        "until": until,
        "is_now": until == now,
        "latest": await article_list.latest(db, until, _LATEST),
        "failing": await health.failing(db, 8),
        "watched": await activity.watched(db, now),
        "trends": await db.read(lambda stored: trends(stored, day_of(until, site.zone), _TRENDS)),
        "spike_rule": SPIKE_RULE,
    }
    debate, links = site.settings.debate, Links(datasette.urls, site.settings.debate)
    context |= await _last_week(db, (until - _WEEK, until), debate)
    context |= await _chart(db, await period_shown(db, site, request), links, debate)
    return await html(datasette, request, "front.html", context)


async def _last_week(db: Database, between: tuple[datetime, datetime], debate: Debate) -> dict[str, Any]:
    """Return the last seven days: heaviest stories, most used tags, changed headlines, and gaps."""
    found, heaviest = await stories.heaviest(db, between, debate.relevances, _STORIES)
    substantive = ChangeFilter(debate.relevances, "substantive", stance=False, source=None, since=None, until=None)
    return {
        "since": between[0],
        "recent": await weekly.recent(db, *between),
        "stories": heaviest,
        "stories_found": found,
        "missed": await health.missed(db, *between),
        "changes": [
            headline_diff(change) for change in (await headlines.changed(db, substantive, None, _CHANGES)).changes
        ],
        **_by_kind(await data.tag_counts(db, *between, 200)),
    }


def _by_kind(counts: Sequence[TagCount]) -> dict[str, list[TagCount]]:
    kinds: dict[str, list[TagCount]] = defaultdict(list)
    for count in counts:
        kinds[count.tag.facet].append(count)
    return {
        name: sorted((one for facet in facets for one in kinds[facet]), key=lambda one: -one.articles)[:_NAMES]
        for name, facets in _NAMED.items()
    }


async def _chart(db: Database, period: Period, links: Links, debate: Debate) -> dict[str, Any]:
    counts = await weekly.week_counts(db, period.spans)
    return {
        "weeks": counts,
        "table_weeks": [count for count in counts if len(counts) <= USUAL or count.total or not count.observed],
        "chart": coverage(
            counts,
            period.until,
            lambda span: links.articles(**days_of(span)),
            debate,
        ),
        "chart_until": period.until,
        "control": period.control(links.to("/")),
    }


ROUTES = [(r"^/$", front)]
