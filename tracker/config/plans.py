"""What feeds.yaml decides about the way out, as values: when jobs are done, and what they are to do."""

from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Literal


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
class Export:
    """A folder of exports: which, in what form, and narrowed by what; no presets means all, `days` the last so many."""

    folder: str
    presets: tuple[str, ...] = ()
    form: Literal["csv", "jsonl", "parquet"] = "csv"
    packed: bool = False
    excel: bool = False
    tags: tuple[str, ...] = ()
    source: str | None = None
    relevance: str | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Who made a release: a person, or with no given name an organisation."""

    name: str
    given: str | None = None
    orcid: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """What releases are called, whose they are, and where they go; without a licence none is stated."""

    folder: Path = Path("releases")
    title: str = "Coverage of encryption and child safety"
    authors: tuple[Author, ...] = ()
    licence: str | None = None
    url: str | None = None
