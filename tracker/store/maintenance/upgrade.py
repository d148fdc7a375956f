"""Back up an older database, verified, before its tables are upgraded."""

import logging
from contextlib import suppress
from itertools import count
from pathlib import Path

from tracker.errors import StoreError
from tracker.store.maintenance.backup import Contents, back_up, contents, short, snapshot, verified
from tracker.store.maintenance.backup_folder import FOLDER

log = logging.getLogger(__name__)


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
    log.info("as it was, it is kept in %s; this one is not thinned out with the others", kept)
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
