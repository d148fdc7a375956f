"""The libraries that only some installations have, and how to get them."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final, Literal

Library = Literal["apprise", "pyarrow"]

_EXTRAS: Final[Mapping[Library, str]] = {"apprise": "push", "pyarrow": "parquet"}


def missing(library: Library) -> str | None:
    """Name a library that is not installed, and say how to install it; None if it is installed."""
    return None if find_spec(library) else lacking(library)


def lacking(library: Library) -> str:
    """Name a library that is not installed, and say how to install it."""
    extra = f"encryption-coverage-tracker[{_EXTRAS[library]}]"
    return f"the library {library}, which is not installed: pip install '{extra}'"
