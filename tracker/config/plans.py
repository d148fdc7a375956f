"""The job settings of feeds.yaml as values: when jobs run and what they do."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Literal

from tracker.analyse.periods import Length
from tracker.analyse.timetable import When


@dataclass(frozen=True, slots=True)
class Schedule:
    """When `tracker run` does what; None means never. `poll` is the interval between checks for due feeds."""

    poll: timedelta = timedelta(minutes=1)
    export: When | None = None
    digest: When | None = None
    alerts: When | None = None
    release: When | None = None
    backup: When | None = None
    maintenance: When | None = None

    @property
    def jobs(self) -> Mapping[str, When]:
        """The scheduled jobs other than polling, by name."""
        times = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: when for name, when in times.items() if isinstance(when, When)}


@dataclass(frozen=True, slots=True)
class Export:
    """A folder of exports: presets, format and filters. No presets means all; `days` means the last so many."""

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
    """Whether the files are world-readable, e.g. for a web server."""


@dataclass(frozen=True, slots=True)
class Author:
    """An author of a release: a person or, without a given name, an organisation."""

    name: str
    given: str | None = None
    orcid: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """The title, authors, licence and folder of releases; without a licence, none is stated."""

    folder: Path = Path("releases")
    title: str = "Coverage of encryption and child safety"
    authors: tuple[Author, ...] = ()
    licence: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Backups:
    """The backup folder, and how many of the newest backups to keep."""

    folder: Path = Path("backups")
    """Absolute, or relative to the database's folder."""
    keep: int = 7

    def beside(self, db: Path) -> Path:
        """Return the backup folder of a database."""
        return db.parent / self.folder


@dataclass(frozen=True, slots=True)
class Retention:
    """How long to keep the summaries of articles that match nothing; None means for ever."""

    summaries: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """How to send mail. `password` is a template such as ${MAIL_PASSWORD}, filled from the environment.

    `secure` is "tls" (from the first byte), "starttls" (required) or "offered" (STARTTLS if the server supports it).
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
    """What digests cover and where they go: by mail to each of `to`, and as files into a folder."""

    period: Length = "daily"
    to: tuple[str, ...] = ()
    file: Path | None = None
    """Absolute, or relative to the database's folder."""
    tags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    limit: int = 20
    empty: Literal["send", "skip"] = "send"
