"""Turn errors of SQLite and the system into sentences that say what to do; the only module that knows their codes."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.errors import Damaged, StoreError
from tracker.store.disk_space import free, in_words

_FULL = "nothing stored is lost; free some space, and the next run continues from there"
_SCANT = 1_000_000
"""Free bytes below which a failed write counts as a full disk: SQLite does not always say why it failed."""

_READ_ONLY = "allow the user who runs the tracker to write to the file and its folder"
_DAMAGED = "it was left untouched. `tracker restore` lists the backups and restores one"
_SENTENCES = {
    sqlite3.SQLITE_NOTADB: "{path} cannot be opened: it is not a database, or its beginning is damaged ({error}); "
    + _DAMAGED,
    sqlite3.SQLITE_CORRUPT: "the database {path} is damaged and cannot be read or written ({error}); " + _DAMAGED,
    sqlite3.SQLITE_READONLY: "the database {path} cannot be written ({error}): " + _READ_ONLY,
    sqlite3.SQLITE_PERM: "the database {path} cannot be written ({error}): " + _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: "the database {path} cannot be opened ({error}): {why}",
    sqlite3.SQLITE_IOERR: "the disk under {path} cannot be read or written ({error}); see the system log",
    sqlite3.SQLITE_BUSY: "another program has been writing to {path} for too long ({error}); try again when it is done",
}

_FAILING = {errno.EIO, errno.ESTALE, errno.ENODEV, errno.ENXIO}


@contextmanager
def explained(path: Path, *, files: bool = False) -> Iterator[None]:
    """Turn database failures into StoreError; programming and integrity errors pass through.

    OSError is converted only with `files`, for bodies that touch no other files.
    """
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.DatabaseError as error:
        kind = Damaged if is_damage(error) else StoreError
        raise kind(_sqlite_message(error, path)) from error
    except UnicodeDecodeError as error:  # SQLite quotes invalid text, and Python cannot decode the quote
        raise damage(path, "it contains text that is not valid UTF-8") from error
    except OSError as error:
        if not files:
            raise
        raise StoreError(_system_message(error, path)) from error


def is_damage(error: BaseException | None) -> bool:
    """Return whether SQLite reports the file itself as damaged."""
    return isinstance(error, sqlite3.DatabaseError) and _code(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_busy(error: BaseException | None) -> bool:
    """Return whether SQLite reports that another process holds the file."""
    return isinstance(error, sqlite3.DatabaseError) and _code(error) == sqlite3.SQLITE_BUSY


def damage(path: Path, what: str) -> Damaged:
    """Build the error for a damaged database."""
    return Damaged(f"the database {path} is damaged ({what}); {_DAMAGED}")


def _code(error: sqlite3.Error) -> int:
    """Return the primary result code; 0 when the error comes from the Python library itself."""
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def _sqlite_message(error: sqlite3.DatabaseError, path: Path) -> str:
    code = _code(error)
    failing = code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN} and path.parent.is_dir()
    if code == sqlite3.SQLITE_FULL or (failing and free(path.parent) < _SCANT):
        return _full_disk_message(path)
    sentence = _SENTENCES.get(code, "the database {path} cannot be read or written: {error}")
    return sentence.format(path=path, error=error, why=_why_not_opened(path))


def _system_message(error: OSError, path: Path) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _full_disk_message(path)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"the database {path} cannot be opened ({error.strerror}): {_READ_ONLY}"
    if error.errno in _FAILING:
        return f"the disk under {path} cannot be read or written ({error.strerror}); see the system log"
    return f"the database {path} cannot be opened: {error.strerror or error}"


def _full_disk_message(path: Path) -> str:
    left = f", {in_words(free(path.parent))} are free there" if path.parent.is_dir() else ""
    return f"the disk is full: {path} cannot grow{left}; {_FULL}"


def _why_not_opened(path: Path) -> str:
    if path.is_dir():
        return "this is a folder; name a file in it"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}; if a disk belongs there, mount it"
    return _READ_ONLY
