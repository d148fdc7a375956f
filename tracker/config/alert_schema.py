"""The schema of the alert sections of feeds.yaml: `recipients:`, `alerts:`, `operator_alerts:` and `quiet:`."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import time, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tracker.analyse.quiet_hours import Quiet
from tracker.analyse.search.query import parse
from tracker.analyse.search.scope import Known, scope_of
from tracker.analyse.spelling import did_you_mean
from tracker.config.alert_plans import Alert, OperatorAlerts, Recipient
from tracker.config.mail_schema import Mailbox
from tracker.config.values import Interval, Shape, Slug, Text, WebAddress, variables, wrong
from tracker.config.yaml_positions import Document, Path, texts
from tracker.errors import Mistake
from tracker.models import Kind

_SECRET = re.compile(r"\$\{[A-Z_][A-Z0-9_]*\}")
_SERVICE = re.compile(r"[a-z][a-z0-9]*://\S+", re.IGNORECASE)
_TOPICS = {"any": ("both", "encryption", "child-safety")}


def _quiet(value: Any) -> Any:
    if value is None or isinstance(value, Quiet):
        return value
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d) ?- ?([01]?\d|2[0-3]):([0-5]\d)", str(value))
    hours = Quiet(time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))) if found else None
    if hours is None or hours.begin == hours.end:
        raise wrong(f"{value!r} are no quiet hours; write when they begin and end, as in 22:00-07:00")
    return hours


def _quiet_or_none(value: Any) -> Any:
    return value if value == "none" else _quiet(value)


def _secret(value: str) -> str:
    if not _SECRET.fullmatch(value):
        raise wrong("a secret does not stand in this file; write ${NAME}, and set NAME in the environment")
    return value


def _service(value: str) -> str:
    if _SECRET.fullmatch(value):
        return value
    if not _SERVICE.fullmatch(value) or "${" in _SECRET.sub("", value):
        raise wrong(
            "this is no address of apprise; write one such as ntfys://ntfy.sh/${NTFY_TOPIC}, or ${NAME} for all"
        )
    user, at, _ = value.partition("://")[2].partition("/")[0].rpartition("@")
    if at and ":" in user and not _SECRET.fullmatch(user.partition(":")[2]):
        raise wrong(
            "a password does not stand in this file; write ${NAME} in its place, and set NAME in the environment"
        )
    return value


Hours = Annotated[Quiet, BeforeValidator(_quiet)]


class RecipientShape(Shape):
    """An item of `recipients:`."""

    name: Slug = Field(description="small letters, digits and hyphens, such as desk")
    mail: Mailbox | None = Field(default=None, description="a mail address")
    webhook: WebAddress | None = Field(default=None, description="a whole address such as https://hooks.example.org/x")
    secret: Annotated[str, AfterValidator(_secret)] | None = Field(
        default=None, description="${NAME}, where the environment has NAME"
    )
    apprise: Annotated[str, AfterValidator(_service)] | None = Field(
        default=None, description="an address of apprise, such as ntfys://ntfy.sh/${NTFY_TOPIC}"
    )
    quiet: Annotated[Quiet | Literal["none"], BeforeValidator(_quiet_or_none)] | None = Field(
        default=None, description="hours such as 22:00-07:00, or none"
    )

    @model_validator(mode="after")
    def _one_way(self) -> "RecipientShape":
        if sum(way is not None for way in (self.mail, self.webhook, self.apprise)) != 1:
            raise wrong("a recipient is reached in one way; write one of mail, webhook and apprise")
        if (self.webhook is None) != (self.secret is None):
            raise wrong("a webhook is signed, and nothing else is: `webhook` and `secret` are given together")
        return self

    def plan(self, quiet: Quiet | None) -> Recipient:
        """Return the Recipient; `quiet` is the default for recipients without quiet hours of their own."""
        own = self.quiet or quiet
        hours = own if isinstance(own, Quiet) else None
        if self.mail:
            return Recipient(self.name, "mail", self.mail, quiet=hours)
        if self.webhook:
            return Recipient(self.name, "webhook", self.webhook, self.secret, hours)
        return Recipient(self.name, "apprise", self.apprise or "", quiet=hours)


class AlertShape(Shape):
    """An item of `alerts:`."""

    name: Slug = Field(description="small letters, digits and hyphens, such as chat-control")
    search: Text | None = Field(default=None, description="a search, as the site takes it")
    tags: list[Slug] = Field(default=[], description="a list of tags, such as [online-safety-act]")
    match: Literal["any", "all"] = Field(default="any", description="any or all: of the tags")
    relevance: Literal["both", "encryption", "child-safety", "any"] | None = Field(
        default=None, description="both, encryption, child-safety, or any of them"
    )
    sources: list[Slug] = Field(default=[], description="a list of sources by their ids")
    kinds: list[Kind] = Field(default=[], description="a list of kinds of source, such as [national, broadcaster]")
    spike: bool = Field(default=False, description="true to be told only when there are far more than usual")
    to: list[Slug] = Field(min_length=1, description="a list of recipients by their names")

    @model_validator(mode="after")
    def _says_something(self) -> "AlertShape":
        if not (self.search or self.tags or self.relevance or self.sources or self.kinds):
            raise wrong("an alert without `search`, `tags`, `relevance`, `sources` or `kinds` would tell of everything")
        return self

    def plan(self) -> Alert:
        """Return the Alert."""
        relevance = _TOPICS.get(self.relevance, (self.relevance,)) if self.relevance else ()
        return Alert(
            name=self.name,
            to=tuple(dict.fromkeys(self.to)),
            search=self.search,
            tags=tuple(dict.fromkeys(self.tags)),
            every=self.match == "all",
            relevance=relevance,
            sources=tuple(self.sources),
            kinds=tuple(self.kinds),
            spike=self.spike,
        )


class OperatorAlertsShape(Shape):
    """`operator_alerts:` of feeds.yaml."""

    to: list[Slug] = Field(min_length=1, description="a list of recipients by their names")
    dead: Interval = Field(default=timedelta(days=2), description="after how long a feed counts as dead, such as 2d")
    unpolled: Interval = Field(
        default=timedelta(hours=1), description="after how long without a poll to say so, such as 1h"
    )

    def plan(self) -> OperatorAlerts:
        """Return the settings as a value."""
        return OperatorAlerts(tuple(dict.fromkeys(self.to)), self.dead, self.unpolled)


def missing_secrets(recipients: Sequence[Recipient], environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each variable that a recipient needs and the environment lacks."""
    for recipient in recipients:
        for name in variables(f"{recipient.address} {recipient.secret or ''}"):
            if not environment.get(name):
                yield f"the recipient {recipient.name} needs {name}, which the environment does not have"


