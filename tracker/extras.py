"""The libraries that only some installations have, and how to get them."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final, Literal

Library = Literal["apprise", "distributed", "fastwarc", "pyarrow", "sklearn", "trafilatura", "xlsxwriter"]

_EXTRAS: Final[Mapping[Library, tuple[str, str]]] = {
    "apprise": ("apprise", "push"),
    "distributed": ("dask[distributed]", "archive"),
    "fastwarc": ("FastWARC", "archive"),
    "pyarrow": ("pyarrow", "parquet"),
    "sklearn": ("scikit-learn", "suggest"),
    "trafilatura": ("trafilatura", "fulltext"),
    "xlsxwriter": ("XlsxWriter", "xlsx"),
}
"""Each library by the name under which it is imported: its distribution, and the extra of ours that has it."""

OF_FORMATS: Final[Mapping[str, Library]] = {"parquet": "pyarrow", "xlsx": "xlsxwriter"}
"""What writes each format of exports that Python cannot write alone."""


def missing(library: Library) -> str | None:
    """Name a library that is not installed, and say how to install it; None if it is installed."""
    return None if find_spec(library) else lacking(library)


def lacking(library: Library) -> str:
    """Name a library that is not installed, and say how to install it."""
    distribution, extra = _EXTRAS[library]
    return f"the library {distribution}, which is not installed: pip install 'encryption-coverage-tracker[{extra}]'"
