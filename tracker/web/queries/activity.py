"""Read when feeds were polled: when pages look back from, how long feeds have been watched, and if they still are."""

from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version

from datasette.database import Database

from tracker.publish.formatting import counted, number
from tracker.publish.summaries import doubt_in_words
from tracker.store.conditions import POLLED, UNREACHABLE
from tracker.store.feeds import moments
from tracker.store.watched import POLLING, WATCHED, Watched, polling_of, watched_of
from tracker.web.calendar import reference_time
from tracker.web.queries.rows import ask, moment
from tracker.web.settings import Site

_OURS = "our own connection was probably down, and what is new since then is missing."

_LAST = """
SELECT nullif(max(ifnull((SELECT max(last_poll_at) FROM feeds), ''),
                  ifnull((SELECT max(first_seen_at) FROM articles), '')), '') AS at"""

_STATE = """
SELECT (SELECT max(last_ok_at) FROM feeds) AS as_of,
    (SELECT hash FROM rulebooks ORDER BY applied_at DESC LIMIT 1) AS rulebook"""

_EARLIEST = """
SELECT min(ifnull((SELECT min(published_at) FROM articles), '9'),
           ifnull((SELECT min(first_seen_at) FROM articles), '9')) AS at"""


_NOT_REACHED = f"""
SELECT count(*) AS feeds, coalesce(sum(failures = 0 AND last_outcome IN {UNREACHABLE}), 0) AS not_reached
FROM feeds WHERE declared AND {POLLED} AND last_poll_at IS NOT NULL"""  # noqa: S608  our own text


async def site_reference_time(db: Database, site: Site) -> datetime:
    """Return the time that "latest" refers to: now, or the last activity of a demo or an old database."""
    return reference_time(site.clock(), moment((await ask(db, _LAST))[0]["at"]), demo=site.settings.demo)


async def earliest(db: Database) -> datetime | None:
    """Return when the oldest article was published or first seen; None if nothing is stored."""
    at = (await ask(db, _EARLIEST))[0]["at"]
    return None if at == "9" else moment(at)


@dataclass(frozen=True, slots=True)
class State:
    """What a citation names besides the page: the last successful poll (UTC), the rulebook and our version."""

    as_of: datetime | None
    rulebook: str | None
    version: str


async def state(db: Database) -> State:
    """Return the state of the data."""
    row = (await ask(db, _STATE))[0]
    return State(moment(row["as_of"]), row["rulebook"], version("encryption-coverage-tracker"))


async def first_watched(db: Database) -> date | None:
    """Return the local day of the first poll; None if there was none."""
    found = (await ask(db, "SELECT min(day) AS day FROM days WHERE watched > 0"))[0]["day"]
    return date.fromisoformat(found) if found else None


async def watched(db: Database, now: datetime) -> Watched:
    """Return what is watched, as of `now`."""
    return watched_of((await ask(db, WATCHED, **moments(now)))[0])


async def doubt(db: Database, site: Site) -> str | None:
    """Return why the feeds' current state is unknown, in a sentence; None if it is known, or for a demo."""
    if site.settings.demo:
        return None
    now = site.clock()
    found = polling_of((await ask(db, POLLING, **moments(now)))[0], now)
    return doubt_in_words(found, site.settings.timezone, now) or await _outage(db)


async def _outage(db: Database) -> str | None:
    """Say that our own connection seems to be down, if most feeds could not be reached without fault of theirs."""
    found = (await ask(db, _NOT_REACHED))[0]
    if 2 * found["not_reached"] <= found["feeds"]:
        return None
    return f"{number(found['not_reached'])} of {counted(found['feeds'], 'feed')} could not be reached: {_OURS}"
