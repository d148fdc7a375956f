"""Find faults of the tracker itself in its own tables: feeds, polls and jobs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker.models import from_utc_text, utc_text
from tracker.store.conditions import POLLED
from tracker.store.connection import Database
from tracker.store.feeds import AHEAD, moments

FAILURES: Final = 3
"""A feed with fewer failures is not dead, however long ago it was last read."""

_DEAD = f"""
SELECT f.id, s.name, f.url, f.last_ok_at, f.last_outcome, f.last_error
FROM feeds AS f JOIN sources AS s ON s.id = f.source
WHERE f.declared AND f.{POLLED} AND (f.last_outcome = 'gone' OR (f.failures >= :failures AND :before >
    coalesce(CASE WHEN f.last_ok_at <= :now THEN f.last_ok_at END,
        (SELECT min(started_at) FROM polls WHERE polls.feed = f.id))))
ORDER BY s.name COLLATE NOCASE, f.id"""  # noqa: S608  our own text

_SILENT = """
SELECT f.id, s.name, f.url, f.last_new_at FROM gaps AS g JOIN feeds AS f ON f.id = g.feed
JOIN sources AS s ON s.id = f.source
WHERE g.reason = 'silent' AND g.to_at IS NULL AND f.declared AND f.last_outcome <> 'gone'
ORDER BY s.name COLLATE NOCASE, f.id"""

_FLOODING = """
SELECT h.id, h.source, h.url, max(o.from_at), h.why FROM feed_health AS h JOIN floods AS o ON o.feed = h.id
WHERE h.health = 'flooding' GROUP BY h.id ORDER BY h.source COLLATE NOCASE, h.id"""

_OVERDUE = f"""
SELECT count(*) FROM feeds WHERE declared AND {POLLED} AND (next_poll_at < :since OR {AHEAD})"""  # noqa: S608  our own text

_LAST_ENDED = """
SELECT job, outcome, coalesce(ended_at, started_at) AS at, said FROM job_runs
WHERE id IN (SELECT max(id) FROM job_runs WHERE outcome <> 'running' GROUP BY job) ORDER BY job"""


@dataclass(frozen=True, slots=True)
class FeedTrouble:
    """A dead, silent or flooding feed; `since` is when it was last read or last showed something new, None if never."""

    feed: int
    source: str
    url: str
    since: datetime | None
    gone: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class LastRun:
    """How a job's last finished run ended."""

    job: str
    outcome: str
    at: datetime
    said: str


def dead(db: Database, now: datetime, after: timedelta) -> list[FeedTrouble]:
    """Return the feeds that are gone, or that failed repeatedly and were last read more than `after` ago."""
    rows = db.execute(_DEAD, {"failures": FAILURES, "before": utc_text(now - after), "now": utc_text(now)})
    return [
        FeedTrouble(feed, source, url, _moment(at), outcome == "gone", why or outcome or "")
        for feed, source, url, at, outcome, why in rows
    ]


def silent(db: Database) -> list[FeedTrouble]:
    """Return the feeds that answer but have shown nothing new for longer than usual."""
    return [FeedTrouble(feed, source, url, _moment(at)) for feed, source, url, at in db.execute(_SILENT)]


def flooding(db: Database) -> list[FeedTrouble]:
    """Return the feeds that show far more new entries than usual, or than is accepted in a day."""
    rows = db.execute(_FLOODING)
    return [FeedTrouble(feed, source, url, _moment(at), why=why) for feed, source, url, at, why in rows]


def name_of(db: Database, feed: int) -> str:
    """Describe a feed by its source and URL."""
    row = db.execute(
        "SELECT s.name || ' (' || f.url || ')' FROM feeds AS f JOIN sources AS s ON s.id = f.source WHERE f.id = ?",
        (feed,),
    ).fetchone()
    return str(row[0]) if row else f"feed {feed}"


def last_poll(db: Database, now: datetime) -> datetime | None:
    """Return when any feed was last polled, None if never; future times from a clock that was ahead are ignored."""
    query = "SELECT max(started_at) FROM polls WHERE outcome <> 'imported' AND started_at <= :latest"
    return _moment(db.execute(query, moments(now)).fetchone()[0])


def overdue(db: Database, since: datetime, now: datetime) -> int:
    """Count the feeds due since before `since`, or whose recorded times lie in the future."""
    return int(db.execute(_OVERDUE, moments(now) | {"since": utc_text(since)}).fetchone()[0])


def last_runs(db: Database) -> list[LastRun]:
    """Return how each job's last finished run ended."""
    return [LastRun(job, outcome, from_utc_text(at), said or "") for job, outcome, at, said in db.execute(_LAST_ENDED)]


def last_done(db: Database, job: str, now: datetime) -> datetime | None:
    """Return when a job last succeeded, None if never; times from a clock that was ahead are ignored."""
    query = "SELECT max(ended_at) FROM job_runs WHERE job = :job AND outcome = 'done' AND ended_at <= :latest"
    row = db.execute(query, moments(now) | {"job": job}).fetchone()
    return _moment(row[0])


def _moment(text: str | None) -> datetime | None:
    return from_utc_text(text) if text else None
