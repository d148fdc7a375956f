"""Describe the outcome of the digests that were sent, in lines for people."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from tracker.config.load import Config
from tracker.publish.digest.delivery import ATTEMPTS, BUSY, fingerprint
from tracker.publish.labels import minute
from tracker.store import deliveries
from tracker.store.database import Database
from tracker.store.deliveries import Delivery

_SHOWN = 50


def status(db: Database, config: Config | None, now: datetime) -> str:
    """Return a line for each of the latest digests and each of its recipients, newest last."""
    zone = ZoneInfo(config.timezone if config else "UTC")
    names = dict(_names(config))
    lines = [
        f"{found.key.split('/')[2]:<11} {names.get(found.key.rpartition('/')[2], 'a former recipient')}: "
        f"{in_words(found, zone, now)}"
        for found in deliveries.known(db, "digest", last=_SHOWN).values()
    ]
    return "\n".join(lines) or "no digest was sent by mail yet"


def in_words(found: Delivery, zone: ZoneInfo, now: datetime) -> str:
    """Describe the outcome of one digest to one recipient."""
    at = minute(found.begun_at.astimezone(zone))
    if found.outcome == "sent":
        return f"sent at {at}"
    if found.outcome == "failed":
        again = "tried again at the next run" if found.attempts < ATTEMPTS else "not tried again"
        return f"not sent at {at}, attempt {found.attempts} of {ATTEMPTS}, {again}: {found.said}"
    if found.said is None and now - found.begun_at < BUSY:
        return f"being sent since {at}"
    why = found.said or "The tracker was stopped while it was sent."
    return f"may not have arrived: begun at {at}, and not sent again, so that it never comes twice. {why}"


def _names(config: Config | None) -> Iterator[tuple[str, str]]:
    """Yield each recipient of feeds.yaml with its digits in a delivery's key."""
    for to in config.digest.to if config and config.digest else ():
        yield fingerprint(to), to
