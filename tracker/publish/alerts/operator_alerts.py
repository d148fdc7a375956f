"""Problems with the tracker itself, in sentences: feeds dead or silent, polls, jobs, backups, the disk."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tracker.analyse.timetable import When
from tracker.config.model import Schedule
from tracker.config.sending import OperatorAlerts
from tracker.publish.alerts.message import Trouble
from tracker.publish.formatting import size, zoned
from tracker.store import health_checks as store
from tracker.store.database import Database
from tracker.store.deliveries import Delivery

_MIB = 1024**2
_LEAST = 500 * _MIB
_SHARE = 0.05
_ENOUGH = 5 * 1024 * _MIB
"""Free space that is enough on any disk, in bytes."""

_MARGIN = 1.2
"""The disk counts as recovered when this many times the threshold is free, so that it does not flap."""

_AGAIN = timedelta(days=1)
"""Retry a problem that could not be reported after this long."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where to look for problems: the database and its folder, the plans, and when alerts last ran."""

    db: Database
    folder: Path
    plan: OperatorAlerts
    schedule: Schedule
    zone: ZoneInfo
    ran_at: datetime | None = None


def troubles(context: Context, now: datetime) -> list[Trouble]:
    """Return all current problems."""
    return [
        *_feeds(context, now),
        *_polls(context, now),
        *_jobs(context),
        *_backup(context, now),
        *_disk(context.folder, 1.0),
    ]


def news(
    context: Context, found: list[Trouble], states: dict[str, Delivery], beginning: str, now: datetime
) -> list[Trouble]:
    """Return what to report to one recipient, each with its key: what began, and what is over.

    `states` are those of everything ever reported whose keys begin with `beginning`.
    """
    episodes = _episodes(states, beginning)
    wrong = {trouble.subject for trouble in found}
    lingering = wrong | {trouble.subject for trouble in _disk(context.folder, _MARGIN)}
    begun = (_begun(trouble, episodes.get(trouble.subject), beginning, now) for trouble in found)
    over = [
        Trouble(subject, _over(context.db, subject), over=True, key=f"{episode.key}/over")
        for subject, episode in episodes.items()
        if subject not in lingering
        and episode.begin.may_have_arrived
        and (episode.over is None or _again(episode.over))
    ]
    return [*(trouble for trouble in begun if trouble), *over]


@dataclass(frozen=True, slots=True)
class _Episode:
    """The last occurrence of a problem, as far as it was reported."""

    key: str
    begin: Delivery
    over: Delivery | None


def _episodes(states: dict[str, Delivery], beginning: str) -> dict[str, _Episode]:
    """Return the last episode of each subject."""
    found = {}
    for key, state in states.items():  # in key order, so the last one wins
        subject, _, rest = key.removeprefix(beginning).partition("/")
        if not rest.endswith("/over"):
            found[subject] = _Episode(key, state, states.get(f"{key}/over"))
    return found


def _begun(trouble: Trouble, last: _Episode | None, beginning: str, now: datetime) -> Trouble | None:
    """Return the problem with its key if it is to be reported; None if it already was."""
    if last and last.over is None:
        if _again(last.begin):
            return Trouble(trouble.subject, trouble.said, key=last.key)
        if last.begin.may_have_arrived or timedelta() <= now - last.begin.begun_at < _AGAIN:
            return None
    return Trouble(trouble.subject, trouble.said, key=f"{beginning}{trouble.subject}/{now:%Y-%m-%dT%H:%M:%SZ}")


def _again(state: Delivery) -> bool:
    return not state.is_final


def _feeds(context: Context, now: datetime) -> Iterator[Trouble]:
    for feed in store.dead(context.db, now, context.plan.dead):
        since = f"not read since {zoned(feed.since, context.zone)}" if feed.since else "never read so far"
        what = "the server says that it is gone for good" if feed.gone else f"{since}: {feed.why}"
        yield Trouble(f"feed-{feed.feed}-dead", f"{feed.source} is dead: {what} ({feed.url})")
    for feed in store.silent(context.db):
        since = f" since {zoned(feed.since, context.zone)}" if feed.since else ""
        yield Trouble(
            f"feed-{feed.feed}-silent",
            f"{feed.source} is silent: it responds, but has shown nothing new{since}, unlike before ({feed.url})",
        )
    for feed in store.flooding(context.db):
        yield Trouble(f"feed-{feed.feed}-flooding", f"{feed.source} ({feed.url}): {feed.why}")


def _polls(context: Context, now: datetime) -> Iterator[Trouble]:
    """Report that feeds are due and nothing was polled for too long before the last run of the alerts.

    This run alone proves nothing: after the machine was off, alerts run before the first round.
    """
    last, limit = store.last_poll(context.db, now), context.plan.unpolled
    if (
        last is None
        or context.ran_at is None
        or context.ran_at - last < limit
        or not store.overdue(context.db, now - limit, now)
    ):
        return
    at = zoned(last, context.zone)
    yield Trouble(
        "unpolled", f"Nothing has been polled since {at}, although feeds are due; is `tracker run`, or cron, running?"
    )


def _jobs(context: Context) -> Iterator[Trouble]:
    for run in store.last_runs(context.db):
        if run.outcome != "done" and run.job != "alerts":
            ended = "failed" if run.outcome == "failed" else "was stopped before it finished"
            said = f": {run.said}" if run.said else ""
            yield Trouble(f"job-{run.job}", f"The job {run.job} {ended} at {zoned(run.at, context.zone)}{said}")


def _backup(context: Context, now: datetime) -> Iterator[Trouble]:
    """Report a last backup older than its schedule allows plus a day: two days for a daily one."""
    last = store.last_done(context.db, "backup", now) if context.schedule.backup else None
    if context.schedule.backup and last and now - last > _period(context.schedule.backup) + timedelta(days=1):
        yield Trouble("backup", f"The last backup is of {zoned(last, context.zone)}")


def _period(when: When) -> timedelta:
    """Return the longest interval between two runs."""
    if when.every:
        return when.every
    return timedelta(days=31) if when.day else timedelta(days=7) if when.weekdays else timedelta(days=1)


def _disk(folder: Path, times: float) -> Iterator[Trouble]:
    """Report that the database's disk is nearly full: by the share free, on a large disk by the amount free."""
    usage = shutil.disk_usage(folder)
    if usage.free < times * max(_LEAST, min(_SHARE * usage.total, _ENOUGH)):
        free = f"{size(usage.free)} of {size(usage.total)}"
        yield Trouble("disk", f"The disk of the database is nearly full: {free} are free")


_RECOVERED = {
    "dead": "is read again",
    "flooding": "no longer floods",
    "silent": "shows something new again",
}


def _over(db: Database, subject: str) -> str:
    """Say that a problem is over."""
    if found := re.fullmatch(r"feed-(\d+)-(dead|flooding|silent)", subject):
        how = _RECOVERED[found[2]]
        return f"{store.name_of(db, int(found[1]))} {how}, or is no longer polled"
    if subject.startswith("job-"):
        return f"The job {subject.removeprefix('job-')} succeeded again"
    return {
        "unpolled": "Feeds are polled again",
        "backup": "There is a new backup",
        "disk": "There is room on the disk again",
    }.get(subject, subject)
