"""When the database last did something, and so the moment from which its pages look back."""

from datetime import datetime

from datasette.database import Database

from tracker.web.calendar import vantage
from tracker.web.queries.rows import ask, moment
from tracker.web.settings import Site

_LAST = """
SELECT nullif(max(ifnull((SELECT max(last_poll_at) FROM feeds), ''),
                  ifnull((SELECT max(first_seen_at) FROM articles), '')), '') AS at"""

_EARLIEST = """
SELECT min(ifnull((SELECT min(published_at) FROM articles), '9'),
           ifnull((SELECT min(first_seen_at) FROM articles), '9')) AS at"""


async def looks_back_from(db: Database, site: Site) -> datetime:
    """The moment that "latest" means on this site: now, or the last activity of a demo or an old database."""
    return vantage(site.clock(), moment((await ask(db, _LAST))[0]["at"]), demo=site.settings.demo)


async def earliest(db: Database) -> datetime | None:
    """When the oldest article was published or seen; None while nothing is stored."""
    at = (await ask(db, _EARLIEST))[0]["at"]
    return None if at == "9" else moment(at)
