"""Joins the site's pages and cells to Datasette by its plugin hooks, for our own instances only.

Datasette's plugins are global to the process, so each hook first asks whether the instance is one of ours.
"""

import json
from collections.abc import Callable, Generator
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils import escape_fts
from markupsafe import Markup
from pluggy import HookimplMarker

from tracker.analyse.folding import fold
from tracker.analyse.urls import on_the_web
from tracker.publish.links import DATABASE, Links
from tracker.publish.summaries import bytes_in_words, percent
from tracker.web import error_pages, filters
from tracker.web.pages import (
    about,
    article,
    compare,
    feeds,
    front,
    headlines,
    health,
    jobs,
    search,
    search_files,
    source,
    sql,
    stories,
    story,
    table_csv,
    tag,
    unlisted,
)
from tracker.web.queries import watched
from tracker.web.queries.connection import Wrong
from tracker.web.queries.datasette_database import Reader
from tracker.web.settings import Site, site_of

hookimpl = HookimplMarker("datasette")  # as datasette.hookimpl, but with types

_ARTICLE_COLUMNS = {("coverage", "id"), ("headline_changes", "article"), ("at_once", "article")}
_PAGES = (
    front, stories, story, article, tag, source, compare, headlines, search, search_files, feeds, health, jobs, about,
)  # fmt: skip
"""The modules of the site's own pages; each has its ROUTES."""

_FIGURES: dict[str, dict[str, Callable[[Any], str]]] = {
    "attention": {"observed": lambda share: percent(100 * share), "ratio": lambda share: percent(100 * share)},
    "continuity": {"observed": lambda share: percent(100 * share), "hours_missed": "{:,.1f}".format},
    "feed_health": {"continuity_percent": percent, "per_day": "{:,.1f}".format, "failures": "{:g}".format},
    "politeness": {"not_modified_percent": percent, "bytes": bytes_in_words},
}
"""How figures of views are written for people; JSON and CSV have them as they are."""


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """The site's own pages, which come before Datasette's of the same address."""
    site = site_of(datasette)
    if site is None:
        return []
    on_demand = [sql] if site.settings.sql else []
    return [route for page in (*_PAGES, *on_demand, unlisted, table_csv) for route in page.ROUTES]


@hookimpl(trylast=True)
def prepare_connection(conn: Any, datasette: Any) -> None:
    """Let the search box of a table find what the index holds, in the form in which it holds it.

    Datasette puts what was typed into its query by its function escape_fts, which is replaced after it is made.
    """
    if site_of(datasette) is not None:
        conn.create_function("escape_fts", 1, lambda typed: escape_fts(fold(typed)))


@hookimpl
def extra_template_vars(datasette: Any) -> Any:
    """What every page says above all else: that nobody has looked at the feeds for long, if so."""
    site = site_of(datasette)
    return {} if site is None else _doubt(datasette.get_database(DATABASE), site)


async def _doubt(db: Reader, site: Site) -> dict[str, str | None]:
    try:
        return {"doubt": await watched.doubt(db, site)}
    except (QueryInterrupted, Wrong):
        return {}  # the page that is being made says so itself


@hookimpl(wrapper=True)
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Generator[None, list[Any], list[Any]]:
    """A short page for what went wrong, in place of Datasette's own.

    That would be a 500 for every address that it cannot read, and a traceback on standard error.
    """
    theirs = yield
    return theirs if site_of(datasette) is None else [error_pages.answer(datasette, request, exception)]


@hookimpl
def filters_from_request(request: Any, table: str, datasette: Any) -> Any:
    """What Datasette's own filters would do too slowly, and what it should not try."""
    site = site_of(datasette)
    return None if site is None else filters.of(request, table, datasette.get_database(DATABASE), site)


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
