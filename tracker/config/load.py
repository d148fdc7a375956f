"""feeds.yaml becomes a Config, or one ConfigError that names every mistake in it."""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

from tracker.analyse.rules import Rulebook
from tracker.analyse.timeline import Event
from tracker.analyse.urls import canonical
from tracker.config.check import check_shape, well_shaped
from tracker.config.doubts import doubts
from tracker.config.places import Document, read
from tracker.config.plans import Backups, Retention, Schedule
from tracker.config.reach import dead_rules
from tracker.config.rulebook import Written, built_in, built_in_rulebook, compile_rulebook, failed_examples
from tracker.config.shape import FeedsFile, TagShape
from tracker.config.timeline import built_in_events, events_of, unknown_tags
from tracker.config.values import variables
from tracker.errors import ConfigError, Mistake
from tracker.models import Feed, Source

EXAMPLE_CONTACT = "https://example.org/tracker"


@dataclass(frozen=True, slots=True)
class Config:
    """All that feeds.yaml says, checked."""

    contact: str
    allow_networks: tuple[IPv4Network | IPv6Network, ...]
    timezone: str
    sources: tuple[Source, ...]
    feeds: tuple[Feed, ...]
    schedule: Schedule
    requests_per_host: int = 2
    pause: timedelta = timedelta(seconds=5)
    robots: bool = True
    """Whether search engines may list the site."""
    backup: Backups = field(default_factory=Backups)
    retention: Retention = field(default_factory=Retention)
    own_rulebook: Rulebook | None = None
    own_events: tuple[Event, ...] = ()
    doubts: tuple[Mistake, ...] = ()
    """What works in the tags of feeds.yaml and will hardly be meant, each with its place."""

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook; the built-in one is read when it is first asked for, as a round without news needs none."""
        return built_in_rulebook() if self.own_rulebook is None else self.own_rulebook

    @property
    def events(self) -> tuple[Event, ...]:
        """The policy timeline: the built-in one and what feeds.yaml adds to it."""
        return (*built_in_events(), *self.own_events)

    @property
    def warnings(self) -> list[str]:
        """What works but should not stay so, in sentences; the environment may be another one the next time."""
        example = "settings.contact is still the example: publishers cannot reach you; write your own page or mail"
        return [
            *([example] if self.contact == EXAMPLE_CONTACT else []),
            *(
                f"{feed.url} needs {name}, which the environment does not have: this feed cannot be polled"
                for feed in self.feeds
                for name in variables(feed.url)
                if not os.environ.get(name)
            ),
        ]


def load(path: Path) -> Config:
    """The configuration in a file; raises ConfigError with every mistake, in file order."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = "there is no such file; name yours with --config, or start from the feeds.yaml of the project"
        raise ConfigError([Mistake(str(path), 1, 1, hint)]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Mistake(str(path), 1, 1, f"this file cannot be read: {error}")]) from error
    return load_text(text, path.name)


def load_text(text: str, name: str) -> Config:
    """The configuration in a text; `name` stands before the line numbers of mistakes."""
    document = read(text, name)
    shape, mistakes = check_shape(FeedsFile, document)
    own = _own_tags(document)
    rulebook = None
    mistakes = [*mistakes, *_repeated(document)]
    if own:
        rulebook, wrong_rules = compile_rulebook(built_in(), own)
        mistakes += [*wrong_rules, *dead_rules(rulebook, own), *failed_examples(rulebook, own)]
    if shape and any(event.tag for event in shape.events):
        known = {tag.id for tag in (rulebook or built_in_rulebook()).tags}
        mistakes += unknown_tags(document, shape.events, known)
    if shape is None or mistakes:
        raise ConfigError(mistakes)
    return _config(shape, rulebook, doubts(rulebook, own) if rulebook else [])


def load_rulebook(path: Path) -> Rulebook:
    """The rulebook alone: that of feeds.yaml if the file is there, else the built-in one."""
    return load(path).rulebook if path.exists() else built_in_rulebook()


def _items(value: object, key: str) -> list[Any]:
    """The list under a key of something that may not be as it should."""
    items = value.get(key) if isinstance(value, dict) else None
    return items if isinstance(items, list) else []


def _own_tags(document: Document) -> list[Written]:
    """The tags of feeds.yaml that are well shaped, so that their rules are checked whatever else is wrong."""
    shaped = [well_shaped(TagShape, item) for item in _items(document.value, "tags")]
    return [Written(tag, document, ("tags", number)) for number, tag in enumerate(shaped) if tag]


def _repeated(document: Document) -> list[Mistake]:
    """Sources with one id, and feeds with one address."""
    mistakes: list[Mistake] = []
    ids: dict[str, int] = {}
    urls: dict[str, object] = {}
    for number, source in enumerate(_items(document.value, "sources")):
        name = source.get("id") if isinstance(source, dict) else None
        if name is not None and str(name) in ids:
            message = f"the id {name!r} is taken by source {ids[str(name)] + 1}; every id is used once"
            mistakes.append(document.mistake(("sources", number, "id"), message))
        ids.setdefault(str(name), number)
        for position, feed in enumerate(_items(source, "feeds")):
            url = str(feed.get("url") if isinstance(feed, dict) else feed)
            key = canonical(url) or url
            if key in urls:
                message = f"this feed is already listed under {urls[key]!r}; list it once"
                mistakes.append(document.mistake(("sources", number, "feeds", position), message))
            urls.setdefault(key, name)
    return mistakes


def _config(shape: FeedsFile, own_rulebook: Rulebook | None, doubted: list[Mistake]) -> Config:
    return Config(
        contact=shape.settings.contact,
        allow_networks=tuple(shape.settings.allow_networks),
        timezone=shape.settings.timezone,
        sources=tuple(
            Source(item.id, item.name, item.family or item.id, item.kind, item.country, item.language)
            for item in shape.sources
        ),
        feeds=tuple(Feed(feed.url, item.id, feed.every) for item in shape.sources for feed in item.feeds),
        schedule=Schedule(**dict(shape.schedule)),
        requests_per_host=shape.settings.requests_per_host,
        pause=shape.settings.pause,
        robots=shape.settings.robots == "allow",
        backup=Backups(Path(shape.backup.folder).expanduser(), shape.backup.keep),
        retention=Retention(shape.retention.summaries),
        own_rulebook=own_rulebook,
        own_events=tuple(events_of(shape.events)),
        doubts=tuple(doubted),
    )
