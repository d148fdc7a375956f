"""Find the statement of a table page's URL, without its LIMIT, so that all its rows can be read.

Datasette itself builds the statement, so that filters, search, columns and permissions mean the same as on the page.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from datasette.utils import escape_sqlite
from datasette.utils.asgi import BadRequest, Request, Response
from datasette.views.table import TableView

from tracker.web.queries.connection import Snapshot
from tracker.web.queries.datasette_database import Reader, capture_statement

_PAGE_PARAMETERS: Final = {"_size", "_next", "_stream", "_shape", "_nocount", "_nofacet", "_timelimit", "_trace"}
"""Parameters of pages only, as are those that begin with `_facet`; a whole table ignores them."""

_KNOWN: Final = 20_000
"""Maximum cached labels per column, which bounds memory."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A statement, its columns, and the label query of each labelled column, by position."""

    sql: str
    parameters: Mapping[str, Any]
    columns: tuple[str, ...]
    labels: Mapping[int, str]

    @property
    def headings(self) -> tuple[str, ...]:
        """The column headings of a CSV."""
        places = enumerate(self.columns)
        return tuple(name for n, column in places for name in self._pair(n, column, f"{column}_label"))

    def _pair(self, place: int, first: Any, second: Any) -> tuple[Any, ...]:
        return (first, second) if place in self.labels else (first,)


async def selected(datasette: Any, reader: Reader, request: Request) -> Selection | Response:
    """Return what the URL selects, or the page's own response, such as a redirect.

    Raises what the page would raise: NotFound, Forbidden, or an error for a bad URL.
    """
    table = request.url_vars["table"]
    size = _size(request.args.get("_size"))
    query = await _query(datasette, reader, table, request)
    asked = Request(dict(request.scope, query_string=urlencode(query).encode("latin-1")), request.receive)
    with capture_statement() as captured:
        answer = await TableView(datasette).data(asked)
    if isinstance(answer, Response):
        return answer
    data = answer[0]
    limit = "" if size is None else f" limit {size}{captured.offset}"
    labels = _labels(data["columns"], data["expanded_columns"], data["expandable_columns"])
    return Selection(captured.sql + limit, captured.parameters, tuple(data["columns"]), labels)


def _size(text: str | None) -> int | None:
    """Return the number of rows asked for; None for all. Raises BadRequest if invalid."""
    if text in {None, "", "max"}:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadRequest("_size must be a number of rows, or max")
    return int(text)


async def _query(datasette: Any, reader: Reader, table: str, request: Request) -> list[tuple[str, str]]:
    """Return the query without parameters of pages, and with an order."""
    pairs = parse_qsl(request.query_string, keep_blank_values=True)
    given = {name for name, value in pairs if value}
    kept = [(name, value) for name, value in pairs if name not in _PAGE_PARAMETERS and not name.startswith("_facet")]
    kept += [("_nocount", "1"), ("_nofacet", "1")]
    if "_size" in given and "_next" in given:  # page by page, as the pages have them
        return [*kept, *(pair for pair in pairs if pair[0] == "_next")]
    key = await _key(datasette, reader, table)
    return kept if key is None or given & {"_sort", "_sort_desc"} else [*kept, ("_sort", key)]


async def _key(datasette: Any, reader: Reader, table: str) -> str | None:
    """Return the column by which rows are read without sorting; None if that is the page's own order."""
    keys = await reader.primary_keys(table)
    if keys:
        return keys[0] if len(keys) == 1 else None
    columns = await reader.table_columns(table)
    defaults = datasette.table_metadata(reader.name, table)
    return "id" if "id" in columns else defaults.get("sort") or defaults.get("sort_desc")


def _labels(columns: Sequence[str], expanded: Sequence[str], expandable: Sequence[Any]) -> dict[int, str]:
    """Return the statement that finds the labels of each labelled column, by its position."""
    found = {}
    for key, label in expandable:
        if key["column"] in expanded:
            number = escape_sqlite(key["other_column"])
            found[columns.index(key["column"])] = (
                f"select {number}, {escape_sqlite(label) if label else number} "  # noqa: S608  escaped names
                f"from {escape_sqlite(key['other_table'])} where {number} in (select value from json_each(:wanted))"
            )
    return found


class Labelled:
    """Adds a label next to each labelled column of a selection's rows."""

    def __init__(self, selection: Selection, snapshot: Snapshot) -> None:
        self._labels = selection.labels
        self._snapshot = snapshot
        self._known: dict[int, dict[Any, Any]] = {place: {} for place in selection.labels}

    def rows(self, rows: list[tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
        """Return the rows, with their labels if any."""
        if not self._labels:
            return rows
        for place in self._labels:
            self._look_up(place, {row[place] for row in rows if row[place] is not None})
        return [self._wider(row) for row in rows]

    def _look_up(self, place: int, wanted: set[Any]) -> None:
        known = self._known[place]
        if len(known) > _KNOWN:
            known.clear()
        missing = [value for value in wanted if value not in known]
        if missing:
            known.update(self._snapshot.ask(self._labels[place], {"wanted": json.dumps(missing)}))

    def _wider(self, row: tuple[Any, ...]) -> list[Any]:
        wide = []
        for place, cell in enumerate(row):
            wide.append(cell)
            if place in self._labels:
                wide.append(self._known[place].get(cell, ""))
        return wide
