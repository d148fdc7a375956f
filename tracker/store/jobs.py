"""Jobs and their runs as rows: since when each is in the schedule, when it ran and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from tracker.analyse.timetable import BELIEVED, Past
from tracker.models import from_utc_text, utc_text
from tracker.store.database import transaction

Ended = Literal["done", "failed", "killed"]

_KEPT = 2000
"""How many runs of a job are kept: a week of one every five minutes, years of one every day."""

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
"""What is known of each job, for `past_of`; `:believed` from `believed`. A run by hand that was done afterwards settles
what had failed."""

LATEST = """
SELECT job, due_at, started_at, ended_at, outcome, said FROM job_runs
WHERE id IN (SELECT max(id) FROM job_runs GROUP BY job)"""
"""The last run of each job, for `run_of`."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job; `due_at` None is a run by hand, `ended_at` None one that is at work or was killed."""

    job: str
    due_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    said: str | None


def believed(now: datetime) -> dict[str, str]:
    """What the statement KNOWN needs: how far ahead of the clock a stored time may be to count."""
    return {"believed": utc_text(now + BELIEVED)}


def past_of(row: Mapping[str, Any], now: datetime) -> Past:
    """A row of KNOWN; what a clock noted that was far ahead does not count."""
    since = from_utc_text(row["since_at"])
    due_at, tried_at = (from_utc_text(row[name]) if row[name] else None for name in ("due_at", "tried_at"))
    return Past(min(since, now) if since > now + BELIEVED else since, due_at, row["attempts"], tried_at,
                bool(row["settled"]) or due_at is None)  # fmt: skip


def run_of(row: Mapping[str, Any]) -> Run:
    """A row of LATEST."""
    due_at, ended_at = (from_utc_text(row[name]) if row[name] else None for name in ("due_at", "ended_at"))
    return Run(row["job"], due_at, from_utc_text(row["started_at"]), ended_at, row["outcome"], row["said"])


def declare(db: Database, schedule: Mapping[str, str], now: datetime) -> None:
    """Make the scheduled jobs those of feeds.yaml: a job that is new, or is now done at other times, begins now.

    So does one that a clock far ahead noted.
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
    """What is known of each scheduled job."""
    return {row["job"]: past_of(row, now) for row in db.query(KNOWN, believed(now))}


def ahead_of(db: Database, job: str, now: datetime) -> bool:
    """Whether runs of the job were noted by a clock far ahead of this one, and do not count."""
    ahead = "SELECT 1 FROM job_runs WHERE job = :job AND (due_at > :believed OR started_at > :believed) LIMIT 1"
    return bool(list(db.query(ahead, believed(now) | {"job": job})))


def latest(db: Database) -> dict[str, Run]:
    """The last run of each job that ever ran."""
    return {row["job"]: run_of(row) for row in db.query(LATEST)}


def unfinished(db: Database) -> list[str]:
    """The jobs of which a run is noted to be at work; their locks tell whether that is so."""
    return [row["job"] for row in db.query("SELECT DISTINCT job FROM job_runs WHERE outcome = 'running'")]


def note_killed(db: Database, job: str) -> int:
    """Note that the runs of a job which are said to be at work were killed; for who holds its lock. How many."""
    with transaction(db):
        return int(
            db.execute(
                "UPDATE job_runs SET outcome = 'killed', said = ? WHERE job = ? AND outcome = 'running'",
                ["It was stopped before it had ended.", job],
            ).rowcount
        )


def settle_restored(db: Database) -> None:
    """Let no run be at work in a database that a backup became: that of the backup itself is done, as there is one.

    What came of the others, only the database knew that is gone: they are as if they had not begun, and due again.
    """
    with transaction(db):
        said = "This database is what it kept."
        db.execute(
            "UPDATE job_runs SET outcome = 'done', said = ?, ended_at = started_at "
            "WHERE outcome = 'running' AND job = 'backup'",
            [said],
        )
        db.execute("DELETE FROM job_runs WHERE outcome = 'running'")


def begin(db: Database, job: str, due_at: datetime | None, now: datetime) -> int:
    """Note that a run begins; its number. Of each job's runs the last two thousand are kept."""
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
    """Note how a run ended, and what it said."""
    with transaction(db):
        db.execute(
            "UPDATE job_runs SET outcome = ?, said = ?, ended_at = ? WHERE id = ?",
            [outcome, said, utc_text(now), number],
        )
