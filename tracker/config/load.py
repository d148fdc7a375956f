"""Load feeds.yaml into a Config, or raise one ConfigError that lists every mistake in it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from tracker.analyse.tagging.rules import Rulebook
from tracker.analyse.timeline import Event
from tracker.analyse.timetable import When
from tracker.config.messages import check_shape, well_shaped
from tracker.config.model import (
    EXAMPLE_CONTACT,
    Alert,
    Backups,
    Digest,
    Export,
    FeedsFile,
    Mail,
    OperatorAlerts,
    Recipient,
    Release,
    Retention,
    Schedule,
)
from tracker.config.references import alert_doubts, renamed_keys, repeated, unknown_names
from tracker.config.rule_checks import doubts, failed_examples, unproven_rules
from tracker.config.rulebook import Written, built_in, built_in_events, built_in_rulebook, compile_rulebook
from tracker.config.rulebook_cache import NO_CACHE, RulebookCache
from tracker.config.rulebook_model import TagItem
from tracker.config.values import variables
from tracker.config.yaml_positions import Document, read
from tracker.errors import ConfigError, Mistake
from tracker.models import Feed, Scope, Source

_ALERTS = When("5m", every=timedelta(minutes=5))
"""How often alerts are checked unless `schedule:` says otherwise."""


@dataclass(frozen=True, slots=True)
class Config:
    """The validated contents of feeds.yaml."""

    contact: str
    allow_networks: tuple[IPv4Network | IPv6Network, ...]
    timezone: str
    sources: tuple[Source, ...]
    feeds: tuple[Feed, ...]
    schedule: Schedule
    release: Release = field(default_factory=Release)
    requests_per_host: int = 2
    pause: timedelta = timedelta(seconds=5)
    robots: bool = True
    group: Scope = "debate"
    """Which articles are grouped into stories: those in or near the debate, or all."""
    """Whether search engines may index the site."""
    exports: tuple[Export, ...] = ()
    backup: Backups = field(default_factory=Backups)
    retention: Retention = field(default_factory=Retention)
    site: str | None = None
    """The public URL of the site."""
    mail: Mail | None = None
    digest: Digest | None = None
    recipients: tuple[Recipient, ...] = ()
    alerts: tuple[Alert, ...] = ()
    operator_alerts: OperatorAlerts | None = None
    own_rulebook: Rulebook | None = None
    own_events: tuple[Event, ...] = ()
    doubts: tuple[Mistake, ...] = ()
    """Valid settings that are probably unintended, each with its position."""
    cache: RulebookCache = NO_CACHE
    """Where the built-in rulebook is kept."""

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook; the built-in one is read on first use, since a round without news needs none."""
        return built_in_rulebook(self.cache) if self.own_rulebook is None else self.own_rulebook

    @property
    def rulebook_hash(self) -> str:
        """The rulebook's hash, which costs less than the rulebook."""
        return (None if self.own_rulebook else self.cache.get_hash()) or self.rulebook.hash

    @property
    def events(self) -> tuple[Event, ...]:
        """The policy timeline: the built-in events and those of feeds.yaml."""
        return (*built_in_events(), *self.own_events)

    @property
    def warnings(self) -> list[str]:
        """Sentences on what works but needs fixing; not cached, because the environment may change."""
        example = "settings.contact is still the example: publishers cannot reach you; write your own page or mail"
        return [
            *([example] if self.contact == EXAMPLE_CONTACT else []),
            *(
                f"{feed.url} needs {name}, which the environment does not have: this feed cannot be polled"
                for feed in self.feeds
                for name in variables(feed.url)
                if not os.environ.get(name)
            ),
            *(
                f"mail needs {name}, which the environment does not have: nothing can be sent"
                for name in variables(self.mail.password if self.mail and self.mail.password else "")
                if not os.environ.get(name)
            ),
            *missing_secrets(self.recipients, os.environ),
        ]


