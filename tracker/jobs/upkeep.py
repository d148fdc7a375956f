"""The jobs that keep the tracker alive for years: a backup, and maintenance with what feeds.yaml lets go."""

from datetime import datetime
from pathlib import Path

from tracker.config.load import Config
from tracker.store import backups
from tracker.store.backup import Contents, Progress, back_up
from tracker.store.database import exclusive
from tracker.store.room import in_words


def backup(config: Config, db: Path, now: datetime) -> str:
    """Back up the database into the folder of feeds.yaml and keep the newest there; one line on what came of it."""
    made, gone = back_up_into(config.backup.beside(db), db, now, config.backup.keep)
    return f"{made.name} made and checked ({in_words(made.stat().st_size)}), {len(gone)} older removed"


def back_up_into(
    folder: Path, db: Path, now: datetime, keep: int | None, hear: Progress = lambda _done, _all: None
) -> tuple[Path, list[Path]]:
    """Back up the database into a folder; the backup, and which older ones were removed. None keeps all."""
    target = folder / backups.name(db, now)
    _alone(db, folder, target, now, hear)
    return target, [] if keep is None else backups.thin_out(folder, db, keep)


def back_up_to(file: Path, db: Path, now: datetime, hear: Progress = lambda _done, _all: None) -> Contents:
    """Back up the database to a file, where nothing may be yet; what it holds."""
    return _alone(db, file.parent, file, now, hear)


def _alone(db: Path, folder: Path, target: Path, now: datetime, hear: Progress) -> Contents:
    """One backup, while no other is made; what those left that were killed is removed first."""
    with exclusive(db, "backup"):
        backups.remove_leftovers(folder, now)
        return back_up(db, target, hear)
