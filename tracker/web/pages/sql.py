"""Visitors' SQL queries, if the operator allows them: a form, and the result as a table, CSV or JSON."""

from pathlib import Path
from typing import Any, Final

from datasette.utils.asgi import Response

from tracker.publish.csv_cells import csv_text
from tracker.publish.tables import ORDER
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import visitor_process
from tracker.web.queries.visitor_sql import ROWS, QueryResult, Refused
from tracker.web.response_headers import disposition
from tracker.web.stream import slot

_EXAMPLE: Final = """\
SELECT source, count(*) AS articles FROM coverage
WHERE relevance = 'both' GROUP BY source ORDER BY articles DESC"""


@page
async def sql(datasette: Any, request: Any) -> Any:
    """Show the form, with the query and its result or why it was refused."""
    asked = request.args.get("sql") or ""
    context: dict[str, Any] = {"asked": asked, "example": _EXAMPLE, "most": ROWS, "tables": ORDER}
    status = 200
    if asked.strip():
        try:
            context["result"] = await _result(datasette, asked)
        except Refused as refused:
            context["refused"], status = str(refused), 400
    shown = await html(datasette, request, "sql.html", context)
    shown.status = status
    return shown


async def sql_csv(datasette: Any, request: Any) -> Any:
    """Return the result as CSV, or why it was refused; one over the row limit is refused, not truncated."""
    try:
        result = await _result(datasette, request.args.get("sql") or "")
    except Refused as refused:
        return Response.text(f"{refused}\n", status=400)
    if result.cut:
        return Response.text(f"The result has more than {ROWS} rows; add a LIMIT or narrow the query.\n", status=400)
    headers = {name.decode(): value.decode() for name, value in disposition(request, "answer")}
    return Response(csv_text([result.columns, *result.rows]), headers=headers, content_type=headers["content-type"])


async def sql_json(datasette: Any, request: Any) -> Any:
    """Return the result as JSON, or why it was refused; `truncated` says that there are more rows."""
    try:
        result = await _result(datasette, request.args.get("sql") or "")
    except Refused as refused:
        return Response.json({"ok": False, "error": str(refused), "status": 400}, status=400)
    rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    return Response.json({"ok": True, "rows": rows, "truncated": result.cut}, default=lambda blob: blob.hex())


async def _result(datasette: Any, asked: str) -> QueryResult:
    """Run a query. Raises Refused, or Busy if too many run at once."""
    if not asked.strip():
        raise Refused("No query given; pass it in the parameter sql.")
    reader, _ = opened(datasette)
    async with slot(reader.query_slots):
        return await visitor_process.run_query(Path(reader.path), asked)


ROUTES = [(r"^/sql$", sql), (r"^/sql\.csv$", sql_csv), (r"^/sql\.json$", sql_json)]
UNBOUNDED = True