def load(path: Path, cache: RulebookCache = NO_CACHE) -> Config:
    """Load the configuration from a file; raises ConfigError with every mistake, in file order."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = "there is no such file; `tracker init` writes one, or name yours with --config"
        raise ConfigError([Mistake(str(path), 1, 1, hint)]) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        place = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        raise ConfigError([Mistake(str(path), *place, "this file is not UTF-8; save it as UTF-8")]) from error
    except OSError as error:
        raise ConfigError([Mistake(str(path), 1, 1, f"this file cannot be read: {error}")]) from error
    return load_text(text, path.name, cache)


def load_text(text: str, name: str, cache: RulebookCache = NO_CACHE) -> Config:
    """Load the configuration from a text; mistakes give `name` as the file."""
    document = read(text, name)
    hints = renamed_keys(document)
    file, mistakes = check_shape(FeedsFile, document)
    own = _own_tags(document)
    rulebook = None
    mistakes = [*mistakes, *repeated(document)]
    if own:
        rulebook, wrong_rules = _with_own_tags(own, text, cache)
        mistakes += wrong_rules
    mistakes += unknown_names(document, lambda: rulebook or built_in_rulebook(cache))
    if file is None or mistakes:
        raise ConfigError(mistakes)
    doubted = [*hints, *(doubts(rulebook, own) if rulebook else []), *alert_doubts(document, file.alerts)]
    return replace(_config(file, rulebook, tuple(doubted)), cache=cache)


def load_rulebook(path: Path, cache: RulebookCache = NO_CACHE) -> Rulebook:
    """Load only the rulebook: that of feeds.yaml if the file exists, else the built-in one."""
    return load(path, cache).rulebook if path.exists() else built_in_rulebook(cache)


def _with_own_tags(own: list[Written], text: str, cache: RulebookCache) -> tuple[Rulebook, list[Mistake]]:
    """Return the rulebook with the tags of a feeds.yaml, and every mistake in them; one that is kept has none."""
    if (kept := cache.get(text)) is not None:
        return kept, []
    rulebook, mistakes = compile_rulebook(built_in(), own)
    mistakes += [*failed_examples(rulebook, own), *unproven_rules(rulebook, own)]
    if not mistakes:
        cache.put(rulebook, text)
    return rulebook, mistakes


def missing_secrets(recipients: Sequence[Recipient], environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each variable that a recipient needs and the environment lacks."""
    for recipient in recipients:
        for name in variables(f"{recipient.address} {recipient.secret or ''}"):
            if not environment.get(name):
                yield f"the recipient {recipient.name} needs {name}, which the environment does not have"


def _own_tags(document: Document) -> list[Written]:
    """Return the tags of feeds.yaml that fit the schema, so that their rules are checked despite other mistakes."""
    shaped = [well_shaped(TagItem, item) for item in document.items("tags")]
    return [Written(tag, document, ("tags", number)) for number, tag in enumerate(shaped) if tag]


def _config(file: FeedsFile, own_rulebook: Rulebook | None, doubted: tuple[Mistake, ...]) -> Config:
    settings = file.settings
    return Config(
        contact=settings.contact,
        allow_networks=settings.allow_networks,
        timezone=settings.timezone,
        requests_per_host=settings.requests_per_host,
        pause=settings.pause,
        robots=settings.robots == "allow",
        group=settings.group,
        site=settings.site,
        sources=tuple(item.source for item in file.sources),
        feeds=tuple(feed for item in file.sources for feed in item.declared(settings.new_per_day)),
        schedule=_schedule(file),
        exports=file.exports,
        release=file.release,
        backup=file.backup,
        retention=file.retention,
        mail=file.mail,
        digest=_digest(file),
        recipients=tuple(_recipients(file)),
        alerts=file.alerts,
        operator_alerts=file.operator_alerts,
        own_rulebook=own_rulebook,
        own_events=tuple(item.event for item in file.events),
        doubts=doubted,
    )


def _schedule(file: FeedsFile) -> Schedule:
    """Return the schedule; alerts without a time of their own are checked every few minutes."""
    if file.schedule.alerts is None and (file.alerts or file.operator_alerts):
        return file.schedule.model_copy(update={"alerts": _ALERTS})
    return file.schedule


def _digest(file: FeedsFile) -> Digest | None:
    """Return the digest; without recipients of its own, it goes to those of `mail:`."""
    if file.digest and file.mail and "to" not in file.digest.model_fields_set:
        return file.digest.model_copy(update={"to": file.mail.to})
    return file.digest


def _recipients(file: FeedsFile) -> Iterator[Recipient]:
    """Yield the recipients; `quiet:` of the file is for those who state no quiet hours of their own."""
    for recipient in file.recipients:
        own = "quiet" in recipient.model_fields_set
        yield recipient if own else recipient.model_copy(update={"quiet": file.quiet})
