"""Read a PollConfig back from a file, where the feeds.yaml and the program are those it was made of.

Validating feeds.yaml, and importing what validates it, takes several times as long as a round in which nothing is due.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from datetime import date, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.analyse.timeline import Event
from tracker.config.kept_file import NOTHING_KEPT, KeptFile
from tracker.config.poll_config import Need, PollConfig
from tracker.config.rulebook_cache import NO_CACHE, RulebookCache, built_in_rulebook
from tracker.errors import Mistake
from tracker.models import Feed, Source

if TYPE_CHECKING:
    from tracker.analyse.tagging.rules import Rulebook


@dataclass(frozen=True, slots=True)
class ConfigCache:
    """Where a PollConfig and its rulebook are kept."""

    file: KeptFile = NOTHING_KEPT
    rulebook: RulebookCache = NO_CACHE

    @classmethod
    def beside(cls, db: Path) -> "ConfigCache":
        """Return the cache beside a database, which may only be made after this."""
        return cls(KeptFile.beside(db, "config"), RulebookCache.beside(db))

    def load(self, path: Path) -> PollConfig:
        """Return what polling needs of a feeds.yaml; raises ConfigError with every mistake in it, in file order."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return self._validated(path)  # which says what is wrong
        return self._get(path.name, text) or self._put(path, text)

    def load_rulebook(self, path: Path) -> "Rulebook":
        """Return only the rulebook: that of feeds.yaml if the file exists, else the built-in one."""
        return self.load(path).rulebook if path.exists() else built_in_rulebook(self.rulebook)

    def _get(self, name: str, text: str) -> PollConfig | None:
        """Return the configuration that was made of this text; None if that is not the one kept."""
        with suppress(ValueError, LookupError, TypeError):
            plain = json.loads(self.file.read(_made_of(name, text)) or b"")
            return replace(_decoded(plain), own=text if plain["own"] else "", cache=self.rulebook)
        return None

    def _put(self, path: Path, text: str) -> PollConfig:
        """Validate a feeds.yaml and keep the result."""
        config = self._validated(path)
        self.file.write(_made_of(path.name, text), json.dumps(_encoded(config), ensure_ascii=False).encode())
        return config

    def _validated(self, path: Path) -> PollConfig:
        from tracker.config.load import load  # noqa: PLC0415  with all that validates

        return load(path, self.rulebook)


def _made_of(name: str, text: str) -> str:
    """Return what a kept configuration depends on: doubts name the file."""
    return f"{name}\n{text}"


def _encoded(config: PollConfig) -> dict[str, Any]:
    """Return the configuration as plain values, without the text of feeds.yaml."""
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
        "own": bool(config.own),
    }


def _decoded(plain: Mapping[str, Any]) -> PollConfig:
    """Return the configuration of what _encoded() returned, read back from JSON, without `own`."""
    return PollConfig(
        contact=plain["contact"],
        allow_networks=tuple(map(ip_network, plain["allow_networks"])),
        timezone=plain["timezone"],
        sources=tuple(replace(Source(*row), domains=tuple(row[-1])) for row in plain["sources"]),
        feeds=tuple(Feed(url, source, _duration(every), most) for url, source, every, most in plain["feeds"]),
        requests_per_host=plain["requests_per_host"],
        pause=_duration(plain["pause"]) or timedelta(),
        group=plain["group"],
        events=tuple(Event(date.fromisoformat(day), *rest) for day, *rest in plain["events"]),
        needs=tuple(Need(*need) for need in plain["needs"]),
        doubts=tuple(Mistake(*doubt) for doubt in plain["doubts"]),
    )


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()


def _duration(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
