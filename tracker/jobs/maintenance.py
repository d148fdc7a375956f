"""The jobs that keep the tracker alive for years: a backup, and maintenance with what feeds.yaml lets go."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tracker.config.load import Config
from tracker.errors import Damaged
from tracker.files import require_folder
from tracker.store.database import exclusive
from tracker.store.disk_space import in_words
from tracker.store.maintenance import backup_folder
from tracker.store.maintenance.backup import Contents, Progress, back_up
from tracker.store.maintenance.upkeep import Upkept, check_whole, keep_up


def backup(config: Config, db: Path, now: datetime) -> str:
    """Back up the database into the folder of feeds.yaml and keep the newest there; one line on what came of it."""
    made, gone = back_up_into(config.backup.beside(db), db, now, config.backup.keep)
    return f"{made.name} made and checked ({in_words(made.stat().st_size)}), {len(gone)} older removed"


def back_up_into(
    folder: Path, db: Path, now: datetime, keep: int | None, hear: Progress = lambda _done, _all: None
) -> tuple[Path, list[Path]]:
    """Back up the database into a folder; the backup, and which older ones were removed. None keeps all."""
    target = folder / backup_folder.name(db, now)
    _alone(db, folder, target, now, hear)
    return target, [] if keep is None else backup_folder.thin_out(folder, db, keep)


def back_up_to(file: Path, db: Path, now: datetime, hear: Progress = lambda _done, _all: None) -> Contents:
    """Back up the database to a file, where nothing may be yet; what it holds."""
    require_folder(file.parent)
    return _alone(db, file.parent, file, now, hear)


def maintenance(config: Config, db: Path, now: datetime) -> str:
    """Look whether the database is whole, remove what feeds.yaml lets go, tidy up; one line on what came of it."""
    return upkept_in_words(keep_well(config, db, now))


def keep_well(
    config: Config, db: Path, now: datetime, *, full: bool = False, say: Callable[[str], None] = lambda _: None
) -> Upkept:
    """What maintenance did; raises Damaged, with the newest backup that is whole, when the database is not."""
    folder = config.backup.beside(db)
    say("looking whether the database is whole")
    try:
        check_whole(db, full=full)
    except Damaged as error:
        kept = backup_folder.newest_good(folder, db)
        newest = f"the newest that is whole is {kept.path}" if kept else "there is none that is whole"
        raise Damaged(f"{error}; {newest}") from error
    backup_folder.remove_leftovers(folder, now)
    backup_folder.remove_leftovers(db.parent, now)
    age = config.retention.summaries
    return keep_up(db, now - age if age else None, now, say)


def upkept_in_words(done: Upkept) -> str:
    """One line on maintenance."""
    aged = f"{done.aged.articles:,} old summaries removed ({in_words(done.aged.bytes)}), " if done.aged.articles else ""
    return f"the database is whole; {aged}{in_words(done.size)}, of which {in_words(done.unused)} are unused"


def _alone(db: Path, folder: Path, target: Path, now: datetime, hear: Progress) -> Contents:
    """One backup, while no other is made; what those left that were killed is removed first."""
    with exclusive(db, "backup"):
        backup_folder.remove_leftovers(folder, now)
        return back_up(db, target, hear)
