"""Read a tracker's database from Python: articles, stories, changed words, quotations and counts as frozen records.

The queries are those of the exports, so a record has the columns of docs/exports.md, with times as aware datetimes,
days as dates and lists as tuples. Nothing is written.
"""

import json
from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

from tracker.errors import StoreError, UsageError
from tracker.models import from_utc_text
from tracker.publish.exports import queries
from tracker.publish.exports.presets import PRESETS, Column, Type
from tracker.publish.exports.queries import Filter
from tracker.store.database import Database, opened_by_reader

_READ: Final[dict[Type, Callable[[Any], Any]]] = {
    "datetime": from_utc_text,
    "date": date.fromisoformat,
    "array": lambda text: tuple(json.loads(text)),
    "boolean": bool,
}

_COUNTS: Final = """SELECT day, tag, source_id AS source, country, kind, matching, total, observed FROM attention
WHERE tag = ? AND day >= ? AND day <= ? ORDER BY day, source_id"""

Count = namedtuple("Count", "day tag source country kind matching total observed")
"""A source's articles of a day: those with the tag and all; None where less than half of the day was observed."""

_QUOTES: Final = """SELECT published_at, first_article <> article OR copy_of IS NOT NULL, speaker, words,
source, source_id, speaker_tag, confidence, article, url FROM quotations ORDER BY published_at, id"""

Quote = namedtuple("Quote", "published_at repeats speaker words source source_id speaker_tag confidence article url")
"""A quotation in an article; `repeats` says whether another article had these words before, or had the whole text."""


class Data:
    """An open database. Iterators are lazy; read them before it is closed."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def articles(self, wanted: Filter | None = None) -> Iterator[Any]:
        """Yield the articles that pass a filter, oldest first. Raises UsageError for names that are not stored."""
        return self._records("coverage", wanted or Filter())

    def stories(self, wanted: Filter | None = None) -> Iterator[Any]:
        """Yield the events covered by at least two articles, as `articles` does."""
        return self._records("stories", wanted or Filter())

    def revisions(self, wanted: Filter | None = None) -> Iterator[Any]:
        """Yield the titles and summaries that publishers replaced, as `articles` does."""
        return self._records("revisions", wanted or Filter())

    def quotes(self) -> Iterator["Quote"]:
        """Yield the direct quotations of relevant articles, by date; whoever is not named is None."""
        for at, repeats, *rest in self._db.execute(_QUOTES):
            yield Quote(from_utc_text(at), bool(repeats), *rest)

    def counts(self, tag: str, since: date, until: date) -> Iterator[Count]:
        """Yield the counts of a tag by day and source between two days, inclusive; unknown is None, never 0."""
        if unknown := Filter(tags=(tag,)).unknown(self._db):
            raise UsageError(f"there is no {unknown}")
        for day, *rest in self._db.execute(_COUNTS, (tag, str(since), str(until))):
            yield Count(date.fromisoformat(day), *rest)

    def _records(self, name: str, wanted: Filter) -> Iterator[Any]:
        if unknown := wanted.unknown(self._db):
            raise UsageError(f"there is no {unknown}")
        columns = PRESETS[name].columns
        record = namedtuple(name.capitalize(), [column.name for column in columns])  # type: ignore[misc]
        for row in queries.rows(self._db, name, wanted):
            yield record(*_values(columns, row))


def _values(columns: Sequence[Column], row: Sequence[Any]) -> Iterator[Any]:
    for column, value in zip(columns, row, strict=True):
        read = _READ.get(column.type)
        yield read(value) if read and value is not None else value


@contextmanager
def reading(path: Path | str) -> Iterator[Data]:
    """Open a database for reading. Raises StoreError if that is not possible, also if there is none at this path."""
    if not Path(path).exists():
        raise StoreError(f"there is no database {path}")
    with opened_by_reader(Path(path)) as db:
        yield Data(db)
