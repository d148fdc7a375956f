"""A backfill: read every archive on a cluster, then store what was read."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tracker.archive import cluster
from tracker.archive.captures import History
from tracker.archive.merge import Merged, merge
from tracker.archive.parsing import Part, make_part
from tracker.config.poll_config import PollConfig


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where archives are read: at `scheduler` (tcp://host:port), or in `workers` processes of this machine if None.

    Parts go to `folder`, a path or fsspec URL that all workers can write to.
    """

    folder: str
    scheduler: str | None = None
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Backfilled:
    """The result of a backfill; `problems` name each archive that could not be read, or not to its end."""

    archives: int
    merged: Merged
    problems: tuple[str, ...]


class Progress(Protocol):
    """Receives a backfill's progress."""

    def reading(self, archives: int) -> None:
        """Called with the number of archives before they are read."""

    def storing(self, captures: int) -> None:
        """Called with the number of captures or pages before they are stored."""

    def step(self, steps: int) -> None:
        """Called after so many archives were read, or captures or pages stored."""


def backfill(
    config: PollConfig, db: Path, histories: Sequence[History], where: Cluster, progress: Progress
) -> Backfilled:
    """Store the captures of all archives in time order, as if their feeds had been polled then.

    Parts and captures that an earlier run finished are used as they are. Raises TrackerError when the scheduler does
    not answer, Locked when a round is running.
    """
    progress.reading(len(histories))
    found, problems = _read(histories, where, progress)
    progress.storing(sum(part.captures for part in found))
    merged = asyncio.run(merge(config, db, found, progress.step))
    problems += [
        f"{count} captures of {url} are older than the first poll of it in this database and cannot be stored in time "
        "order any more; backfill a new database with all archives, and poll with that one"
        for url, count in merged.too_late.items()
    ]
    return Backfilled(len(histories), merged, tuple(problems))


def _read(histories: Sequence[History], where: Cluster, progress: Progress) -> tuple[list[Part], list[str]]:
    """Make the part of each archive; return those that have captures, and what is wrong with the others."""
    found: list[Part] = []
    problems: list[str] = []
    with cluster.connected(where.scheduler, min(where.workers, len(histories))) as client:
        for ended in cluster.run(client, _Task(where.folder), histories):
            progress.step(1)
            part = ended.result
            if part is None:
                problems.append(f"{ended.task.address} cannot be read: {ended.problem}")
                continue
            if part.problem:
                problems.append(part.problem)
            if part.captures:
                found.append(part)
    return sorted(found, key=lambda part: part.address), sorted(problems)


@dataclass(frozen=True, slots=True)
class _Task:
    """Makes the part of an archive in a folder."""

    folder: str

    def __call__(self, history: History) -> Part:
        return make_part(history, self.folder)
