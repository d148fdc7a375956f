"""Run a job under its lock and record the run and its outcome; the same by hand, from cron and in `tracker run`."""

import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tracker.analyse.names import did_you_mean
from tracker.analyse.timetable import Past, Turn, When, due, next_turn
from tracker.clock import utc_now
from tracker.config.load import Config
from tracker.errors import Locked, TrackerError, UsageError
from tracker.jobs.registry import JOBS, Job
from tracker.store import jobs
from tracker.store.database import Database, exclusive, may_write, opened, opened_by_reader
from tracker.store.jobs import Ended, Run

log = logging.getLogger(__name__)

_LONGEST = 300
"""The maximum length of a recorded result, in characters."""


@dataclass(frozen=True, slots=True)
class JobListing:
    """A job as listed: its last run (None before the first) and its next turn (None if not scheduled)."""

    job: str
    schedule: str | None
    last: Run | None
    next: Turn | None


@dataclass(frozen=True, slots=True)
class Runner:
    """Run the jobs of a configuration on a database."""

    config: Config
    db: Path
    clock: Callable[[], datetime] = utc_now
    works: Mapping[str, Job] = field(default_factory=lambda: JOBS)
    """Job name to its function, as in registry.JOBS."""

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.config.timezone)

    @property
    def _scheduled(self) -> Mapping[str, When]:
        return self.config.schedule.jobs

    def declare(self) -> None:
        """Store the configuration's schedule as the current one; a newly scheduled job waits for its next time."""
        with opened(self.db) as db:
            texts = {name: f"{when.text} ({self.config.timezone})" for name, when in self._scheduled.items()}
            jobs.declare(db, texts, self.clock())

    def due(self, names: Collection[str] | None = None) -> dict[str, datetime]:
        """Return the due jobs, of those named or of all, with their due times, earliest first; skips running ones.

        Records killed runs first.
        """
        now = self.clock()
        with opened(self.db) as db:
            self._note_killed(db, names)
            pasts = jobs.pasts(db, now)
        found = {
            name: due(when, self._zone, pasts[name], now)
            for name, when in self._scheduled.items()
            if name in pasts and (names is None or name in names) and not self._is_running(name)
        }
        return dict(sorted(((name, at) for name, at in found.items() if at), key=lambda item: item[1]))

    def note_killed(self) -> None:
        """Record each unfinished run whose lock nobody holds as killed."""
        with opened(self.db) as db:
            self._note_killed(db)

    def _note_killed(self, db: Database, names: Collection[str] | None = None) -> None:
        for name in jobs.unfinished(db):
            if names is None or name in names:
                with suppress(Locked), exclusive(self.db, _lock(name)):
                    _mark_killed(db, name)

    def by_hand(self, name: str) -> str:
        """Run a job now, due or not, and return its result. Raises Locked if it is running, and its own errors."""
        with exclusive(self.db, _lock(name)):
            with opened(self.db) as db:
                _mark_killed(db, name)
            return self._do(name, None)

    def in_turn(self, name: str, due_at: datetime) -> str | None:
        """Run a job for its due time and return its result; None, without running it, if that was done meanwhile.

        Raises Locked if it is running, and its own errors.
        """
        with exclusive(self.db, _lock(name)):
            now = self.clock()
            with opened(self.db) as db:
                _mark_killed(db, name)
                past = jobs.pasts(db, now).get(name)
                if past and past.due_at and (past.due_at > due_at or (past.due_at == due_at and past.settled)):
                    return None
                if jobs.has_runs_ahead(db, name, now):
                    log.warning(
                        "%s: ignoring runs recorded more than a day in the future: a clock was wrong",
                        name, extra={"job": name},
                    )  # fmt: skip
            return self._do(name, due_at)

    def lines(self) -> list[JobListing]:
        """Return every job that is scheduled or ever ran, with its last run and next turn."""
        if may_write(self.db):
            self.note_killed()
        now = self.clock()
        with opened_by_reader(self.db) as db:
            pasts, last = jobs.pasts(db, now), jobs.latest(db)
        names = dict.fromkeys([*self._scheduled, *last])
        return [self._line(name, last.get(name), pasts, now) for name in names]

    def _line(self, name: str, last: Run | None, pasts: Mapping[str, Past], now: datetime) -> JobListing:
        when = self._scheduled.get(name)
        if when is None:
            return JobListing(name, None, last, None)
        return JobListing(name, when.text, last, next_turn(when, self._zone, pasts.get(name, Past()), now))

    def _is_running(self, name: str) -> bool:
        try:
            with exclusive(self.db, _lock(name)):
                return False
        except Locked:
            return True

    def check(self, names: Iterable[str]) -> None:
        """Raise UsageError for an unknown job."""
        for name in names:
            if name not in self.works:
                there = f" (there are: {', '.join(self.works) or 'none'})"
                raise UsageError(f"there is no job {name!r}{did_you_mean(name, self.works)}{there}")

    def _do(self, name: str, due_at: datetime | None) -> str:
        """Run the job, recording its start and its end; the caller holds its lock."""
        began = self.clock()
        with opened(self.db) as db:
            number = jobs.begin(db, name, due_at, began)
        try:
            said = self.works[name](self.config, self.db, began)
        except BaseException as error:
            self._end(number, name, "failed" if isinstance(error, Exception) else "killed", _reason(error), began)
            raise
        self._end(number, name, "done", said, began)
        return said

    def _end(self, number: int, name: str, outcome: Ended, said: str, began: datetime) -> None:
        now = self.clock()
        line = shown(said)
        with opened(self.db) as db:
            jobs.end(db, number, outcome, line, now)
        seconds = max(0, round((now - began).total_seconds()))
        level = logging.INFO if outcome == "done" else logging.ERROR
        fields = {"job": name, "outcome": outcome, "seconds": seconds}
        log.log(level, "%s: %s", name, line if outcome == "done" else f"{outcome}: {line}", extra=fields)


def note_unusable(db: Path, name: str, due_at: datetime | None, error: TrackerError) -> None:
    """Record that a due job could not start because feeds.yaml is invalid; it will be due again later."""
    with exclusive(db, _lock(name)), opened(db) as database:
        now = utc_now()
        number = jobs.begin(database, name, due_at, now)
        jobs.end(database, number, "failed", shown(f"feeds.yaml cannot be used: {error}"), now)


def _mark_killed(db: Database, name: str) -> None:
    """Record earlier unfinished runs of a job as killed; the caller holds its lock."""
    if jobs.note_killed(db, name):
        log.warning("%s: its last run was killed", name, extra={"job": name, "outcome": "killed"})


def _lock(name: str) -> str:
    """Return the name of a job's lock."""
    return f"job-{name}"


def _reason(error: BaseException) -> str:
    if isinstance(error, TrackerError):
        return str(error)
    if isinstance(error, Exception):
        return f"an internal error ({type(error).__name__}); the log has details"
    return "It was stopped before it finished."


def shown(said: str) -> str:
    """Return a run's result as one line fit for the public: shortened, and without folders of this machine."""
    line = re.sub(r"(?<![\w/:.])/(?:[^\s/:;,'\"]+/)+", "", " ".join(said.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
