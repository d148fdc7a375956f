"""How a file, or a folder of files, comes to be whole, or not there at all, under its final name."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from filecmp import cmp
from glob import escape
from pathlib import Path
from typing import BinaryIO

from tracker.errors import TrackerError


def write_whole(path: Path, content: bytes) -> None:
    """Put the content at `path`, whole or not at all; raises TrackerError when it cannot be written."""
    with whole(path) as out:
        out.write(content)


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file that is at `path` when the body has ended well; raises TrackerError when it cannot be written.

    A file that is there already with the same content is left as it is, so that its time
    says when it changed. What is there and no file, such as /dev/stdout, is written to as it is.
    """
    _spare_databases(path)
    with unfinished(path) as part, part.open("wb") as out:
        yield out


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A path beside `path` for the body to write to, by whatever means; renamed to `path` when the body ended well.

    Otherwise `whole` says what holds for it. The rename is on disk when this ends.
    """
    in_place = path.exists() and not path.is_file()
    part = path if in_place else path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        yield part
        if not in_place and not (path.exists() and cmp(part, path, shallow=False)):
            _settle(part, path)
    except OSError as error:
        raise TrackerError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        if not in_place:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _spare_databases(path: Path) -> None:
    """Raises TrackerError where a database would be written over: nobody means that who names a file to write to."""
    if path.is_file():
        with suppress(OSError), path.open("rb") as there:
            is_database = there.read(16) == b"SQLite format 3\0" or path.name.endswith(("-wal", "-shm"))
            if is_database:
                raise TrackerError(f"{path} is a database, and is not written over; name another file")


def _sweep(path: Path) -> None:
    """Remove what killed processes left unfinished of a file."""
    for left in path.parent.glob(f".{escape(path.name)}.*.part"):
        number = left.name.removesuffix(".part").rpartition(".")[2]
        if number.isdecimal() and not _lives(int(number)):
            left.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    """Whether a process of this number is there, whoever's it is."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _settle(part: Path, path: Path) -> None:
    """Rename, such that after a power cut either the old file is there or the new one, whole."""
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(path)
    _sync(path.parent)


@contextmanager
def folder_in_the_making(path: Path) -> Iterator[Path]:
    """A new, empty folder at `path`, gone when this ends unless it was put elsewhere; what a killed process left of it
    is removed first.

    For one process at a time; raises TrackerError when it, or something in it, cannot be written.
    """
    try:
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        yield path
    except OSError as error:
        raise TrackerError(f"{error.filename or path} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(path, ignore_errors=True)


def settle_folder(made: Path, path: Path) -> None:
    """Rename a folder of files to `path`, where nothing is yet; after a power cut it is there whole or not at all."""
    for each in (*made.iterdir(), made):
        _sync(each)
    made.rename(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Bring what is written of a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
