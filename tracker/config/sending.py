"""The sections of feeds.yaml on what is sent to people: mail, digests, recipients and alerts."""

from datetime import timedelta
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from tracker.analyse.days import Length
from tracker.analyse.debate import Debate
from tracker.config.values import (
    MAIL_PORTS,
    NOT_EMPTY,
    Distinct,
    Folder,
    HoursOrNone,
    Interval,
    Mailbox,
    Model,
    Password,
    Secret,
    Sender,
    Server,
    Service,
    Several,
    Slug,
    Text,
    WebAddress,
    is_loopback,
    without_null,
    wrong,
)
from tracker.models import Kind

_TAGS = "a list of tags, such as [online-safety-act]"
_KINDS = "a list of kinds of source, such as [national, broadcaster]"
_RECIPIENTS = "a list of recipients by their names"
_SLUG = "small letters, digits and hyphens, such as"

Channel = Literal["mail", "webhook", "apprise"]
_CHANNELS: tuple[Channel, ...] = get_args(Channel)


class Mail(Model):
    """`mail:`: how to send mail. `password` is a template such as ${MAIL_PASSWORD}, filled from the environment."""

    server: Server = Field(description="such as smtps://mail.example.org")
    starttls: Literal["required", "offered"] | None = Field(
        default=None, description="required, or offered: whether the server must support it"
    )
    user: Text | None = Field(default=None, description="the name to log in with")
    password: Password | None = Field(default=None, description="${NAME}, where the environment has NAME")
    sender: Sender = Field(alias="from", description="the address it comes from")
    to: Distinct[Mailbox] = Field(default=(), description="a list of email addresses")

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
    to: Distinct[Mailbox] = Field(default=(), description="a list of email addresses; by default those of mail:")
    file: Folder | None = Field(default=None, description="a folder; without / at its start it is beside the database")
    tags: Several[Slug] = Field(default=(), description=_TAGS)
    kinds: Several[Kind] = Field(default=(), description=_KINDS)
    limit: Annotated[int, Field(ge=1, le=500)] = Field(
        default=20, description="how many stories and articles are listed: a number from 1 to 500"
    )
    empty: Literal["send", "skip"] = Field(default="send", description="send, or skip if nothing was found")

    @model_validator(mode="before")
    @classmethod
    def _to_nobody_named(cls, value: Any) -> Any:
        return without_null("to", value)


class Recipient(Model):
    """An item of `recipients:`: whom to notify, how, and when not.

    Addresses and the secret are templates: ${NAME} comes from the environment. The secret signs webhook requests.
    """

    name: Slug = Field(description=f"{_SLUG} desk")
    mail: Mailbox | None = Field(default=None, description="an email address")
    webhook: WebAddress | None = Field(default=None, description="a full address such as https://hooks.example.org/x")
    secret: Secret | None = Field(default=None, description="${NAME}, where the environment has NAME")
    apprise: Service | None = Field(
        default=None, description="an address of apprise, such as ntfys://ntfy.sh/${NTFY_TOPIC}"
    )
    quiet: HoursOrNone = Field(default=None, description="hours such as 22:00-07:00, or none")

    @property
    def channel(self) -> Channel:
        """How the recipient is reached."""
        return next(channel for channel in _CHANNELS if getattr(self, channel))

    @property
    def address(self) -> str:
        """Where the recipient is reached."""
        return str(getattr(self, self.channel))

    @model_validator(mode="before")
    @classmethod
    def _quiet_as_others(cls, value: Any) -> Any:
        return without_null("quiet", value)

    @model_validator(mode="after")
    def _one_channel(self) -> Self:
        if sum(getattr(self, channel) is not None for channel in _CHANNELS) != 1:
            raise wrong(f"a recipient is reached in one way; write one of {', '.join(_CHANNELS)}")
        if (self.webhook is None) != (self.secret is None):
            raise wrong("a webhook is signed, and nothing else is: `webhook` and `secret` are given together")
        return self


class Alert(Model):
    """An item of `alerts:`: articles that meet every given condition or, with `spike`, far more of them than usual."""

    name: Slug = Field(description=f"{_SLUG} chat-control")
    search: Text | None = Field(default=None, description="a search, as on the site")
    tags: Distinct[Slug] = Field(default=(), description=_TAGS)
    match: Literal["any", "all"] = Field(default="any", description="any or all: of the tags")
    relevance: Slug | None = Field(default=None, description="a topic, both, or any of them")
    sources: Several[Slug] = Field(default=(), description="a list of sources by their ids")
    kinds: Several[Kind] = Field(default=(), description=_KINDS)
    spike: bool = Field(default=False, description="true to be alerted only when there are far more than usual")
    to: Annotated[Distinct[Slug], NOT_EMPTY] = Field(description=_RECIPIENTS)

    @property
    def every(self) -> bool:
        """Whether an article needs all of `tags`; otherwise any one will do."""
        return self.match == "all"

    def meaning(self, debate: Debate) -> str:
        """Return everything that decides which articles match; recipients are not part of it."""
        relevances = debate.meant(self.relevance)
        return repr((self.search, sorted(self.tags), self.every, relevances, self.sources, self.kinds, self.spike))

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.search or self.tags or self.relevance or self.sources or self.kinds):
            raise wrong(
                "an alert without `search`, `tags`, `relevance`, `sources` or `kinds` would match every article"
            )
        return self


class OperatorAlerts(Model):
    """`operator_alerts:`: whom to notify of the tracker's own problems."""

    to: Annotated[Distinct[Slug], NOT_EMPTY] = Field(description=_RECIPIENTS)
    dead: Interval = Field(default=timedelta(days=2), description="how long until a feed counts as dead, such as 2d")
    unpolled: Interval = Field(
        default=timedelta(hours=1), description="how long without a poll before saying so, such as 1h"
    )
