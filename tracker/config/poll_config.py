"""The part of feeds.yaml that polling needs, cached in a file so that most rounds need not validate feeds.yaml.

Validating feeds.yaml, and importing what validates it, takes several times as long as a round in which nothing is due;
so this module imports none of that.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from tracker.analyse.debate import Debate
from tracker.analyse.timeline import Event
from tracker.config.rulebook_cache import (
    NO_CACHE,
    NO_CACHE_FILE,
    SHIPPED,
    CacheFile,
    Origin,
    RulebookCache,
    Summary,
    built_in_rulebook,
)
from tracker.errors import Mistake
from tracker.models import Feed, Scope, Source

if TYPE_CHECKING:
    from tracker.analyse.tagging.rules import Rulebook

EXAMPLE_CONTACT = "https://example.org/tracker"


class Need(NamedTuple):
    """An environment variable or library that feeds.yaml relies on, and what to say where it is missing."""

    name: str
    sentence: str
    kind: Literal["variable", "library"] = "variable"

    @property
    def met(self) -> bool:
        """Whether it is present now."""
        return bool(find_spec(self.name) if self.kind == "library" else os.environ.get(self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class PollConfig:
    """What polling, tagging and the overview need of a valid feeds.yaml."""

    contact: str
    allow_networks: tuple[IPv4Network | IPv6Network, ...]
    timezone: str
    sources: tuple[Source, ...]
    feeds: tuple[Feed, ...]
    requests_per_host: int = 2
    pause: timedelta = timedelta(seconds=5)
    group: Scope = "debate"
    """Which articles are grouped into stories: those in or near the debate, or all."""
    events: tuple[Event, ...] = ()
    """The policy timeline: the events of the rulebook and those of feeds.yaml."""
    needs: tuple[Need, ...] = ()
    doubts: tuple[Mistake, ...] = ()
    """Valid settings that are probably unintended, each with its position."""
    origin: Origin = SHIPPED
    """What the rulebook is made of."""
    compiled: "Rulebook | None" = None
    """The rulebook of that origin, where it was just compiled."""
    cache: RulebookCache = NO_CACHE
    """Where the rulebook is cached."""

    @property
    def rulebook(self) -> "Rulebook":
        """The rulebook, read on first use, since a round without news needs none."""
        if self.compiled is not None:
            return self.compiled
        return built_in_rulebook(self.cache) if self.origin == SHIPPED else _own_rulebook(self.cache, self.origin)

    @property
    def debate(self) -> Debate:
        """The topics of the rulebook."""
        return Debate.of(self.rulebook.tags)

    @property
    def rulebook_summary(self) -> Summary:
        """The rulebook's hash and number of tags, which cost less than the rulebook."""
        cached = self.cache.get_summary(self.origin.key)
        return cached or Summary(self.rulebook.hash, len(self.rulebook.tags))

    @property
    def warnings(self) -> list[str]:
        """Sentences on what works but needs fixing; not cached, because the environment may change."""
        example = "settings.contact is still the example, so publishers cannot reach you; write your own page or email"
        missing = [need.sentence for need in self.needs if not need.met]
        return [*([example] if self.contact == EXAMPLE_CONTACT else []), *missing]


@cache
def _own_rulebook(cached: RulebookCache, origin: Origin) -> "Rulebook":
    """Return the rulebook of a valid feeds.yaml that has its own, read once or else compiled."""
    if (found := cached.get(origin.key)) is not None:
        return found
    from tracker.config.load import compiled  # noqa: PLC0415  imports this module

    return compiled(origin, cached)


@dataclass(frozen=True, slots=True)
class ConfigCache:
    """Where a PollConfig and its rulebook are cached."""

    file: CacheFile = NO_CACHE_FILE
    rulebook: RulebookCache = NO_CACHE

    @classmethod
    def beside(cls, db: Path) -> "ConfigCache":
        """Return the cache beside a database, which need not exist yet."""
        return cls(CacheFile.beside(db, "config"), RulebookCache.beside(db))

    def load(self, path: Path) -> PollConfig:
        """Return what polling needs of a feeds.yaml; raises ConfigError with every mistake in it, in file order."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return self._validated(path)  # which says what is wrong
        return self._get(path, text) or self._put(path, text)

    def load_rulebook(self, path: Path) -> "Rulebook":
        """Return only the rulebook: that of feeds.yaml if the file exists, else the built-in one."""
        return self.load(path).rulebook if path.exists() else built_in_rulebook(self.rulebook)

    def _get(self, path: Path, text: str) -> PollConfig | None:
        """Return the configuration cached for this text; None if there is none."""
        with suppress(ValueError, LookupError, TypeError):
            plain = json.loads(self.file.read(_inputs(path, text)) or b"")
            config = replace(_decoded(plain), cache=self.rulebook)
            return config if config.origin == Origin.of(config.origin.text, config.origin.folder) else None
        return None

    def _put(self, path: Path, text: str) -> PollConfig:
        """Validate a feeds.yaml and cache the result."""
        config = self._validated(path)
        self.file.write(_inputs(path, text), json.dumps(_encoded(config), ensure_ascii=False).encode())
        return config

    def _validated(self, path: Path) -> PollConfig:
        from tracker.config.load import load  # noqa: PLC0415  with all that validates

        return load(path, self.rulebook)


def _inputs(path: Path, text: str) -> str:
    """Return what a cached configuration depends on: doubts name the file, and a rulebook may be beside it."""
    return f"{path.absolute()}\n{text}"


def _encoded(config: PollConfig) -> dict[str, Any]:
    """Return the configuration as plain values."""
    return {
        "contact": config.contact,
        "allow_networks": [*map(str, config.allow_networks)],
        "timezone": config.timezone,
        "sources": [*map(astuple, config.sources)],
        "feeds": [(feed.url, feed.source, _seconds(feed.every), feed.new_per_day) for feed in config.feeds],
        "requests_per_host": config.requests_per_host,
        "pause": _seconds(config.pause),
        "group": config.group,
        "events": [(str(event.day), event.title, event.url, event.tag) for event in config.events],
        "needs": config.needs,
        "doubts": [*map(astuple, config.doubts)],
        "origin": (config.origin.text, str(config.origin.folder or ""), config.origin.content),
    }


def _decoded(plain: Mapping[str, Any]) -> PollConfig:
    """Return the configuration that _encoded() encoded."""
    return PollConfig(
        contact=plain["contact"],
        allow_networks=tuple(map(ip_network, plain["allow_networks"])),
        timezone=plain["timezone"],
        sources=tuple(replace(Source(*row), domains=tuple(row[6])) for row in plain["sources"]),
        feeds=tuple(Feed(url, source, _duration(every), most) for url, source, every, most in plain["feeds"]),
        requests_per_host=plain["requests_per_host"],
        pause=_duration(plain["pause"]) or timedelta(),
        group=plain["group"],
        events=tuple(Event(date.fromisoformat(day), *rest) for day, *rest in plain["events"]),
        needs=tuple(Need(*need) for need in plain["needs"]),
        doubts=tuple(Mistake(*doubt) for doubt in plain["doubts"]),
        origin=_origin(*plain["origin"]),
    )


def _origin(text: str, folder: str, content: str) -> Origin:
    return Origin(text, Path(folder) if folder else None, content)


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()


def _duration(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
