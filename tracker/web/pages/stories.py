"""The page of the stories of a week or another period, heaviest first."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from datasette.database import Database
from datasette.utils.asgi import NotFound

from tracker.models import NO_TOPIC, Relevance
from tracker.publish.links import Links
from tracker.web.calendar import Week, week_named, week_of
from tracker.web.filter_links import choices, chosen, relevances_of, topic_choices
from tracker.web.pages.period import Period, period_given, period_of
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import stories as data
from tracker.web.queries import weekly
from tracker.web.queries.activity import earliest, site_reference_time
from tracker.web.settings import Site

SHOWN = 60
"""Maximum stories shown; the table has the rest."""

_SHORT = timedelta(days=45)
"""Up to this length, stories on anything are weighed by their articles of the period, and counted."""


@page
async def stories(datasette: Any, request: Any) -> Any:
    """Show the stories with articles published in a week, or in any other period, heaviest first."""
    db, site = opened(datasette)
    given = {name: request.args[name] for name in ("week", "topic") if request.args.get(name)}
    debate, address = site.settings.debate, Links(datasette.urls).stories
    topic = chosen(given, "topic", topic_choices(debate))
    relevances = relevances_of(topic, debate)
    asked = {} if "week" in given else period_given(request)
    if asked:
        context, control = await _of_period(db, site, asked, relevances)
    else:
        context, control = await _of_week(db, site, given.get("week"), relevances)
    kept = {"topic": given["topic"]} if "topic" in given else {}
    context |= {
        "topic": topic,
        "topics": choices(address, given | asked, "topic", topic_choices(debate)),
        "kept": kept,
        "control": control.list_control(address(), *kept.items()),
    }
    return await html(datasette, request, "stories.html", context)


async def _of_period(
    db: Database, site: Site, asked: Mapping[str, str], relevances: Sequence[Relevance]
) -> tuple[dict[str, Any], Period]:
    """Return the stories of the period that the URL asks for."""
    period = await period_of(db, site, asked, "all")
    between = period.interval(site.zone) or (
        await earliest(db) or period.spans[0].from_at,
        period.spans[-1].to_at,
    )
    if NO_TOPIC not in relevances or between[1] - between[0] <= _SHORT:
        found, listed = await data.heaviest(db, between, relevances, SHOWN)
    else:
        found, listed = None, await data.widest(db, between, SHOWN)
    context = {"week": None, "period": period, "between": between, "found": found, "stories": listed}
    return context | {"unseen": (await weekly.observed(db, period.spans)).count(False)}, period


async def _of_week(
    db: Database, site: Site, name: str | None, relevances: Sequence[Relevance]
) -> tuple[dict[str, Any], Period]:
    """Return the stories of the week of this name; of the latest week with stories without one."""
    latest = week_of((await site_reference_time(db, site)).astimezone(site.zone).date(), site.zone)
    week = _named(name, site) if name else await _latest(db, latest, relevances, site)
    period = await period_of(db, site, {"from": str(week.first), "to": str(week.last)}, "all")
    found, listed = await data.heaviest(db, (week.from_at, week.to_at), relevances, SHOWN)
    context = {
        "week": week,
        "is_latest": week.monday == latest.monday,
        "is_to_come": week.monday > latest.monday,
        "between": (week.from_at, week.to_at),
        "found": found,
        "stories": listed,
        "count": (await weekly.week_counts(db, [week]))[0],
    }
    return context | await _neighbours(db, week, latest, site), period


async def _latest(db: Database, latest: Week, relevances: Sequence[Relevance], site: Site) -> Week:
    """Return the latest week with stories; this one if there is none."""
    found, _ = await data.heaviest(db, (latest.from_at, latest.to_at), relevances, 1)
    last = None if found else await data.last_before(db, latest)
    return week_of(last.astimezone(site.zone).date(), site.zone) if last else latest


def _named(name: str, site: Site) -> Week:
    """Return the week of this name. Raises NotFound if invalid."""
    week = week_named(name, site.zone)
    if week is None:
        raise NotFound("A week is written like 2026-W12.")
    return week


async def _neighbours(db: Database, week: Week, latest: Week, site: Site) -> dict[str, Any]:
    """Return the weeks before and after, if they have data."""
    first = await earliest(db)
    last = await data.last_before(db, week)
    return {
        "before": week.moved(-1, site.zone) if first and first < week.from_at else None,
        "after": week.moved(1, site.zone) if week.monday < latest.monday else None,
        "last_with_stories": week_of(last.astimezone(site.zone).date(), site.zone) if last else None,
    }


ROUTES = [(r"^/stories$", stories)]
