"""Read articles from JSON lines, CSV or Parquet into entries: the only module that knows what an import may hold."""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from tracker import extras
from tracker.analyse.dates import read_date
from tracker.analyse.text import AUTHOR_LIMIT, SUMMARY_LIMIT, TITLE_LIMIT, headline, plain, text_lines
from tracker.analyse.urls import absolute
from tracker.errors import CollectError, UsageError
from tracker.models import Entry

SOURCE_LIMIT = 200
"""Most code points kept of a source's name."""

_DATE_LIMIT = 100
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
"""Magic bytes of compressed files, spreadsheets included."""

_KEYS: Final = ("url", "title", "source", "summary", "published", "author", "language", "text")
_REQUIRED: Final = _KEYS[:3]
_ROWS = 500
"""Rows of a Parquet file in memory at a time."""

_CELL_LIMIT = 2**24
"""Longest cell of a CSV, in code points: a full text fits, a quotation mark without its pair does not eat the file."""

_Row = str | dict[str, Any] | CollectError
"""A JSON line, the cells of a row by column, or what is wrong with it."""

_BROKEN = re.compile("[\udc80-\udcff]")
"""Bytes that are not UTF-8, as `surrogateescape` decodes them."""


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One line or row: the entry, its source's name and its full text, or what is wrong with it."""

    number: int
    source: str = ""
    entry: Entry | None = None
    text: str = ""
    problem: str = ""


def count(path: Path) -> int:
    """Return the number of articles in a file, usable or not; raises UsageError when it cannot hold any."""
    if path.suffix.lower() == ".parquet":
        with _parquet(path) as content:
            return int(content.metadata.num_rows)
    return sum(1 for _ in _rows(path))


def read(path: Path, now: datetime) -> Iterator[ImportLine]:
    """Yield each article of a file, as an entry or with its problem; the extension tells the format.

    Raises UsageError when the file cannot hold any, or breaks off.
    """
    yield from read_rows(_rows(path), now)


def read_rows(rows: Iterable[tuple[int, _Row]], now: datetime) -> Iterator[ImportLine]:
    """Yield numbered rows as entries; JSON lines are decoded with `surrogateescape`."""
    for number, row in rows:
        try:
            item = _item(row)
            entry = _entry(item, now)
            yield ImportLine(number, _source(item), entry, text_lines(item.get("text") or ""))
        except CollectError as error:
            yield ImportLine(number, problem=str(error))


def _item(row: _Row) -> Any:
    """Return what a row holds; raises CollectError when it cannot be read."""
    if isinstance(row, CollectError):
        raise row
    for text in [row] if isinstance(row, str) else row.values():
        if isinstance(text, str) and _BROKEN.search(text):
            raise CollectError("this is not UTF-8; save the file as UTF-8")
    if not isinstance(row, str):
        return row
    try:
        return json.loads(row, parse_int=float)
    except RecursionError as error:
        raise CollectError("this is JSON, but nested too deep") from error
    except ValueError as error:
        raise CollectError(f"this is not JSON: {error}") from error


def _rows(path: Path) -> Iterator[tuple[int, _Row]]:
    """Yield the rows of a file, each with the number of its line, in Parquet of its row."""
    if path.suffix.lower() == ".parquet":
        yield from _of_parquet(path)
        return
    _require_text(path)
    is_csv = path.suffix.lower() == ".csv"
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="" if is_csv else None) as text:
        if is_csv:
            yield from _of_csv(text, path)
        else:
            yield from ((number, line) for number, line in enumerate(text, 1) if line.strip())


def _of_csv(text: Iterable[str], path: Path) -> Iterator[tuple[int, _Row]]:
    """Yield the rows of a CSV whose first line names the columns; commas, semicolons or tabs part them."""
    lines = iter(text)
    header = next(lines, "")
    separator = max(",;\t", key=header.count)
    csv.field_size_limit(_CELL_LIMIT)
    columns = next(csv.reader([header], delimiter=separator), [])
    _require_columns(columns, path)
    reader = csv.reader(lines, delimiter=separator)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield reader.line_num + 1, CollectError(f"this is not CSV: {error}")
            continue
        if cells is None:
            return
        if len(cells) > len(columns):
            yield reader.line_num + 1, CollectError(f"{len(cells)} cells, but the header names {len(columns)} columns")
        elif cells:
            yield reader.line_num + 1, dict(zip(columns, cells, strict=False))


