"""Load feeds.yaml into a Config, or raise one ConfigError that lists every mistake in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from tracker import extras
from tracker.analyse.tagging.rules import Rulebook
from tracker.analyse.timetable import When
from tracker.config.messages import check_shape, well_shaped
from tracker.config.model import Backups, Export, FeedsFile, Release, Retention, Schedule
from tracker.config.poll_config import Need, PollConfig
from tracker.config.references import alert_doubts, renamed_keys, repeated, unknown_names
from tracker.config.rule_checks import doubts, failed_examples, unproven_rules
from tracker.config.rulebook import (
    RulebookFolder,
    Written,
    built_in,
    built_in_events,
    built_in_lists,
    compile_rulebook,
    read_folder,
)
from tracker.config.rulebook_cache import NO_CACHE, Origin, RulebookCache, built_in_rulebook
from tracker.config.rulebook_model import TagItem
from tracker.config.sending import Alert, Digest, Mail, OperatorAlerts, Recipient
from tracker.config.values import variables
from tracker.config.yaml_positions import YamlDocument, read
from tracker.errors import ConfigError, Mistake

_TEXTS = When("30m", every=timedelta(minutes=30))
"""How often full texts are read, where they are wanted, unless `schedule:` says otherwise."""

_ALERTS = When("5m", every=timedelta(minutes=5))
"""How often alerts are checked unless `schedule:` says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(PollConfig):
    """The validated contents of feeds.yaml."""

    schedule: Schedule
    release: Release = field(default_factory=Release)
    robots: bool = True
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


def load(path: Path, cache: RulebookCache = NO_CACHE, *, to_add: bool = False) -> Config:
    """Load the configuration from a file; raises ConfigError with every mistake, in file order.

    `to_add`: the file may lack sources, as they are about to be added.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = "there is no such file; `tracker init` writes one, or name yours with --config"
        raise ConfigError([Mistake(str(path), 0, 0, hint)]) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        place = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        raise ConfigError([Mistake(str(path), *place, "this file is not UTF-8; save it as UTF-8")]) from error
    except OSError as error:
        raise ConfigError([Mistake(str(path), 0, 0, f"this file cannot be read: {error.strerror}")]) from error
    return load_text(text, path, cache, to_add=to_add)


def load_text(text: str, path: Path | str, cache: RulebookCache = NO_CACHE, *, to_add: bool = False) -> Config:
    """Load the configuration from the text of a file, as `load` does; a rulebook that it names is beside the file."""
    path = Path(path)
    document = read(text, path.name)
    hints = renamed_keys(document)
    file, mistakes = check_shape(FeedsFile, document)
    mistakes = [*mistakes, *([] if to_add else _lacking_sources(document)), *repeated(document)]
    rules, wrong_rules = _rules(document, text, path)
    rulebook = None
    if rules and rules.checked:
        rulebook, wrong_rules = _compiled(rules, cache)
    mistakes += wrong_rules
    if rules:
        mistakes += unknown_names(document, lambda: rulebook or built_in_rulebook(cache))
    if file is None or rules is None or mistakes:
        raise ConfigError(mistakes)
    doubted = [*hints, *(doubts(rulebook, rules.checked) if rulebook else []), *alert_doubts(document, file.alerts)]
    happened = rules.folder.events if rules.folder else built_in_events()
    config = replace(_config(file), events=(*happened, *(item.event for item in file.events)))
    return replace(config, compiled=rulebook, origin=rules.origin, doubts=tuple(doubted), cache=cache)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a feeds.yaml says of the rules: `folder` None is the shipped rulebook, `own` are tags of its own."""

    origin: Origin
    folder: RulebookFolder | None
    own: list[Written]

    @property
    def checked(self) -> list[Written]:
        """The tags that are not the shipped ones, whose examples must hold."""
        return [*(self.folder.tags if self.folder else ()), *self.own]


def _rules(document: YamlDocument, text: str, path: Path) -> tuple[_Rules | None, list[Mistake]]:
    """Return the rules of a feeds.yaml at this path; None with the mistakes if the folder that it names is invalid."""
    own = _own_tags(document)
    named = document.value.get("rulebook") if isinstance(document.value, dict) else None
    if not isinstance(named, str):
        return _Rules(Origin.of(text if own else "", None), None, own), []
    folder = path.absolute().parent / Path(named).expanduser()
    try:
        found = read_folder(folder)
    except ConfigError as error:
        return None, list(error.mistakes)
    if not any(tag.shape.facet == "topic" for tag in found.tags):
        hint = "no tag in it has `facet: topic`" if folder.is_dir() else "there is no such folder"
        return None, [document.mistake(("rulebook",), f"{named!r} is not a rulebook: {hint}")]
    return _Rules(Origin.of(text, folder), found, own), []


