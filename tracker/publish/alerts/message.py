"""The content of one message to one recipient, as frozen values that every format is rendered from."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from tracker.analyse.spikes import Spike
from tracker.publish.alerts.news import News


@dataclass(frozen=True, slots=True)
class Item:
    """A story or an article, and the alerts that found it; `keys` permanently identify what is sent with it."""

    news: News
    alerts: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spiked:
    """Far more articles than usual for a tag or search on one day, with the number of owners."""

    alert: str
    label: str
    day: date
    spike: Spike
    owners: int
    key: str
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem with the tracker itself: `subject` identifies it permanently; `over` says that it has ended."""

    subject: str
    said: str
    over: bool = False
    key: str = ""
    alert: str = ""
    """The alert that found it, if any."""


@dataclass(frozen=True, slots=True)
class Message:
    """Everything sent to one recipient at once. `more` stories are only counted."""

    recipient: str
    written_at: datetime
    items: tuple[Item, ...] = ()
    spikes: tuple[Spiked, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    more: int = 0
    further: tuple[str, ...] = ()
    """The keys of the stories that are only counted."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.items or self.spikes or self.troubles)

    @property
    def keys(self) -> tuple[str, ...]:
        """The permanent keys of everything sent with it."""
        inside = (key for item in self.items for key in item.keys)
        return (*inside, *(spiked.key for spiked in self.spikes), *(one.key for one in self.troubles), *self.further)

    @property
    def delivery(self) -> str:
        """Digits that identify this message and no other."""
        return digest_of(self.keys)

    def within(self, most: int) -> "Message":
        """Return the message limited to `most` stories, the rest counted."""
        rest = self.items[most:]
        further = (*self.further, *(key for item in rest for key in item.keys))
        return replace(self, items=self.items[:most], more=self.more + len(rest), further=further)


def digest_of(keys: Sequence[str]) -> str:
    """Hash keys to digits that reveal none of the names in them."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:32]
