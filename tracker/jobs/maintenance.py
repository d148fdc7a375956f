"""The jobs that look after the database: backup, and maintenance with the retention rules of feeds.yaml."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

from tracker.config.load import Config
from tracker.errors import Damaged
from tracker.files import require_folder
from tracker.store.database import exclusive, may_write
from tracker.store.disk_space import in_words
from tracker.store.maintenance import backup_folder
from tracker.store.maintenance.backup import Contents, Progress, back_up
from tracker.store.maintenance.upkeep import UpkeepResult, check_whole, maintain


def backup(config: Config, db: Path, now: datetime) -> str:
    """Back up the database into the folder set in feeds.yaml, remove older backups there, and return one line."""
    made, gone = back_up_into(config.backup.beside(db), db, now, config.backup.keep)
    return f"{made.name} made and checked ({in_words(made.stat().st_size)}), {len(gone)} older removed"


def back_up_into(
    folder: Path, db: Path, now: datetime, keep: int | None, progress: Progress = lambda _done, _all: None
) -> tuple[Path, list[Path]]:
    """Back up the database into a folder, keeping the newest `keep` backups; None keeps all.

    Returns the backup's path and the paths of the backups removed.
    """
    target = folder / backup_folder.name(db, now)
    _back_up_locked(db, folder, target, now, progress)
    return target, [] if keep is None else backup_folder.thin_out(folder, db, keep)


def back_up_to(file: Path, db: Path, now: datetime, progress: Progress = lambda _done, _all: None) -> Contents:
    """Back up the database to a file, which must not exist yet; return the contents."""
    require_folder(file.parent)
    return _back_up_locked(db, file.parent, file, now, progress)


def maintenance(config: Config, db: Path, now: datetime) -> str:
    """Check the database's integrity, apply the retention rules, tidy up, and return one line on the result."""
    return describe_maintenance(run_maintenance(config, db, now))


def run_maintenance(
    config: Config, db: Path, now: datetime, *, full: bool = False, say: Callable[[str], None] = lambda _: None
) -> UpkeepResult:
    """Run maintenance and return what it did; raises Damaged, naming the newest intact backup, if the check fails."""
    folder = config.backup.beside(db)
    say("checking the database")
    try:
        check_whole(db, full=full)
    except Damaged as error:
        kept = backup_folder.newest_good(folder, db)
        newest = f"the newest intact one is {kept.path}" if kept else "none is intact"
        raise Damaged(f"{error}; {newest}") from error
    backup_folder.remove_leftovers(folder, now)
    backup_folder.remove_leftovers(db.parent, now)
    age = config.retention.summaries
    return maintain(db, now - age if age else None, now, say)


def describe_maintenance(done: UpkeepResult) -> str:
    """Summarise maintenance in one line."""
    aged = f"{done.aged.articles:,} old summaries removed ({in_words(done.aged.bytes)}), " if done.aged.articles else ""
    return f"the database is intact; {aged}{in_words(done.size)}, of which {in_words(done.unused)} are unused"


def _back_up_locked(db: Path, folder: Path, target: Path, now: datetime, progress: Progress) -> Contents:
    """Make a backup under the backup lock, first removing the leftovers of killed ones.

    A user who may only read the database cannot take the lock beside it, and never restores, which it keeps out.
    """
    with exclusive(db, "backup") if may_write(db) else nullcontext():
        backup_folder.remove_leftovers(folder, now)
        return back_up(db, target, progress)
