"""The value types of feeds.yaml: durations, addresses, times, slugs; each rejects invalid input with a sentence.

Also the base of the models that are made of them.
"""

import re
from datetime import date, time, timedelta
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Strict, StringConstraints
from pydantic_core import PydanticCustomError

from tracker.analyse.publishers import place_of_domain
from tracker.analyse.timetable import Quiet, When

MINIMUM_EVERY = timedelta(minutes=5)
MAXIMUM_EVERY = timedelta(days=31)
MAIL_PORTS = {"smtp": 587, "smtps": 465}
_LEAST_AGE = timedelta(days=30)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIMES = "write daily 06:30, monday 07:00, monday and thursday 07:00, day 1 05:00 (of each month), or 6h"
_SERVER = "write smtps://mail.example.org (port 465), smtp://mail.example.org (port 587), or the port behind a colon"

_DURATION = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_VARIABLE = re.compile(r"\$\{[A-Z_][A-Z0-9_]*\}")
_SERVICE = re.compile(r"[a-z][a-z0-9]*://\S+", re.IGNORECASE)
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)


def wrong(message: str) -> PydanticCustomError:
    """Return the error for a validator to raise; messages.py prefixes the key's name."""
    return PydanticCustomError("wrong", "{message}", {"message": message})


def duration(value: Any) -> Any:
    """Parse a duration such as 30m, 2h or 1d; a timedelta is returned unchanged."""
    if isinstance(value, timedelta):
        return value
    found = _DURATION.fullmatch(str(value))
    if not found:
        raise wrong(f"{value!r} is not a duration; write minutes, hours or days, as in 30m, 2h or 1d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _pause(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"([0-9]{1,4})s", str(value))
    if not found:
        raise wrong(f"{value!r} is not a pause; write seconds as in 5s, 9999s at most")
    return timedelta(seconds=int(found[1]))


def _feed_interval(value: timedelta) -> timedelta:
    if not MINIMUM_EVERY <= value <= MAXIMUM_EVERY:
        raise wrong("the interval must be between 5m and 31d")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", value):
        raise wrong(f"{value!r} is not a web address; write it in full, as in https://www.example.org/feed.xml")
    user, at, host = parts.netloc.rpartition("@")
    if at and not _VARIABLE.fullmatch(user.rpartition(":")[2]):
        raise wrong(
            "a password, or a user alone, in an address would be shown to everybody; write ${NAME} in its place, and "
            "set NAME in the environment"
        )
    if "${" in host + parts.fragment or "${" in _VARIABLE.sub("", value):
        raise wrong("${NAME} may appear in the user, path or query of an address; NAME is capitals, digits and _")
    if parts.port == 0:  # reading `port` raises ValueError if it is invalid
        raise wrong(f"{value!r} has port 0, which cannot be used")
    return value


def variables(url: str) -> list[str]:
    """Return the distinct environment variables that a URL refers to."""
    return list(dict.fromkeys(name[2:-1] for name in _VARIABLE.findall(url)))


def _country(value: str) -> str:
    if value == "UK":
        raise wrong("'UK' is not a country code in ISO 3166-1; write GB")
    return value


def _contact(value: str) -> str:
    if "${" in value:
        raise wrong("publishers must be able to read this; write the web page or email address itself")
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return value
    try:
        return _web_address(value)
    except PydanticCustomError:
        raise wrong(f"{value!r} is not a web page or email address") from None


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise wrong(f"{value!r} is not a time zone; write a name such as Europe/London") from None
    return value


def _network(value: Any) -> Any:
    try:
        return ip_network(value)
    except ValueError:
        raise wrong(f"{value!r} is not a network; write one such as 127.0.0.0/8") from None


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise wrong(f"{value!r} is not a day; write one such as 2025-02-21") from None


def _domain(value: Any) -> Any:
    try:
        place_of_domain(str(value), "")
    except ValueError as error:
        raise wrong(str(error)) from None
    return str(value)


def _folder(value: Any) -> Any:
    return Path(value.strip()).expanduser() if isinstance(value, str) and value.strip() else value


def _when(value: Any) -> Any:
    if isinstance(value, When):
        return value
    text = " ".join(str(value).lower().split())
    if _DURATION.fullmatch(text):
        return When(text, every=duration(text))
    if " " not in text:
        raise wrong(f"{value!r} is not a valid schedule; {_TIMES}")
    days, clock = text.rsplit(" ", 1)
    at = _time_of_day(clock, value)
    if days == "daily":
        return When(text, at=at)
    if found := re.fullmatch(r"day ([1-9]|1[0-9]|2[0-8])", days):
        return When(text, at=at, day=int(found[1]))
    names = re.split(r", ?| and ", days)
    if not set(names) <= set(_WEEKDAYS):
        raise wrong(f"{value!r} is not a valid schedule; {_TIMES}; days of the month go up to 28")
    return When(text, at=at, weekdays=tuple(sorted({_WEEKDAYS.index(name) for name in names})))


def _time_of_day(clock: str, value: Any) -> time:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", clock)
    if not found:
        raise wrong(f"{value!r} has no time of day; {_TIMES}")
    return time(int(found[1]), int(found[2]))


def _age(value: timedelta) -> timedelta:
    if value < _LEAST_AGE:
        raise wrong("summaries are kept for at least 30d: new articles are compared with those of the last weeks")
    return value


def _server(value: str) -> str:
    parts = urlsplit(value)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in MAIL_PORTS or not parts.hostname or port == 0 or re.search(r"\s", value):
        raise wrong(f"{value!r} is not a mail server; {_SERVER}")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise wrong("a mail server is a host and a port; the user and the password go under `user` and `password`")
    return value


def _mailbox(value: str) -> str:
    if not _MAILBOX.fullmatch(value):
        raise wrong(f"{value!r} is not an email address; write one such as desk@example.org")
    return value


def _sender(value: str) -> str:
    name, address = parseaddr(value)
    if not value.isprintable() or not _MAILBOX.fullmatch(address) or (name and "<" not in value):
        raise wrong(f"{value!r} is not a sender; write desk@example.org, or Coverage tracker <desk@example.org>")
    return value


def _password(value: str) -> str:
    if not _VARIABLE.fullmatch(value):
        raise wrong("passwords do not belong in this file; write ${NAME}, and set NAME in the environment")
    return value


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, so that nobody can eavesdrop on what is sent to it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _quiet(value: Any) -> Quiet:
    if isinstance(value, Quiet):
        return value
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d) ?- ?([01]?\d|2[0-3]):([0-5]\d)", str(value))
    hours = Quiet(time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))) if found else None
    if hours is None or hours.begin == hours.end:
        raise wrong(f"{value!r} is not a valid range of quiet hours; write the start and end, as in 22:00-07:00")
    return hours


