"""Write the formats of an export: CSV, JSON lines and Parquet, plain or gzipped."""

import gzip
import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, Literal

from tracker.errors import TrackerError, UsageError
from tracker.publish.csv_cells import csv_text
from tracker.publish.exports.presets import Column

Name = Literal["csv", "jsonl", "parquet"]
Rows = Iterable[Sequence[Any]]

_ENDINGS: Mapping[str, Name] = {"csv": "csv", "jsonl": "jsonl", "ndjson": "jsonl", "parquet": "parquet"}
_OTHERS = frozenset(
    {"7z", "arrow", "bz2", "conf", "db", "doc", "docx", "feather", "htm", "html", "ini", "json", "md", "numbers", "ods"}
    | {
        "odt",
        "opml",
        "pdf",
        "py",
        "rss",
        "rtf",
        "sqlite",
        "sqlite3",
        "tar",
        "tgz",
        "toml",
        "tsv",
        "xls",
        "xlsm",
        "xlsx",
    }
    | {"xml", "xz", "yaml", "yml", "zip", "zst"}
)
"""File extensions that nobody expects of an export."""

AT_ONCE = 500
"""Rows written at once."""


@dataclass(frozen=True, slots=True)
class Form:
    """How to write a file. `excel` puts a byte order mark before a CSV, by which spreadsheets recognise UTF-8."""

    name: Name = "csv"
    packed: bool = False
    excel: bool = False
    line_end: str = "\r\n"
    """The line ending of CSV."""

    @property
    def ending(self) -> str:
        """The extension of such files."""
        return f".{self.name}" + (".gz" if self.packed else "")

    def checked(self) -> "Form":
        """Return itself. Raises UsageError when its options contradict each other."""
        if self.packed and self.name == "parquet":
            raise UsageError("Parquet files are already compressed; leave out --gzip")
        if self.excel and self.name != "csv":
            raise UsageError(f"--excel applies only to CSV; leave it out for {self.name}")
        return self


def form_of(path: Path, asked: Name | None = None) -> Form:
    """Return the format a file's name implies; if it implies none, the one `asked` for, or CSV.

    Raises UsageError when the extension is of another format, another program's or not the one asked for.
    """
    name = path.name.lower()
    plain = name.removesuffix(".gz")
    ending = plain.rpartition(".")[2] if "." in plain else ""
    if ending in _OTHERS:
        raise UsageError(f"{path}: exports can be .csv, .jsonl or .parquet, not {ending.upper()}")
    said = _ENDINGS.get(ending)
    if asked and said and said != asked:
        raise UsageError(f"{path} has the extension of {said}, but the format is {asked}; name the file .{asked}")
    return Form(said or asked or "csv", plain != name)


def write(out: BinaryIO, form: Form, columns: Sequence[Column], rows: Rows) -> int:
    """Write a header and the rows; return how many there were.

    Equal rows give equal bytes. Raises TrackerError when Parquet is requested and pyarrow is not installed.
    """
    if form.name == "parquet":
        return _parquet(out, columns, rows)
    with _packed(out, packed=form.packed) as stream:
        stream.write(_head(form, columns))
        return _write_rows(stream, form, columns, rows)


def write_more(out: BinaryIO, form: Form, columns: Sequence[Column], rows: Rows, *, end_first: bool) -> int:
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


def _write_rows(stream: BinaryIO, form: Form, columns: Sequence[Column], rows: Rows) -> int:
    count = 0
    for some in _batches(rows):
        text = csv_text(some, form.line_end) if form.name == "csv" else _jsonl(columns, some)
        stream.write(text.encode())
        count += len(some)
    return count


def _head(form: Form, columns: Sequence[Column]) -> bytes:
    """Return what precedes the rows."""
    if form.name == "jsonl":
        return b""
    names = csv_text([[column.name for column in columns]]).encode()
    return BOM_UTF8 + names if form.excel else names


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


def _parquet(out: BinaryIO, columns: Sequence[Column], rows: Rows) -> int:
    with explained_without_pyarrow():
        from tracker.publish.exports import parquet  # noqa: PLC0415  an optional extra, slow to import

    return parquet.write(out, columns, (_values(columns, some) for some in _batches(rows, 50_000)))


@contextmanager
def explained_without_pyarrow() -> Iterator[None]:
    """Turn a failed import of pyarrow in the body into a TrackerError that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "pyarrow":
            raise
        hint = "pip install 'encryption-coverage-tracker[parquet]', or take --format csv"
        raise TrackerError(f"Parquet needs the library pyarrow, which is not installed: {hint}") from error


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
