"""What feeds.yaml decides about alerts, as values: what is watched for, and who is told of it in which way."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from tracker.analyse.quiet_hours import Quiet

Way = Literal["mail", "webhook", "apprise"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody, or some machine, that is told. `address` and `secret` are templates: the environment has ${NAME}."""

    name: str
    way: Way
    address: str
    secret: str | None = None
    """With which a webhook is signed."""
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """What is watched for: articles for which all hold that is given, or with `spike` that there are far more of them.

    An empty tuple, or None, leaves nothing out. `every` wants all of `tags`, otherwise any of them is enough.
    """

    name: str
    to: tuple[str, ...]
    search: str | None = None
    tags: tuple[str, ...] = ()
    every: bool = False
    relevance: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    spike: bool = False

    @property
    def meaning(self) -> str:
        """All that decides what it finds; who is told is no part of it."""
        parts = (self.search, sorted(self.tags), self.every, self.relevance, self.sources, self.kinds, self.spike)
        return repr(parts)


@dataclass(frozen=True, slots=True)
class Ourselves:
    """Who is told of the tracker's own troubles; after how long a feed counts as dead, and polling as stopped."""

    to: tuple[str, ...]
    dead: timedelta = timedelta(days=2)
    unpolled: timedelta = timedelta(hours=1)
