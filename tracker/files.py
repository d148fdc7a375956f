"""Write files and folders atomically: whole under their final name, or not at all."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from stat import S_IMODE
from typing import BinaryIO, Final

from tracker.errors import Locked, TrackerError

Recognise = Callable[[Path], bool]
"""Decides whether this program wrote a file itself, so that it may be overwritten; raises OSError."""

PRIVATE: Final = 0o600
"""Mode of files only the tracker's user may read: databases, backups and locks."""
SHARED: Final = 0o640
"""Mode of exports: the group may read them."""
PUBLIC: Final = 0o644
"""Mode of published files. A stricter umask applies to all three modes, and an existing file keeps its own mode."""

_STREAMS = ("/dev/", "/proc/")


def shipped(name: str) -> Path:
    """Return the path of a file or folder that comes with the program, such as feeds.yaml or docs/alerts.md.

    An installed program has it beside its code, a checkout at its top.
    """
    package = Path(__file__).parent
    installed = package / "shipped" / name
    return installed if installed.exists() else package.parent / name


def write_whole(path: Path, content: bytes, *, ours: Recognise, force: bool = False, mode: int = SHARED) -> None:
    """Write the content to `path` atomically; raises TrackerError as `whole` does."""
    with whole(path, ours=ours, force=force, mode=mode) as out:
        out.write(content)


@contextmanager
def whole(path: Path, *, ours: Recognise, force: bool = False, mode: int = SHARED) -> Iterator[BinaryIO]:
    """Yield a binary file that replaces `path` when the body succeeds; `mode` applies to a new file.

    Symlinks are kept and their targets written. An existing file with the same content is left alone, so its time says
    when it changed. Anything that is not a file, such as /dev/stdout, is written to directly. Raises TrackerError when
    writing fails, or when a non-empty file exists that is not `ours`, unless `force` is given; a database or
    configuration is never overwritten.
    """
    with _os_errors_about(path):
        if is_stream(path):
            with path.open("ab") as stream:
                yield stream
            return
        path = path.resolve() if path.is_symlink() else path
        _refuse_overwrite(path, ours, force=force)
    with unfinished(path, mode) as part, part.open("wb") as out:
        yield out


def is_stream(path: Path) -> bool:
    """Decide whether a path leads somewhere other than a regular file, such as a pipe or /dev/stdout."""
    return str(path.absolute()).startswith(_STREAMS) or (path.exists() and not path.is_file() and not path.is_dir())


@contextmanager
def unfinished(path: Path, mode: int = PRIVATE) -> Iterator[Path]:
    """Yield an empty file next to `path` for the body to fill; renamed to `path` when the body succeeds.

    Otherwise as in `whole`. The rename is on disk when this ends.
    """
    from filecmp import cmp  # noqa: PLC0415  most commands write no file

    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _os_errors_about(path):
            require_folder(path.parent)
            _remove_leftovers(path)
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
            yield part
            if not (path.exists() and cmp(part, path, shallow=False)):
                _keep_mode(part, path)
                _replace_durably(part, path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other processes out of this folder for the duration of the body; raises Locked if one is already in it.
    Creates no lock file."""
    require_folder(folder)
    with _os_errors_about(folder):
        handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Locked(f"another process is adding to a file in {folder}; this one did nothing") from None
    finally:
        os.close(handle)


def require_folder(folder: Path) -> None:
    """Raise TrackerError if a folder does not exist: a mistyped name, or an unmounted disk."""
    if not folder.is_dir() and not folder.exists():
        raise TrackerError(f"there is no folder {folder}; make it, or where a disk is to be mounted there, mount it")


def make_folder(folder: Path) -> None:
    """Create a folder; raises TrackerError if its parent is missing or a file has its name."""
    with _os_errors_about(folder):
        require_folder(folder.absolute().parent)
        folder.mkdir(exist_ok=True)


@contextmanager
def _os_errors_about(path: Path) -> Iterator[None]:
    """Turn an OSError into a TrackerError about `path`."""
    try:
        yield
    except OSError as error:
        raise TrackerError(f"{path} cannot be written: {error.strerror or error}") from error


def _refuse_overwrite(path: Path, ours: Recognise, *, force: bool) -> None:
    """Raise TrackerError if writing to `path` would destroy something the user did not mean to lose."""
    if not path.is_file() or not path.stat().st_size:
        return
    with path.open("rb") as there:
        beginning = there.read(16)
    if beginning == b"SQLite format 3\0" or path.name.endswith(("-wal", "-shm")):
        raise TrackerError(f"{path} is a database and is never overwritten; name another file")
    if path.name.endswith((".yaml", ".yml")):
        raise TrackerError(f"{path} is a configuration file and is never overwritten; name another file")
    if not force and not ours(path):
        raise TrackerError(
            f"{path} already exists and was not written by this command; move it, name another file, or use --force"
        )


def _keep_mode(part: Path, path: Path) -> None:
    """Give a file the mode and, where permitted, the owner of the file it replaces."""
    if path.exists():
        state = path.stat()
        part.chmod(S_IMODE(state.st_mode))
        with suppress(PermissionError):
            os.chown(part, state.st_uid, state.st_gid)


def _remove_leftovers(path: Path) -> None:
    """Remove a file's unfinished parts left by killed processes."""
    for left in path.parent.glob(f".{escape(path.name)}.*.part"):
        number = left.name.removesuffix(".part").rpartition(".")[2]
        if number.isdecimal() and not process_exists(int(number)):
            left.unlink(missing_ok=True)


def process_exists(process: int) -> bool:
    """Return whether a process with this id exists, whoever owns it."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _replace_durably(part: Path, path: Path) -> None:
    """Rename so that after a power cut either the old file or the new one is there, whole."""
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(path)
    _sync(path.parent)


@contextmanager
def folder_in_the_making(path: Path) -> Iterator[Path]:
    """Yield a new, empty folder at `path`, first removing what a killed process left there. It is deleted at the end
    unless moved elsewhere.

    For one process at a time; raises TrackerError when it, or something in it, cannot be written.
    """
    from shutil import rmtree  # noqa: PLC0415  most commands make no folder

    try:
        rmtree(path, ignore_errors=True)
        path.mkdir()
        yield path
    except OSError as error:
        raise TrackerError(f"{error.filename or path} cannot be written: {error.strerror or error}") from error
    finally:
        rmtree(path, ignore_errors=True)


def settle_folder(made: Path, path: Path) -> None:
    """Rename a folder of files to `path`, which must not exist; after a power cut it is there whole or not at all."""
    for each in (*made.iterdir(), made):
        _sync(each)
    made.rename(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Flush a file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
