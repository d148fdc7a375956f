"""Read the state of watching: whether feeds are still polled, since when, and how much was seen."""

from datetime import datetime

from datasette.database import Database

from tracker.publish.summaries import doubt_in_words
from tracker.store.feeds import moments
from tracker.store.watched import POLLING, WATCHED, Watched, polling_of, watched_of
from tracker.web.queries.rows import ask
from tracker.web.settings import Site


async def watched(db: Database, now: datetime) -> Watched:
    """Return what is watched, as of `now`."""
    return watched_of((await ask(db, WATCHED, **moments(now)))[0])


async def doubt(db: Database, site: Site) -> str | None:
    """Return why the feeds' current state is unknown, in a sentence; None if it is known, or for a demo."""
    if site.settings.demo:
        return None
    now = site.clock()
    found = polling_of((await ask(db, POLLING, **moments(now)))[0], now)
    return doubt_in_words(found, site.settings.timezone, now)
