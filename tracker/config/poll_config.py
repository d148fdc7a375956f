"""The part of feeds.yaml that polling needs, which can be kept and read back without the models that validate it."""

import os
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Literal, NamedTuple

from tracker.analyse.timeline import Event
from tracker.config.rulebook_cache import NO_CACHE, RulebookCache, Summary, built_in_rulebook
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
        """Whether it is there now."""
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
    """The policy timeline: the built-in events and those of feeds.yaml."""
    needs: tuple[Need, ...] = ()
    doubts: tuple[Mistake, ...] = ()
    """Valid settings that are probably unintended, each with its position."""
    own: str = ""
    """The whole text of a feeds.yaml with tags of its own, which the rulebook is made of; else empty."""
    compiled: "Rulebook | None" = None
    """The rulebook with those tags, where they were just compiled."""
    cache: RulebookCache = NO_CACHE
    """Where the rulebook is kept."""

    @property
    def rulebook(self) -> "Rulebook":
        """The rulebook, read on first use, since a round without news needs none."""
        if self.compiled is not None:
            return self.compiled
        return _own_rulebook(self.cache, self.own) if self.own else built_in_rulebook(self.cache)

    @property
    def rulebook_summary(self) -> Summary:
        """The rulebook's hash and number of tags, which cost less than the rulebook."""
        kept = self.cache.get_summary(self.own)
        return kept or Summary(self.rulebook.hash, len(self.rulebook.tags))

    @property
    def warnings(self) -> list[str]:
        """Sentences on what works but needs fixing; not cached, because the environment may change."""
        example = "settings.contact is still the example, so publishers cannot reach you; write your own page or email"
        missing = [need.sentence for need in self.needs if not need.met]
        return [*([example] if self.contact == EXAMPLE_CONTACT else []), *missing]


@cache
def _own_rulebook(kept: RulebookCache, own: str) -> "Rulebook":
    """Return the rulebook of a valid feeds.yaml with tags of its own, read once or else compiled."""
    if (found := kept.get(own)) is not None:
        return found
    from tracker.config.load import load_text  # noqa: PLC0415  imports this module

    return load_text(own, "feeds.yaml", kept).rulebook
