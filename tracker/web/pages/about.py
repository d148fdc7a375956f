"""The about page: what the tracker is, how it counts, what it cannot see, and how to cite it."""

from typing import Any

from tracker.analyse.languages.vocabulary import LANGUAGES
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import about as data
from tracker.web.queries import activity, tag_quality


@page
async def about(datasette: Any, request: Any) -> Any:
    """Explain the method in plain words, with the figures of this installation."""
    db, site = opened(datasette)
    context = {
        "extent": await data.extent(db),
        "rule_languages": len(LANGUAGES),
        "rules": await data.rules(db),
        "qualities": await tag_quality.qualities(db),
        "today": site.clock(),
        "watched": await activity.watched(db, site.clock()),
    }
    return await html(datasette, request, "about.html", context)


ROUTES = [(r"^/about$", about)]
