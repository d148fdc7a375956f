"""Filter table pages where Datasette's own filters are too slow, and reject what it should not attempt."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

from datasette.filters import FilterArguments, Filters
from datasette.utils.asgi import BadRequest

from tracker.store.conditions import COUNTED_BETWEEN
from tracker.web.queries.datasette_database import Reader
from tracker.web.settings import Site

_DEFAULT_WINDOW: Final = {"politeness": timedelta(days=30), "attention": timedelta(days=7)}
"""How far back large views go by default."""

SINCE: Final = "_since"
BEFORE: Final = "_before"
"""Parameters that bound when articles count: when published, or first seen if undated."""

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)

_FACET_PARAMETERS: Final = ("_facet", "_facet_date", "_facet_array")
_ROW: Final = re.compile(r"-?[0-9]{1,18}")
_PARTS: Final = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}
"""Comparisons with a part of the text, as patterns of LIKE."""

_WILDCARD: Final = re.compile(r"[%_\\]")
_COMPARISONS: Final = frozenset(key for key, _, _ in Filters([]).lookups())


async def of(request: Any, table: str, reader: Reader, site: Site) -> FilterArguments:
    """Return our filters for the request. Raises BadRequest for an unknown column or comparison."""
    await _check(request, table, reader)
    ours = [_literally(request)]
    if table in _DEFAULT_WINDOW:
        ours.append(_recent_only(request, site.clock() - _DEFAULT_WINDOW[table]))
    if table == "coverage":
        ours += [_by_tag(request), _by_day(request)]
    return FilterArguments(
        [clause for one in ours for clause in one.where_clauses],
        {name: value for one in ours for name, value in one.params.items()},
        [words for one in ours for words in one.human_descriptions],
    )


async def _check(request: Any, table: str, reader: Reader) -> None:
    """Reject unknown columns, which Datasette compares as literals, and comparisons, which it ignores."""
    columns = {*(await reader.table_columns(table)), "rowid"}
    for key in request.args:
        counted = request.args.getlist(key) if key in _FACET_PARAMETERS else []
        if not key.startswith("_") or "__" in key:
            column, _, comparison = key.rpartition("__") if "__" in key else (key, "", "exact")
            if comparison not in _COMPARISONS:
                raise BadRequest(f"Unknown comparison: {comparison[:100]}")
            counted.append(column)
        if key == "_next" and request.args.get(key):
            await _check_cursor(request.args.get(key), table, reader)
        if missing := [name for name in counted if name not in columns]:
            raise BadRequest(f"Unknown column: {missing[0][:100]}")


async def _check_cursor(cursor: str, table: str, reader: Reader) -> None:
    """Check the `_next` cursor: a row offset in a view, else a key, preceded by the sort value."""
    keys = [column for column in await reader.table_column_details(table) if column.is_pk]
    parts = cursor.split(",")
    numbers = not keys or "INT" in keys[-1].type.upper()
    if len(parts) not in {len(keys) or 1, len(keys) + 1} or (numbers and not _ROW.fullmatch(parts[-1])):
        raise BadRequest("Invalid page; take _next from the previous page")


def _literally(request: Any) -> FilterArguments:
    """Match `%` and `_` as themselves where text is looked for, besides Datasette, to which they are wildcards."""
    clauses: list[str] = []
    params: dict[str, str] = {}
    for key in request.args:
        column, _, comparison = key.rpartition("__")
        for value in request.args.getlist(key) if comparison in _PARTS else ():
            if _WILDCARD.search(value):
                name = f"literal_{len(params)}"
                clauses.append(rf"{_quoted(column)} like :{name} escape '\'")
                params[name] = _PARTS[comparison].format(_WILDCARD.sub(r"\\\g<0>", value))
    return FilterArguments(clauses, params)


def _quoted(column: str) -> str:
    """Return a column's name as SQL."""
    return '"{}"'.format(column.replace('"', '""'))


def _recent_only(request: Any, first: datetime) -> FilterArguments:
    """Limit the view to recent days unless the request filters by day: counting years of days is too slow."""
    if any(name.partition("__")[0] == "day" for name in request.args):
        return FilterArguments([])
    since = str(first.date())
    return FilterArguments(["day >= :since"], {"since": since}, [f"day ≥ {since}"])


def _by_tag(request: Any) -> FilterArguments:
    """Filter by tag through the tag index instead of unpacking every article's JSON."""
    tags = request.args.getlist("tags__arraycontains")
    clause = "id in (select article from article_tags where tag = :tag_{})"
    return FilterArguments(
        [clause.format(number) for number in range(len(tags))],
        {f"tag_{number}": tag for number, tag in enumerate(tags)},
    )


def _by_day(request: Any) -> FilterArguments:
    """Filter by the time articles count in charts and figures, using the date indexes where possible."""
    since, before = request.args.get(SINCE), request.args.get(BEFORE)
    if since is None or before is None:
        return FilterArguments([])
    if not (_MOMENT.fullmatch(since) and _MOMENT.fullmatch(before)):
        raise BadRequest(f"{SINCE} and {BEFORE} must be times such as 2026-01-31T00:00:00Z")
    words = f"published (first seen, if undated) from {since} until before {before}"
    return FilterArguments([f"id in {COUNTED_BETWEEN}"], {"counted_since": since, "counted_before": before}, [words])
