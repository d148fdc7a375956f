"""How much room a disk has, and how much work will need: said before it begins, as it would fail half-way."""

import shutil
from pathlib import Path

from tracker.errors import StoreError

_SLACK = 1_000_000
"""Bytes that are left free for what others write meanwhile, and for the file system's own needs."""

_UNITS = ("KB", "MB", "GB", "TB")


def in_words(size: int) -> str:
    """A number of bytes as people write it, in powers of 1000."""
    if size < 1000:
        return f"{size} bytes"
    number = float(size)
    for unit in _UNITS:
        number /= 1000
        if number < 999.5 or unit == _UNITS[-1]:
            break
    return f"{number:.0f} {unit}" if number >= 99.5 else f"{number:.1f} {unit}"


def free(folder: Path) -> int:
    """How many bytes can still be written below a folder, which need not be there yet."""
    there = next((one for one in (folder, *folder.absolute().parents) if one.exists()), Path("/"))
    return shutil.disk_usage(there).free


def require(folder: Path, size: int, what: str) -> None:
    """Raises StoreError, in a sentence about `what`, where there is not so much room in a folder."""
    left = free(folder)
    if left < size + _SLACK:
        raise StoreError(
            f"there is not enough room for {what}: {in_words(size + _SLACK)} are needed in {folder}, where "
            f"{in_words(left)} are free. Nothing was changed; make room and try again"
        )
