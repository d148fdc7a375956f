"""Build the Datasette that serves a tracker's database; the only module that knows its constructor and settings."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from datasette.app import Datasette
from datasette.plugins import pm

from tracker.clock import utc_now
from tracker.publish.links import DATABASE
from tracker.publish.tables import metadata
from tracker.web import hooks
from tracker.web.jinja_env import configure_templates, static_version
from tracker.web.metrics import Metrics
from tracker.web.queries.datasette_database import Reader
from tracker.web.queries.process_figures import doubt, process_problem, vitals
from tracker.web.request_filter import Gate, SiteContext
from tracker.web.response_cache import CompleteResponse, Freshness, complete
from tracker.web.response_headers import App
from tracker.web.routes import FIRST_WORDS
from tracker.web.settings import Site, SiteSettings, register_site, site_of

__all__ = ["SiteSettings", "asgi", "make_datasette"]

_HERE = Path(__file__).parent

_MAX_OVERDUE: Final = timedelta(minutes=30)
"""How long a polling process may leave feeds due before it reports unhealthy; one round may take minutes."""

_TABLES: Final = 200
"""Tables whose permissions are remembered; visitors may ask for any name."""

_CONTENT_TYPES: Final = {".css": b"text/css; charset=utf-8", ".svg": b"image/svg+xml"}

_SETTINGS: Final = {
    "default_allow_sql": False,
    "allow_download": False,
    "suggest_facets": False,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 15_000,  # by the clock; connection.py limits CPU time
    "facet_time_limit_ms": 1000,
    "default_facet_size": 12,
    "max_csv_mb": 0,  # no limit: Datasette would truncate a longer CSV with an error line among the data
    "truncate_cells_html": 400,
}


def make_datasette(db: Path, *, config: SiteSettings, clock: Callable[[], datetime] = utc_now) -> Datasette:
    """Return a read-only Datasette for the database file `db`, named `tracker` in every URL.

    `clock` supplies the current time to the pages.
    """
    if not pm.is_registered(hooks):
        pm.register(hooks, "tracker-site")
    datasette = Datasette(
        files=[],
        metadata=metadata(config.title, DATABASE, config.debate),
        settings=_SETTINGS | {"base_url": config.base_url},
        template_dir=str(_HERE / "templates"),
        static_mounts=[("static", str(_HERE / "static"))],
    )
    # Our metadata never changes, and Datasette copies all of it for each table that a page names.
    datasette._table_permission_allows = lru_cache(_TABLES)(datasette._table_permission_allows)  # noqa: SLF001  see above
    datasette.remove_database("_memory")  # Datasette adds it if no file is given; ours is added by name below
    datasette.add_database(Reader(datasette, db), name=DATABASE)
    site = Site(config, ZoneInfo(config.timezone), clock)
    register_site(datasette, site)
    configure_templates(datasette, site, _HERE / "static")
    return datasette


def asgi(ds: Datasette) -> App:
    """Return the site as an ASGI app behind its request filter."""
    site = site_of(ds)
    assert site is not None  # noqa: S101  set by make_datasette
    reader: Reader = ds.get_database(DATABASE)
    path = Path(reader.path)
    max_overdue = (
        max(_MAX_OVERDUE, 3 * site.settings.schedule.poll) if site.settings.polls and site.settings.schedule else None
    )
    context = SiteContext(
        base_url=site.settings.base_url,
        pages=FIRST_WORDS,
        robots=site.settings.robots,
        static_version=static_version(_HERE / "static"),
        static=_static_files(_HERE / "static"),
        freshness=Freshness(reader.connect, lambda: f"{site.clock().astimezone(site.zone):%Y-%m-%d %H}"),
        metrics=Metrics(lambda: vitals(path, site.clock())),
        process_problem=lambda: asyncio.to_thread(process_problem, path, max_overdue, site.clock()),
        doubt=lambda: asyncio.to_thread(_doubt, path, site),
    )
    return Gate(ds.app(), context)


def _static_files(folder: Path) -> dict[str, CompleteResponse]:
    """Return the static files by path; Datasette would send them unpacked."""
    return {
        f"/static/{path.name}": complete([(b"content-type", _CONTENT_TYPES[path.suffix])], path.read_bytes())
        for path in folder.iterdir()
        if path.suffix in _CONTENT_TYPES
    }


def _doubt(path: Path, site: Site) -> str | None:
    """Return the polling warning; None for a demo, which is never polled."""
    return None if site.settings.demo else doubt(path, site.settings.timezone, site.clock())
