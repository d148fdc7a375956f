"""Joins the site's pages and cells to Datasette by its plugin hooks, for our own instances only.

Datasette's plugins are global to the process, so each hook first asks whether the instance is one of ours.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from datasette.filters import FilterArguments
from markupsafe import Markup
from pluggy import HookimplMarker

from tracker.publish.site import faults
from tracker.publish.site.links import Links, on_the_web
from tracker.publish.site.pages import article, front, health, table_csv
from tracker.publish.site.settings import DATABASE, Site, site_of
from tracker.publish.words import bytes_in_words, percent

hookimpl = HookimplMarker("datasette")  # as datasette.hookimpl, but with types

_ARTICLE_COLUMNS = {("coverage", "id"), ("headline_changes", "article")}
_MONTH = timedelta(days=30)

_PAGES = (front, article, health, table_csv)
"""The modules of the site's own pages; each has its ROUTES."""

_FIGURES: dict[str, dict[str, Callable[[Any], str]]] = {
    "continuity": {"observed": lambda share: percent(100 * share), "hours_missed": "{:,.1f}".format},
    "feed_health": {"continuity_percent": percent, "per_day": "{:,.1f}".format, "failures": "{:g}".format},
    "politeness": {"not_modified_percent": percent, "bytes": bytes_in_words},
}
"""How figures of views are written for people; JSON and CSV have them as they are."""


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """The site's own pages, which come before Datasette's of the same address."""
    if site_of(datasette) is None:
        return []
    return [route for page in _PAGES for route in page.ROUTES]


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """A short page for what went wrong; Datasette's own would be a 500 for every address that it cannot read."""
    return None if site_of(datasette) is None else faults.answer(datasette, request, exception)


@hookimpl
def filters_from_request(request: Any, table: str, datasette: Any) -> Any:
    """What Datasette's own filters would do too slowly."""
    site = site_of(datasette)
    if site is None:
        return None
    if table == "politeness":
        return _lately(request, site)
    return _by_tag(request) if table == "coverage" else None


def _lately(request: Any, site: Site) -> FilterArguments | None:
    """Nobody waits until the polls of years are counted: without a filter by day, a month is shown."""
    if any(name.partition("__")[0] == "day" for name in request.args):
        return None
    since = str((site.clock() - _MONTH).date())
    return FilterArguments(["day >= :since"], {"since": since}, [f"day ≥ {since}"])


def _by_tag(request: Any) -> FilterArguments:
    """A filter by tag finds its articles by the index of tags, and does not unpack the JSON of every article."""
    tags = request.args.getlist("tags__arraycontains")
    clause = "id in (select article from article_tags where tag = :tag_{})"
    return FilterArguments(
        [clause.format(number) for number in range(len(tags))],
        {f"tag_{number}": tag for number, tag in enumerate(tags)},
    )


@hookimpl
def render_cell(value: Any, column: str, table: str, database: str, datasette: Any) -> Markup | None:
    """Cells that a person would want to click are links; whatever a feed said is escaped."""
    if site_of(datasette) is None or database != DATABASE or value is None:
        return None
    links = Links(datasette.urls)
    if (table, column) in _ARTICLE_COLUMNS:
        return Markup('<a href="{}">{}</a>').format(links.to(f"/article/{int(value)}"), value)
    if table == "coverage" and isinstance(value, str) and value.startswith("["):
        return _list(value, links if column == "tags" else None)
    if column in _FIGURES.get(table, {}):
        return Markup(_FIGURES[table][column](value))  # noqa: S704  digits and a unit
    if isinstance(value, str) and on_the_web(value):
        return Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(value, value)
    return None


def _list(text: str, links: Links | None) -> Markup | None:
    """A JSON list as words, or as links to the articles that carry each tag; None when it is no such list."""
    try:
        items = json.loads(text)
    except ValueError:
        return None
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        return None
    if links is None:
        return Markup(", ").join(items) or Markup("&nbsp;")
    chips = (Markup('<a class="chip" href="{}">{}</a>').format(links.tagged(item), item) for item in items)
    return Markup(" ").join(chips) or Markup("&nbsp;")
