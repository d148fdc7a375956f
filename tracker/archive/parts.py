"""Parts: what was read of one archive, as one Parquet file; captures of a feed are parsed and in time order."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import fsspec
import pyarrow as pa
from pyarrow import parquet

from tracker.archive.captures import Capture
from tracker.models import Entry, Outlet, Parsed

_SCHEMA = pa.schema(
    [
        pa.field("name", pa.string()),
        pa.field("at", pa.timestamp("s", tz="UTC")),
        pa.field("body", pa.binary()),
        pa.field("parsed", pa.string()),
    ]
)
_ROWS = 32
"""Rows in memory at a time when a part is written or read."""


@dataclass(frozen=True, slots=True)
class ParsedCapture:
    """A capture and its entries; None if reading it takes a process that can be killed."""

    capture: Capture
    parsed: Parsed | None


def exists(address: str) -> bool:
    """Return whether a part is there, whole."""
    system, path = fsspec.core.url_to_fs(address)
    return bool(system.exists(path))


def write(address: str, rows: Iterable[ParsedCapture], problem: str) -> None:
    """Write a part of captures; `problem` is what its archive suffers from, if anything."""
    write_rows(address, _SCHEMA, map(_cells, rows), lambda: {"problem": problem})


def write_rows(
    address: str, schema: pa.Schema, rows: Iterable[dict[str, Any]], metadata: Callable[[], dict[str, str]]
) -> None:
    """Write a part under a temporary name and rename it; `metadata` is called when all rows are written."""
    system, path = fsspec.core.url_to_fs(address)
    folder, _, name = path.rpartition("/")
    system.makedirs(folder, exist_ok=True)
    unfinished = f"{folder}/.{name}.{uuid.uuid4().hex}.part"
    try:
        with system.open(unfinished, "wb") as out, parquet.ParquetWriter(out, schema, compression="zstd") as writer:
            for batch in _batches(rows):
                writer.write_batch(pa.RecordBatch.from_pylist(batch, schema=schema))
            writer.add_key_value_metadata(metadata())
        system.mv(unfinished, path)
    finally:
        with suppress(OSError):
            system.rm_file(unfinished)


def metadata(address: str) -> dict[str, str]:
    """Return what was stored of a part's archive besides its rows, `problem` included."""
    with fsspec.open(address, "rb") as content:
        stored = parquet.read_metadata(content).metadata
    return {key.decode(): value.decode() for key, value in stored.items() if key != b"ARROW:schema"}


def count(address: str) -> int:
    """Return the number of captures in a part."""
    with fsspec.open(address, "rb") as content:
        return int(parquet.read_metadata(content).num_rows)


def read(address: str) -> Iterator[ParsedCapture]:
    """Yield the captures of a part, earliest first."""
    yield from map(_row, read_rows(address))


def read_rows(address: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a part in order."""
    with fsspec.open(address, "rb") as content:
        for batch in parquet.ParquetFile(content).iter_batches(batch_size=_ROWS):
            yield from batch.to_pylist()


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _cells(row: ParsedCapture) -> dict[str, Any]:
    one = row.capture
    parsed = row.parsed and json.dumps(asdict(row.parsed), default=_as_json, ensure_ascii=False)
    return {"name": one.name, "at": one.at, "body": one.body, "parsed": parsed}


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    assert isinstance(value, timedelta)  # noqa: S101  Parsed holds nothing else
    return value.total_seconds()


def _row(cells: dict[str, Any]) -> ParsedCapture:
    capture = Capture(cells["name"], cells["at"].astimezone(UTC), cells["body"])
    return ParsedCapture(capture, _parsed(json.loads(cells["parsed"])) if cells["parsed"] else None)


def _parsed(stored: dict[str, Any]) -> Parsed:
    every = None if stored["every"] is None else timedelta(seconds=stored["every"])
    return Parsed(**{**stored, "entries": tuple(map(_entry, stored["entries"])), "every": every})


def _entry(stored: dict[str, Any]) -> Entry:
    published = stored["published"] and datetime.fromisoformat(stored["published"])
    outlet = stored["outlet"] and Outlet(**stored["outlet"])
    return Entry(**{**stored, "published": published, "outlet": outlet})
