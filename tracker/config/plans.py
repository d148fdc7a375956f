"""What feeds.yaml decides about the way out, as values: when jobs are done, and what they are to do."""

from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Literal

from tracker.analyse.periods import Length


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
class Mail:
    """How mail is sent. `password` is a template such as ${MAIL_PASSWORD}; the environment has the value.

    `secure` is "tls" from the first byte on, "starttls" always, or "offered": STARTTLS where the server has it.
    """

    host: str
    port: int
    secure: Literal["tls", "starttls", "offered"]
    sender: str
    """`from:`, such as `The tracker <tracker@example.org>`."""
    to: tuple[str, ...] = ()
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """What digests are about, and where they go: by mail to each of `to`, and as files into a folder."""

    period: Length = "daily"
    to: tuple[str, ...] = ()
    file: Path | None = None
    """A whole path, or one that begins at the database's folder."""
    tags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    limit: int = 20
    empty: Literal["send", "skip"] = "send"
