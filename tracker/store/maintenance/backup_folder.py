"""The backups in a folder: their names, which are kept, which is the newest sound one, and those before an upgrade."""

import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from tracker.errors import StoreError
from tracker.files import process_exists
from tracker.store.maintenance.backup import Contents, back_up, contents, short, snapshot, verified

log = logging.getLogger(__name__)

FOLDER = "backups"
"""The backup folder next to the database, unless feeds.yaml names another."""

_STAMP = "%Y-%m-%dT%H%M%SZ"
_STALE = timedelta(hours=1)
"""Minimum age of an unfinished file to count as left over; a process elsewhere may be writing to a shared disk."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup in a folder; `at` is its start time, from its name."""

    path: Path
    at: datetime
    size: int


def name(db: Path, now: datetime) -> str:
    """Return the file name of a backup made now."""
    return f"{db.stem}-{now.astimezone(UTC):{_STAMP}}.db"


def listed(folder: Path, db: Path) -> list[Kept]:
    """Return a database's backups in a folder, newest first by name."""
    pattern = re.compile(re.escape(db.stem) + r"-(\d{4}-\d\d-\d\dT\d{6}Z)\.db")
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        matched = pattern.fullmatch(path.name)
        if matched and path.is_file() and not path.is_symlink():
            with suppress(ValueError):  # digits that are no date
                at = datetime.strptime(matched[1], _STAMP).replace(tzinfo=UTC)
                found.append(Kept(path, at, path.stat().st_size))
    return sorted(found, key=lambda kept: kept.at, reverse=True)


def thin_out(folder: Path, db: Path, keep: int) -> list[Path]:
    """Keep the `keep` newest backups of a database; return the removed ones.

    Files with other names, such as backups from before an upgrade, are neither counted nor removed.
    """
    gone = [kept.path for kept in listed(folder, db)[keep:]]
    try:
        for path in gone:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"an old backup cannot be removed: {error}") from error
    return gone


def newest_good(folder: Path, db: Path) -> Kept | None:
    """Return the newest backup that is whole; None if there is none."""
    for kept in listed(folder, db):
        with suppress(StoreError):
            verified(kept.path)
            return kept
    return None


def remove_leftovers(folder: Path, now: datetime) -> int:
    """Remove the unfinished files of dead processes; return their size in bytes."""
    size = 0
    for path in _unfinished(folder):
        with suppress(OSError):
            state = path.stat()
            if now - datetime.fromtimestamp(state.st_mtime, UTC) > _STALE:
                path.unlink()
                size += state.st_size
    return size


def _unfinished(folder: Path) -> Iterator[Path]:
    """Yield the unfinished files of dead processes, as tracker.files names them, and SQLite's files next to them."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        found = re.fullmatch(r"\..+\.(\d+)\.part(-wal|-shm|-journal)?", path.name)
        if found and not process_exists(int(found[1])):
            yield path


def keep_before(path: Path, last: str) -> Path | None:
    """Back up the database at `path` before the migrations up to `last`; return the file, None if nothing is stored.

    Raises StoreError when that fails, such as for lack of room: then the database must not be touched. A backup left by
    an upgrade that was killed is reused.
    """
    with snapshot(path) as db:
        found = contents(db)
    if not any(found.rows.values()):
        return None
    kept, made = _place(path, found, short(last))
    log.info("%s is of an earlier version (%s); it is brought up to date (%s)", path, found.version, short(last))
    if not made:
        back_up(path, kept)
    log.info("its earlier state is kept in %s, which is not removed with old backups", kept)
    return kept


def _place(path: Path, found: Contents, version: str) -> tuple[Path, bool]:
    """Return a file for the backup, and whether it already exists with the same contents."""
    stem = f"{path.stem}-before-upgrade-{found.version}-to-{version}"
    for number in count(1):
        file = path.parent / FOLDER / f"{stem}{f'-{number}' if number > 1 else ''}.db"
        if not file.exists():
            return file, False
        with suppress(StoreError):
            if verified(file) == found:
                return file, True
    raise AssertionError("numbers do not end")
