"""Export a table, a view, or the rows that a URL selects as CSV: complete, from one database state."""

from collections.abc import Callable
from typing import Any, Final

from datasette.utils.asgi import BadRequest, Response
from datasette.views.row import RowView

from tracker.publish.csv_cells import csv_text
from tracker.publish.links import DATABASE
from tracker.web.pages.responses import opened
from tracker.web.queries.connection import Snapshot, StatementError, is_interrupted, is_unreadable
from tracker.web.queries.table_selection import Labelled, Selection, selected
from tracker.web.response_headers import disposition
from tracker.web.stream import Exchange, stream

_CHUNK: Final = 500
"""Rows per chunk, some hundred kilobytes."""


class Rows:
    """The chunks of a CSV: the header, then some rows at a time."""

    def __init__(self, selection: Selection, snapshot: Snapshot, *, headed: bool) -> None:
        self._selection = selection
        self._snapshot = snapshot
        self._labelled = Labelled(selection, snapshot)
        self._head = csv_text([selection.headings]) if headed else ""
        self._started = False

    def next(self) -> bytes:
        """Return the next chunk; empty at the end."""
        if not self._started:
            self._begin()
        rows = self._snapshot.fetch(_CHUNK)
        head, self._head = self._head, ""
        return (head + csv_text(self._labelled.rows(rows))).encode()

    def _begin(self) -> None:
        self._started = True
        try:
            self._snapshot.begin(self._selection.sql, self._selection.parameters)
        except StatementError as error:
            if is_unreadable(error) or is_interrupted(error):
                raise
            raise BadRequest(str(error)) from error

    def interrupt(self) -> None:
        """Abort the read soon, with an error."""
        self._snapshot.interrupt()

    def close(self) -> None:
        """End the transaction."""
        self._snapshot.close()


async def table_csv(datasette: Any, request: Any, receive: Callable[..., Any], send: Callable[..., Any]) -> Any:
    """Stream the rows of all pages of the table together, or as many as `_size` asks for."""
    reader, _ = opened(datasette)
    selection = await selected(datasette, reader, request)
    if isinstance(selection, Response):
        return selection
    headers = disposition(request, request.url_vars["table"])
    if request.method == "HEAD":
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return None
    headed = request.args.get("_header") != "off"
    await stream(reader, lambda: Rows(selection, reader.snapshot(), headed=headed), Exchange(receive, send), headers)
    return None


async def row_csv(datasette: Any, request: Any) -> Any:
    """Return one row of a table."""
    data = (await RowView(datasette).data(request))[0]
    text = csv_text([data["columns"], *(tuple(row) for row in data["rows"])])
    headers = {name.decode(): value.decode() for name, value in disposition(request, request.url_vars["table"])}
    return Response(text, headers=headers, content_type=headers["content-type"])


_TABLE = rf"^/(?P<database>{DATABASE})/(?P<table>[^/.]+)"

ROUTES = [
    (rf"{_TABLE}\.csv$", table_csv),
    (rf"{_TABLE}/(?P<pks>[^/]+?)\.csv$", row_csv),
]
