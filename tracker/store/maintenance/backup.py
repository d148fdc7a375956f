"""One backup: the whole database at one moment, copied while others write, and verified by opening it.

The copy is made in one read transaction, so concurrent writes neither enter nor restart it, and in WAL no writer waits.
It is a single file that needs no other.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from tracker.errors import StoreError
from tracker.files import make_folder, unfinished
from tracker.store.connection import Database
from tracker.store.disk_space import require
from tracker.store.migrations.steps import applied, known
from tracker.store.sqlite_errors import damage, explained

Progress = Callable[[int, int], None]
"""Called with the pages done and the pages in total."""

_PAGES = 2500
"""Pages copied between two progress calls: ten megabytes."""

_CHANGED = "{path} was written to while it was being read; try again"

_TABLES = """
SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT GLOB 'sqlite_*'
AND name NOT GLOB '_sqlite_*' ORDER BY name"""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds: the applied migrations in order, and the row count of each table."""

    schema: tuple[str, ...]
    rows: Mapping[str, int]

    @property
    def version(self) -> str:
        """The short name of the schema, such as m009."""
        return short(self.schema[-1]) if self.schema else "none"


def short(migration: str) -> str:
    """Return the number of a migration, such as m009."""
    return migration.partition("_")[0]


def back_up(db: Path, target: Path, progress: Progress = lambda _done, _all: None) -> Contents:
    """Copy the database to `target`, where nothing may exist, readable by its owner only; return its contents.

    Afterwards the file is on disk, whole and checked, or does not exist. Raises StoreError when the database is
    damaged, there is not enough room, or the copy differs from the database.
    """
    if target.exists():
        raise StoreError(f"{target} already exists; name another file, as backups are never overwritten")
    with snapshot(db) as source, explained(target, files=True):
        found = contents(source)
        require(target.parent, size_of(source), f"a backup of {db}")
        make_folder(target.parent)
        with unfinished(target) as part:
            copy(source, part, progress)
            if verified(part) != found:
                raise StoreError(f"the backup of {db} differs from the database and was discarded")
    return found


def copy(source: sqlite3.Connection, target: Path, progress: Progress = lambda _done, _all: None) -> None:
    """Copy all pages of a database to a file of its own that needs no WAL."""
    with closing(sqlite3.connect(target.absolute(), isolation_level=None)) as copied:
        copied.execute("PRAGMA synchronous = off")  # the caller syncs the file before renaming it
        source.backup(copied, pages=_PAGES, sleep=0, progress=lambda _, left, pages: progress(pages - left, pages))
        copied.execute("PRAGMA journal_mode = delete")


def verified(path: Path) -> Contents:
    """Return what a backup holds.

    Raises StoreError when it is damaged, is not the tracker's, or comes from a newer version.
    """
    with snapshot(path) as db:
        found = contents(db)
        if not found.schema:
            raise StoreError(f"{path} is not a database of the tracker; name a backup that `tracker backup` made")
        if set(found.schema) - set(known()):
            raise StoreError(f"{path} was written by a newer tracker; upgrade this one to use it")
        check(db, path, full=True)
    return found


def check(db: sqlite3.Connection, path: Path, *, full: bool = False) -> None:
    """Raise StoreError when pages, rows or references are faulty; `full` also checks each index."""
    problems = [row[0] for row in db.execute(f"PRAGMA {'integrity_check' if full else 'quick_check'}(3)")]
    if problems != ["ok"]:
        raise damage(path, problems[0].strip().splitlines()[-1])
    if lost := db.execute("PRAGMA foreign_key_check").fetchone():
        raise damage(path, f"a row of {lost[0]} belongs to one of {lost[2]} that does not exist")


def contents(db: sqlite3.Connection) -> Contents:
    """Return what a database holds, as its connection sees it."""
    schema = tuple(applied(Database(db)))
    names = [row[0] for row in db.execute(_TABLES)]
    return Contents(schema, {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names})  # noqa: S608  names of tables


def size_of(db: sqlite3.Connection) -> int:
    """Return the size of the database in bytes."""
    return int(db.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0])


@contextmanager
def snapshot(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database read-only as of now, whatever is written meanwhile. Raises StoreError as `readable` does."""
    with explained(path), readable(path) as uri, closing(_connect(uri)) as db:
        yield db


@contextmanager
def readable(path: Path) -> Iterator[str]:
    """Yield the URI by which this user can read the database.

    SQLite cannot share a file with writers if it may neither open nor create the `-shm` file beside it, as on a
    read-only disk, or for a user who may not write the folder while nobody has the database open. Then the file is read
    as it is. Raises StoreError if that is impossible, or if the file was written before the body ended.
    """
    if not path.is_file():
        raise StoreError(f"there is no file {path}")
    uri = f"file:{quote(str(path.absolute()))}?"
    if can_share(path):
        yield f"{uri}mode=ro"
        return
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists() and wal.stat().st_size:
        raise StoreError(
            f"{wal} holds what is not in {path} yet, and only a user who may write that folder can read it: let the "
            "user who runs the tracker open the database once, as by `tracker status`"
        )
    before = _version(path)
    try:
        with closing(_connect(f"{uri}immutable=1")):
            pass
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"{path} cannot be opened: allow the user who runs the tracker to read the file and its folder"
        ) from error
    try:
        yield f"{uri}immutable=1"
    except sqlite3.DatabaseError as error:
        if _version(path) != before:
            raise StoreError(_CHANGED.format(path=path)) from error
        raise
    if _version(path) != before:
        raise StoreError(_CHANGED.format(path=path))


def can_share(path: Path) -> bool:
    """Return whether this user can read the database beside those who write it."""
    try:
        with closing(_connect(f"file:{quote(str(path.absolute()))}?mode=ro")):
            return True
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
            return False
        raise


@contextmanager
def shared_or_copied(path: Path) -> Iterator[Path]:
    """Yield the database itself if `can_share`, else a copy of it for this user, deleted afterwards.

    Raises StoreError when it cannot be read, or there is no room for a copy.
    """
    with explained(path):
        if can_share(path):
            yield path
            return
    with TemporaryDirectory(prefix="tracker-") as folder:
        copied = Path(folder) / path.name
        with snapshot(path) as source:
            require(copied.parent, size_of(source), f"a copy of {path}")
            copy(source, copied)
        yield copied


def _connect(uri: str) -> sqlite3.Connection:
    """Open a connection inside a read transaction."""
    db = sqlite3.connect(uri, uri=True, timeout=10, isolation_level=None)
    try:
        db.execute("BEGIN")
        db.execute("SELECT count(*) FROM sqlite_master")
    except BaseException:
        db.close()
        raise
    return db


def _version(path: Path) -> tuple[int, int, int]:
    """Return what changes whenever a file is written."""
    state = path.stat()
    return state.st_ino, state.st_size, state.st_mtime_ns
