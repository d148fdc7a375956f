"""A tracker of news coverage on encryption and child safety."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tracker.reading import Data


def open(path: "Path | str") -> "AbstractContextManager[Data]":  # noqa: A001  as in tracker.open("db/tracker.db")
    """Open a database for reading, in a `with`. Raises StoreError if that is not possible."""
    from tracker.reading import reading  # noqa: PLC0415  commands need none of it

    return reading(path)
