"""Makes the Datasette that serves a tracker's database; the only module that knows its constructor and settings."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from datasette.app import Datasette
from datasette.plugins import pm

from tracker.clock import utc_now
from tracker.publish.links import DATABASE
from tracker.publish.tables import metadata
from tracker.web import hooks
from tracker.web.jinja_env import dress, static_version
from tracker.web.metrics import Metrics
from tracker.web.queries.datasette_database import Reader
from tracker.web.queries.process_figures import ailment, doubt, vitals
from tracker.web.request_filter import Gate, SiteContext
from tracker.web.response_cache import Freshness
from tracker.web.response_headers import App
from tracker.web.settings import Site, SiteSettings, adopt, site_of

__all__ = ["SiteSettings", "asgi", "make_datasette"]

_HERE = Path(__file__).parent

_LATE: Final = timedelta(minutes=30)
"""How long a process that polls may let feeds wait before it calls itself ill; a round may take some minutes."""

_SETTINGS: Final = {
    "default_allow_sql": False,
    "allow_download": False,
    "suggest_facets": False,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 1500,
    "facet_time_limit_ms": 200,
    "default_facet_size": 12,
    "max_csv_mb": 0,  # no limit: Datasette would end a longer CSV with an error line among the data
    "truncate_cells_html": 400,
}


def make_datasette(db: Path, *, config: SiteSettings, clock: Callable[[], datetime] = utc_now) -> Datasette:
    """A Datasette over the database file `db`, called `tracker` in every address; it reads and never writes.

    `clock` tells the time to the pages.
    """
    if not pm.is_registered(hooks):
        pm.register(hooks, "tracker-site")
    datasette = Datasette(
        files=[],
        metadata=metadata(config.title, DATABASE),
        settings=_SETTINGS | {"base_url": config.base_url},
        template_dir=str(_HERE / "templates"),
        static_mounts=[("static", str(_HERE / "static"))],
    )
    datasette.remove_database("_memory")  # made because no file was named, so that the name can be given here
    datasette.add_database(Reader(datasette, db), name=DATABASE)
    site = Site(config, ZoneInfo(config.timezone), clock)
    adopt(datasette, site)
    dress(datasette, site, _HERE / "static")
    return datasette


def asgi(ds: Datasette) -> App:
    """The site as an ASGI app: behind its gate."""
    site = site_of(ds)
    assert site is not None  # noqa: S101  made above
    reader: Reader = ds.get_database(DATABASE)
    path = Path(reader.path)
    late = max(_LATE, 3 * site.settings.schedule.poll) if site.settings.polls and site.settings.schedule else None
    house = SiteContext(
        base_url=site.settings.base_url,
        robots=site.settings.robots,
        static_version=static_version(_HERE / "static"),
        freshness=Freshness(reader.connect, lambda: f"{site.clock().astimezone(site.zone):%Y-%m-%d %H}"),
        metrics=Metrics(lambda: vitals(path, site.clock())),
        ailment=lambda: asyncio.to_thread(ailment, path, late, site.clock()),
        doubt=lambda: asyncio.to_thread(_doubt, path, site),
    )
    return Gate(ds.app(), house)


def _doubt(path: Path, site: Site) -> str | None:
    """Nobody expects a demo to be polled."""
    return None if site.settings.demo else doubt(path, site.settings.timezone, site.clock())
