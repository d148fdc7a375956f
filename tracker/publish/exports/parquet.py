"""Write rows as Parquet; needs pyarrow, an optional extra."""

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import parquet

from tracker.publish.exports.presets import Column, Type

_TYPES: dict[Type, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "datetime": pa.timestamp("s", tz="UTC"),
    "date": pa.date32(),
    "array": pa.list_(pa.string()),
    "boolean": pa.bool_(),
}


def write(out: BinaryIO, columns: Sequence[Column], batches: Iterable[list[list[Any]]]) -> int:
    """Write batches of cells by column as one file; return the number of rows."""
    schema = pa.schema([pa.field(column.name, _TYPES[column.type]) for column in columns])
    count = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for cells in batches:
            arrays = [_array(column, values) for column, values in zip(columns, cells, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(cells[0])
    return count


def names(content: BinaryIO) -> list[str]:
    """Return the columns of a file. Raises ValueError when it is not Parquet."""
    found: list[str] = parquet.read_schema(content).names
    return found


def _array(column: Column, values: Sequence[Any]) -> pa.Array:
    if column.type == "date":
        return pa.array(values, pa.string()).cast(pa.date32())
    return pa.array(values, _TYPES[column.type])
