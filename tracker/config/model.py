"""The model of feeds.yaml: every section, its keys and what a valid value looks like.

Sections are used as they are, all over the program; only what ends in `Item` becomes a value of another package first.
Descriptions say what to write in error messages, which messages.py composes.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, model_validator

from tracker.analyse.timetable import When
from tracker.config.poll_config import EXAMPLE_CONTACT
from tracker.config.rulebook_model import EventItem, TagItem
from tracker.config.sending import Alert, Digest, Mail, OperatorAlerts, Recipient
from tracker.config.values import (
    NOT_EMPTY,
    Age,
    Contact,
    Country,
    Domain,
    FeedInterval,
    Folder,
    Hours,
    Interval,
    Language,
    Model,
    Network,
    Orcid,
    Pause,
    Several,
    Slug,
    Text,
    Time,
    WebAddress,
    Zone,
    keyed,
    without_null,
    wrong,
)
from tracker.models import NEW_PER_DAY, Feed, FileFormat, FileFormatName, Kind, ListStyle, Scope, Source

_NEW_PER_DAY = "how many new entries of a feed are accepted in a day: a number from 1 to 1000000"
_SLUG = "small letters, digits and hyphens, such as"

NewPerDay = Annotated[int, Field(ge=1, le=1_000_000)]


# ---- sources and feeds


class Settings(Model):
    """`settings:` of feeds.yaml."""

    contact: Contact = Field(default=EXAMPLE_CONTACT, description="a web page or email address")
    allow_networks: Several[Network] = Field(default=(), description="a list of networks such as 127.0.0.0/8")
    timezone: Zone = Field(default="Europe/London", description="a time zone such as Europe/London")
    requests_per_host: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=2, description="the most concurrent requests to a host, or a source: a number from 1 to 1000"
    )
    pause: Pause = Field(
        default=timedelta(seconds=5), description="seconds between two requests to a host, or a source, such as 5s"
    )
    new_per_day: NewPerDay = Field(default=NEW_PER_DAY, description=_NEW_PER_DAY)
    group: Scope = Field(default="debate", description="debate or all: which articles are grouped into stories")
    fulltext: bool = Field(
        default=False, description="true to read the pages of relevant articles, where robots.txt allows it, else false"
    )
    robots: Literal["allow", "none"] = Field(
        default="allow", description="allow for search engines to list the site, none for them to stay away"
    )
    site: WebAddress | None = Field(default=None, description="the address of the site, such as https://news.example")


class FeedItem(Model):
    """An item of `feeds:`; a bare URL is short for `{url: URL}`."""

    url: WebAddress = Field(description="a full address such as https://www.example.org/feed.xml")
    every: FeedInterval | None = Field(default=None, description="a duration such as 30m")
    new_per_day: NewPerDay | None = Field(default=None, description=_NEW_PER_DAY)


class SourceItem(Model):
    """An item of `sources:`."""

    id: Slug = Field(description=f"{_SLUG} guardian")
    name: Text = Field(description="the name people know, such as The Guardian")
    family: Slug | None = Field(default=None, description="the owner as a slug, such as bbc")
    kind: Kind = Field(description="one of the kinds of source")
    country: Country = Field(description="two capital letters such as GB, or EU, or INT")
    language: Language = Field(description="a language code such as en")
    domains: Several[Domain] = Field(
        default=(), description="a list of the domains that publish its articles, such as example.org"
    )
    fulltext: bool | None = Field(
        default=None, description="true to read the pages of its relevant articles, false not to"
    )
    feeds: Annotated[Several[Annotated[FeedItem, keyed("url")]], NOT_EMPTY] = Field(
        description="a list of feed addresses"
    )

    def source(self, *, full_text: bool) -> Source:
        """Return the source without its feeds; `full_text` holds unless it says otherwise."""
        family = self.family or self.id
        wanted = full_text if self.fulltext is None else self.fulltext
        return Source(self.id, self.name, family, self.kind, self.country, self.language, self.domains, wanted)

    def declared(self, new_per_day: int) -> tuple[Feed, ...]:
        """Return its feeds; `new_per_day` is for those that state no limit of their own."""
        return tuple(Feed(feed.url, self.id, feed.every, feed.new_per_day or new_per_day) for feed in self.feeds)


# ---- jobs


class Schedule(Model):
    """`schedule:`: when `tracker run` does what; None means never. `poll` is how often to check for due feeds."""

    poll: Interval = Field(default=timedelta(minutes=1), description="how often to ask which feeds are due")
    export: Time | None = Field(default=None, description="a time such as daily 06:15")
    digest: Time | None = Field(default=None, description="a time such as daily 07:00, or monday 07:00")
    alerts: Time | None = Field(default=None, description="a time such as 5m")
    release: Time | None = Field(default=None, description="a time such as day 1 05:00")
    backup: Time | None = Field(default=None, description="a time such as daily 03:30")
    texts: Time | None = Field(default=None, description="a time such as 30m")
    maintenance: Time | None = Field(default=None, description="a time such as sunday 04:00")

    @property
    def jobs(self) -> Mapping[str, When]:
        """The scheduled jobs other than polling, by name."""
        return {name: when for name, when in self if isinstance(when, When)}


class Export(Model):
    """An item of `exports:`: a folder of exports; no presets means all, `days` limits them to the last days."""

    folder: Text = Field(description="a folder; without / at its start it is beside the database")
    presets: Several[Literal["coverage", "stories", "revisions", "attention", "gaps", "health"]] = Field(
        default=(), description="a list of exports such as [coverage, attention]"
    )
    format: FileFormatName = Field(default="csv", description=f"one of {', '.join(get_args(FileFormatName))}")
    gzip: bool = Field(default=False, description="true for compressed files, else false")
    excel: bool = Field(default=False, description="true for CSV that Excel recognises as UTF-8, else false")
    lists: ListStyle = Field(default="json", description="how CSV writes lists: json, or text for a; b")
    tags: Several[Slug] = Field(default=(), description="a list of tags; articles with any of them are exported")
    source: Slug | None = Field(default=None, description="the id of a source")
    relevance: Slug | None = Field(default=None, description="a topic, both, none, or any for all but none")
    published: bool = Field(default=False, description="true if everybody on this machine may read them, else false")
    days: Annotated[int, Field(ge=1, le=36_600)] | None = Field(default=None, description="how many days up to today")

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if said := self.file_format.contradiction:
            raise wrong(said)
        return self

    @property
    def file_format(self) -> FileFormat:
        """How its files are written."""
        return FileFormat(self.format, self.gzip, self.excel, self.lists)


class Author(Model):
    """An item of `authors:`: a person or, without a given name, an organisation, for which the bare name will do."""

    name: Text = Field(description="a family name, or the name of an organisation")
    given: Text | None = Field(default=None, description="a given name, which makes it a person")
    orcid: Orcid | None = Field(default=None, description="an ORCID iD such as 0000-0002-1825-0097")


class Release(Model):
    """`release:`: the title, authors, licence and folder of releases; without a licence, none is stated.

    Licences are data licences, by SPDX identifier.
    """

    folder: Folder = Field(default=Path("releases"), description="a folder such as releases")
    title: Text | None = Field(default=None, description="a title for citations")
    authors: Several[Annotated[Author, keyed("name")]] = Field(
        default=(), description="a list of names, such as [The Example Observatory]"
    )
    licence: (
        Literal[
            "CC0-1.0",
            "CC-BY-4.0",
            "CC-BY-SA-4.0",
            "CC-BY-NC-4.0",
            "CC-BY-NC-SA-4.0",
            "ODC-By-1.0",
            "ODbL-1.0",
            "PDDL-1.0",
        ]
        | None
    ) = Field(default=None, description="a licence for data such as CC-BY-4.0")
    url: WebAddress | None = Field(default=None, description="the full address of a page about the data")


class Backups(Model):
    """`backup:`: the backup folder, and how many of the newest backups to keep."""

    folder: Folder = Field(
        default=Path("backups"), description="a folder; without / at its start it is beside the database"
    )
    keep: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=7, description="how many of the newest backups to keep: a number from 1 to 1000"
    )

    def beside(self, db: Path) -> Path:
        """Return the backup folder of a database."""
        return db.parent / self.folder


class Retention(Model):
    """`retention:`; anything not mentioned is kept forever."""

    summaries: Age | None = Field(
        default=None, description="how long to keep the summaries of articles that match nothing, such as 365d"
    )


# ---- the whole


class FeedsFile(Model):
    """The whole of feeds.yaml."""

    settings: Settings = Settings()
    sources: Several[SourceItem] = Field(default=(), description="a list of sources")
    rulebook: Folder | None = Field(default=None, description="the folder of another rulebook, beside feeds.yaml")
    tags: Several[TagItem] = Field(default=(), description="a list of tags")
    events: Several[EventItem] = Field(default=(), description="a list of events")
    schedule: Schedule = Schedule()
    exports: Several[Export] = Field(default=(), description="a list of exports")
    release: Release = Release()
    backup: Backups = Backups()
    retention: Retention = Retention()
    mail: Mail | None = None
    digest: Digest | None = None
    recipients: Several[Recipient] = Field(default=(), description="a list of recipients")
    alerts: Several[Alert] = Field(default=(), description="a list of alerts")
    operator_alerts: OperatorAlerts | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_sources_yet(cls, value: Any) -> Any:
        return without_null("sources", value)

    quiet: Hours | None = Field(default=None, description="hours such as 22:00-07:00")
