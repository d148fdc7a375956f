"""Remember what Datasette asks of the schema, which it does dozens of times a page, until the schema changes."""

import re
from collections.abc import Awaitable, Callable, Hashable
from functools import wraps
from pathlib import Path
from typing import Any, Final

from datasette.database import Database

_OF_SCHEMA: Final = re.compile(r"\s*select \w+ from sqlite_master\b")

_MOST: Final = 1000
"""Maximum remembered answers: visitors may ask for tables of any name."""

_Asked = Callable[..., Awaitable[Any]]


def _remembered(asked: _Asked) -> _Asked:
    """Return the method so that it asks the database once per schema."""

    @wraps(asked)
    async def answered(self: "SchemaCache", *arguments: Hashable) -> Any:
        return await self.remembered((asked.__name__, *arguments), lambda: asked(self, *arguments))

    return answered


class SchemaCache(Database):  # type: ignore[misc]  # Datasette has no types
    """Datasette's database, asked once for each thing about its tables."""

    def __init__(self, datasette: Any, path: Path) -> None:
        super().__init__(datasette, path=str(path), is_mutable=True)
        self._watching: Any = None
        self._version = -1
        self._answers: dict[Hashable, Any] = {}

    async def remembered(self, key: Hashable, found: Callable[[], Awaitable[Any]]) -> Any:
        """Return the answer for the current schema; SQLite keeps its version in the first page of the file."""
        if self._watching is None:
            self._watching = self.connect()
        ((version,),) = self._watching.execute("PRAGMA schema_version")
        if version != self._version or len(self._answers) >= _MOST:
            self._version, self._answers = version, {}
        answers = self._answers
        if key not in answers:
            answers[key] = await found()
        return answers[key]

    async def execute(self, sql: str, params: Any = None, *rest: Any, **more: Any) -> Any:
        """Return the rows; those of the list of tables are remembered."""
        if not _OF_SCHEMA.match(sql):
            return await super().execute(sql, params, *rest, **more)
        asked = super().execute
        return await self.remembered((sql, str(params)), lambda: asked(sql, params, *rest, **more))

    table_columns = _remembered(Database.table_columns)
    table_column_details = _remembered(Database.table_column_details)
    primary_keys = _remembered(Database.primary_keys)
    label_column_for_table = _remembered(Database.label_column_for_table)
    fts_table = _remembered(Database.fts_table)
    foreign_keys_for_table = _remembered(Database.foreign_keys_for_table)
    get_all_foreign_keys = _remembered(Database.get_all_foreign_keys)
