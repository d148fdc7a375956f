"""Read the figures of the about page: what is watched, since when, and by which rules."""

from dataclasses import dataclass
from datetime import datetime

from datasette.database import Database

from tracker.store.conditions import POLLED
from tracker.web.queries.rows import ask, timed

_EXTENT = f"""
SELECT (SELECT count(*) FROM feeds WHERE declared AND {POLLED}) AS feeds,
    (SELECT count(*) FROM sources WHERE declared) AS sources,
    (SELECT count(DISTINCT family) FROM sources WHERE declared) AS owners,
    (SELECT count(DISTINCT country) FROM sources WHERE declared) AS countries,
    (SELECT count(DISTINCT language) FROM sources WHERE declared) AS languages,
    (SELECT count(*) FROM tags WHERE facet <> 'noise') AS tags,
    (SELECT min(first_seen_at) FROM articles) AS since_at"""  # noqa: S608  our own text

_RULES = "SELECT hash, applied_at FROM rulebooks ORDER BY applied_at DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Extent:
    """What is watched now, and since when articles are stored (UTC; None while none are)."""

    feeds: int
    sources: int
    owners: int
    countries: int
    languages: int
    tags: int
    since_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rules:
    """The rulebook applied last, by hash, and when."""

    hash: str
    applied_at: datetime


async def extent(db: Database) -> Extent:
    """Return what is watched now."""
    return Extent(**timed((await ask(db, _EXTENT))[0]))


async def rules(db: Database) -> Rules | None:
    """Return the rulebook that gave the tags; None if none was applied."""
    found = await ask(db, _RULES)
    return Rules(**timed(found[0])) if found else None
