"""Jobs and their runs as rows: when each was scheduled, when it ran and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tracker.analyse.timetable import BELIEVED, Past
from tracker.models import from_utc_text, utc_text
from tracker.store.connection import Database
from tracker.store.database import transaction

Ended = Literal["done", "failed", "killed"]

_KEPT = 2000
"""Runs kept per job: a week of one every five minutes, years of one a day."""

KNOWN = """
WITH last AS (
    SELECT job, since_at, (
        SELECT max(due_at) FROM job_runs AS r
        WHERE r.job = jobs.job AND due_at <= :believed AND started_at <= :believed) AS due_at
    FROM jobs
), tried AS (
    SELECT last.job, since_at, last.due_at, count(r.id) AS attempts, max(r.started_at) AS tried_at, min(r.id) AS first
    FROM last LEFT JOIN job_runs AS r ON r.job = last.job AND r.due_at = last.due_at AND r.started_at <= :believed
    GROUP BY last.job
)
SELECT job, since_at, due_at, attempts, tried_at,
    EXISTS (SELECT 1 FROM job_runs AS later WHERE later.job = tried.job AND later.id >= tried.first
        AND later.outcome IN ('done', 'running')) AS settled
FROM tried"""
"""The history of each job, for `past_of`; `:believed` comes from `time_limit`. A later successful manual run settles an
earlier failure."""

LATEST = """
SELECT job, due_at, started_at, ended_at, outcome, said FROM job_runs
WHERE id IN (SELECT max(id) FROM job_runs GROUP BY job)"""
"""The last run of each job, for `run_of`."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job; `due_at` is None for a manual run, `ended_at` None while it runs or if it was killed."""

    job: str
    due_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    said: str | None


def time_limit(now: datetime) -> dict[str, str]:
    """Return the parameters of KNOWN: how far ahead of the clock a stored time may be and still count."""
    return {"believed": utc_text(now + BELIEVED)}


def past_of(row: Mapping[str, Any], now: datetime) -> Past:
    """Convert a row of KNOWN; times written by a clock far ahead are ignored."""
    since = from_utc_text(row["since_at"])
    due_at, tried_at = (from_utc_text(row[name]) if row[name] else None for name in ("due_at", "tried_at"))
    return Past(min(since, now) if since > now + BELIEVED else since, due_at, row["attempts"], tried_at,
                bool(row["settled"]) or due_at is None)  # fmt: skip


def run_of(row: Mapping[str, Any]) -> Run:
    """Convert a row of LATEST."""
    due_at, ended_at = (from_utc_text(row[name]) if row[name] else None for name in ("due_at", "ended_at"))
    return Run(row["job"], due_at, from_utc_text(row["started_at"]), ended_at, row["outcome"], row["said"])


def declare(db: Database, schedule: Mapping[str, str], now: datetime) -> None:
    """Make the scheduled jobs those of feeds.yaml; a new job, or one with a changed schedule, starts now.

    So does one recorded by a clock far ahead.
    """
    stored = {row["job"]: row for row in db.query("SELECT * FROM jobs")}
    ahead = utc_text(now + BELIEVED)
    gone = [(job,) for job in stored if job not in schedule]
    new = [
        (job, text, utc_text(now))
        for job, text in schedule.items()
        if job not in stored or stored[job]["schedule"] != text or stored[job]["since_at"] > ahead
    ]
    if gone or new:
        with transaction(db):
            db.conn.executemany("DELETE FROM jobs WHERE job = ?", gone)
            db.conn.executemany("INSERT OR REPLACE INTO jobs (job, schedule, since_at) VALUES (?, ?, ?)", new)


def pasts(db: Database, now: datetime) -> dict[str, Past]:
    """Return the history of each scheduled job."""
    return {row["job"]: past_of(row, now) for row in db.query(KNOWN, time_limit(now))}


def has_runs_ahead(db: Database, job: str, now: datetime) -> bool:
    """Return whether runs of the job were recorded by a clock far ahead of this one, and so do not count."""
    ahead = "SELECT 1 FROM job_runs WHERE job = :job AND (due_at > :believed OR started_at > :believed) LIMIT 1"
    return bool(list(db.query(ahead, time_limit(now) | {"job": job})))


def latest(db: Database) -> dict[str, Run]:
    """Return the last run of each job that ever ran."""
    return {row["job"]: run_of(row) for row in db.query(LATEST)}


def unfinished(db: Database) -> list[str]:
    """Return the jobs with a run recorded as running; their locks tell whether it is."""
    return [row["job"] for row in db.query("SELECT DISTINCT job FROM job_runs WHERE outcome = 'running'")]


def note_killed(db: Database, job: str) -> int:
    """Mark the job's running runs as killed, and return how many; the caller must hold the job's lock."""
    with transaction(db):
        return int(
            db.execute(
                "UPDATE job_runs SET outcome = 'killed', said = ? WHERE job = ? AND outcome = 'running'",
                ["It was stopped before it finished.", job],
            ).rowcount
        )


def settle_restored(db: Database) -> None:
    """Leave no run running in a database restored from a backup: the backup's own run is done, since the backup exists.

    How the others ended only the lost database knew: they are deleted, and so due again.
    """
    with transaction(db):
        said = "The database was restored from this backup."
        db.execute(
            "UPDATE job_runs SET outcome = 'done', said = ?, ended_at = started_at "
            "WHERE outcome = 'running' AND job = 'backup'",
            [said],
        )
        db.execute("DELETE FROM job_runs WHERE outcome = 'running'")


def begin(db: Database, job: str, due_at: datetime | None, now: datetime) -> int:
    """Record the start of a run and return its id; the last two thousand runs of each job are kept."""
    with transaction(db):
        number = db.execute(
            "INSERT INTO job_runs (job, due_at, started_at, outcome) VALUES (?, ?, ?, 'running')",
            [job, utc_text(due_at) if due_at else None, utc_text(now)],
        ).lastrowid
        db.execute(
            "DELETE FROM job_runs WHERE job = ? AND id <= "
            "(SELECT id FROM job_runs WHERE job = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
            [job, job, _KEPT],
        )
    return int(number or 0)


def end(db: Database, number: int, outcome: Ended, said: str, now: datetime) -> None:
    """Record how a run ended, and its message."""
    with transaction(db):
        db.execute(
            "UPDATE job_runs SET outcome = ?, said = ?, ended_at = ? WHERE id = ?",
            [outcome, said, utc_text(now), number],
        )
