"""Write rows as an Excel workbook; the only module that imports XlsxWriter, an optional extra."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from html import unescape
from typing import Any, BinaryIO, Final
from zipfile import ZipFile

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tracker.errors import TrackerError
from tracker.publish.exports.presets import Column, Type
from tracker.publish.formatting import listed

_MOST_ROWS: Final = 1_048_575
"""Maximum rows per sheet, not counting the header."""
_LONGEST: Final = 32_767
"""Characters of a cell."""
_WIDTHS: Final[dict[Type, int]] = {"string": 30, "array": 30, "datetime": 18, "date": 11}
_ABOUT: Final = "Times are in UTC. Columns: "
_DESCRIPTION: Final = re.compile(rb"<dc:description>(.*?)</dc:description>", re.DOTALL)
_NO_TIME: Final = datetime(2000, 1, 1)  # noqa: DTZ001  the workbook's time of creation, so that equal rows give equal bytes


def write(out: BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
    """Write a sheet with a fixed, filterable header; return the number of rows.

    Texts stay texts, so nothing is run as a formula; lists are joined by `; `, and times are in UTC. A text longer than
    a cell can be ends in `…`. Raises TrackerError if there are more rows than a sheet can hold.
    """
    book = Workbook(out, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    book.set_properties({"created": _NO_TIME, "comments": _ABOUT + ", ".join(column.name for column in columns)})
    bold, days = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for number, column in enumerate(columns):
        sheet.set_column(number, number, _WIDTHS.get(column.type, 10))
        sheet.write_string(0, number, column.name, bold)
    sheet.freeze_panes(1, 0)
    count = 0
    for count, row in enumerate(rows, 1):
        if count > _MOST_ROWS:
            raise TrackerError(f"an Excel sheet holds {_MOST_ROWS:,} rows at most; filter the export, or write CSV")
        for number, (column, value) in enumerate(zip(columns, row, strict=True)):
            if value is not None:
                _write(sheet, (count, number), column, value, days)
    sheet.autofilter(0, 0, count, len(columns) - 1)
    book.close()
    return count


def names(content: BinaryIO) -> list[str]:
    """Return the columns of a workbook that `write` wrote; raises ValueError for any other."""
    with ZipFile(content) as archive:
        found = _DESCRIPTION.search(archive.read("docProps/core.xml"))
    about = unescape(found[1].decode()) if found else ""
    if not about.startswith(_ABOUT):
        raise ValueError("not an export")
    return about.removeprefix(_ABOUT).split(", ")


def _write(sheet: Worksheet, place: tuple[int, int], column: Column, value: Any, days: Format) -> None:
    """Write a cell of a column's type; `value` is as stored."""
    match column.type:
        case "integer" | "number":
            sheet.write_number(*place, value)
        case "boolean":
            sheet.write_boolean(*place, bool(value))
        case "datetime":
            sheet.write_datetime(*place, datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None))
        case "date":
            sheet.write_datetime(*place, date.fromisoformat(value), days)
        case "array":
            sheet.write_string(*place, _fitting(listed(value)))
        case _:
            sheet.write_string(*place, _fitting(str(value)))


def _fitting(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
