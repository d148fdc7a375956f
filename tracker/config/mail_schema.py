"""The schema of the mail sections of feeds.yaml: `mail:` and `digest:`."""

import re
from collections.abc import Iterator, Set
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from tracker.analyse.periods import Length
from tracker.analyse.spelling import did_you_mean
from tracker.config import plans
from tracker.config.values import Shape, Slug, Text, variables, wrong
from tracker.config.yaml_positions import Document, texts
from tracker.errors import Mistake
from tracker.models import Kind

_PORTS = {"smtp": 587, "smtps": 465}
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
_SERVER = "write smtps://mail.example.org (port 465), smtp://mail.example.org (port 587), or the port behind a colon"


def _server(value: str) -> str:
    parts = urlsplit(value)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in _PORTS or not parts.hostname or port == 0 or re.search(r"\s", value):
        raise wrong(f"{value!r} is no mail server; {_SERVER}")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise wrong("a mail server is a host and a port; the user and the password stand under `user` and `password`")
    return value


def _mailbox(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise wrong(f"{value!r} is no mail address; write one such as desk@example.org")
    return value


def _sender(value: str) -> str:
    name, address = parseaddr(value)
    if not value.isprintable() or not _ADDRESS.fullmatch(address) or (name and "<" not in value):
        raise wrong(f"{value!r} is no sender; write desk@example.org, or Coverage tracker <desk@example.org>")
    return value


def _password(value: str) -> str:
    if len(variables(value)) != 1 or not re.fullmatch(r"\$\{[A-Z_][A-Z0-9_]*\}", value):
        raise wrong("a password does not stand in this file; write ${NAME}, and set NAME in the environment")
    return value


Mailbox = Annotated[str, AfterValidator(_mailbox)]


class MailShape(Shape):
    """`mail:` of feeds.yaml."""

    server: Annotated[str, AfterValidator(_server)] = Field(description="such as smtps://mail.example.org")
    starttls: Literal["required", "offered"] | None = Field(
        default=None, description="required, or offered: as the server has it"
    )
    user: Text | None = Field(default=None, description="the name to log in with")
    password: Annotated[str, AfterValidator(_password)] | None = Field(
        default=None, description="${NAME}, where the environment has NAME"
    )
    sender: Annotated[str, AfterValidator(_sender)] = Field(alias="from", description="the address it comes from")
    to: list[Mailbox] = Field(default=[], description="a list of mail addresses")

    @model_validator(mode="after")
    def _fits(self) -> "MailShape":
        if (self.user is None) != (self.password is None):
            raise wrong("`user` and `password` are given together, or neither is")
        if self.user and self.starttls == "offered" and not _is_here(urlsplit(self.server).hostname or ""):
            raise wrong("a password is never sent where anybody can read it; leave `starttls` out, or write required")
        return self

    def plan(self) -> plans.Mail:
        """Return the settings as a value."""
        parts = urlsplit(self.server)
        starttls = self.starttls or ("required" if self.user or not _is_here(parts.hostname or "") else "offered")
        return plans.Mail(
            host=parts.hostname or "",
            port=parts.port or _PORTS[parts.scheme],
            secure="tls" if parts.scheme == "smtps" else "starttls" if starttls == "required" else "offered",
            sender=self.sender,
            to=tuple(dict.fromkeys(self.to)),
            user=self.user,
            password=self.password,
        )


class DigestShape(Shape):
    """`digest:` of feeds.yaml."""

    period: Length = Field(default="daily", description="daily or weekly")
    to: list[Mailbox] | None = Field(default=None, description="a list of mail addresses; those of mail: otherwise")
    file: Text | None = Field(default=None, description="a folder; one without / at its start is in the database's")
    tags: list[Slug] = Field(default=[], description="a list of tags, such as [online-safety-act]")
    kinds: list[Kind] = Field(default=[], description="a list of kinds of source, such as [national, broadcaster]")
    limit: Annotated[int, Field(ge=1, le=500)] = Field(
        default=20, description="how many stories and articles are listed: a number from 1 to 500"
    )
    empty: Literal["send", "skip"] = Field(default="send", description="send, or skip where nothing was found")


def digest_of(shape: DigestShape | None, mail: MailShape | None) -> plans.Digest | None:
    """Return the Digest, or None without `digest:`; its recipients default to those of `mail:`."""
    if shape is None:
        return None
    to = shape.to if shape.to is not None else mail.to if mail else []
    return plans.Digest(
        period=shape.period,
        to=tuple(dict.fromkeys(to)),
        file=Path(shape.file).expanduser() if shape.file else None,
        tags=tuple(shape.tags),
        kinds=tuple(shape.kinds),
        limit=shape.limit,
        empty=shape.empty,
    )


def digest_mistakes(document: Document, known: Set[str]) -> Iterator[Mistake]:
    """Yield unknown tags and digests to be mailed without a mail server, whatever else is wrong in `digest:`."""
    digest = document.section("digest")
    for number, tag in texts(digest.get("tags")):
        if tag not in known:
            yield document.mistake(("digest", "tags", number), f"there is no tag {tag!r}{did_you_mean(tag, known)}")
    if digest.get("to") and document.value.get("mail") is None:
        message = "to send mail, say under `mail:` by which server and as whom"
        yield document.mistake(("digest", "to"), message)


def _is_here(host: str) -> bool:
    """Whether a host is this machine, so that nobody can eavesdrop on what is sent to it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
