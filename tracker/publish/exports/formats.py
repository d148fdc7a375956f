"""The forms of an export: CSV, JSON lines and Parquet, whole or packed by gzip; knows how each writes rows."""

import gzip
import importlib
import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal

from tracker.errors import TrackerError, UsageError
from tracker.publish.cells import csv_text
from tracker.publish.exports.presets import Column

Name = Literal["csv", "jsonl", "parquet"]
Rows = Iterable[Sequence[Any]]

AT_ONCE = 500
"""Rows written at once."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is to be written. `excel` puts the mark before a CSV by which spreadsheets know it for UTF-8."""

    name: Name = "csv"
    packed: bool = False
    excel: bool = False

    @property
    def ending(self) -> str:
        """What the names of such files end in."""
        return f".{self.name}" + (".gz" if self.packed else "")

    def checked(self) -> "Form":
        """Itself; raises UsageError when it asks for what does not go together."""
        if self.packed and self.name == "parquet":
            raise UsageError("Parquet is packed by itself; leave --gzip out")
        if self.excel and self.name != "csv":
            raise UsageError(f"--excel is about CSV, and {self.name} is always UTF-8; leave it out")
        return self


def form_of(path: Path) -> Form:
    """The form that a file's name asks for; CSV where it says nothing."""
    name = path.name.lower()
    packed = name.endswith(".gz")
    name = name.removesuffix(".gz")
    found: Name = "jsonl" if name.endswith((".jsonl", ".ndjson")) else "parquet" if name.endswith(".parquet") else "csv"
    return Form(found, packed)


def write(out: BinaryIO, form: Form, columns: Sequence[Column], rows: Rows, *, head: bool = True) -> int:
    """Write the rows, with the head of a new file or as more of one that has it; how many there were.

    Equal rows give equal bytes. Raises TrackerError when Parquet is asked for and pyarrow is not installed.
    """
    if form.name == "parquet":
        return _parquet(out, columns, rows)
    with _packed(out, packed=form.packed) as stream:
        if head:
            stream.write(_head(form, columns))
        lines = _csv if form.name == "csv" else _jsonl
        return sum(_written(stream, lines, columns, some) for some in _batches(rows))


def _head(form: Form, columns: Sequence[Column]) -> bytes:
    """What stands before the rows."""
    if form.name == "jsonl":
        return b""
    names = csv_text([[column.name for column in columns]]).encode()
    return BOM_UTF8 + names if form.excel else names


def _written(
    stream: BinaryIO, lines: Callable[[Sequence[Column], Rows], str], columns: Sequence[Column], some: list[Any]
) -> int:
    stream.write(lines(columns, some).encode())
    return len(some)


def _csv(_columns: Sequence[Column], rows: Rows) -> str:
    return csv_text(rows)


def _jsonl(columns: Sequence[Column], rows: Rows) -> str:
    """A JSON object a line; lists are lists, and what is true is true."""
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
    """A cell as JSON and Parquet have it."""
    if value is None:
        return None
    if column.type == "array":
        return json.loads(value)
    return bool(value) if column.type == "boolean" else value


def _parquet(out: BinaryIO, columns: Sequence[Column], rows: Rows) -> int:
    try:
        parquet = importlib.import_module("tracker.publish.exports.parquet")
    except ModuleNotFoundError as error:
        if error.name != "pyarrow":
            raise
        hint = "pip install 'encryption-coverage-tracker[parquet]', or take --format csv"
        raise TrackerError(f"Parquet needs the library pyarrow, which is not installed: {hint}") from error
    count: int = parquet.write(out, columns, (_values(columns, some) for some in _batches(rows, 50_000)))
    return count


def _values(columns: Sequence[Column], rows: list[Sequence[Any]]) -> list[list[Any]]:
    """The cells by column, as Python values."""
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
    """The stream itself, or one whose bytes reach it packed, without a name or a time: equal rows stay equal."""
    if not packed:
        yield out
        return
    with gzip.GzipFile(fileobj=out, mode="wb", filename="", mtime=0, compresslevel=6) as stream:
        yield stream  # type: ignore[misc]  # a binary stream but for its type


def unpacked(path: Path) -> BinaryIO:
    """A file opened to be read, unpacked where its name says that it is packed."""
    return gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb")  # type: ignore[return-value]  # it is one
