"""Load feeds.yaml into a Config, or raise one ConfigError that lists every mistake in it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from tracker.analyse.search.scope import Known
from tracker.analyse.spelling import did_you_mean
from tracker.analyse.tagging.rules import Rulebook
from tracker.analyse.timeline import Event
from tracker.analyse.timetable import When
from tracker.analyse.urls import canonical
from tracker.config.alert_plans import Alert, OperatorAlerts, Recipient
from tracker.config.alert_schema import alert_doubts, alert_mistakes, missing_secrets
from tracker.config.mail_schema import digest_mistakes, digest_of
from tracker.config.messages import check_shape, well_shaped
from tracker.config.plans import Author, Backups, Digest, Export, Mail, Release, Retention, Schedule
from tracker.config.reach import dead_rules
from tracker.config.release_schema import ReleaseShape
from tracker.config.rule_warnings import doubts
from tracker.config.rulebook import Written, built_in, built_in_rulebook, compile_rulebook, failed_examples
from tracker.config.schedule_schema import ExportShape
from tracker.config.schema import FeedsFile, TagShape
from tracker.config.timeline import built_in_events, events_of, unknown_tags
from tracker.config.values import variables
from tracker.config.yaml_positions import Document, mappings, read, texts
from tracker.errors import ConfigError, Mistake
from tracker.models import Feed, Source

EXAMPLE_CONTACT = "https://example.org/tracker"
_ALERTS = When("5m", every=timedelta(minutes=5))


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

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook; the built-in one is read on first use, since a round without news needs none."""
        return built_in_rulebook() if self.own_rulebook is None else self.own_rulebook

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


