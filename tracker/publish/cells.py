"""How rows become CSV (RFC 4180) of which a spreadsheet runs nothing, and back; knows what it takes for a formula.

A cell that a spreadsheet would take for a formula gets an apostrophe before it; so does one that already has
apostrophes before such a character, so that taking one away always gives the original.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
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


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """The rows as lines of CSV, each cell harmless, each line ended by CR and LF; None is an empty cell."""
    whole = list(rows)
    suspect = {
        number for number, row in enumerate(whole) for cell in row if cell.__class__ is str and cell[:1] in _FIRST
    }
    for number in suspect:
        whole[number] = [harmless(cell) for cell in whole[number]]
    out = StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(whole)
    return out.getvalue()
