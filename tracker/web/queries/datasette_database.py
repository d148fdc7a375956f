"""The database as Datasette sees it: ours, read only, without a word of what is closed."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from datasette.plugins import pm

from tracker.publish.tables import CLOSED
from tracker.web.queries.connection import Snapshot, connected
from tracker.web.queries.query_rewrites import SoonerDatabase, sooner
from tracker.web.queries.visitor_process import AT_ONCE

STREAMS: Final = 4
"""How many answers are read at once on connections of their own; the pages' connections are not among them."""

_LAST: Final = re.compile(r" limit \d+(?P<offset> offset \d+)?$")


@dataclass(slots=True)
class Question:
    """The statement that a table's page would run, without its end; `offset` is the page's, as SQL."""

    sql: str = ""
    offset: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


_asked: ContextVar[Question | None] = ContextVar("asked", default=None)


@contextmanager
def only_asked() -> Iterator[Question]:
    """Within the body, tables are not read: what would be read is written into the question."""
    question = Question()
    token = _asked.set(question)
    try:
        yield question
    finally:
        _asked.reset(token)


class Reader(SoonerDatabase):
    """Datasette's database, which opens ours as above and does not speak of what is closed."""

    def __init__(self, datasette: Any, path: Path) -> None:
        super().__init__(datasette, path)
        self.pool = ThreadPoolExecutor(STREAMS, thread_name_prefix="stream")
        self.places = asyncio.Semaphore(STREAMS)
        self.questions = asyncio.Semaphore(AT_ONCE)

    def connect(self, write: bool = False) -> Any:
        """A connection as all of the site's are; there is none for writing."""
        assert not write, "the site only reads"  # noqa: S101  a mistake of ours
        connection = connected(self.path)
        self._all_file_connections.append(connection)
        return connection

    def snapshot(self) -> Snapshot:
        """The data as it is now, on a connection of its own that knows the functions of the pages' connections."""
        made = Snapshot(self.path)
        pm.hook.prepare_connection(conn=made.connection, database=self.name, datasette=self.ds)
        return made

    def close(self) -> None:
        """Close every connection and end the threads."""
        self.pool.shutdown()
        super().close()

    async def execute(
        self, sql: str, params: Mapping[str, Any] | Sequence[Any] | None = None, truncate: bool = False, **more: Any
    ) -> Any:
        """The rows; those of a table's page are left out where only its statement is wanted."""
        if truncate:
            sql = await self.in_full_order(sql)
        question = _asked.get()
        if question is not None and truncate:
            end = _LAST.search(sql)
            assert end, sql  # noqa: S101  Datasette's statement for a page ends so
            question.sql, question.offset = sooner(sql[: end.start()]), end["offset"] or ""
            question.parameters = dict(params or {})
            sql = f"{question.sql} limit 0"
        # Datasette would print what it cannot run, with all that the visitor sent.
        return await super().execute(sql, params, truncate, **more | {"log_sql_errors": False})

    async def table_names(self) -> list[str]:
        """The tables that may be read."""
        return [name for name in await super().table_names() if name not in CLOSED]

    async def foreign_keys_for_table(self, table: str) -> list[dict[str, str]]:
        """Where a table points, closed tables left out."""
        return [key for key in await super().foreign_keys_for_table(table) if key["other_table"] not in CLOSED]

    async def get_all_foreign_keys(self) -> dict[str, dict[str, list[dict[str, str]]]]:
        """What points where, closed tables left out: not even their rows are counted."""
        found = await super().get_all_foreign_keys()
        return {
            table: {way: [key for key in keys if key["other_table"] not in CLOSED] for way, keys in ways.items()}
            for table, ways in found.items()
        }
