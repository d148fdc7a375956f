"""The value types of feeds.yaml: durations, days, URLs, slugs; each rejects invalid input with a sentence."""

import re
from datetime import date, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from tracker.analyse.publishers import place_of_domain

MINIMUM_EVERY = timedelta(minutes=5)
MAXIMUM_EVERY = timedelta(days=31)
_VARIABLE = re.compile(r"\$\{[A-Z_][A-Z0-9_]*\}")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def wrong(message: str) -> PydanticCustomError:
    """Return the error for a validator to raise; messages.py prefixes the key's name."""
    return PydanticCustomError("wrong", "{message}", {"message": message})


def duration(value: Any) -> Any:
    """Parse a duration such as 30m, 2h or 1d; a timedelta is returned unchanged."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", str(value))
    if not found:
        raise wrong(f"{value!r} is no duration; write minutes, hours or days as in 30m, 2h or 1d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _pause(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"([0-9]{1,4})s", str(value))
    if not found:
        raise wrong(f"{value!r} is no pause; write seconds as in 5s, 9999s at most")
    return timedelta(seconds=int(found[1]))


def _feed_interval(value: timedelta) -> timedelta:
    if not MINIMUM_EVERY <= value <= MAXIMUM_EVERY:
        raise wrong("a feed is polled every 5m at the most and every 31d at the least")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", value):
        raise wrong(f"{value!r} is no address; write it whole, as in https://www.example.org/feed.xml")
    user, at, host = parts.netloc.rpartition("@")
    if at and not _VARIABLE.fullmatch(user.rpartition(":")[2]):
        raise wrong(
            "a password, or a user alone, in an address would be shown to everybody; write ${NAME} in its place, and "
            "set NAME in the environment"
        )
    if "${" in host + parts.fragment or "${" in _VARIABLE.sub("", value):
        raise wrong("${NAME} may stand in the user, path or query of an address; NAME is of capitals, digits and _")
    if parts.port == 0:  # reading `port` raises ValueError if it is invalid
        raise wrong(f"{value!r} has a port at which nobody can listen")
    return value


def variables(url: str) -> list[str]:
    """Return the distinct environment variables that a URL refers to."""
    return list(dict.fromkeys(name[2:-1] for name in _VARIABLE.findall(url)))


def _country(value: str) -> str:
    if value == "UK":
        raise wrong("'UK' is reserved, but no country's code in ISO 3166-1; write GB")
    return value


def _contact(value: str) -> str:
    if "${" in value:
        raise wrong("publishers are to read this; write the web page or mail address itself")
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return value
    try:
        return _web_address(value)
    except PydanticCustomError:
        raise wrong(f"{value!r} reaches nobody; write a web page or a mail address") from None


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise wrong(f"{value!r} is no time zone; write a name such as Europe/London") from None
    return value


def _network(value: Any) -> Any:
    try:
        return ip_network(value)
    except ValueError:
        raise wrong(f"{value!r} is no network; write one such as 127.0.0.0/8") from None


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise wrong(f"{value!r} is no day; write one such as 2025-02-21") from None


def _domain(value: Any) -> Any:
    try:
        place_of_domain(str(value), "")
    except ValueError as error:
        raise wrong(str(error)) from None
    return str(value)


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|INT)$"), AfterValidator(_country)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Day = Annotated[date, BeforeValidator(_day)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
FeedInterval = Annotated[timedelta, BeforeValidator(duration), AfterValidator(_feed_interval)]
Interval = Annotated[timedelta, BeforeValidator(duration)]
TermList = list[str]
Terms = dict[str, TermList]
Contact = Annotated[str, AfterValidator(_contact)]
Zone = Annotated[str, AfterValidator(_timezone)]
Pause = Annotated[timedelta, BeforeValidator(_pause)]
Domain = Annotated[str, BeforeValidator(_domain)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Shape(BaseModel):
    """The base of all schema models: unknown keys are rejected and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
