"""How a message goes to its recipient: claimed as a whole at the last moment, sent in one way, and settled.

The rule is that of tracker/store/batches.py. Who is killed from the claim until it is noted what came of it may have
sent the message, and it is never sent again.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol

from tracker.config.alert_plans import Recipient, Way
from tracker.config.plans import Mail
from tracker.publish import mail as post
from tracker.publish.alerts.email import letter
from tracker.publish.alerts.message import Message
from tracker.publish.alerts.push_note import note
from tracker.publish.alerts.webhook_payload import payload
from tracker.publish.alerts.wording import Telling
from tracker.publish.mail import NotSent, Unsure
from tracker.publish.webhook import Delivery, Hook
from tracker.publish.webhook import post as post_to_hook
from tracker.store import batches
from tracker.store.database import Database

SHOWN: Final[Mapping[Way, int]] = {"mail": 20, "webhook": 500, "apprise": 20}
"""So many stories a message tells of; the rest it counts."""

State = Literal["sent", "already", "failed", "unsure"]
Claim = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Transports:
    """What is needed to send: how to put things, by which mail server, and the environment with its secrets."""

    telling: Telling
    mail: Mail | None
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MessageOutcome:
    """What came of one message, with the reason where it was not sent."""

    message: Message
    state: State
    why: str = ""


class _Notify(Protocol):
    """What tracker/publish/push.py does."""

    def __call__(self, template: str, title: str, body: str, environment: Mapping[str, str], claim: Claim) -> bool:
        """Tell it."""


def deliver(db: Database, message: Message, recipient: Recipient, office: Transports) -> MessageOutcome:
    """Send a message unless something of it was sent already; what came of it is stored."""
    message = message.within(SHOWN[recipient.way])
    claimed = False

    def claim() -> bool:
        nonlocal claimed
        claimed = batches.claim_all(db, "alert", message.keys, message.written_at)
        return claimed

    try:
        sent = send(message, recipient, office, claim)
    except NotSent as error:
        if claimed:
            batches.settle_all(db, message.keys, message.written_at, str(error))
        else:
            batches.refuse_all(db, "alert", message.keys, message.written_at, str(error))
        return MessageOutcome(message, "failed", str(error))
    except Unsure as error:
        batches.unsure_all(db, message.keys, str(error))
        return MessageOutcome(message, "unsure", str(error))
    if sent:
        batches.settle_all(db, message.keys, message.written_at)
    return MessageOutcome(message, "sent" if sent else "already")


def send(message: Message, recipient: Recipient, office: Transports, claim: Claim, event: str = "alert") -> bool:
    """Send a message in the way of its recipient; False when `claim` does not let it. Raises NotSent and Unsure."""
    telling = office.telling
    if recipient.way == "webhook":
        hook = Hook(recipient.address, recipient.secret or "", telling.contact)
        body = Delivery(event, message.delivery, payload(message, telling, event), message.written_at)
        return post_to_hook(hook, body, office.environment, claim)
    if recipient.way == "apprise":
        return _notify()(recipient.address, *note(message, telling), office.environment, claim)
    if office.mail is None:
        raise NotSent("feeds.yaml does not say under `mail:` how to send mail.")
    written = letter(message, telling)
    key = f"{written.key} {message.recipient}"
    return post.send(office.mail, recipient.address, replace(written, key=key), office.environment, claim)


def _notify() -> _Notify:
    """What knows apprise, imported when something is to be sent by it, as that takes most of a second."""
    found: _Notify = importlib.import_module("tracker.publish.push").notify
    return found
