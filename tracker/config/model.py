"""The model of feeds.yaml: every section, its keys and what a valid value looks like.

Sections are used as they are, all over the program; only what ends in `Item` becomes a value of another package first.
Descriptions say what to write in error messages, which messages.py composes.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from tracker.analyse.periods import Length
from tracker.analyse.timetable import When
from tracker.config.poll_config import EXAMPLE_CONTACT
from tracker.config.rulebook_model import EventItem, TagItem
from tracker.config.values import (
    MAIL_PORTS,
    NOT_EMPTY,
    Age,
    Contact,
    Country,
    Distinct,
    Domain,
    FeedInterval,
    Folder,
    Hours,
    HoursOrNone,
    Interval,
    Language,
    Mailbox,
    Model,
    Network,
    Orcid,
    Password,
    Pause,
    Secret,
    Sender,
    Server,
    Service,
    Several,
    Slug,
    Text,
    Time,
    WebAddress,
    Zone,
    is_loopback,
    keyed,
    unsaid_if_null,
    wrong,
)
from tracker.models import NEW_PER_DAY, Feed, Kind, Scope, Source

_NEW_PER_DAY = "how many new entries of a feed are taken in within a day: a number from 1 to 1000000"
_TAGS = "a list of tags, such as [online-safety-act]"
_KINDS = "a list of kinds of source, such as [national, broadcaster]"
_RECIPIENTS = "a list of recipients by their names"
_SLUG = "small letters, digits and hyphens, such as"

Way = Literal["mail", "webhook", "apprise"]
NewPerDay = Annotated[int, Field(ge=1, le=1_000_000)]


# ---- sources and feeds


class Settings(Model):
    """`settings:` of feeds.yaml."""

    contact: Contact = Field(default=EXAMPLE_CONTACT, description="a web page or mail address")
    allow_networks: Several[Network] = Field(default=(), description="a list of networks such as 127.0.0.0/8")
    timezone: Zone = Field(default="Europe/London", description="a time zone such as Europe/London")
    requests_per_host: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=2, description="how many requests a host, or a source, gets at once: a number from 1 to 1000"
    )
    pause: Pause = Field(
        default=timedelta(seconds=5), description="seconds between two requests to a host, or a source, such as 5s"
    )
    new_per_day: NewPerDay = Field(default=NEW_PER_DAY, description=_NEW_PER_DAY)
    group: Scope = Field(default="debate", description="debate or all: which articles are grouped into stories")
    robots: Literal["allow", "none"] = Field(
        default="allow", description="allow for search engines to list the site, none for them to stay away"
    )
    site: WebAddress | None = Field(default=None, description="the address of the site, such as https://news.example")


class FeedItem(Model):
    """An item of `feeds:`; a bare URL is short for `{url: URL}`."""

    url: WebAddress = Field(description="a whole address such as https://www.example.org/feed.xml")
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
        default=(), description="a list of the domains at which its articles stand, such as example.org"
    )
    feeds: Annotated[Several[Annotated[FeedItem, keyed("url")]], NOT_EMPTY] = Field(
        description="a list of feed addresses"
    )

    @property
    def source(self) -> Source:
        """The source without its feeds."""
        family = self.family or self.id
        return Source(self.id, self.name, family, self.kind, self.country, self.language, self.domains)

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
    maintenance: Time | None = Field(default=None, description="a time such as sunday 04:00")

    @property
    def jobs(self) -> Mapping[str, When]:
        """The scheduled jobs other than polling, by name."""
        return {name: when for name, when in self if isinstance(when, When)}


class Export(Model):
    """An item of `exports:`: a folder of exports; no presets means all, `days` the last so many."""

    folder: Text = Field(description="a folder; one without / at its start is beside the database")
    presets: Several[Literal["coverage", "stories", "revisions", "attention", "gaps", "health"]] = Field(
        default=(), description="a list of exports such as [coverage, attention]"
    )
    format: Literal["csv", "jsonl", "parquet"] = Field(default="csv", description="csv, jsonl or parquet")
    gzip: bool = Field(default=False, description="true for packed files, else false")
    excel: bool = Field(default=False, description="true for CSV that Excel knows for UTF-8, else false")
    tags: Several[Slug] = Field(default=(), description="a list of tags; articles with any of them are exported")
    source: Slug | None = Field(default=None, description="the id of a source")
    relevance: Literal["both", "encryption", "child-safety", "none", "any"] | None = Field(
        default=None, description="a relevance, or any for all but none"
    )
    published: bool = Field(default=False, description="true where everybody on this machine may read them, else false")
    days: Annotated[int, Field(ge=1, le=36_600)] | None = Field(default=None, description="the last so many days")

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.gzip and self.format == "parquet":
            raise wrong("Parquet is packed by itself; leave gzip out")
        if self.excel and self.format != "csv":
            raise wrong("excel is about CSV; leave it out, or the format")
        return self


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
    title: Text = Field(default="Coverage of encryption and child safety", description="a title for citations")
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
    url: WebAddress | None = Field(default=None, description="a whole address of a page about the data")


class Backups(Model):
    """`backup:`: the backup folder, and how many of the newest backups to keep."""

    folder: Folder = Field(
        default=Path("backups"), description="a folder; one without / at its start is the database's"
    )
    keep: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=7, description="how many of the newest backups are kept: a number from 1 to 1000"
    )

    def beside(self, db: Path) -> Path:
        """Return the backup folder of a database."""
        return db.parent / self.folder


class Retention(Model):
    """`retention:`; anything left out is kept for ever."""

    summaries: Age | None = Field(
        default=None, description="how long the summaries of articles that match nothing are kept, such as 365d"
    )


# ---- mail and alerts


class Mail(Model):
    """`mail:`: how to send mail. `password` is a template such as ${MAIL_PASSWORD}, filled from the environment."""

    server: Server = Field(description="such as smtps://mail.example.org")
    starttls: Literal["required", "offered"] | None = Field(
        default=None, description="required, or offered: as the server has it"
    )
    user: Text | None = Field(default=None, description="the name to log in with")
    password: Password | None = Field(default=None, description="${NAME}, where the environment has NAME")
    sender: Sender = Field(alias="from", description="the address it comes from")
    to: Distinct[Mailbox] = Field(default=(), description="a list of mail addresses")

    @property
    def host(self) -> str:
        """The host of the server."""
        return urlsplit(self.server).hostname or ""

    @property
    def port(self) -> int:
        """The port of the server."""
        parts = urlsplit(self.server)
        return parts.port or MAIL_PORTS[parts.scheme]

    @property
    def secure(self) -> Literal["tls", "starttls", "offered"]:
        """TLS from the first byte, STARTTLS required, or STARTTLS if the server supports it."""
        if urlsplit(self.server).scheme == "smtps":
            return "tls"
        usual = "required" if self.user or not is_loopback(self.host) else "offered"
        return "starttls" if (self.starttls or usual) == "required" else "offered"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise wrong("`user` and `password` are given together, or neither is")
        if self.user and self.starttls == "offered" and not is_loopback(self.host):
            raise wrong("a password is never sent where anybody can read it; leave `starttls` out, or write required")
        return self


class Digest(Model):
    """`digest:`: what digests cover and where they go: by mail to each of `to`, and as files into a folder."""

    period: Length = Field(default="daily", description="daily or weekly")
    to: Distinct[Mailbox] = Field(default=(), description="a list of mail addresses; those of mail: otherwise")
    file: Folder | None = Field(default=None, description="a folder; one without / at its start is in the database's")
    tags: Several[Slug] = Field(default=(), description=_TAGS)
    kinds: Several[Kind] = Field(default=(), description=_KINDS)
    limit: Annotated[int, Field(ge=1, le=500)] = Field(
        default=20, description="how many stories and articles are listed: a number from 1 to 500"
    )
    empty: Literal["send", "skip"] = Field(default="send", description="send, or skip where nothing was found")

    @model_validator(mode="before")
    @classmethod
    def _to_nobody_named(cls, value: Any) -> Any:
        return unsaid_if_null("to", value)


class Recipient(Model):
    """An item of `recipients:`: whom to notify, how, and when not.

    Addresses and the secret are templates: ${NAME} comes from the environment. The secret signs webhook requests.
    """

    name: Slug = Field(description=f"{_SLUG} desk")
    mail: Mailbox | None = Field(default=None, description="a mail address")
    webhook: WebAddress | None = Field(default=None, description="a whole address such as https://hooks.example.org/x")
    secret: Secret | None = Field(default=None, description="${NAME}, where the environment has NAME")
    apprise: Service | None = Field(
        default=None, description="an address of apprise, such as ntfys://ntfy.sh/${NTFY_TOPIC}"
    )
    quiet: HoursOrNone = Field(default=None, description="hours such as 22:00-07:00, or none")

    @property
    def way(self) -> Way:
        """How the recipient is reached."""
        return "mail" if self.mail else "webhook" if self.webhook else "apprise"

    @property
    def address(self) -> str:
        """Where the recipient is reached."""
        return self.mail or self.webhook or self.apprise or ""

    @model_validator(mode="before")
    @classmethod
    def _quiet_as_others(cls, value: Any) -> Any:
        return unsaid_if_null("quiet", value)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.mail, self.webhook, self.apprise)) != 1:
            raise wrong("a recipient is reached in one way; write one of mail, webhook and apprise")
        if (self.webhook is None) != (self.secret is None):
            raise wrong("a webhook is signed, and nothing else is: `webhook` and `secret` are given together")
        return self


class Alert(Model):
    """An item of `alerts:`: articles that meet every given condition or, with `spike`, far more of them than usual."""

    name: Slug = Field(description=f"{_SLUG} chat-control")
    search: Text | None = Field(default=None, description="a search, as the site takes it")
    tags: Distinct[Slug] = Field(default=(), description=_TAGS)
    match: Literal["any", "all"] = Field(default="any", description="any or all: of the tags")
    relevance: Literal["both", "encryption", "child-safety", "any"] | None = Field(
        default=None, description="both, encryption, child-safety, or any of them"
    )
    sources: Several[Slug] = Field(default=(), description="a list of sources by their ids")
    kinds: Several[Kind] = Field(default=(), description=_KINDS)
    spike: bool = Field(default=False, description="true to be told only when there are far more than usual")
    to: Annotated[Distinct[Slug], NOT_EMPTY] = Field(description=_RECIPIENTS)

    @property
    def every(self) -> bool:
        """Whether an article needs all of `tags`; otherwise any one will do."""
        return self.match == "all"

    @property
    def relevances(self) -> tuple[str, ...]:
        """The relevances that match; empty if it does not matter."""
        if self.relevance == "any":
            return ("both", "encryption", "child-safety")
        return (self.relevance,) if self.relevance else ()

    @property
    def meaning(self) -> str:
        """Everything that decides which articles match; recipients are not part of it."""
        parts = (self.search, sorted(self.tags), self.every, self.relevances, self.sources, self.kinds, self.spike)
        return repr(parts)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.search or self.tags or self.relevance or self.sources or self.kinds):
            raise wrong("an alert without `search`, `tags`, `relevance`, `sources` or `kinds` would tell of everything")
        return self


class OperatorAlerts(Model):
    """`operator_alerts:`: whom to notify of the tracker's own problems."""

    to: Annotated[Distinct[Slug], NOT_EMPTY] = Field(description=_RECIPIENTS)
    dead: Interval = Field(default=timedelta(days=2), description="after how long a feed counts as dead, such as 2d")
    unpolled: Interval = Field(
        default=timedelta(hours=1), description="after how long without a poll to say so, such as 1h"
    )


# ---- the whole


class FeedsFile(Model):
    """The whole of feeds.yaml."""

    settings: Settings = Settings()
    sources: Annotated[Several[SourceItem], NOT_EMPTY] = Field(description="a list of sources")
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
    quiet: Hours | None = Field(default=None, description="hours such as 22:00-07:00")
