"""What feeds.yaml decides about the way out, as values: when jobs are done, and what they are to do."""

from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class When:
    """When a job is to be done: `every` so often, or `at` a time of day in the configured zone.

    `weekdays` (0 is Monday) and `day` (of the month, 28 at most) narrow the days; neither means every day.
    """

    text: str
    """As feeds.yaml says it."""
    every: timedelta | None = None
    at: time | None = None
    weekdays: tuple[int, ...] = ()
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When `tracker run` does what; None is never. Polling asks at an interval which feeds are due."""

    poll: timedelta = timedelta(minutes=1)
    export: When | None = None
    digest: When | None = None
    alerts: When | None = None
    release: When | None = None
    backup: When | None = None
    maintenance: When | None = None


@dataclass(frozen=True, slots=True)
class Backups:
    """Where backups lie, and how many of the newest are kept."""

    folder: Path = Path("backups")
    """A whole path, or one that begins at the database's folder."""
    keep: int = 7

    def beside(self, db: Path) -> Path:
        """The folder of the backups of a database."""
        return db.parent / self.folder


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is kept of articles that match nothing; None is for ever."""

    summaries: timedelta | None = None
