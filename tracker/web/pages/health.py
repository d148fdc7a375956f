"""The health page: every feed and its state, and the latest gaps."""

from typing import Any

from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import activity
from tracker.web.queries import health as data


@page
async def health(datasette: Any, request: Any) -> Any:
    """Show every feed and its state, and the latest gaps."""
    db, site = opened(datasette)
    feeds = await data.feeds(db)
    context = {
        "feeds": feeds,
        "in_trouble": sum(feed.health in {"failing", "gone"} for feed in feeds),
        "flooding": sum(feed.health == "flooding" for feed in feeds),
        "not_reached": sum(feed.health == "not reached" for feed in feeds),
        "silent": sum(feed.health == "silent" for feed in feeds),
        "causes": data.causes(feeds),
        "gaps": await data.gaps(db, 50),
        "watched": await activity.watched(db, site.clock()),
    }
    return await html(datasette, request, "health.html", context)


ROUTES = [(r"^/health$", health)]
