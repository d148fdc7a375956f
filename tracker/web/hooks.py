"""Register the site's pages and cells with Datasette through its plugin hooks, for our instances only.

Datasette's plugins are global to the process, so each hook first checks whether the instance is ours.
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
from tracker.publish.formatting import percent, size
from tracker.publish.links import DATABASE, Links
from tracker.web import error_pages, filters
from tracker.web.queries import activity
from tracker.web.queries.connection import SqliteError
from tracker.web.queries.datasette_database import Reader
from tracker.web.routes import Route, routes
from tracker.web.settings import Site, site_of

hookimpl = HookimplMarker("datasette")  # typed equivalent of datasette.hookimpl

_ARTICLE_COLUMNS = {("coverage", "id"), ("headline_changes", "article"), ("at_once", "article")}
_FIGURES: dict[str, dict[str, Callable[[Any], str]]] = {
    "attention": {"observed": lambda share: percent(100 * share), "ratio": lambda share: percent(100 * share)},
    "continuity": {"observed": lambda share: percent(100 * share), "hours_missed": "{:,.1f}".format},
    "feed_health": {"continuity_percent": percent, "per_day": "{:,.1f}".format, "failures": "{:g}".format},
    "politeness": {"not_modified_percent": percent, "bytes": size},
}
"""Display formats for figures of views; JSON and CSV keep the raw values."""


@hookimpl
def register_routes(datasette: Any) -> list[Route]:
    """Return the routes of the site's pages, which take precedence over Datasette's."""
    site = site_of(datasette)
    if site is None:
        return []
    return routes(with_sql=site.settings.sql)


@hookimpl(trylast=True)
def prepare_connection(conn: Any, datasette: Any) -> None:
    """Fold what is typed into a table's search box as the index folds its text.

    Datasette passes the query through its SQL function escape_fts; as the last hook, this one replaces it.
    """
    if site_of(datasette) is not None:
        conn.create_function("escape_fts", 1, lambda typed: escape_fts(fold(typed)))


@hookimpl
def extra_template_vars(datasette: Any, request: Any) -> Any:
    """Provide what every page shows: the warning that something is wrong, its own address, and how to cite it.

    None of it for other instances.
    """
    site = site_of(datasette)
    if site is None or request is None:
        return {}
    whole = datasette.absolute_url(request, datasette.urls.path(request.full_path))
    return _on_every_page(datasette.get_database(DATABASE), site, str(whole))


async def _on_every_page(db: Reader, site: Site, address: str) -> dict[str, Any]:
    try:
        return {"doubt": await activity.doubt(db, site), "address": address, "cited": await activity.state(db)}
    except (QueryInterrupted, SqliteError):
        return {}  # the page itself will report the error


@hookimpl(wrapper=True)
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Generator[None, list[Any], list[Any]]:
    """Replace Datasette's error response with a short page.

    Datasette would answer 500 to every URL it cannot read and print a traceback to standard error.
    """
    responses = yield
    return responses if site_of(datasette) is None else [error_pages.answer(datasette, request, exception)]


@hookimpl
def forbidden(datasette: Any, request: Any, message: str) -> Any:
    """Refuse in the format that the URL asks for; Datasette would always send a page."""
    if site_of(datasette) is None:
        return None
    return error_pages.response_for(error_pages.Fault(403, message, "Forbidden"), datasette, request)


@hookimpl
def filters_from_request(request: Any, table: str, datasette: Any) -> Any:
    """Replace Datasette filters that are too slow, and reject invalid ones."""
    site = site_of(datasette)
    return None if site is None else filters.of(request, table, datasette.get_database(DATABASE), site)


@hookimpl
def render_cell(value: Any, column: str, table: str, database: str, datasette: Any) -> Markup | None:
    """Render URLs, ids and lists as links; everything from a feed is escaped."""
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
    """Render a JSON list of strings as words, or as links to each tag's articles; None if it is not one."""
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
