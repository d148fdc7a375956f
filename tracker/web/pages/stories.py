"""The page of a week's stories, heaviest first."""

from collections.abc import Sequence
from typing import Any

from datasette.database import Database
from datasette.utils.asgi import NotFound

from tracker.models import Relevance
from tracker.publish.links import Links
from tracker.web.calendar import Week, week_named, week_of
from tracker.web.filter_links import choices, chosen, relevances_of, topic_choices
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import stories as data
from tracker.web.queries import weekly
from tracker.web.queries.activity import earliest, site_reference_time
from tracker.web.settings import Site

SHOWN = 60
"""Maximum stories shown per week; the table has the rest."""


@page
async def stories(datasette: Any, request: Any) -> Any:
    """Show the stories with articles published in a week, heaviest first."""
    db, site = opened(datasette)
    latest = week_of((await site_reference_time(db, site)).astimezone(site.zone).date(), site.zone)
    given = {name: request.args[name] for name in ("week", "topic") if request.args.get(name)}
    debate = site.settings.debate
    topic = chosen(given, "topic", topic_choices(debate))
    relevances = relevances_of(topic, debate)
    week = _named(given["week"], site) if "week" in given else await _latest(db, latest, relevances, site)
    found, listed = await data.heaviest(db, (week.from_at, week.to_at), relevances, SHOWN)
    context = {
        "week": week,
        "is_latest": week.monday == latest.monday,
        "is_to_come": week.monday > latest.monday,
        "topic": topic,
        "topics": choices(Links(datasette.urls).stories, given, "topic", topic_choices(debate)),
        "kept": {name: value for name, value in given.items() if name != "week"},
        "found": found,
        "stories": listed,
        "count": (await weekly.week_counts(db, [week]))[0],
    }
    return await html(datasette, request, "stories.html", context | await _neighbours(db, week, latest, site))


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
