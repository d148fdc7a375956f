"""The shape of feeds.yaml and of a rulebook file: every key, its type and what a right value looks like.

Descriptions are what an error message tells people to write; check.py makes the messages.
"""

import re
from datetime import date, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from tracker.models import Facet, Kind

MINIMUM_EVERY = timedelta(minutes=5)
MAXIMUM_EVERY = timedelta(days=31)
_VARIABLE = re.compile(r"\$\{[A-Z_][A-Z0-9_]*\}")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("wrong", "{message}", {"message": message})


def _duration(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", str(value))
    if not found:
        raise _wrong(f"{value!r} is no duration; write minutes, hours or days as in 30m, 2h or 1d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _pause(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"([0-9]{1,4})s", str(value))
    if not found:
        raise _wrong(f"{value!r} is no pause; write seconds as in 5s, 9999s at most")
    return timedelta(seconds=int(found[1]))


def _feed_interval(value: timedelta) -> timedelta:
    if not MINIMUM_EVERY <= value <= MAXIMUM_EVERY:
        raise _wrong("a feed is polled every 5m at the most and every 31d at the least")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", value):
        raise _wrong(f"{value!r} is no address; write it whole, as in https://www.example.org/feed.xml")
    user, at, host = parts.netloc.rpartition("@")
    if at and not _VARIABLE.fullmatch(user.rpartition(":")[2]):
        raise _wrong(
            "a password, or a user alone, in an address would be shown to everybody; write ${NAME} in its place, and "
            "set NAME in the environment"
        )
    if "${" in host + parts.fragment or "${" in _VARIABLE.sub("", value):
        raise _wrong("${NAME} may stand in the user, path or query of an address; NAME is of capitals, digits and _")
    if parts.port == 0:  # to read it raises ValueError for what is no port
        raise _wrong(f"{value!r} has a port at which nobody can listen")
    return value


def variables(url: str) -> list[str]:
    """The variables of the environment that an address needs, each once."""
    return list(dict.fromkeys(name[2:-1] for name in _VARIABLE.findall(url)))


def _country(value: str) -> str:
    if value == "UK":
        raise _wrong("'UK' is reserved, but no country's code in ISO 3166-1; write GB")
    return value


def _contact(value: str) -> str:
    if "${" in value:
        raise _wrong("publishers are to read this; write the web page or mail address itself")
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return value
    try:
        return _web_address(value)
    except PydanticCustomError:
        raise _wrong(f"{value!r} reaches nobody; write a web page or a mail address") from None


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise _wrong(f"{value!r} is no time zone; write a name such as Europe/London") from None
    return value


def _network(value: Any) -> Any:
    try:
        return ip_network(value)
    except ValueError:
        raise _wrong(f"{value!r} is no network; write one such as 127.0.0.0/8") from None


def _feed(value: Any) -> Any:
    return {"url": value} if isinstance(value, str) else value


def _example(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _wrong(f"{value!r} is no day; write one such as 2025-02-21") from None


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|INT)$"), AfterValidator(_country)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Day = Annotated[date, BeforeValidator(_day)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
FeedInterval = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_feed_interval)]
Interval = Annotated[timedelta, BeforeValidator(_duration)]
TermList = list[str]
Terms = dict[str, TermList]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Shape(BaseModel):
    """What all shapes share: unknown keys are refused and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SettingsShape(Shape):
    """`settings:` of feeds.yaml."""

    contact: Annotated[str, AfterValidator(_contact)] = Field(
        default="https://example.org/tracker", description="a web page or mail address"
    )
    allow_networks: list[Network] = Field(default=[], description="a list of networks such as 127.0.0.0/8")
    timezone: Annotated[str, AfterValidator(_timezone)] = Field(
        default="Europe/London", description="a time zone such as Europe/London"
    )
    requests_per_host: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=2, description="how many requests a host, or a source, gets at once: a number from 1 to 1000"
    )
    pause: Annotated[timedelta, BeforeValidator(_pause)] = Field(
        default=timedelta(seconds=5), description="seconds between two requests to a host, or a source, such as 5s"
    )
    robots: Literal["allow", "none"] = Field(
        default="allow", description="allow for search engines to list the site, none for them to stay away"
    )


class FeedShape(Shape):
    """One item of `feeds:`; a bare address stands for `{url: address}`."""

    url: WebAddress = Field(description="a whole address such as https://www.example.org/feed.xml")
    every: FeedInterval | None = Field(default=None, description="a duration such as 30m")


class SourceShape(Shape):
    """One item of `sources:`."""

    id: Slug = Field(description="small letters, digits and hyphens, such as guardian")
    name: Text = Field(description="the name people know, such as The Guardian")
    family: Slug | None = Field(default=None, description="the owner as a slug, such as bbc")
    kind: Kind = Field(description="one of the kinds of source")
    country: Country = Field(description="two capital letters such as GB, or EU, or INT")
    language: Language = Field(description="a language code such as en")
    feeds: list[Annotated[FeedShape, BeforeValidator(_feed)]] = Field(
        min_length=1, description="a list of feed addresses"
    )


class ExampleShape(Shape):
    """One item of `yes:` or `no:`; a bare headline is one whose language is unknown."""

    text: Text = Field(description="a headline")
    language: Language | None = Field(default=None, description="a language code such as de")


Examples = list[Annotated[ExampleShape, BeforeValidator(_example)]]


class CompanyShape(Shape):
    """`with:`; its other keys are languages, as those of `terms` are."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, TermList]

    tags: list[Slug] = Field(default=[], description="a list of tags")


