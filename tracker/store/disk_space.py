"""Check free disk space before work that would otherwise fail halfway."""

from pathlib import Path

from tracker.errors import StoreError

_SLACK = 1_000_000
"""Bytes left free for other writers and for the file system itself."""

_UNITS = ("KB", "MB", "GB", "TB")


def in_words(size: int) -> str:
    """Format a number of bytes for people, in powers of 1000."""
    if size < 1000:
        return f"{size} bytes"
    number = float(size)
    for unit in _UNITS:
        number /= 1000
        if number < 999.5 or unit == _UNITS[-1]:
            break
    return f"{number:.0f} {unit}" if number >= 99.5 else f"{number:.1f} {unit}"


def free(folder: Path) -> int:
    """Return how many bytes can still be written below `folder`, which need not exist yet."""
    from shutil import disk_usage  # noqa: PLC0415  few commands need room

    existing = next((one for one in (folder, *folder.absolute().parents) if one.exists()), Path("/"))
    return disk_usage(existing).free


def require(folder: Path, size: int, what: str) -> None:
    """Raise StoreError, in a sentence about `what`, when `folder` has less than `size` bytes free."""
    left = free(folder)
    if left < size + _SLACK:
        raise StoreError(
            f"there is not enough room for {what}: {in_words(size + _SLACK)} are needed in {folder}, where "
            f"{in_words(left)} are free. Nothing was changed; make room and try again"
        )
