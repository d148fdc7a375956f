"""Write and check SHA256SUMS as sha256sum does: one line per file, its digest and its name."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

SUMS = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sums_text(digests: Mapping[str, str]) -> str:
    """Return the text of SHA256SUMS."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))


def read_sums(text: str) -> dict[str, str] | None:
    """Return each file's digest by name; None if the text is not such a list or names files outside the folder."""
    found = [_LINE.fullmatch(line) for line in text.splitlines()]
    if not found or any(line is None or "/" in line[2] or line[2] in {SUMS, ".", ".."} for line in found):
        return None
    return {line[2]: line[1] for line in found if line}


def differences(folder: Path, digests: Mapping[str, str]) -> Iterator[str]:
    """Describe where a folder differs from its sums, in sentences."""
    there = {path.name for path in folder.iterdir()} - {SUMS}
    for name in sorted(digests.keys() - there):
        yield f"{name} is missing."
    for name in sorted(there - digests.keys()):
        yield f"{name} does not belong to the release: {SUMS} does not list it."
    for name in sorted(there & digests.keys()):
        path = folder / name
        if path.is_symlink() or not path.is_file():
            yield f"{name} is not a file."
        elif digest(path) != digests[name]:
            yield f"{name} has been changed: its SHA-256 differs from the one in {SUMS}."