def load(path: Path) -> Config:
    """Load the configuration from a file; raises ConfigError with every mistake, in file order."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = "there is no such file; name yours with --config, or start from the feeds.yaml of the project"
        raise ConfigError([Mistake(str(path), 1, 1, hint)]) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        place = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        raise ConfigError([Mistake(str(path), *place, "this file is not UTF-8; save it as UTF-8")]) from error
    except OSError as error:
        raise ConfigError([Mistake(str(path), 1, 1, f"this file cannot be read: {error}")]) from error
    return load_text(text, path.name)


def load_text(text: str, name: str) -> Config:
    """Load the configuration from a text; mistakes give `name` as the file."""
    document = read(text, name)
    hints = _renamed_keys(document)
    shape, mistakes = check_shape(FeedsFile, document)
    own = _own_tags(document)
    rulebook = None
    mistakes = [*mistakes, *_repeated(document)]
    if own:
        rulebook, wrong_rules = compile_rulebook(built_in(), own)
        mistakes += [*wrong_rules, *dead_rules(rulebook, own), *failed_examples(rulebook, own)]
    mistakes += _unknown_names(document, rulebook)
    if shape is None or mistakes:
        raise ConfigError(mistakes)
    doubted = [*hints, *(doubts(rulebook, own) if rulebook else []), *alert_doubts(document, shape.alerts)]
    return _config(shape, rulebook, doubted)


def load_rulebook(path: Path) -> Rulebook:
    """Load only the rulebook: that of feeds.yaml if the file exists, else the built-in one."""
    return load(path).rulebook if path.exists() else built_in_rulebook()


def _renamed_keys(document: Document) -> list[Mistake]:
    """Give keys with an earlier name the present one, and return a hint for each of these names."""
    tags = [(("tags", number), tag) for number, tag in enumerate(document.items("tags"))]
    rules = [((*path, "rules", number), rule) for path, tag in tags for number, rule in mappings(tag.get("rules"))]
    whole = [((), document.value)] if isinstance(document.value, dict) else []
    hints = []
    for old, new, places in (("ourselves", "operator_alerts", whole), ("with", "context", [*tags, *rules])):
        renamed = [path for path, mapping in places if document.rename(path, mapping, old, new)]
        if renamed:
            more = len(renamed) - 1
            others = f" (and at {more} more {'place' if more == 1 else 'places'})" if more else ""
            message = f"{old!r} is an old name; write {new!r} here{others}"
            hints.append(document.mistake((*renamed[0], new), message, at_key=True))
    return hints


def _own_tags(document: Document) -> list[Written]:
    """Return the tags of feeds.yaml that fit the schema, so that their rules are checked despite other mistakes."""
    shaped = [well_shaped(TagShape, item) for item in document.items("tags")]
    return [Written(tag, document, ("tags", number)) for number, tag in enumerate(shaped) if tag]


def _repeated(document: Document) -> list[Mistake]:
    """Return a mistake for each duplicate source id and feed URL."""
    mistakes: list[Mistake] = []
    ids: dict[str, int] = {}
    urls: dict[str, object] = {}
    for number, source in enumerate(document.items("sources")):
        name = source.get("id")
        if name is not None and str(name) in ids:
            message = f"the id {name!r} is taken by source {ids[str(name)] + 1}; every id is used once"
            mistakes.append(document.mistake(("sources", number, "id"), message))
        ids.setdefault(str(name), number)
        listed = source.get("feeds")
        for position, feed in enumerate(listed if isinstance(listed, list) else []):
            url = str(feed.get("url") if isinstance(feed, dict) else feed)
            key = canonical(url) or url
            if key in urls:
                message = f"this feed is already listed under {urls[key]!r}; list it once"
                mistakes.append(document.mistake(("sources", number, "feeds", position), message))
            urls.setdefault(key, name)
    return mistakes


def _unknown_names(document: Document, rulebook: Rulebook | None) -> Iterator[Mistake]:
    """Yield a mistake for each reference to a name that no section defines, whatever else is wrong there.

    Reads the built-in rulebook only if a section may refer to its tags.
    """
    named = ("events", "digest", "alerts", "exports")
    needs_tags = isinstance(document.value, dict) and any(document.value.get(section) for section in named)
    tags = {tag.id: tag.label for tag in (rulebook or built_in_rulebook()).tags} if needs_tags else {}
    tags |= {name: name for item in document.items("tags") if isinstance(name := item.get("id"), str)}
    sources = {name: name for item in document.items("sources") if isinstance(name := item.get("id"), str)}
    names = {str(item.get("id")): str(item.get("name") or item.get("id")) for item in document.items("sources")}
    if not isinstance(document.value, dict):
        return
    yield from unknown_tags(document, tags)
    yield from digest_mistakes(document, tags.keys())
    yield from alert_mistakes(document, Known({id_: names[id_] for id_ in sources}, tags))
    for number, export in enumerate(document.items("exports")):
        for at, tag in texts(export.get("tags")):
            if tag not in tags:
                message = f"there is no tag {tag!r}{did_you_mean(tag, tags)}"
                yield document.mistake(("exports", number, "tags", at), message)


def _schedule(shape: FeedsFile) -> Schedule:
    """Return the schedule; alerts without a time of their own are checked every few minutes."""
    schedule = Schedule(**dict(shape.schedule))
    if schedule.alerts is None and (shape.alerts or shape.operator_alerts):
        return replace(schedule, alerts=_ALERTS)
    return schedule


def _config(shape: FeedsFile, own_rulebook: Rulebook | None, doubted: list[Mistake]) -> Config:
    return Config(
        contact=shape.settings.contact,
        allow_networks=tuple(shape.settings.allow_networks),
        timezone=shape.settings.timezone,
        sources=tuple(
            Source(
                item.id,
                item.name,
                item.family or item.id,
                item.kind,
                item.country,
                item.language,
                tuple(item.domains),
            )
            for item in shape.sources
        ),
        feeds=tuple(
            Feed(feed.url, item.id, feed.every, feed.new_per_day or shape.settings.new_per_day)
            for item in shape.sources
            for feed in item.feeds
        ),
        schedule=_schedule(shape),
        release=_release(shape.release),
        requests_per_host=shape.settings.requests_per_host,
        pause=shape.settings.pause,
        robots=shape.settings.robots == "allow",
        exports=tuple(map(_export, shape.exports)),
        backup=Backups(Path(shape.backup.folder).expanduser(), shape.backup.keep),
        retention=Retention(shape.retention.summaries),
        site=shape.settings.site,
        mail=shape.mail.plan() if shape.mail else None,
        digest=digest_of(shape.digest, shape.mail),
        recipients=tuple(recipient.plan(shape.quiet) for recipient in shape.recipients),
        alerts=tuple(alert.plan() for alert in shape.alerts),
        operator_alerts=shape.operator_alerts.plan() if shape.operator_alerts else None,
        own_rulebook=own_rulebook,
        own_events=tuple(events_of(shape.events)),
        doubts=tuple(doubted),
    )


def _export(shape: ExportShape) -> Export:
    presets, tags = tuple(shape.presets), tuple(shape.tags)
    how = (shape.format, shape.gzip, shape.excel)
    return Export(shape.folder, presets, *how, tags, shape.source, shape.relevance, shape.days, shape.published)


def _release(shape: ReleaseShape) -> Release:
    authors = tuple(Author(one.name, one.given, one.orcid) for one in shape.authors)
    return Release(Path(shape.folder), shape.title, authors, shape.licence, shape.url)
