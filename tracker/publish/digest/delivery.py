"""Decide where digests still have to go and deliver them: by mail at most once per mailbox, and as files.

Mail follows the rule of tracker/store/deliveries.py, with the claim at the last moment: when the server has accepted
the addresses and waits for the text. A process killed before that has sent nothing, and the next run sends it. A
process killed between then and the record of acceptance may have sent it, so it is never sent again. Files need no such
rule: rewriting them gives the same names and content.

A run sends the digest of the period that ended last, and those of the REACH before it that were never sent or certainly
failed, once something was delivered to the same recipient before them: a night without a network, or a machine that was
off, leaves no hole, and a new recipient gets no old ones.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from tracker.analyse.days import Length, Period, before
from tracker.config.load import Config
from tracker.config.sending import Mail
from tracker.files import PUBLIC, make_folder, write_whole
from tracker.publish.digest.compose import DigestFormat, Issue
from tracker.publish.digest.wording import KICKER
from tracker.publish.formatting import zoned
from tracker.publish.mail import Letter, NotSent, Unsure, send
from tracker.store import deliveries
from tracker.store.database import Database
from tracker.store.deliveries import ATTEMPTS, Delivery

REACH: Final[Mapping[Length, int]] = {"daily": 7, "weekly": 2}

BUSY: Final = timedelta(minutes=15)
"""A server may take its time over one message; anything longer was left by a killed process."""

_FILES: Final[Mapping[str, DigestFormat]] = {"txt": "text", "html": "html", "md": "md"}

_SHOWN: Final = 50

State = Literal["sent", "already", "failed", "unsure"]


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """The outcome of one digest and one recipient, with the reason if it was not sent."""

    period: Period
    state: State
    why: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """What sending mail requires: the plan, the environment with its password, and the time."""

    mail: Mail
    environment: Mapping[str, str]
    now: datetime


def key(period: Period, to: str) -> str:
    """Return the key in `deliveries` of a digest to a mailbox; of the mailbox it holds a few digits of a hash only."""
    return f"digest/{period.length}/{period.name}/mail/{fingerprint(to)}"


def fingerprint(to: str) -> str:
    """Hash a mailbox to digits that distinguish recipients and reveal hardly more."""
    return hashlib.sha256(to.lower().encode()).hexdigest()[:8]


def candidates(period: Period, zone: ZoneInfo) -> list[Period]:
    """Return the period and those within REACH before it, oldest first."""
    found = [period]
    for _ in range(REACH[period.length]):
        found.append(before(found[-1], zone))
    return found[::-1]


def due_by_mail(db: Database, periods: Sequence[Period], to: str) -> list[Period]:
    """Return the candidates to send to a mailbox now, oldest first."""
    known = deliveries.known(db, [key(period, to) for period in periods])
    due = []
    begun = False
    for period in periods:
        found = known.get(key(period, to))
        begun = begun or found is not None
        wanted = (begun or period is periods[-1]) if found is None else not found.is_final
        if wanted:
            due.append(period)
    return due


def in_doubt(db: Database, periods: Sequence[Period], recipients: Sequence[str], now: datetime) -> int:
    """Count mails of these periods begun more than BUSY ago without a recorded outcome: they may not have arrived."""
    known = deliveries.known(db, [key(period, to) for period in periods for to in recipients])
    return sum(found.outcome == "sending" and now - found.begun_at > BUSY for found in known.values())


def due_as_files(folder: Path, periods: Sequence[Period]) -> list[Period]:
    """Return the candidates to write now: the last, and any missing after an earlier one."""
    there = [_path(folder, period, "html").exists() for period in periods]
    return [
        period
        for number, period in enumerate(periods)
        if period is periods[-1] or (not there[number] and any(there[:number]))
    ]


def post(db: Database, issue: Issue, to: str, with_: Post) -> DeliveryOutcome:
    """Send a digest to a mailbox unless it was, or may have been, sent; store and return the outcome."""
    name = key(issue.period, to)
    letter = Letter(name, issue.outline.subject, issue.form("text"), issue.form("html"), with_.now)
    claimed = False

    def claim() -> bool:
        nonlocal claimed
        claimed = deliveries.claim(db, "digest", [name], with_.now)
        return claimed

    try:
        sent = send(with_.mail, to, letter, with_.environment, claim)
    except NotSent as error:
        if claimed:
            deliveries.settle(db, [name], with_.now, str(error))
        else:
            deliveries.refuse(db, "digest", [name], with_.now, str(error))
        return DeliveryOutcome(issue.period, "failed", str(error))
    except Unsure as error:
        deliveries.leave_unsure(db, [name], str(error))
        return DeliveryOutcome(issue.period, "unsure", str(error))
    if sent:
        deliveries.settle(db, [name], with_.now)
    return DeliveryOutcome(issue.period, "sent" if sent else "already")


def write(issue: Issue, folder: Path) -> None:
    """Write a digest to a folder in every format, and add it to the feed there.

    The files are world-readable, as they are there to be served. Raises TrackerError when that fails, or when a file of
    such a name is not a digest.
    """
    make_folder(folder)
    for ending, form in _FILES.items():
        write_whole(_path(folder, issue.period, ending), issue.form(form).encode(), ours=_is_digest, mode=PUBLIC)
    feed = folder / "digest.atom"
    earlier = feed.read_bytes() if feed.exists() else None
    write_whole(feed, issue.form("atom", earlier).encode(), ours=_is_digest, mode=PUBLIC)


def status(db: Database, config: Config | None, now: datetime) -> str:
    """Return a line for each of the latest digests and each of its recipients, newest last."""
    zone = ZoneInfo(config.timezone if config else "UTC")
    names = dict(_names(config))
    lines = [
        f"{found.key.split('/')[2]:<11} {names.get(found.key.rpartition('/')[2], 'a former recipient')}: "
        f"{in_words(found, zone, now)}"
        for found in deliveries.latest(db, "digest", _SHOWN).values()
    ]
    return "\n".join(lines) or "no digest was sent by mail yet"


def in_words(found: Delivery, zone: ZoneInfo, now: datetime) -> str:
    """Describe the outcome of one digest to one recipient."""
    at = zoned(found.begun_at, zone)
    if found.outcome == "sent":
        return f"sent at {at}"
    if found.outcome == "failed":
        again = "not tried again" if found.given_up else "tried again at the next run"
        return f"not sent at {at}, attempt {found.attempts} of {ATTEMPTS}, {again}: {found.said}"
    if found.said is None and now - found.begun_at < BUSY:
        return f"being sent since {at}"
    why = found.said or "The tracker was stopped while it was sent."
    return f"may not have arrived: begun at {at}, and not sent again, so that it never comes twice. {why}"


def _names(config: Config | None) -> Iterator[tuple[str, str]]:
    """Yield each recipient of feeds.yaml with its digits in a delivery's key."""
    for to in config.digest.to if config and config.digest else ():
        yield fingerprint(to), to


def _is_digest(path: Path) -> bool:
    content = path.read_bytes()
    return any(kicker.encode() in content for kicker in KICKER.values())


def _path(folder: Path, period: Period, ending: str) -> Path:
    return folder / f"digest-{period.name}.{ending}"
