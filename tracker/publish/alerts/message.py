"""What one message to one recipient says, as frozen values that every form of it is made of."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from tracker.analyse.spikes import Spike
from tracker.publish.alerts.news import News


@dataclass(frozen=True, slots=True)
class Item:
    """A story or an article, and the alerts that found it; `keys` are what is sent with it, for good."""

    news: News
    alerts: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spiked:
    """Far more articles than usual: of a tag, or by a search, on a day, by so many owners."""

    alert: str
    label: str
    day: date
    spike: Spike
    owners: int
    key: str
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong with the tracker itself: `subject` names it for good; `over` when it is no longer so."""

    subject: str
    said: str
    over: bool = False
    key: str = ""
    alert: str = ""
    """The alert that found it, where one did."""


@dataclass(frozen=True, slots=True)
class Message:
    """All that one recipient is told at once. `more` are the stories that are told of as a number only."""

    recipient: str
    written_at: datetime
    items: tuple[Item, ...] = ()
    spikes: tuple[Spiked, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    more: int = 0
    further: tuple[str, ...] = ()
    """The keys of those that are only counted."""

    @property
    def empty(self) -> bool:
        """True where there is nothing to say."""
        return not (self.items or self.spikes or self.troubles)

    @property
    def keys(self) -> tuple[str, ...]:
        """What is sent with it, for good."""
        inside = (key for item in self.items for key in item.keys)
        return (*inside, *(spiked.key for spiked in self.spikes), *(one.key for one in self.troubles), *self.further)

    @property
    def delivery(self) -> str:
        """What names this message and no other, as digits."""
        return digest_of(self.keys)

    def within(self, most: int) -> "Message":
        """The same with so many stories at most, the rest counted."""
        rest = self.items[most:]
        further = (*self.further, *(key for item in rest for key in item.keys))
        return replace(self, items=self.items[:most], more=self.more + len(rest), further=further)


def digest_of(keys: Sequence[str]) -> str:
    """Keys as digits that tell nothing of the names in them."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:32]
