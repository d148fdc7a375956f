"""List the releases in a folder, and find one of their files, for whoever offers them for download."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tracker.publish.release.checksums import SUMS, digest
from tracker.publish.release.documents import FILES


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file of a release; `size` in bytes."""

    name: str
    description: str
    size: int


@dataclass(frozen=True, slots=True)
class PublishedRelease:
    """A release by its version; the fingerprint is the SHA-256 of its SHA256SUMS."""

    version: str
    files: tuple[ReleaseFile, ...]
    fingerprint: str

    @property
    def size(self) -> int:
        """The bytes of all its files."""
        return sum(file.size for file in self.files)


def published(folder: Path) -> tuple[PublishedRelease, ...]:
    """Return the releases in a folder, the latest first; none if there is no such folder."""
    try:
        places = sorted((path for path in folder.iterdir() if _is_release(path)), key=_age, reverse=True)
    except OSError:
        return ()
    return tuple(PublishedRelease(place.name, tuple(_files(place)), digest(place / SUMS)) for place in places)


def released_file(folder: Path, version: str, name: str) -> Path | None:
    """Return the file of this name in a release; None if there is no such release or file."""
    if name not in FILES:
        return None
    places = [path for path in folder.iterdir() if path.name == version] if folder.is_dir() else []
    return next((place / name for place in places if _is_release(place) and _is_file(place / name)), None)


def _is_release(path: Path) -> bool:
    return not path.name.startswith(".") and path.is_dir() and not path.is_symlink() and _is_file(path / SUMS)


def _is_file(path: Path) -> bool:
    """Tell whether there is a file; a link could lead out of the release."""
    return path.is_file() and not path.is_symlink()


def _age(place: Path) -> tuple[str, int]:
    """Return what orders versions: `2026-11-28.10` comes after `2026-11-28.9`."""
    day, _, number = place.name.partition(".")
    return day, int(number) if number.isascii() and number.isdigit() else 0


def _files(place: Path) -> Iterator[ReleaseFile]:
    for name, description in FILES.items():
        if _is_file(place / name):
            yield ReleaseFile(name, description, (place / name).stat().st_size)
