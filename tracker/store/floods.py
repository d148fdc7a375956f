"""What a feed brings in a day, and floods as rows: when a feed showed far more that was new than can be meant.

A flood lasts from the poll that found it to the last that did. What a feed showed first in a flood, and nobody else
showed, is held: alerts, spikes and digests say so instead of telling it, until somebody releases it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlite_utils import Database

from tracker.models import FeedState, from_utc_text, utc_text

DAY: Final = timedelta(days=1)
_BEFORE = timedelta(days=28)
"""How far back from a day is looked for what is usual."""

_FIRST = "SELECT id, started_at FROM polls WHERE feed = ? AND entries > 0 ORDER BY started_at, id LIMIT 1"

_NEW = "SELECT coalesce(sum(new), 0) FROM polls WHERE feed = ? AND started_at > ? AND started_at <= ? AND id IS NOT ?"


@dataclass(frozen=True, slots=True)
class Brought:
    """The articles that a feed brought within a day, those of its first document apart, and how many it usually does.

    `usual` is None for a feed that has not been read for longer than a day.
    """

    new: int
    first: int
    usual: float | None


def brought(db: Database, feed: int, now: datetime) -> Brought:
    """What a feed brought in the day up to `now`."""
    row = db.execute(_FIRST, (feed,)).fetchone()
    if row is None:
        return Brought(0, 0, None)
    eve = now - DAY
    began = max(from_utc_text(row[1]), eve - _BEFORE)
    new, both, before = (
        int(db.execute(_NEW, (feed, utc_text(since), utc_text(until), but)).fetchone()[0])
        for since, until, but in ((eve, now, row[0]), (eve, now, None), (began, eve, row[0]))
    )
    return Brought(new, both - new, before * DAY / (eve - began) if eve - began >= DAY else None)


def room(state: FeedState, before: Brought) -> int | None:
    """How many new articles a feed may still bring; None where its first document is yet to come."""
    return max(0, state.feed.new_per_day - before.new) if state.shown else None


def note(db: Database, feed: int, new: int, left_out: int, now: datetime) -> None:
    """Note that a feed floods: it has brought so many articles more, and so many entries are left in its document."""
    since = {"feed": feed, "new": new, "left_out": left_out, "at": utc_text(now), "eve": utc_text(now - DAY)}
    lasting = db.execute("SELECT max(id) FROM floods WHERE feed = :feed AND to_at > :eve", since).fetchone()[0]
    statement = """UPDATE floods SET to_at = :at, articles = articles + :new, left_out = :left_out WHERE id = :id"""
    if lasting is None:
        statement = """INSERT INTO floods (feed, from_at, to_at, articles, left_out)
            VALUES (:feed, :at, :at, :new, :left_out)"""
    db.execute(statement, since | {"id": lasting})