def alert_mistakes(document: Document, known: Known) -> list[Mistake]:
    """Return unknown and duplicate names, searches that match nothing, and mail recipients without a mail server.

    Finds them all even when these or other items have further mistakes.
    """
    recipients, alerts = document.items("recipients"), document.items("alerts")
    names = [name for one in recipients if isinstance(name := one.get("name"), str)]
    found = [*_taken("recipients", recipients), *_taken("alerts", alerts)]
    if document.value.get("mail") is None:
        message = "to send mail, say under `mail:` by which server and as whom"
        found += [(("recipients", at, "mail"), message) for at, one in enumerate(recipients) if one.get("mail")]
    for number, alert in enumerate(alerts):
        place = ("alerts", number)
        found += _unknown((*place, "to"), "recipient", alert.get("to"), names)
        found += _unknown((*place, "tags"), "tag", alert.get("tags"), known.tags)
        found += _unknown((*place, "sources"), "source", alert.get("sources"), known.sources)
        found += [((*place, "search"), fault) for fault in _faults(alert.get("search"), known)]
    found += _unknown(("operator_alerts", "to"), "recipient", document.section("operator_alerts").get("to"), names)
    return [document.mistake(path, message) for path, message in found]


def alert_doubts(document: Document, alerts: Sequence[AlertShape]) -> Iterator[Mistake]:
    """Yield a warning for each search that was probably not meant as parsed, e.g. with an unclosed quotation mark."""
    for number, alert in enumerate(alerts):
        for remark in parse(alert.search or "").remarks:
            yield document.mistake(("alerts", number, "search"), remark.text)


def _taken(section: str, items: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Path, str]]:
    names = [item.get("name") for item in items]
    for number, name in enumerate(names):
        if isinstance(name, str) and name in names[:number]:
            yield (section, number, "name"), f"the name {name!r} is taken by item {names.index(name) + 1}"
        elif name == "ourselves":
            yield (
                (section, number, "name"),
                "'ourselves' is the name that the database gives to the operator alerts; choose another",
            )


def _unknown(path: Path, what: str, given: object, known: Collection[str]) -> Iterator[tuple[Path, str]]:
    for number, name in texts(given):
        if name not in known:
            yield (*path, number), f"there is no {what} {name!r}{did_you_mean(name, known)}"


def _faults(search: object, known: Known) -> Iterator[str]:
    """Yield the reasons why a search can match nothing."""
    if not isinstance(search, str) or not search.strip():
        return  # missing, or already reported by the schema
    query = parse(search)
    if query.empty:
        yield "this search asks for nothing; write words, or a filter such as tag:encryption"
    for fault in (*query.faults, *scope_of(query, known).faults):
        instead = f" (try: {' or '.join(fault.instead)})" if fault.instead else ""
        yield f"{fault.text}{instead}"
