"""What is wrong with the tracker itself, in sentences: feeds dead or silent, polls, jobs, backups, the disk."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tracker.analyse.timetable import When
from tracker.config.alert_plans import Ourselves
from tracker.config.plans import Schedule
from tracker.publish.alerts.message import Trouble
from tracker.publish.labels import minute
from tracker.store import health_checks as store
from tracker.store.batches import State
from tracker.store.database import Database

_MIB = 1024**2
_LEAST = 500 * _MIB
_SHARE = 0.05
_ENOUGH = 5 * 1024 * _MIB
"""Free space that is enough however large the disk is."""

_MARGIN = 1.2
"""The disk is well again when so many times as much is free, so that nobody is told at every megabyte."""

_AGAIN = timedelta(days=1)
"""What could not be said for so long is tried anew."""


@dataclass(frozen=True, slots=True)
class Here:
    """What the troubles are looked for in: the database and its folder, the plans, and when alerts ran last."""

    db: Database
    folder: Path
    plan: Ourselves
    schedule: Schedule
    zone: ZoneInfo
    ran_at: datetime | None = None


def troubles(here: Here, now: datetime) -> list[Trouble]:
    """All that is wrong now."""
    return [*_feeds(here, now), *_polls(here, now), *_jobs(here), *_backup(here, now), *_disk(here.folder, 1.0)]


def news(here: Here, found: list[Trouble], states: dict[str, State], beginning: str, now: datetime) -> list[Trouble]:
    """What of it is to be said to one recipient, each with its key: what began, and what is over.

    `states` are those of all that was ever said, whose keys begin with `beginning`.
    """
    episodes = _episodes(states, beginning)
    wrong = {trouble.subject for trouble in found}
    lingering = wrong | {trouble.subject for trouble in _disk(here.folder, _MARGIN)}
    begun = (_begun(trouble, episodes.get(trouble.subject), beginning, now) for trouble in found)
    over = [
        Trouble(subject, _over(here.db, subject), over=True, key=f"{episode.key}/over")
        for subject, episode in episodes.items()
        if subject not in lingering and episode.begin.told and (episode.over is None or _again(episode.over))
    ]
    return [*(trouble for trouble in begun if trouble), *over]


@dataclass(frozen=True, slots=True)
class _Episode:
    """The last time that something was wrong, as far as it was said."""

    key: str
    begin: State
    over: State | None


def _episodes(states: dict[str, State], beginning: str) -> dict[str, _Episode]:
    """The last episode of each subject."""
    found = {}
    for key, state in states.items():  # in the order of keys, so the last one stays
        subject, _, rest = key.removeprefix(beginning).partition("/")
        if not rest.endswith("/over"):
            found[subject] = _Episode(key, state, states.get(f"{key}/over"))
    return found


def _begun(trouble: Trouble, last: _Episode | None, beginning: str, now: datetime) -> Trouble | None:
    """The trouble with its key, if that is to be said; None if it was."""
    if last and last.over is None:
        if _again(last.begin):
            return Trouble(trouble.subject, trouble.said, key=last.key)
        if last.begin.told or timedelta() <= now - last.begin.begun_at < _AGAIN:
            return None
    return Trouble(trouble.subject, trouble.said, key=f"{beginning}{trouble.subject}/{now:%Y-%m-%dT%H:%M:%SZ}")


def _again(state: State) -> bool:
    return not state.told and not state.given_up


def _feeds(here: Here, now: datetime) -> Iterator[Trouble]:
    for feed in store.dead(here.db, now, here.plan.dead):
        since = f"not read since {minute(feed.since.astimezone(here.zone))}" if feed.since else "never read so far"
        what = "the server says that it is gone for good" if feed.gone else f"{since}: {feed.why}"
        yield Trouble(f"feed-{feed.feed}-dead", f"{feed.source} is dead: {what} ({feed.url})")
    for feed in store.silent(here.db):
        since = f" since {minute(feed.since.astimezone(here.zone))}" if feed.since else ""
        yield Trouble(
            f"feed-{feed.feed}-silent",
            f"{feed.source} is silent: it answers, but shows nothing new{since}, which is unlike it ({feed.url})",
        )
    for feed in store.flooding(here.db):
        yield Trouble(f"feed-{feed.feed}-flooding", f"{feed.source} ({feed.url}): {feed.why}")


def _polls(here: Here, now: datetime) -> Iterator[Trouble]:
    """That nothing was polled, when alerts found so the last time that they ran too: after a machine was off they run
    before the first round."""
    last, limit = store.last_poll(here.db, now), here.plan.unpolled
    if (
        last is None
        or here.ran_at is None
        or here.ran_at - last < limit
        or not store.overdue(here.db, now - limit, now)
    ):
        return
    at = minute(last.astimezone(here.zone))
    yield Trouble(
        "unpolled", f"Nothing was polled since {at}, though feeds are due; is `tracker run`, or cron, at work?"
    )


def _jobs(here: Here) -> Iterator[Trouble]:
    for run in store.last_runs(here.db):
        if run.outcome != "done" and run.job != "alerts":
            ended = "failed" if run.outcome == "failed" else "was stopped before it had ended"
            said = f": {run.said}" if run.said else ""
            yield Trouble(
                f"job-{run.job}", f"The job {run.job} {ended} at {minute(run.at.astimezone(here.zone))}{said}"
            )


def _backup(here: Here, now: datetime) -> Iterator[Trouble]:
    """That the last backup is older than its schedule allows, and a day; two days for a daily one."""
    last = store.last_done(here.db, "backup", now) if here.schedule.backup else None
    if here.schedule.backup and last and now - last > _period(here.schedule.backup) + timedelta(days=1):
        yield Trouble("backup", f"The last backup is of {minute(last.astimezone(here.zone))}")


def _period(when: When) -> timedelta:
    """How long it is from one time to the next at most."""
    if when.every:
        return when.every
    return timedelta(days=31) if when.day else timedelta(days=7) if when.weekdays else timedelta(days=1)


def _disk(folder: Path, times: float) -> Iterator[Trouble]:
    """That the database's disk is nearly full: by the share that is free, on a large one by what that is."""
    usage = shutil.disk_usage(folder)
    if usage.free < times * max(_LEAST, min(_SHARE * usage.total, _ENOUGH)):
        free = f"{usage.free / _MIB:,.0f} MiB of {usage.total / _MIB:,.0f} MiB"
        yield Trouble("disk", f"The disk of the database is nearly full: {free} are free")


_RECOVERED = {
    "dead": "is read again",
    "flooding": "floods no more",
    "silent": "shows something new again",
}


def _over(db: Database, subject: str) -> str:
    """That something is no longer wrong."""
    if found := re.fullmatch(r"feed-(\d+)-(dead|flooding|silent)", subject):
        how = _RECOVERED[found[2]]
        return f"{store.name_of(db, int(found[1]))} {how}, or is no longer polled"
    if subject.startswith("job-"):
        return f"The job {subject.removeprefix('job-')} was done well again"
    return {
        "unpolled": "Feeds are polled again",
        "backup": "There is a new backup",
        "disk": "There is room on the disk again",
    }.get(subject, subject)