class RuleShape(Shape):
    """One item of `rules:`."""

    terms: Terms = Field(description="lists of terms by language, such as {en: [chat control]}")
    company: CompanyShape | None = Field(default=None, alias="with", description="lists of terms by language")
    also: Terms = Field(default={}, alias="and", description="lists of terms by language")
    unless: Terms = Field(default={}, description="lists of terms by language")
    hint: bool = Field(default=False, description="true where the terms are too weak to give the tag alone, else false")


class TagShape(Shape):
    """One tag of a rulebook; with a single rule its keys stand directly on the tag."""

    id: Slug = Field(description="small letters, digits and hyphens, such as chat-control")
    facet: Facet = Field(description="one of the facets")
    label: Text = Field(description="the name people read")
    about: str = Field(default="", description="a sentence saying what the tag means")
    names: list[Text] = Field(default=[], description="a list of names that mean the same, for the site's search")
    implies: list[Slug] = Field(default=[], description="a list of tags")
    terms: Terms | None = Field(default=None, description="lists of terms by language")
    company: CompanyShape | None = Field(default=None, alias="with", description="lists of terms by language")
    also: Terms = Field(default={}, alias="and", description="lists of terms by language")
    unless: Terms = Field(default={}, description="lists of terms by language")
    hint: bool = Field(default=False, description="true where the terms are too weak to give the tag alone, else false")
    rules: list[RuleShape] = Field(default=[], description="a list of rules")
    yes: Examples = Field(default=[], description="a list of headlines")
    no: Examples = Field(default=[], description="a list of headlines")


class EventShape(Shape):
    """One item of `events:`, and of the built-in timeline."""

    day: Day = Field(description="a day such as 2025-02-21")
    title: Text = Field(description="one line saying what happened")
    url: WebAddress = Field(description="a whole address of a page that says so")
    tag: Slug | None = Field(default=None, description="the tag of the law it belongs to, such as eu-csa-regulation")


class ScheduleShape(Shape):
    """`schedule:` of feeds.yaml: how often `tracker run` does what."""

    poll: Interval = Field(default=timedelta(minutes=1), description="how often to ask which feeds are due")


class FeedsFile(Shape):
    """feeds.yaml."""

    settings: SettingsShape = SettingsShape()
    sources: list[SourceShape] = Field(min_length=1, description="a list of sources")
    tags: list[TagShape] = Field(default=[], description="a list of tags")
    events: list[EventShape] = Field(default=[], description="a list of events")
    schedule: ScheduleShape = ScheduleShape()


class TimelineFile(Shape):
    """The built-in timeline, under the one key that places.read's list is put."""

    events: list[EventShape]


class RulebookFile(Shape):
    """A file of the built-in rulebook, under the one key that places.read's list is put."""

    tags: list[TagShape]
