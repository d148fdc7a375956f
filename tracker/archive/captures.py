"""Read the captures of one feed from a folder, a tar archive or a git repository; what fsspec opens, it alone knows."""

import re
import subprocess
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from lzma import LZMAError
from pathlib import PurePosixPath
from typing import Self

import fsspec

from tracker.errors import TrackerError

_STAMP = re.compile(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)[T_ -]?(\d\d)[:.-]?(\d\d)[:.-]?(\d\d)Z?(?!\d)")
"""The time in a capture's name: 2025-01-31T235900Z, or 20250131235900 as in the Wayback Machine's addresses."""

_DAMAGED = (tarfile.ReadError, EOFError, LZMAError, zlib.error, OSError)
"""What reading an archive that is truncated or corrupt may raise."""

_SECONDS = 600
"""The longest that git may take to list the versions of a document."""


@dataclass(frozen=True, slots=True)
class History:
    """Where the captures of one feed are.

    `address` is a path or fsspec URL. In a git repository, `document` is the file whose versions are the captures; it
    is empty for a folder or tar archive.
    """

    feed: str
    address: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """What a feed said at a moment; `name` is the file's in its archive, or the commit."""

    name: str
    at: datetime
    body: bytes


class Unreadable(TrackerError):
    """An archive cannot be read, or not to its end."""


class _Member(tarfile.TarInfo):
    """A member of an archive that has an end: tarfile takes a truncated one for a shorter one."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        """Return the next member; raises ReadError where there is neither one nor the mark of the end."""
        try:
            return super().fromtarfile(archive)
        except tarfile.HeaderError as error:
            if type(error).__name__ == "EOFHeaderError":  # tarfile has it, its types do not
                raise
            raise tarfile.ReadError(f"the archive breaks off ({error})") from error


def captures(history: History) -> Iterator[Capture]:
    """Yield the captures in the order of the archive; files whose names hold no time are passed over.

    Raises Unreadable where the archive cannot be read any further.
    """
    try:
        if history.document:
            yield from _of_repository(history)
        elif _is_folder(history.address):
            yield from _of_folder(history.address)
        else:
            yield from _of_tar(history.address)
    except _DAMAGED as error:
        raise Unreadable(f"{history.address} cannot be read: {error or type(error).__name__}") from error


def fingerprint(history: History) -> str:
    """Return what changes when the archive does: its size and time, its list of files, or its last commit.

    Raises Unreadable if there is no such archive.
    """
    try:
        if history.document:
            return _git(history, "rev-parse", "HEAD").decode().strip()
        system, path = fsspec.core.url_to_fs(history.address)
        if not system.isdir(path):
            info = system.info(path)
            return f"{info['size']} {info.get('mtime') or info.get('LastModified') or info.get('ETag')}"
        return repr(sorted((name, info["size"]) for name, info in system.find(path, detail=True).items()))
    except (OSError, ValueError, ImportError) as error:
        raise Unreadable(f"{history.address} cannot be read: {error}") from error


def captured_at(name: str) -> datetime | None:
    """Return the time in a file's name, in UTC; None if it has none."""
    found = _STAMP.search(PurePosixPath(name).name)
    try:
        return datetime(*map(int, found.groups()), tzinfo=UTC) if found else None  # type: ignore[arg-type, misc]  # six
    except ValueError:
        return None


def _is_folder(address: str) -> bool:
    system, path = fsspec.core.url_to_fs(address)
    return bool(system.isdir(path))


def _of_folder(address: str) -> Iterator[Capture]:
    system, path = fsspec.core.url_to_fs(address)
    for name in sorted(system.find(path)):
        if at := captured_at(name):
            yield Capture(name.removeprefix(path).lstrip("/"), at, system.cat_file(name))


def _of_tar(address: str) -> Iterator[Capture]:
    """Read an archive from beginning to end, as compressed ones cannot be read otherwise."""
    with fsspec.open(address, "rb") as packed, tarfile.open(fileobj=packed, mode="r|*", tarinfo=_Member) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            if content and (at := captured_at(member.name)):
                yield Capture(member.name, at, content.read())


def _of_repository(history: History) -> Iterator[Capture]:
    """Read the versions of a document on the checked out branch, each at the time of its commit."""
    path = ("--", history.document)
    log = _git(history, "log", "--first-parent", "--reverse", "--diff-filter=AMT", "--format=%H %ct", *path)
    commits = [line.split() for line in log.decode().splitlines()]
    if not commits:
        raise Unreadable(f"{history.address} has no versions of {history.document}")
    for commit, seconds in commits:
        body = _git(history, "show", f"{commit}:{history.document}")
        yield Capture(commit, datetime.fromtimestamp(int(seconds), UTC), body)


def _git(history: History, *arguments: str) -> bytes:
    """Return what git prints; raises Unreadable with its last words when it fails."""
    command = ["git", "-C", history.address, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603  no shell
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unreadable(f"git cannot read {history.address}: {error}") from error
    if done.returncode:
        raise Unreadable(f"git cannot read {history.address}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
