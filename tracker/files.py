"""How a file, or a folder of files, comes to be whole, or not there at all, under its final name."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from filecmp import cmp
from glob import escape
from pathlib import Path
from stat import S_IMODE
from typing import BinaryIO, Final

from tracker.errors import Locked, TrackerError

Recognise = Callable[[Path], bool]
"""Whether a file is one that this program wrote itself, so that it may be written over; raises OSError."""

PRIVATE: Final = 0o600
"""Mode of what only the user who runs the tracker may read: databases, backups and locks."""
SHARED: Final = 0o640
"""Mode of exports: the group may read them."""
PUBLIC: Final = 0o644
"""Mode of what is published. A stricter umask holds for each of these, and a file that is there keeps its own."""

_STREAMS = ("/dev/", "/proc/")


def write_whole(path: Path, content: bytes, *, ours: Recognise, force: bool = False, mode: int = SHARED) -> None:
    """Put the content at `path`, whole or not at all; raises TrackerError as `whole` does."""
    with whole(path, ours=ours, force=force, mode=mode) as out:
        out.write(content)


@contextmanager
def whole(path: Path, *, ours: Recognise, force: bool = False, mode: int = SHARED) -> Iterator[BinaryIO]:
    """A file that is at `path` when the body has ended well; `mode` is that of a new one.

    What a link leads to is written, and the link stays. A file that is there already with the same content is left as
    it is, so that its time says when it changed. What is no file, such as /dev/stdout, is written to as it is.
    Raises TrackerError when it cannot be written, and where a file is there that is not empty and not `ours`, unless
    `force` is given; a database or configuration is never written over.
    """
    with _told(path):
        if is_stream(path):
            with path.open("ab") as stream:
                yield stream
            return
        path = path.resolve() if path.is_symlink() else path
        _spare(path, ours, force=force)
    with unfinished(path, mode) as part, part.open("wb") as out:
        yield out


def is_stream(path: Path) -> bool:
    """Whether a path is no place for a file but leads elsewhere, as pipes and /dev/stdout do."""
    return str(path.absolute()).startswith(_STREAMS) or (path.exists() and not path.is_file() and not path.is_dir())


@contextmanager
def unfinished(path: Path, mode: int = PRIVATE) -> Iterator[Path]:
    """An empty file beside `path` for the body to fill, by whatever means; renamed to `path` when the body ended well.

    Otherwise `whole` says what holds for it. The rename is on disk when this ends.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _told(path):
            require_folder(path.parent)
            _sweep(path)
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
            yield part
            if not (path.exists() and cmp(part, path, shallow=False)):
                _keep_mode(part, path)
                _settle(part, path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """No other process is in here for this folder meanwhile; raises Locked if one is. No file is made for that."""
    require_folder(folder)
    with _told(folder):
        handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Locked(f"another process is adding to a file in {folder}; this one did nothing") from None
    finally:
        os.close(handle)


def require_folder(folder: Path) -> None:
    """Raises TrackerError where a folder is not there: a name was mistyped, or a disk is not mounted."""
    if not folder.is_dir() and not folder.exists():
        raise TrackerError(f"there is no folder {folder}; make it, or where a disk is to be mounted there, mount it")


def make_folder(folder: Path) -> None:
    """Make a folder, in one that is there; raises TrackerError where that one is not, or a file has the name."""
    with _told(folder):
        require_folder(folder.absolute().parent)
        folder.mkdir(exist_ok=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system refuses becomes a TrackerError about `path`."""
    try:
        yield
    except OSError as error:
        raise TrackerError(f"{path} cannot be written: {error.strerror or error}") from error


def _spare(path: Path, ours: Recognise, *, force: bool) -> None:
    """Raises TrackerError where something would be lost that nobody means who names a file to write to."""
    if not path.is_file() or not path.stat().st_size:
        return
    with path.open("rb") as there:
        beginning = there.read(16)
    if beginning == b"SQLite format 3\0" or path.name.endswith(("-wal", "-shm")):
        raise TrackerError(f"{path} is a database, and is not written over; name another file")
    if path.name.endswith((".yaml", ".yml")):
        raise TrackerError(f"{path} is a configuration, and is not written over; name another file")
    if not force and not ours(path):
        raise TrackerError(
            f"{path} is there already and not what this command writes; move it away, name another, or give --force"
        )


def _keep_mode(part: Path, path: Path) -> None:
    """Let a file have the mode and, where that may be, the owner of the one whose place it takes."""
    if path.exists():
        state = path.stat()
        part.chmod(S_IMODE(state.st_mode))
        with suppress(PermissionError):
            os.chown(part, state.st_uid, state.st_gid)


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
        path.mkdir()
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
