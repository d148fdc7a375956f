"""Give Datasette a read-only database that hides closed tables."""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from datasette.database import QueryInterrupted
from datasette.plugins import pm
from datasette.utils import sqlite_timelimit

from tracker.publish.tables import CLOSED
from tracker.store.connection import Database as Store
from tracker.web.queries.connection import Snapshot, SqliteError, connected, is_interrupted
from tracker.web.queries.query_rewrites import RewritingDatabase, rewrite
from tracker.web.queries.visitor_process import AT_ONCE

STREAMS: Final = 4
"""Streams read at once, on connections separate from those of pages."""

Found = TypeVar("Found")

_LIMIT_CLAUSE: Final = re.compile(r" limit \d+(?P<offset> offset \d+)?$")


@dataclass(slots=True)
class CapturedStatement:
    """The statement of a table's page, without its LIMIT; `offset` is the page's, as SQL."""

    sql: str = ""
    offset: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


_capturing: ContextVar[CapturedStatement | None] = ContextVar("asked", default=None)


@contextmanager
def capture_statement() -> Iterator[CapturedStatement]:
    """Within the body, capture the table page's statement instead of reading its rows."""
    captured = CapturedStatement()
    token = _capturing.set(captured)
    try:
        yield captured
    finally:
        _capturing.reset(token)


class Reader(RewritingDatabase):
    """Datasette's database, opened read-only and hiding closed tables."""

    def __init__(self, datasette: Any, path: Path) -> None:
        super().__init__(datasette, path)
        self.pool = ThreadPoolExecutor(STREAMS, thread_name_prefix="stream")
        self.stream_slots = asyncio.Semaphore(STREAMS)
        self.query_slots = asyncio.Semaphore(AT_ONCE)

    def connect(self, write: bool = False) -> Any:
        """Return one of the site's connections; there is none for writing."""
        assert not write, "the site only reads"  # noqa: S101  a programming error
        connection = connected(self.path)
        self._all_file_connections.append(connection)
        return connection

    def snapshot(self) -> Snapshot:
        """Return the current data on its own connection, with the same SQL functions as the pages' connections."""
        made = Snapshot(self.path)
        pm.hook.prepare_connection(conn=made.connection, database=self.name, datasette=self.ds)
        return made

    async def read(self, found: Callable[[Store], Found]) -> Found:
        """Return what a function of the lower layers finds in the data. Raises QueryInterrupted past the time limit,
        which holds for all its statements together."""

        def within_limit(connection: Any) -> Found:
            with sqlite_timelimit(connection, self.ds.sql_time_limit_ms):
                return found(Store(connection))

        try:
            return cast("Found", await self.execute_fn(within_limit))
        except SqliteError as error:
            if is_interrupted(error):
                raise QueryInterrupted(error, "", {}) from error
            raise

    def close(self) -> None:
        """Close every connection and end the threads."""
        self.pool.shutdown()
        super().close()

    async def execute(
        self, sql: str, params: Mapping[str, Any] | Sequence[Any] | None = None, truncate: bool = False, **more: Any
    ) -> Any:
        """Return the rows; none for a table's page while its statement is being captured."""
        if truncate:
            sql = await self.in_full_order(sql)
        captured = _capturing.get()
        if captured is not None and truncate:
            end = _LIMIT_CLAUSE.search(sql)
            assert end, sql  # noqa: S101  every page's statement of Datasette ends like this
            captured.sql, captured.offset = rewrite(sql[: end.start()]), end["offset"] or ""
            captured.parameters = dict(params or {})
            sql = f"{captured.sql} limit 0"
        # Datasette would otherwise log failed statements with all that the visitor sent.
        return await super().execute(sql, params, truncate, **more | {"log_sql_errors": False})

    async def table_names(self) -> list[str]:
        """Return the tables that may be read."""
        return [name for name in await super().table_names() if name not in CLOSED]

    async def foreign_keys_for_table(self, table: str) -> list[dict[str, str]]:
        """Return a table's foreign keys, closed tables omitted."""
        return [key for key in await super().foreign_keys_for_table(table) if key["other_table"] not in CLOSED]

    async def get_all_foreign_keys(self) -> dict[str, dict[str, list[dict[str, str]]]]:
        """Return all foreign keys, closed tables omitted: not even their rows are counted."""
        found = await super().get_all_foreign_keys()
        return {
            table: {way: [key for key in keys if key["other_table"] not in CLOSED] for way, keys in ways.items()}
            for table, ways in found.items()
        }
