"""How rows become CSV (RFC 4180) of which a spreadsheet runs nothing, and back; knows what it takes for a formula.

A cell that a spreadsheet would take for a formula gets an apostrophe before it; so does one that already has
apostrophes before such a character, so that taking one away always gives the original.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_FIRST = frozenset("'=+-@\t\r")
"""What a cell begins with that may match _FORMULA: looking at one character costs a tenth of the regular expression."""


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet runs; texts that look like formulas get one apostrophe."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def original(cell: str) -> str:
    """The text that `harmless` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def csv_text(rows: Iterable[Sequence[Any]], line_end: str = "\r\n") -> str:
    """The rows, all of one width, as lines of CSV, each cell harmless, each line ended by CR and LF, or as asked.

    None is an empty cell. The same text as the csv module's of harmless cells, at a third of its time: whether anything
    is to be done is asked of many cells of a column at once.
    """
    columns = [_written(cells) for cells in zip(*rows, strict=True)]
    if len(columns) == 1:
        columns = [[cell or '""' for cell in columns[0]]]  # an empty line would be no row
    lines = list(map(",".join, zip(*columns, strict=True)))
    return line_end.join([*lines, ""])


def _written(cells: Sequence[Any]) -> list[str]:
    """The cells of a column as they stand in the file."""
    if set(map(type, cells)) != {str}:
        return [_cell(cell) for cell in cells]
    joined = "\n".join(cells)
    plain = not any(mark in joined for mark in '",\r') and joined.count("\n") == len(cells) - 1
    return list(cells) if plain and {cell[:1] for cell in cells}.isdisjoint(_FIRST) else list(map(_cell, cells))


def _cell(value: Any) -> str:
    """A cell, in quotes where it needs them."""
    if not isinstance(value, str):
        return "" if value is None else str(value)
    text: str = harmless(value) if value[:1] in _FIRST else value
    if '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return f'"{text}"' if "," in text or "\n" in text or "\r" in text else text
