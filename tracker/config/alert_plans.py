"""The alert settings of feeds.yaml as values: what to watch for, whom to notify and how."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from tracker.analyse.quiet_hours import Quiet

Way = Literal["mail", "webhook", "apprise"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person or machine to notify. `address` and `secret` are templates: ${NAME} comes from the environment."""

    name: str
    way: Way
    address: str
    secret: str | None = None
    """The key that signs webhook requests."""
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """What to watch for: articles that meet every given condition or, with `spike`, far more of them than usual.

    An empty tuple or None sets no condition. With `every`, an article needs all of `tags`; otherwise any one will do.
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
        """Everything that decides which articles match; recipients are not part of it."""
        parts = (self.search, sorted(self.tags), self.every, self.relevance, self.sources, self.kinds, self.spike)
        return repr(parts)


@dataclass(frozen=True, slots=True)
class OperatorAlerts:
    """Whom to notify of the tracker's own problems, and after how long a feed counts as dead and polling as stopped."""

    to: tuple[str, ...]
    dead: timedelta = timedelta(days=2)
    unpolled: timedelta = timedelta(hours=1)
