"""Read the scheduled jobs: how each last went, and when it is next due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from datasette.database import Database

from tracker.analyse.timetable import Past, When, next_turn
from tracker.store.feeds import moments
from tracker.store.jobs import KNOWN, LATEST, Run, past_of, run_of, time_limit
from tracker.web.queries.rows import ask, moment

_POLLED = "SELECT max(last_poll_at) AS last_poll_at FROM feeds WHERE last_poll_at <= :latest"
_PATIENCE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its schedule, None if it is no longer scheduled; its last run, None before the first; and its next
    attempt, None if unscheduled."""

    name: str
    when: When | None
    last: Run | None
    next_at: datetime | None

    @property
    def took(self) -> timedelta | None:
        """Duration of the last run; None while running or if unknown."""
        return self.last.ended_at - self.last.started_at if self.last and self.last.ended_at else None

    def is_overdue(self, now: datetime) -> bool:
        """Return whether it has been due for more than a quarter of an hour and is not running."""
        return self.next_at is not None and now - self.next_at > _PATIENCE and not self.is_running

    @property
    def is_running(self) -> bool:
        """Whether it is running."""
        return self.last is not None and self.last.outcome == "running"

    @property
    def in_trouble(self) -> bool:
        """Whether its last run failed or was killed."""
        return self.last is not None and self.last.outcome in {"failed", "killed"}


async def jobs(db: Database, schedule: Mapping[str, When], zone: ZoneInfo, now: datetime) -> tuple[Job, ...]:
    """Return every job that is scheduled or ever ran, scheduled ones first."""
    pasts = {row["job"]: past_of(row, now) for row in await ask(db, KNOWN, **time_limit(now))}
    last = {row["job"]: run_of(row) for row in await ask(db, LATEST)}
    scheduled = [
        Job(name, when, last.get(name), next_turn(when, zone, pasts.get(name, Past()), now).at)
        for name, when in schedule.items()
    ]
    return (*scheduled, *(Job(name, None, run, None) for name, run in sorted(last.items()) if name not in schedule))


async def last_poll(db: Database, now: datetime) -> datetime | None:
    """Return when a feed was last polled; None before the first poll."""
    return moment((await ask(db, _POLLED, **moments(now)))[0]["last_poll_at"])
