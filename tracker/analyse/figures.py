"""Read the figures that a text states, in a form by which they are the same in any notation; pure."""

import re
from typing import Final

_FIGURE: Final = re.compile(
    r"(?<![\w.,])(?P<whole>\d{1,3}(?:[.,'\u2019\u00a0\u202f]\d{3})+|\d+)(?:[.,](?P<part>\d{1,2}))?"
    r"(?:[\s\u00a0\u202f-]?(?P<unit>%|[^\W\d_]+(?:\s(?:cent|ciento|cento)\b)?))?"
)
_SCALES: Final = {"mio": 10**6, "m": 10**6, "mn": 10**6, "mln": 10**6, "bn": 10**9, "mrd": 10**9}
_PERCENT: Final = re.compile(
    r"(?:%|per ?cent|percent|prozent|pour cent|por (?:ciento|cento)|per cento|procent)", re.IGNORECASE
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_LEAST: Final = 100
"""Smaller numbers without a unit are ages, days and counts that any two texts may share."""


def figures(text: str) -> frozenset[tuple[float, str]]:
    """Return the shares (unit `%`) and the numbers of at least a hundred (no unit), without years."""
    return frozenset(one for found in _FIGURE.finditer(text) if (one := _figure(found)))


def _figure(found: re.Match[str]) -> tuple[float, str] | None:
    whole = re.sub(r"\D", "", found["whole"])
    value = float(f"{whole}.{found['part'] or 0}")
    unit = (found["unit"] or "").casefold()
    if _PERCENT.match(unit):
        return value, "%"
    scale = _scale(unit)
    if scale == 1 and (value < _LEAST or (whole == found["whole"] and _YEAR.fullmatch(whole))):
        return None
    return round(value * scale, 2), ""


def _scale(unit: str) -> int:
    """Return the number that a word after a number stands for: million, Millionen, milliards; 1 for any other."""
    if unit.startswith(("million", "millon", "millón", "milion", "milh", "miljo")):
        return 10**6
    if unit.startswith(("milliard", "miliard", "miljard", "billion")):
        return 10**9
    return _SCALES.get(unit, 1)