def _quiet_or_none(value: Any) -> Any:
    return None if value == "none" else _quiet(value)


def _secret(value: str) -> str:
    if not _VARIABLE.fullmatch(value):
        raise wrong("secrets do not belong in this file; write ${NAME}, and set NAME in the environment")
    return value


def _service(value: str) -> str:
    if _VARIABLE.fullmatch(value):
        return value
    if not _SERVICE.fullmatch(value) or "${" in _VARIABLE.sub("", value):
        raise wrong(
            "this is not an apprise address; write one such as ntfys://ntfy.sh/${NTFY_TOPIC}, or ${NAME} for all"
        )
    user, at, _ = value.partition("://")[2].partition("/")[0].rpartition("@")
    if at and ":" in user and not _VARIABLE.fullmatch(user.partition(":")[2]):
        raise wrong("passwords do not belong in this file; write ${NAME} in its place, and set NAME in the environment")
    return value


def _orcid(value: str) -> str:
    """Validate an ORCID iD; its last character is a check digit (ISO 7064 MOD 11-2)."""
    digits = value.removeprefix("https://orcid.org/").replace("-", "")
    total = 0
    for digit in digits[:15]:
        total = (total + (int(digit) if digit.isdecimal() else 0)) * 2
    check = (12 - total % 11) % 11
    if len(digits) != 16 or not digits[:15].isdecimal() or digits[15] != ("X" if check == 10 else str(check)):
        raise wrong(f"{value!r} is not an ORCID iD; write one such as 0000-0002-1825-0097")
    return "https://orcid.org/" + "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def _not_empty(value: tuple[Any, ...]) -> tuple[Any, ...]:
    if not value:
        raise PydanticCustomError("too_short", "empty")
    return value


def _distinct(value: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value))


class Model(BaseModel):
    """The base of all models: frozen; unknown keys are rejected and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def keyed(key: str) -> BeforeValidator:
    """Accept a bare string for a mapping with that one key."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


def without_null(key: str, value: Any) -> Any:
    """Return a mapping without the key if its value is null."""
    return (
        {name: said for name, said in value.items() if (name, said) != (key, None)}
        if isinstance(value, dict)
        else value
    )


Item = TypeVar("Item")
Several = Annotated[tuple[Item, ...], Strict(False)]
"""A list in YAML, as a tuple."""
Distinct = Annotated[tuple[Item, ...], Strict(False), AfterValidator(_distinct)]
"""A list in YAML, as a tuple with each item once."""
NOT_EMPTY = AfterValidator(_not_empty)
"""At least one item. Unlike pydantic's `min_length`, says nothing of a list whose items are wrong."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Folder = Annotated[Path, BeforeValidator(_folder)]
Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|INT)$"), AfterValidator(_country)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Terms = dict[str, list[str]]
Day = Annotated[date, BeforeValidator(_day)]
Zone = Annotated[str, AfterValidator(_timezone)]
Interval = Annotated[timedelta, BeforeValidator(duration)]
FeedInterval = Annotated[timedelta, BeforeValidator(duration), AfterValidator(_feed_interval)]
Age = Annotated[timedelta, BeforeValidator(duration), AfterValidator(_age)]
Pause = Annotated[timedelta, BeforeValidator(_pause)]
Time = Annotated[When, BeforeValidator(_when)]
Hours = Annotated[Quiet, BeforeValidator(_quiet)]
HoursOrNone = Annotated[Quiet | None, BeforeValidator(_quiet_or_none)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
Domain = Annotated[str, BeforeValidator(_domain)]
Contact = Annotated[str, AfterValidator(_contact)]
Server = Annotated[str, AfterValidator(_server)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Sender = Annotated[str, AfterValidator(_sender)]
Password = Annotated[str, AfterValidator(_password)]
Secret = Annotated[str, AfterValidator(_secret)]
Service = Annotated[str, AfterValidator(_service)]
Orcid = Annotated[str, AfterValidator(_orcid)]
