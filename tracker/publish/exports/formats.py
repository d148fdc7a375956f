"""Write the formats of an export: CSV and JSON lines, plain or gzipped, Parquet and Excel workbooks."""

import gzip
import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, get_args

from tracker import extras
from tracker.errors import TrackerError, UsageError
from tracker.models import FileFormat, FileFormatName
from tracker.publish.csv_cells import csv_text
from tracker.publish.exports.presets import Column
from tracker.publish.formatting import listed

Rows = Iterable[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Format:
    """What sets a format apart: its extensions, its media type, and how every such file begins."""

    extensions: tuple[str, ...]
    media_type: str
    beginning: bytes


FORMATS: Mapping[FileFormatName, Format] = {
    "parquet": Format(("parquet",), "application/vnd.apache.parquet", b"PAR1"),
    "xlsx": Format(("xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
    "jsonl": Format(("jsonl", "ndjson"), "application/x-ndjson", b"{"),
    "csv": Format(("csv",), "text/csv", b""),
}

# fmt: off
_OTHERS = frozenset({
    "7z", "arrow", "bz2", "conf", "db", "doc", "docx", "feather", "htm", "html", "ini", "json", "md", "numbers", "ods",
    "odt", "opml", "pdf", "py", "rss", "rtf", "sqlite", "sqlite3", "tar", "tgz", "toml", "tsv", "xls", "xlsm",
    "xml", "xz", "yaml", "yml", "zip", "zst",
})
# fmt: on
"""File extensions that nobody expects of an export."""

AT_ONCE = 500
"""Rows written at once."""


def format_of(path: Path, asked: FileFormatName | None = None) -> FileFormat:
    """Return the format a file's name implies; if it implies none, the one `asked` for, or CSV.

    Raises UsageError when the extension is of another format, another program's or not the one asked for.
    """
    name = path.name.lower()
    plain = name.removesuffix(".gz")
    extension = plain.rpartition(".")[2] if "." in plain else ""
    if extension in _OTHERS:
        known = ", ".join(f".{name}" for name in get_args(FileFormatName))
        raise UsageError(f"{path}: exports can be {known}, not {extension.upper()}")
    said = next((name for name, known in FORMATS.items() if extension in known.extensions), None)
    if asked and said and said != asked:
        raise UsageError(f"{path} has the extension of {said}, but the format is {asked}; name the file .{asked}")
    return FileFormat(said or asked or "csv", plain != name)


def beginning_of(content: bytes) -> FileFormatName:
    """Return the format of a file from its first bytes."""
    return next(name for name, known in FORMATS.items() if content.startswith(known.beginning))


def write(out: BinaryIO, form: FileFormat, columns: Sequence[Column], rows: Rows) -> int:
    """Write a header and the rows; return how many there were.

    Equal rows give equal bytes. Raises TrackerError when a library that the format needs is not installed.
    """
    require_library(form.name)
    if form.name == "parquet":
        from tracker.publish.exports import parquet  # noqa: PLC0415  an optional extra, slow to import

        return parquet.write(out, columns, (_values(columns, some) for some in _batches(rows, 50_000)))
    if form.name == "xlsx":
        from tracker.publish.exports import excel  # noqa: PLC0415  an optional extra

        return excel.write(out, columns, ([_plain(*cell) for cell in zip(columns, row, strict=True)] for row in rows))
    with _packed(out, packed=form.packed) as stream:
        stream.write(_head(form, columns))
        return _write_rows(stream, form, columns, rows)


def write_more(out: BinaryIO, form: FileFormat, columns: Sequence[Column], rows: Rows, *, end_first: bool) -> int:
    """Append rows; `end_first` terminates the last line before them. Return how many there were.

    Nothing is written when there are none.
    """
    left = iter(rows)
    first = next(left, None)
    if first is None:
        return 0
    with _packed(out, packed=form.packed) as stream:
        if end_first:
            stream.write(form.line_end.encode())
        return _write_rows(stream, form, columns, chain([first], left))


def _write_rows(stream: BinaryIO, form: FileFormat, columns: Sequence[Column], rows: Rows) -> int:
    count = 0
    if form.lists == "text" and form.name == "csv":
        rows = _with_lists_as_text(columns, rows)
    for some in _batches(rows):
        text = csv_text(some, form.line_end) if form.name == "csv" else _jsonl(columns, some)
        stream.write(text.encode())
        count += len(some)
    return count


def _head(form: FileFormat, columns: Sequence[Column]) -> bytes:
    """Return what precedes the rows."""
    if form.name == "jsonl":
        return b""
    names = csv_text([[column.name for column in columns]]).encode()
    return BOM_UTF8 + names if form.excel else names


def _with_lists_as_text(columns: Sequence[Column], rows: Rows) -> Rows:
    for row in rows:
        yield [
            listed(json.loads(value)) if column.type == "array" and value is not None else value
            for column, value in zip(columns, row, strict=True)
        ]


def _jsonl(columns: Sequence[Column], rows: Rows) -> str:
    """Return one JSON object per line, with real lists and booleans."""
    return "".join(
        json.dumps(
            {column.name: _plain(column, value) for column, value in zip(columns, row, strict=True)},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        + "\n"
        for row in rows
    )


def _plain(column: Column, value: Any) -> Any:
    """Convert a cell for JSON and Parquet."""
    if value is None:
        return None
    if column.type == "array":
        return json.loads(value)
    return bool(value) if column.type == "boolean" else value


def require_library(name: FileFormatName) -> None:
    """Raise TrackerError, saying how to install it, when the library that a format needs is not installed."""
    library = extras.OF_FORMATS.get(name)
    if library and (lacking := extras.missing(library)):
        raise TrackerError(f"{name} needs {lacking}, or take --format csv")


def _values(columns: Sequence[Column], rows: list[Sequence[Any]]) -> list[list[Any]]:
    """Return the cells by column, as Python values."""
    return [
        [_moment(value) if column.type == "datetime" else _plain(column, value) for value in cells]
        for column, cells in zip(columns, zip(*rows, strict=True), strict=True)
    ]


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _batches(rows: Rows, size: int = AT_ONCE) -> Iterator[list[Sequence[Any]]]:
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


@contextmanager
def _packed(out: BinaryIO, *, packed: bool) -> Iterator[BinaryIO]:
    """Yield the stream, or one that gzips into it without a name or time, so that equal rows give equal bytes."""
    if not packed:
        yield out
        return
    with gzip.GzipFile(fileobj=out, mode="wb", filename="", mtime=0, compresslevel=6) as stream:
        yield stream  # type: ignore[misc]  # a binary stream but for its type
