"""The job `alerts`: send every recipient their news, except in quiet hours, and summarise the outcome in one line.

News arriving in quiet hours, or while a recipient is unreachable, is not claimed, so a later run finds it again for as
long as it is news and sends it together.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tracker.analyse.names import did_you_mean
from tracker.config.load import Config
from tracker.config.sending import Recipient
from tracker.errors import TrackerError, UsageError
from tracker.files import shipped
from tracker.publish.alerts import queries as store
from tracker.publish.alerts.delivery import ChannelSettings, MessageOutcome, deliver, send
from tracker.publish.alerts.finding import Finder, Finding
from tracker.publish.alerts.message import Message, Trouble
from tracker.publish.alerts.wording import MessageWording
from tracker.publish.formatting import counted
from tracker.store import deliveries, floods
from tracker.store.database import Database, exclusive, opened, opened_by_reader

_TEST = "This is a test: messages from the tracker will reach you this way"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a recipient would be sent now, and why not yet: `quiet` hours, or a `rest` after a failure."""

    recipient: Recipient
    finding: Finding
    quiet: bool = False
    rest: datetime | None = None

    @property
    def held(self) -> bool:
        """Whether sending has to wait."""
        return self.quiet or self.rest is not None


def run(config: Config, db: Path, now: datetime) -> str:
    """Send what is due. Raises TrackerError, after trying everything, when something could not be sent."""
    _wanted(config)
    with exclusive(db, "sending-alerts"), opened(db) as database:
        outcomes, held = [], []
        for waiting in _waiting(config, database, db.parent, now):
            store.record_runs(database, waiting.finding.watches, now)
            why = "another article of its story was sent"
            deliveries.skip(database, "alert", waiting.finding.covered, now, why)
            if waiting.finding.message.empty:
                continue
            if waiting.held:
                held.append(waiting)
            else:
                outcomes.append(deliver(database, waiting.finding.message, waiting.recipient, channel_settings(config)))
    said = "; ".join(_said(outcomes, held)) or "nothing new"
    if troubles := list(dict.fromkeys(f"{one.message.recipient}: {one.why}" for one in outcomes if one.why)):
        raise TrackerError(f"{said}. {' '.join(troubles)}")
    return said


def waiting(config: Config, db: Path, now: datetime) -> list[Waiting]:
    """Return what each recipient would be sent now, without sending or storing anything."""
    with opened_by_reader(db) as database:
        return list(_waiting(config, database, db.parent, now))


def release(config: Config, db: Database, name: str, now: datetime) -> int:
    """Let alerts report the floods of a feed, given by its address, or of a source; return how many floods.

    Call inside a transaction. Raises UsageError when the name matches neither.
    """
    if name not in {known for feed in config.feeds for known in (feed.url, feed.source)}:
        raise UsageError(f"no feed or source is called {name!r}; `tracker feeds list` shows them all")
    return floods.release(db, name, now)


def test(config: Config, name: str, now: datetime) -> None:
    """Send a recipient a message marked as a test. Raises TrackerError if it was not accepted."""
    recipient = next((one for one in config.recipients if one.name == name), None)
    if recipient is None:
        known = [one.name for one in config.recipients]
        there = f" (those that it names: {', '.join(known) or 'none'})"
        raise UsageError(f"feeds.yaml names no recipient {name!r}{did_you_mean(name, known)}{there}")
    trouble = Trouble("test", _TEST, key=f"test/{name}/{now.isoformat()}")
    send(Message(name, now, troubles=(trouble,)), recipient, channel_settings(config), lambda: True, "test")


def channel_settings(config: Config) -> ChannelSettings:
    """Return what sending requires, from feeds.yaml and the environment."""
    return ChannelSettings(
        MessageWording(ZoneInfo(config.timezone), config.site, config.contact), config.mail, os.environ
    )


def _wanted(config: Config) -> None:
    if not (config.alerts or config.operator_alerts):
        raise TrackerError(
            f"feeds.yaml has no alerts: write `recipients:` and `alerts:`; {shipped('docs/alerts.md')} shows how"
        )


def _waiting(config: Config, db: Database, folder: Path, now: datetime) -> Iterator[Waiting]:
    """Yield each recipient named by an alert, with what to send them."""
    finder = Finder(config, db, folder, now)
    zone = ZoneInfo(config.timezone)
    named = {name for alert in config.alerts for name in alert.to} | {
        *(config.operator_alerts.to if config.operator_alerts else ())
    }
    for recipient in config.recipients:
        if recipient.name in named:
            quiet = recipient.quiet is not None and recipient.quiet.holds(now, zone)
            rest = deliveries.on_hold_until(db, f"alert/{recipient.name}/", now)
            yield Waiting(recipient, finder.finding(recipient), quiet, rest if rest and rest > now else None)


def _said(outcomes: Sequence[MessageOutcome], held: Sequence[Waiting]) -> Iterator[str]:
    """Describe what was done; recipients go by their names in feeds.yaml."""
    for outcome in outcomes:
        yield f"{outcome.message.recipient}: {in_words(outcome.message)} {_STATES[outcome.state]}"
    for one in held:
        why = "held until the quiet hours end" if one.quiet else "held because the last attempt failed"
        yield f"{one.recipient.name}: {in_words(one.finding.message)} {why}"


_STATES: Mapping[str, str] = {
    "sent": "sent",
    "already": "sent by another run",
    "failed": "not sent",
    "unsure": "possibly sent, so not retried",
}


def in_words(message: Message) -> str:
    """Describe how much a message contains."""
    parts = [
        (len(message.items) + message.more, "story", "stories"),
        (len(message.spikes), "spike", "spikes"),
        (len(message.troubles), "notice", "notices"),
    ]
    return ", ".join(counted(number, one, many) for number, one, many in parts if number) or "nothing"
