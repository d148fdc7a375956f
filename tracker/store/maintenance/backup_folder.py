"""The backups in a folder: how they are called, which are kept, and which is the newest that can be relied on."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tracker.errors import StoreError
from tracker.store.maintenance.backup import verified

FOLDER = "backups"
"""The folder beside the database where backups lie, unless feeds.yaml names another."""

_STAMP = "%Y-%m-%dT%H%M%SZ"
_STALE = timedelta(hours=1)
"""How old an unfinished file must be to be taken for left over; a process elsewhere may be writing to a shared disk."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup in a folder; `at` is when it was begun, as its name says."""

    path: Path
    at: datetime
    size: int


def name(db: Path, now: datetime) -> str:
    """What a backup of a database is called that is made now."""
    return f"{db.stem}-{now.astimezone(UTC):{_STAMP}}.db"


def listed(folder: Path, db: Path) -> list[Kept]:
    """The backups of a database in a folder, by their names; the newest first."""
    pattern = re.compile(re.escape(db.stem) + r"-(\d{4}-\d\d-\d\dT\d{6}Z)\.db")
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        matched = pattern.fullmatch(path.name)
        if matched and path.is_file() and not path.is_symlink():
            with suppress(ValueError):  # a number that is no date
                at = datetime.strptime(matched[1], _STAMP).replace(tzinfo=UTC)
                found.append(Kept(path, at, path.stat().st_size))
    return sorted(found, key=lambda kept: kept.at, reverse=True)


def thin_out(folder: Path, db: Path, keep: int) -> list[Path]:
    """Keep the newest backups of a database in a folder; which others were removed.

    What is called otherwise, such as the backups from before an upgrade, is not counted and stays.
    """
    gone = [kept.path for kept in listed(folder, db)[keep:]]
    try:
        for path in gone:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"an old backup cannot be removed: {error}") from error
    return gone


def newest_good(folder: Path, db: Path) -> Kept | None:
    """The newest backup that is whole; None where there is none."""
    for kept in listed(folder, db):
        with suppress(StoreError):
            verified(kept.path)
            return kept
    return None


def remove_leftovers(folder: Path, now: datetime) -> int:
    """Remove what processes left half-written that are dead; how many bytes that were."""
    size = 0
    for path in _unfinished(folder):
        with suppress(OSError):
            state = path.stat()
            if now - datetime.fromtimestamp(state.st_mtime, UTC) > _STALE:
                path.unlink()
                size += state.st_size
    return size


def _unfinished(folder: Path) -> Iterator[Path]:
    """The unfinished files of processes that are dead, as tracker.files calls them, and what SQLite put beside them."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        found = re.fullmatch(r"\..+\.(\d+)\.part(-wal|-shm|-journal)?", path.name)
        if found and not _lives(int(found[1])):
            yield path


def _lives(process: int) -> bool:
    """Whether there is a process with this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