def _of_parquet(path: Path) -> Iterator[tuple[int, _Row]]:
    done = 0
    with _parquet(path) as content:
        names = content.schema_arrow.names
        _require_columns(names, path)
        wanted = [name for name in _KEYS if name in names]
        try:
            for batch in content.iter_batches(batch_size=_ROWS, columns=wanted):
                for number, row in enumerate(batch.to_pylist(), done + 1):
                    if isinstance(row.get("published"), date):
                        row["published"] = row["published"].isoformat()
                    yield number, row
                done += len(batch)
        except (OSError, ValueError) as error:
            raise UsageError(f"{path} breaks off after row {done}: {error}") from error


def _parquet(path: Path) -> Any:
    """Open a Parquet file; raises UsageError when it is none, or nothing here reads it."""
    if lacking := extras.missing("pyarrow"):
        raise UsageError(f"reading {path} needs {lacking}")
    from pyarrow import parquet  # noqa: PLC0415  an optional extra

    try:
        return parquet.ParquetFile(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is not Parquet: {error}") from error


def _require_columns(names: Iterable[str], path: Path) -> None:
    if lacking := [key for key in _REQUIRED if key not in names]:
        raise UsageError(f"{path} has no column {', '.join(lacking)}; name the columns {', '.join(_KEYS)}")


def _require_text(path: Path) -> None:
    """Raise UsageError when a file is not JSON lines or CSV at all, which would otherwise be one problem per line."""
    with path.open("rb") as content:
        beginning = content.read(4096)
    if beginning.startswith(_PACKED):
        raise UsageError(f"{path} is compressed; decompress it first")
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in beginning[:2]:
        raise UsageError(f"{path} is UTF-16; save it as UTF-8")
    line = beginning.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0].rstrip()
    if path.suffix.lower() == ".csv":
        return
    if line == b"[" or line.startswith(b"[{"):
        raise UsageError(f"{path} holds one JSON list; write one object a line")
    if not line.startswith((b"{", b"[")) and re.fullmatch(rb"[\w \"'.-]+([,;\t][\w \"'.-]+)+", line):
        raise UsageError(f"{path} contains CSV, not JSON Lines; give it the extension .csv")
    if line and not re.search(rb"^\s*[{\[]", beginning, re.MULTILINE):
        raise UsageError(f"{path} is not JSON Lines; write one object per line")


def _source(item: dict[str, Any]) -> str:
    """Return the source's name in readable form; raises CollectError when it contains no words."""
    source = plain(item["source"], SOURCE_LIMIT)
    if not any(map(str.isalnum, source)):
        raise CollectError('"source" has no words')
    return source


def _entry(item: Any, now: datetime) -> Entry:
    """Return the entry; raises CollectError naming what is missing or of the wrong type."""
    if not isinstance(item, dict):
        raise CollectError('not a JSON object; write {"url", "title", "summary", "published", "source"}')
    for key in ("url", "title", "source"):
        if not isinstance(item.get(key), str) or not item[key].strip():
            raise CollectError(f'"{key}" is missing or not text')
    for key in ("summary", "published", "author", "language", "text"):
        if not isinstance(item.get(key), str | None):
            raise CollectError(f'"{key}" is not text')
    url = absolute(item["url"], item["url"])
    if url is None:
        raise CollectError(f'"url" is not a web address: {item["url"][:100]!r}')
    title = headline(item["title"], TITLE_LIMIT)
    for key, words in (("title", title), ("source", plain(item["source"], SOURCE_LIMIT))):
        if not words:
            raise CollectError(f'"{key}" has no words')
    raw = plain(item.get("published") or "", _DATE_LIMIT) or None
    published, quality = read_date(raw, now)
    return Entry(
        guid=url,
        url=url,
        title=title,
        summary=plain(item.get("summary") or "", SUMMARY_LIMIT),
        author=plain(item.get("author") or "", AUTHOR_LIMIT) or None,
        language=_language(item.get("language")),
        published=published,
        published_raw=raw,
        date_quality=quality,
    )


def _language(stated: str | None) -> str | None:
    """Return the primary part of a language tag, in lower case; raises CollectError when it is invalid."""
    if not stated:
        return None
    found = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_][\w-]*)?", stated)
    if not found:
        raise CollectError('"language" is not a language code such as en')
    return found[1].lower()
