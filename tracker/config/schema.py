"""The schema of feeds.yaml and of rulebook files: every key, its type and what a valid value looks like.

Descriptions say what to write in error messages, which messages.py composes.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from tracker.config.alert_schema import AlertShape, Hours, OperatorAlertsShape, RecipientShape
from tracker.config.mail_schema import DigestShape, MailShape
from tracker.config.release_schema import ReleaseShape
from tracker.config.schedule_schema import BackupShape, ExportShape, RetentionShape, ScheduleShape
from tracker.config.values import (
    Contact,
    Country,
    Day,
    Domain,
    FeedInterval,
    Language,
    Network,
    Pause,
    Shape,
    Slug,
    TermList,
    Terms,
    Text,
    WebAddress,
    Zone,
)
from tracker.models import NEW_PER_DAY, Facet, Kind

NewPerDay = Annotated[int, Field(ge=1, le=1_000_000)]
_NEW_PER_DAY = "how many new entries of a feed are taken in within a day: a number from 1 to 1000000"


def _feed(value: Any) -> Any:
    return {"url": value} if isinstance(value, str) else value


def _example(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


class SettingsShape(Shape):
    """`settings:` of feeds.yaml."""

    contact: Contact = Field(default="https://example.org/tracker", description="a web page or mail address")
    allow_networks: list[Network] = Field(default=[], description="a list of networks such as 127.0.0.0/8")
    timezone: Zone = Field(default="Europe/London", description="a time zone such as Europe/London")
    requests_per_host: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=2, description="how many requests a host, or a source, gets at once: a number from 1 to 1000"
    )
    pause: Pause = Field(
        default=timedelta(seconds=5), description="seconds between two requests to a host, or a source, such as 5s"
    )
    new_per_day: NewPerDay = Field(default=NEW_PER_DAY, description=_NEW_PER_DAY)
    robots: Literal["allow", "none"] = Field(
        default="allow", description="allow for search engines to list the site, none for them to stay away"
    )
    site: WebAddress | None = Field(default=None, description="the address of the site, such as https://news.example")


class FeedShape(Shape):
    """An item of `feeds:`; a bare URL is short for `{url: URL}`."""

    url: WebAddress = Field(description="a whole address such as https://www.example.org/feed.xml")
    every: FeedInterval | None = Field(default=None, description="a duration such as 30m")
    new_per_day: NewPerDay | None = Field(default=None, description=_NEW_PER_DAY)


class SourceShape(Shape):
    """An item of `sources:`."""

    id: Slug = Field(description="small letters, digits and hyphens, such as guardian")
    name: Text = Field(description="the name people know, such as The Guardian")
    family: Slug | None = Field(default=None, description="the owner as a slug, such as bbc")
    kind: Kind = Field(description="one of the kinds of source")
    country: Country = Field(description="two capital letters such as GB, or EU, or INT")
    language: Language = Field(description="a language code such as en")
    domains: list[Domain] = Field(
        default=[], description="a list of the domains at which its articles stand, such as example.org"
    )
    feeds: list[Annotated[FeedShape, BeforeValidator(_feed)]] = Field(
        min_length=1, description="a list of feed addresses"
    )


class ExampleShape(Shape):
    """An item of `yes:` or `no:`; a bare headline has no known language."""

    text: Text = Field(description="a headline")
    language: Language | None = Field(default=None, description="a language code such as de")


Examples = list[Annotated[ExampleShape, BeforeValidator(_example)]]


class ContextShape(Shape):
    """`context:`; its other keys are languages, as in `terms`."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, TermList]

    tags: list[Slug] = Field(default=[], description="a list of tags")


class RuleShape(Shape):
    """An item of `rules:`."""

    terms: Terms = Field(description="lists of terms by language, such as {en: [chat control]}")
    context: ContextShape | None = Field(default=None, description="lists of terms by language")
    also: Terms = Field(default={}, alias="and", description="lists of terms by language")
    unless: Terms = Field(default={}, description="lists of terms by language")
    hint: bool = Field(default=False, description="true where the terms are too weak to give the tag alone, else false")


class TagShape(Shape):
    """A tag of a rulebook; the keys of a single rule may be the tag's own."""

    id: Slug = Field(description="small letters, digits and hyphens, such as chat-control")
    facet: Facet = Field(description="one of the facets")
    label: Text = Field(description="the name people read")
    about: str = Field(default="", description="a sentence saying what the tag means")
    names: list[Text] = Field(default=[], description="a list of names that mean the same, for the site's search")
    implies: list[Slug] = Field(default=[], description="a list of tags")
    terms: Terms | None = Field(default=None, description="lists of terms by language")
    context: ContextShape | None = Field(default=None, description="lists of terms by language")
    also: Terms = Field(default={}, alias="and", description="lists of terms by language")
    unless: Terms = Field(default={}, description="lists of terms by language")
    hint: bool = Field(default=False, description="true where the terms are too weak to give the tag alone, else false")
    rules: list[RuleShape] = Field(default=[], description="a list of rules")
    yes: Examples = Field(default=[], description="a list of headlines")
    no: Examples = Field(default=[], description="a list of headlines")


class EventShape(Shape):
    """An item of `events:` or of the built-in timeline."""

    day: Day = Field(description="a day such as 2025-02-21")
    title: Text = Field(description="one line saying what happened")
    url: WebAddress = Field(description="a whole address of a page that says so")
    tag: Slug | None = Field(default=None, description="the tag of the law it belongs to, such as eu-csa-regulation")


class FeedsFile(Shape):
    """The whole of feeds.yaml."""

    settings: SettingsShape = SettingsShape()
    sources: list[SourceShape] = Field(min_length=1, description="a list of sources")
    tags: list[TagShape] = Field(default=[], description="a list of tags")
    events: list[EventShape] = Field(default=[], description="a list of events")
    schedule: ScheduleShape = ScheduleShape()
    exports: list[ExportShape] = Field(default=[], description="a list of exports")
    release: ReleaseShape = ReleaseShape()
    backup: BackupShape = BackupShape()
    retention: RetentionShape = RetentionShape()
    mail: MailShape | None = None
    digest: DigestShape | None = None
    recipients: list[RecipientShape] = Field(default=[], description="a list of recipients")
    alerts: list[AlertShape] = Field(default=[], description="a list of alerts")
    operator_alerts: OperatorAlertsShape | None = None
    quiet: Hours | None = Field(default=None, description="hours such as 22:00-07:00")


class TimelineFile(Shape):
    """The built-in timeline, its list put under a single key."""

    events: list[EventShape]


class RulebookFile(Shape):
    """A file of the built-in rulebook, its list put under a single key."""

    tags: list[TagShape]