def compiled(origin: Origin, cache: RulebookCache = NO_CACHE) -> Rulebook:
    """Return the rulebook of a valid feeds.yaml that has its own; raises ConfigError if it no longer is."""
    document = read(origin.text, "feeds.yaml")
    renamed_keys(document)
    folder = read_folder(origin.folder) if origin.folder else None
    rulebook, mistakes = _compiled(_Rules(origin, folder, _own_tags(document)), cache)
    if mistakes:
        raise ConfigError(mistakes)
    return rulebook


def _lacking_sources(document: YamlDocument) -> list[Mistake]:
    """Return a mistake if there is nothing to poll."""
    given = document.value or {}
    if not isinstance(given, dict) or given.get("sources") not in (None, []):
        return []
    hint = "list them under 'sources:', or add them with `tracker feeds add` or `tracker feeds import`"
    return [document.mistake(("sources",), f"there are no sources; {hint}")]


def _compiled(rules: _Rules, cache: RulebookCache) -> tuple[Rulebook, list[Mistake]]:
    """Return the rulebook of these rules, and every mistake in those checked; a cached one has none."""
    if (kept := cache.get(rules.origin.key)) is not None:
        return kept, []
    folder = rules.folder or RulebookFolder(built_in(), built_in_lists())
    rulebook, mistakes = compile_rulebook(folder.tags, rules.own, folder.lists)
    mistakes += [*failed_examples(rulebook, rules.checked), *unproven_rules(rulebook, rules.checked)]
    if not mistakes:
        cache.put(rulebook, rules.origin.key)
    return rulebook, mistakes


def _needs(file: FeedsFile) -> Iterator[Need]:
    """Yield the variables and libraries that are required, each with what fails without it."""
    lacking = "which the environment does not have"
    for item in file.sources:
        for feed in item.feeds:
            for name in variables(feed.url):
                yield Need(name, f"{feed.url} needs {name}, {lacking}: this feed cannot be polled")
    for name in variables(file.mail.password if file.mail and file.mail.password else ""):
        yield Need(name, f"mail needs {name}, {lacking}: nothing can be sent")
    for recipient in file.recipients:
        for name in variables(f"{recipient.address} {recipient.secret or ''}"):
            yield Need(name, f"the recipient {recipient.name} needs {name}, {lacking}")
        if recipient.channel == "apprise":
            yield Need("apprise", f"the recipient {recipient.name} needs {extras.lacking('apprise')}", "library")
    yield from _needed_libraries(file)


def _needed_libraries(file: FeedsFile) -> Iterator[Need]:
    """Yield the libraries of extras that are required for full texts and exports."""
    if _wants_texts(file):
        yield Need("trafilatura", f"fulltext needs {extras.lacking('trafilatura')}", "library")
    for export in file.exports:
        if library := extras.OF_FORMATS.get(export.format):
            yield Need(library, f"the export to {export.folder} needs {extras.lacking(library)}", "library")


def _own_tags(document: YamlDocument) -> list[Written]:
    """Return the tags of feeds.yaml that fit the schema, so that their rules are checked despite other mistakes."""
    shaped = [well_shaped(TagItem, item) for item in document.items("tags")]
    return [Written(tag, document, ("tags", number)) for number, tag in enumerate(shaped) if tag]


def _config(file: FeedsFile) -> Config:
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
        sources=tuple(item.source(full_text=settings.fulltext) for item in file.sources),
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
        needs=tuple(_needs(file)),
    )


def _schedule(file: FeedsFile) -> Schedule:
    """Return the schedule; without times of their own, alerts are checked and texts read every few minutes."""
    usual: dict[str, When] = {}
    if file.schedule.alerts is None and (file.alerts or file.operator_alerts):
        usual["alerts"] = _ALERTS
    if file.schedule.texts is None and _wants_texts(file):
        usual["texts"] = _TEXTS
    return file.schedule.model_copy(update=usual) if usual else file.schedule


def _wants_texts(file: FeedsFile) -> bool:
    """Return whether full texts of any source are wanted."""
    return any(item.source(full_text=file.settings.fulltext).full_text for item in file.sources)


def _digest(file: FeedsFile) -> Digest | None:
    """Return the digest; without recipients of its own, it goes to those of `mail:`."""
    if file.digest and file.mail and "to" not in file.digest.model_fields_set:
        return file.digest.model_copy(update={"to": file.mail.to})
    return file.digest


def _recipients(file: FeedsFile) -> Iterator[Recipient]:
    """Yield the recipients; the file's `quiet:` applies to those without quiet hours of their own."""
    for recipient in file.recipients:
        own = "quiet" in recipient.model_fields_set
        yield recipient if own else recipient.model_copy(update={"quiet": file.quiet})
