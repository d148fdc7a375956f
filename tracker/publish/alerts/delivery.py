"""Send a message to its recipient: claim it as a whole at the last moment, send it, record the outcome.

The rule is that of tracker/store/deliveries.py: a process killed between the claim and the record of its outcome may
have sent the message, so it is never sent again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from tracker import extras
from tracker.config.sending import Channel, Mail, Recipient
from tracker.publish import mail as post
from tracker.publish.alerts.message import Message
from tracker.publish.alerts.render import letter, note, payload
from tracker.publish.alerts.wording import MessageWording
from tracker.publish.mail import NotSent, Unsure
from tracker.publish.webhook import Hook, HookRequest
from tracker.publish.webhook import post as post_to_hook
from tracker.store import deliveries
from tracker.store.database import Database

State = Literal["sent", "already", "failed", "unsure"]
Claim = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What sending requires: how to word messages, the mail server, and the environment holding the secrets."""

    wording: MessageWording
    mail: Mail | None
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MessageOutcome:
    """The outcome of one message, with the reason if it was not sent."""

    message: Message
    state: State
    why: str = ""


def deliver(db: Database, message: Message, recipient: Recipient, settings: ChannelSettings) -> MessageOutcome:
    """Send a message unless part of it was already sent; store and return the outcome."""
    message = message.within(_CHANNELS[recipient.channel].most)
    claimed = False

    def claim() -> bool:
        nonlocal claimed
        claimed = deliveries.claim(db, "alert", message.keys, message.written_at)
        return claimed

    try:
        sent = send(message, recipient, settings, claim)
    except NotSent as error:
        if claimed:
            deliveries.settle(db, message.keys, message.written_at, str(error))
        else:
            deliveries.refuse(db, "alert", message.keys, message.written_at, str(error))
        return MessageOutcome(message, "failed", str(error))
    except Unsure as error:
        deliveries.leave_unsure(db, message.keys, str(error))
        return MessageOutcome(message, "unsure", str(error))
    if sent:
        deliveries.settle(db, message.keys, message.written_at)
    return MessageOutcome(message, "sent" if sent else "already")


def send(message: Message, recipient: Recipient, settings: ChannelSettings, claim: Claim, event: str = "alert") -> bool:
    """Send a message by its recipient's channel. Return False when `claim` refuses. Raises NotSent and Unsure."""
    return _CHANNELS[recipient.channel].send(message, recipient, settings, claim, event)


def _mail(message: Message, recipient: Recipient, settings: ChannelSettings, claim: Claim, _event: str) -> bool:
    if settings.mail is None:
        raise NotSent("feeds.yaml does not say under `mail:` how to send mail.")
    written = letter(message, settings.wording)
    key = f"{written.key} {message.recipient}"
    return post.send(settings.mail, recipient.address, replace(written, key=key), settings.environment, claim)


def _post(message: Message, recipient: Recipient, settings: ChannelSettings, claim: Claim, event: str) -> bool:
    hook = Hook(recipient.address, recipient.secret or "", settings.wording.contact)
    body = HookRequest(event, message.delivery, payload(message, settings.wording, event), message.written_at)
    return post_to_hook(hook, body, settings.environment, claim)


def _push(message: Message, recipient: Recipient, settings: ChannelSettings, claim: Claim, _event: str) -> bool:
    if lacking := extras.missing("apprise"):
        raise NotSent(f"This recipient needs {lacking}")
    from tracker.publish.push import notify  # noqa: PLC0415  an optional extra; takes most of a second to import

    return notify(recipient.address, *note(message, settings.wording), settings.environment, claim)


@dataclass(frozen=True, slots=True)
class _Transport:
    """How a channel sends, and the most stories that its messages list; they only count the rest."""

    send: Callable[[Message, Recipient, ChannelSettings, Claim, str], bool]
    most: int


_CHANNELS: Final[Mapping[Channel, _Transport]] = {
    "mail": _Transport(_mail, 20),
    "webhook": _Transport(_post, 500),
    "apprise": _Transport(_push, 20),
}
