"""One run of one job: its lock, its row, and what is noted of how it ended; the same by hand, by cron and by `run`."""

import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tracker.analyse.spelling import did_you_mean
from tracker.analyse.timetable import Past, Turn, When, due, next_turn
from tracker.clock import utc_now
from tracker.config.load import Config
from tracker.errors import Locked, TrackerError, UsageError
from tracker.jobs.registry import JOBS, job
from tracker.store import jobs
from tracker.store.database import exclusive, may_write, opened, opened_by_reader
from tracker.store.jobs import Ended, Run

log = logging.getLogger(__name__)

_LONGEST = 300
"""Characters of what a run said that are kept."""


@dataclass(frozen=True, slots=True)
class Line:
    """A job as a list of jobs shows it: its last run, None before the first, and its next turn, None without a
    schedule."""

    job: str
    schedule: str | None
    last: Run | None
    next: Turn | None


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs the jobs of one configuration on one database."""

    config: Config
    db: Path
    clock: Callable[[], datetime] = utc_now
    works: Mapping[str, str] = field(default_factory=lambda: JOBS)
    """Each job's function, as in work.JOBS."""

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.config.timezone)

    @property
    def _scheduled(self) -> Mapping[str, When]:
        return self.config.schedule.jobs

    def declare(self) -> None:
        """From now on the schedule is that of the configuration: a job that is new in it waits for its next time."""
        with opened(self.db) as db:
            texts = {name: f"{when.text} ({self.config.timezone})" for name, when in self._scheduled.items()}
            jobs.declare(db, texts, self.clock())

    def due(self, names: Collection[str] | None = None) -> dict[str, datetime]:
        """The jobs that are due, of those named or of all, and for which time; those that are at work are not.

        Notes first which were killed.
        """
        self.note_killed(names)
        now = self.clock()
        with opened(self.db) as db:
            pasts = jobs.pasts(db, now)
        found = {
            name: due(when, self._zone, pasts[name], now)
            for name, when in self._scheduled.items()
            if name in pasts and (names is None or name in names) and not self._at_work(name)
        }
        return dict(sorted(((name, at) for name, at in found.items() if at), key=lambda item: item[1]))

    def note_killed(self, names: Collection[str] | None = None) -> None:
        """Note of each run that is said to be at work, and of which nobody holds the lock, that it was killed."""
        with opened(self.db) as db:
            for name in jobs.unfinished(db):
                if names is not None and name not in names:
                    continue
                with suppress(Locked), exclusive(self.db, _lock(name)):
                    self._bury(name)

    def by_hand(self, name: str) -> str:
        """Do a job now, due or not; what it said. Raises Locked while it is at work, and what it raises itself."""
        with exclusive(self.db, _lock(name)):
            self._bury(name)
            return self._do(name, None)

    def in_turn(self, name: str, due_at: datetime) -> str | None:
        """Do a job for a time at which it was due; None, and nothing is done, if somebody did it meanwhile."""
        with exclusive(self.db, _lock(name)):
            self._bury(name)
            now = self.clock()
            with opened(self.db) as db:
                past = jobs.pasts(db, now).get(name)
                if past and past.due_at and (past.due_at > due_at or (past.due_at == due_at and past.settled)):
                    return None
                if jobs.ahead_of(db, name, now):
                    log.warning(
                        "%s: runs that were noted for times more than a day ahead do not count: a clock was wrong",
                        name, extra={"job": name},
                    )  # fmt: skip
            return self._do(name, due_at)

    def lines(self) -> list[Line]:
        """Every job that is scheduled or ever ran, with its last run and its next turn."""
        if may_write(self.db):
            self.note_killed()
        now = self.clock()
        with opened_by_reader(self.db) as db:
            pasts, last = jobs.pasts(db, now), jobs.latest(db)
        names = dict.fromkeys([*self._scheduled, *last])
        return [self._line(name, last.get(name), pasts, now) for name in names]

    def _line(self, name: str, last: Run | None, pasts: Mapping[str, Past], now: datetime) -> Line:
        when = self._scheduled.get(name)
        if when is None:
            return Line(name, None, last, None)
        return Line(name, when.text, last, next_turn(when, self._zone, pasts.get(name, Past()), now))

    def _at_work(self, name: str) -> bool:
        try:
            with exclusive(self.db, _lock(name)):
                return False
        except Locked:
            return True

    def check(self, names: Iterable[str]) -> None:
        """Raises UsageError for a name that no job has."""
        for name in names:
            if name not in self.works:
                there = f" (there are: {', '.join(self.works) or 'none'})"
                raise UsageError(f"there is no job {name!r}{did_you_mean(name, self.works)}{there}")

    def _bury(self, name: str) -> None:
        """Note that earlier runs of a job were killed; for who holds its lock."""
        with opened(self.db) as db:
            if jobs.note_killed(db, name):
                log.warning("%s: its last run was killed", name, extra={"job": name, "outcome": "killed"})

    def _do(self, name: str, due_at: datetime | None) -> str:
        """Do the job, between the two halves of its row; for who holds its lock."""
        began = self.clock()
        with opened(self.db) as db:
            number = jobs.begin(db, name, due_at, began)
        try:
            said = job(name, self.works)(self.config, self.db, began)
        except BaseException as error:
            self._end(number, name, "failed" if isinstance(error, Exception) else "killed", _reason(error), began)
            raise
        self._end(number, name, "done", said, began)
        return said

    def _end(self, number: int, name: str, outcome: Ended, said: str, began: datetime) -> None:
        now = self.clock()
        told = shown(said)
        with opened(self.db) as db:
            jobs.end(db, number, outcome, told, now)
        seconds = max(0, round((now - began).total_seconds()))
        level = logging.INFO if outcome == "done" else logging.ERROR
        fields = {"job": name, "outcome": outcome, "seconds": seconds}
        log.log(level, "%s: %s", name, told if outcome == "done" else f"{outcome}: {told}", extra=fields)


def note_unusable(db: Path, name: str, due_at: datetime | None, error: TrackerError) -> None:
    """Note that a job which was due could not even begin, as feeds.yaml cannot be used now; it is due again later."""
    with exclusive(db, _lock(name)), opened(db) as database:
        now = utc_now()
        number = jobs.begin(database, name, due_at, now)
        jobs.end(database, number, "failed", shown(f"feeds.yaml cannot be used: {error}"), now)


def _lock(name: str) -> str:
    """What the lock of a job is for."""
    return f"job-{name}"


def _reason(error: BaseException) -> str:
    if isinstance(error, TrackerError):
        return str(error)
    if isinstance(error, Exception):
        return f"a fault of the program ({type(error).__name__}); the log has more"
    return "It was stopped before it had ended."


def shown(said: str) -> str:
    """What a run said as one line that everybody may read: no folders of this machine, and not endless."""
    line = re.sub(r"(?<![\w/:.])/(?:[^\s/:;,'\"]+/)+", "", " ".join(said.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
