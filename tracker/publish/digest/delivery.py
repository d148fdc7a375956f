"""Where digests go, and which still have to go there: each to each mailbox at most once, and as files into a folder.

The rule for mail is that of tracker/store/deliveries.py, with the claim at the last moment: when the server has taken
the addresses and says that it waits for the text. Who is killed before has sent nothing, and the next run sends it.
Who is killed from then until it is noted that the server took it may have sent it: it is never sent again. Files are
written under the same names with the same content however often that is done, so they need no such rule.

A run sends the digest of the period that ended last, and of those of the REACH before it that were never sent or
certainly failed, once something was delivered to the same recipient before them: a night without a network, or a
machine that was off, leaves no hole, and a new recipient gets no old ones.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from tracker.analyse.periods import Length, Period, before
from tracker.config.plans import Mail
from tracker.files import PUBLIC, make_folder, write_whole
from tracker.publish.digest.compose import Form, Issue
from tracker.publish.digest.wording import SUBJECT
from tracker.publish.mail import Letter, NotSent, Unsure, send
from tracker.store import deliveries
from tracker.store.database import Database

REACH: Final[Mapping[Length, int]] = {"daily": 7, "weekly": 2}
ATTEMPTS: Final = 5

BUSY: Final = timedelta(minutes=15)
"""A server may take its time over one message; what takes longer was left by somebody who was killed."""

_FILES: Final[Mapping[str, Form]] = {"txt": "text", "html": "html", "md": "md"}

State = Literal["sent", "already", "failed", "unsure"]


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """What came of one digest and one recipient, with the reason where it was not sent."""

    period: Period
    state: State
    why: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """What is needed to send mail: the plan, the environment with its password, and the time."""

    mail: Mail
    environment: Mapping[str, str]
    now: datetime


def key(period: Period, to: str) -> str:
    """What a digest to a mailbox is called in `deliveries`; of the mailbox only a few digits of a hash are in it."""
    return f"digest/{period.length}/{period.name}/mail/{fingerprint(to)}"


def fingerprint(to: str) -> str:
    """A mailbox as digits that tell recipients apart, and say hardly more."""
    return hashlib.sha256(to.lower().encode()).hexdigest()[:8]


def candidates(period: Period, zone: ZoneInfo) -> list[Period]:
    """The period and those within REACH before it, the oldest first."""
    found = [period]
    for _ in range(REACH[period.length]):
        found.append(before(found[-1], zone))
    return found[::-1]


def due_by_mail(db: Database, periods: Sequence[Period], to: str) -> list[Period]:
    """Those of the candidates that are to be sent to a mailbox now, the oldest first."""
    known = deliveries.known(db, "digest", [key(period, to) for period in periods])
    due = []
    begun = False
    for period in periods:
        found = known.get(key(period, to))
        begun = begun or found is not None
        if found is None:
            wanted = begun or period is periods[-1]
        else:
            wanted = found.outcome == "failed" and found.attempts < ATTEMPTS
        if wanted:
            due.append(period)
    return due


def in_doubt(db: Database, periods: Sequence[Period], recipients: Sequence[str], now: datetime) -> int:
    """How many mails of these periods were begun earlier than BUSY ago and never noted: perhaps they did not arrive."""
    known = deliveries.known(db, "digest", [key(period, to) for period in periods for to in recipients] or [""])
    return sum(found.outcome == "sending" and now - found.begun_at > BUSY for found in known.values())


def due_as_files(folder: Path, periods: Sequence[Period]) -> list[Period]:
    """Those of the candidates that are to be written now: the last, and what is missing after an earlier one."""
    there = [_path(folder, period, "html").exists() for period in periods]
    return [
        period
        for number, period in enumerate(periods)
        if period is periods[-1] or (not there[number] and any(there[:number]))
    ]


def post(db: Database, issue: Issue, to: str, with_: Post) -> DeliveryOutcome:
    """Send a digest to a mailbox, unless it was or may have been; what came of it is stored."""
    name = key(issue.period, to)
    letter = Letter(name, issue.paper.subject, issue.form("text"), issue.form("html"), with_.now)
    claimed = False

    def claim() -> bool:
        nonlocal claimed
        claimed = deliveries.claim(db, "digest", name, with_.now, ATTEMPTS)
        return claimed

    try:
        sent = send(with_.mail, to, letter, with_.environment, claim)
    except NotSent as error:
        if claimed:
            deliveries.settle(db, name, with_.now, str(error))
        else:
            deliveries.refused(db, "digest", name, with_.now, str(error))
        return DeliveryOutcome(issue.period, "failed", str(error))
    except Unsure as error:
        deliveries.unsure(db, name, str(error))
        return DeliveryOutcome(issue.period, "unsure", str(error))
    if sent:
        deliveries.settle(db, name, with_.now)
    return DeliveryOutcome(issue.period, "sent" if sent else "already")


def write(issue: Issue, folder: Path) -> None:
    """Write a digest in every form into a folder, and put it into the feed there.

    All may read the files, as they are there to be served. Raises TrackerError, also where a file of such a name holds
    no digest.
    """
    make_folder(folder)
    for ending, form in _FILES.items():
        write_whole(_path(folder, issue.period, ending), issue.form(form).encode(), ours=_is_digest, mode=PUBLIC)
    feed = folder / "digest.atom"
    earlier = feed.read_bytes() if feed.exists() else None
    write_whole(feed, issue.form("atom", earlier).encode(), ours=_is_digest, mode=PUBLIC)


def _is_digest(path: Path) -> bool:
    return SUBJECT.encode() in path.read_bytes()


def _path(folder: Path, period: Period, ending: str) -> Path:
    return folder / f"digest-{period.name}.{ending}"
