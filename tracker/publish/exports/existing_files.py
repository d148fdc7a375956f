"""Inspect existing files: whether an export wrote one, and up to which row a growing one was written."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile

from tracker.errors import TrackerError
from tracker.models import FileFormat, ListStyle
from tracker.publish.exports.datapackage import is_ours
from tracker.publish.exports.formats import beginning_of, require_library
from tracker.publish.exports.presets import PRESETS, Column, Preset

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_NOT_PACKED = (gzip.BadGzipFile, BadZipFile, zlib.error)
_WRONG = (ValueError, TypeError, KeyError, EOFError, RecursionError, csv.Error, *_NOT_PACKED)
"""What reading raises when a file is not what it should be."""


@dataclass(frozen=True, slots=True)
class Grown:
    """How far a file has been written: its greatest id, its line ending, and whether its last line is unterminated."""

    last: int
    line_end: str
    open_end: bool


def is_export(path: Path) -> bool:
    """Decide whether an export wrote this file, in this version or one with fewer columns."""
    try:
        with unpacked(path) as content:
            names = _names(content)
    except _WRONG:
        return False
    return any(_is_of(names, preset) for preset in PRESETS.values())


def is_package(path: Path) -> bool:
    """Decide whether a folder of exports has this datapackage.json."""
    try:
        package = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return isinstance(package, dict) and is_ours(package)


def grown(path: Path, form: FileFormat, columns: Sequence[Column]) -> Grown:
    """Return how far a file has grown. Raises TrackerError when it is not such an export or has other columns."""
    try:
        with unpacked(path) as content:
            rows = _csv_ids(content, columns, form.lists) if form.name == "csv" else _jsonl_ids(content, columns)
            last = max(rows, default=0)
        with unpacked(path) as content:
            first = content.readline()
            content.seek(-1, SEEK_END) if not form.packed else _to_the_last(content)
            open_end = content.read(1) != b"\n"
    except _WRONG as error:
        hint = "name a new file, or move this one away"
        raise TrackerError(
            f"{path} cannot be appended to: it is not an export with these columns ({error}); {hint}"
        ) from error
    is_unix = form.name == "jsonl" or (first.endswith(b"\n") and not first.endswith(b"\r\n"))
    return Grown(last, "\n" if is_unix else "\r\n", open_end)


def unpacked(path: Path) -> BinaryIO:
    """Open a file for reading, decompressed if compressed, whatever its name says."""
    with path.open("rb") as beginning:
        packed = beginning.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]  # it is one


def _to_the_last(content: BinaryIO) -> None:
    """Seek to the last byte of a stream that cannot seek from its end."""
    size = 0
    while some := content.read(1 << 20):
        size += len(some)
    content.seek(size - 1)


def _is_of(names: Sequence[str], preset: Preset) -> bool:
    """Decide whether these are the columns of a preset, or at least half of them and no others: a column that somebody
    added holds data that would be lost."""
    fixed = [column.name for column in preset.columns if not column.name.startswith("TAG_")]
    of_tags = len(fixed) < len(preset.columns)
    others = [name for name in names if name not in fixed]
    if of_tags:
        others = [name for name in others if not name.endswith(("_matching", "_ratio"))]
    return not others and names[:1] == fixed[:1] and 2 * len(names) >= len(fixed)


def _names(content: BinaryIO) -> list[str]:
    """Return the columns of a file in any format. Raises one of _WRONG when it has none."""
    name = beginning_of(content.read(4))
    content.seek(0)
    require_library(name)
    if name == "parquet":
        from tracker.publish.exports import parquet  # noqa: PLC0415  an optional extra, slow to import

        return parquet.names(content)
    if name == "xlsx":
        from tracker.publish.exports import excel  # noqa: PLC0415  an optional extra

        return excel.names(content)
    if name == "jsonl":
        return list(_object(content.readline()))
    with io.TextIOWrapper(content, encoding="utf-8-sig", newline="") as text:
        return next(csv.reader(text, strict=True), [])


def _csv_ids(content: BinaryIO, columns: Sequence[Column], lists: ListStyle) -> Iterator[int]:
    of_lists = [number for number, column in enumerate(columns) if column.type == "array"]
    if content.read(2) in _UTF_16:
        raise ValueError("it is UTF-16; save it as CSV UTF-8")
    content.seek(0)
    with io.TextIOWrapper(content, encoding="utf-8-sig", newline="") as text:
        lines = csv.reader(text, strict=True)
        _compare(next(lines, []), columns)
        for line in lines:
            if line and len(line) != len(columns):
                raise ValueError(f"line {lines.line_num} has {len(line)} cells instead of {len(columns)}")
            if line:
                _compare_lists([line[number] for number in of_lists], lists)
                yield int(line[0])


def _jsonl_ids(content: BinaryIO, columns: Sequence[Column]) -> Iterator[int]:
    for number, line in enumerate(content, 1):
        if line.strip():
            row = _object(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
            _compare(list(row), columns)
            yield int(str(row["id"]))


def _compare_lists(cells: Sequence[str], style: ListStyle) -> None:
    """Raise ValueError unless the lists are written in this style."""
    for cell in filter(None, cells):
        if style == "json" and not cell.startswith("["):
            raise ValueError("its lists are text")
        if style == "text" and cell.startswith("[") and _is_json(cell):
            raise ValueError("its lists are JSON")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _object(line: bytes) -> dict[str, object]:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise TypeError("a line is not an object")
    return row


def _compare(found: Sequence[str], columns: Sequence[Column]) -> None:
    """Raise ValueError, naming the difference, unless the columns are these in this order."""
    names = [column.name for column in columns]
    if found == names:
        return
    if len(found) == 1 and set(found[0].split(";")) == set(names):
        raise ValueError("its cells are separated by semicolons")
    if sorted(found) == sorted(names):
        raise ValueError("its columns are in a different order")
    missing = [name for name in names if name not in found]
    more = [name for name in found if name not in names]
    parts = [f"it has no {missing[0]}"] if missing else []
    raise ValueError(
        " and ".join([*parts, *([f"it also has {more[0][:40]!r}"] if more else [])]) or "a column is repeated"
    )
