"""Read figures for monitoring the process: each from an index or a small table, in milliseconds."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tracker.models import utc_text
from tracker.publish.summaries import doubt_in_words
from tracker.store.conditions import POLLED
from tracker.store.feeds import AHEAD, DUE, moments
from tracker.store.watched import POLLING, WATCHED, Polling, Watched, polling_of, watched_of
from tracker.web.queries.connection import SqliteError, connected, row
from tracker.web.queries.rows import moment

_DAY = timedelta(days=1)

# Articles are never deleted, so the highest id is their number; counting them would read a whole index.
_FIGURES = f"""
SELECT (SELECT max(last_poll_at) FROM feeds WHERE last_poll_at <= :latest) AS last_poll_at,
    (SELECT max(last_ok_at) FROM feeds WHERE last_ok_at <= :latest) AS last_ok_at,
    (SELECT count(*) FROM feeds WHERE declared AND {POLLED} AND {DUE}) AS due,
    (SELECT max(id) FROM articles) AS articles,
    (SELECT count(*) FROM articles WHERE story IS NULL) AS ungrouped"""  # noqa: S608  our own text

_HEALTH = "SELECT health, count(*) FROM feed_health GROUP BY health"

# Failures of each job since its last success, and when that was; running ones are neither.
_JOBS = """
WITH done AS (SELECT job, max(id) AS id, max(ended_at) AS ended_at FROM job_runs WHERE outcome = 'done' GROUP BY job)
SELECT r.job, done.ended_at, count(CASE WHEN outcome IN ('failed', 'killed') AND r.id > coalesce(done.id, 0) THEN 1 END)
FROM job_runs AS r LEFT JOIN done USING (job) GROUP BY r.job"""

# Since when a feed has been due; null if none is or nothing was ever polled. Times that a fast clock put in the future
# count for nothing: their feeds have long been due.
_WAITING = f"""
SELECT (SELECT max(last_poll_at) FROM feeds WHERE last_poll_at <= :latest),
    (SELECT min(CASE WHEN {AHEAD} THEN '1970-01-01T00:00:00Z' ELSE next_poll_at END) FROM feeds
        WHERE declared AND {POLLED})"""  # noqa: S608  our own text

_OUTCOMES = "SELECT outcome, count(*) FROM polls WHERE started_at > :since GROUP BY outcome"


@dataclass(frozen=True, slots=True)
class JobVitals:
    """When a job last succeeded, None if never, and how many runs failed or were killed since."""

    done_at: datetime | None
    failures: int


@dataclass(frozen=True, slots=True)
class Vitals:
    """State of the polling process; times (UTC) are None for never, sizes are in bytes."""

    last_poll: datetime | None
    last_ok: datetime | None
    due: int
    articles: int
    ungrouped: int
    health: Mapping[str, int]
    outcomes: Mapping[str, int]
    jobs: Mapping[str, JobVitals]
    polling: Polling
    watched: Watched
    database: int
    log: int


def vitals(path: Path, now: datetime) -> Vitals | None:
    """Return the current figures, outcomes of the last day; None if the database cannot be read."""
    try:
        with closing(connected(path)) as db:
            ((last_poll, last_ok, due, articles, ungrouped),) = db.execute(_FIGURES, moments(now))
            return Vitals(
                moment(last_poll),
                moment(last_ok),
                due,
                articles or 0,
                ungrouped,
                dict(db.execute(_HEALTH).fetchall()),
                dict(db.execute(_OUTCOMES, {"since": utc_text(now - _DAY)}).fetchall()),
                {job: JobVitals(moment(done_at), failures) for job, done_at, failures in db.execute(_JOBS)},
                polling_of(row(db, POLLING, moments(now)), now),
                watched_of(row(db, WATCHED, moments(now))),
                path.stat().st_size,
                _size(path.with_name(f"{path.name}-wal")),
            )
    except (SqliteError, OSError):
        return None


def process_problem(path: Path, max_overdue: timedelta | None, now: datetime) -> str | None:
    """Return what is wrong with the site's process, in a line; None if nothing is.

    A new connection must be able to read the database. If the process also polls, some feed must have been polled
    within `max_overdue`, or none have been due that long; `max_overdue` None checks only the database.
    """
    try:
        with closing(connected(path)) as db:
            ((polled, waiting),) = db.execute(_WAITING, moments(now))
    except SqliteError:
        return "the database cannot be read"
    polled_at, waiting_since = moment(polled), moment(waiting)
    if (
        max_overdue is None
        or polled_at is None
        or waiting_since is None
        or max(polled_at, waiting_since) > now - max_overdue
    ):
        return None
    return f"no feed was polled since {polled}, though some are due"


def doubt(path: Path, timezone: str, now: datetime) -> str | None:
    """Return why the feeds' current state is unknown; None if it is known."""
    try:
        with closing(connected(path)) as db:
            return doubt_in_words(polling_of(row(db, POLLING, moments(now)), now), timezone, now)
    except SqliteError:
        return None


def _size(path: Path) -> int:
    """Return the size of a file in bytes; 0 if there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
