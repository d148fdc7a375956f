"""What feeds.yaml decides about the way out, as values: when jobs are done, and what they are to do."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Literal

from tracker.analyse.periods import Length
from tracker.analyse.timetable import When


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

    @property
    def jobs(self) -> Mapping[str, When]:
        """The jobs that are to be done besides polling, by name."""
        times = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: when for name, when in times.items() if isinstance(when, When)}


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
    published: bool = False
    """Whether everybody on this machine may read the files, such as a web server."""


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
