"""What a table's page shows, where Datasette's own filters would be too slow, and what it is not asked to count."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

from datasette.filters import FilterArguments, Filters
from datasette.utils.asgi import BadRequest

from tracker.web.queries.datasette_database import Reader
from tracker.web.settings import Site

_LATELY: Final = {"politeness": timedelta(days=30), "attention": timedelta(days=7)}
"""How far back large views go where no day is asked for."""

SINCE: Final = "_since"
BEFORE: Final = "_before"
"""Between which moments articles are to count: published then, or first seen where they have no date."""

_COUNTS_THEN: Final = """id in (
    select id from articles where published_at >= :counted_since and published_at < :counted_before
    union all select id from articles
    where published_at is null and first_seen_at >= :counted_since and first_seen_at < :counted_before)"""
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)

_COUNTED: Final = ("_facet", "_facet_date", "_facet_array")
_ROW: Final = re.compile(r"-?[0-9]{1,18}")
_COMPARISONS: Final = frozenset(key for key, _, _ in Filters([]).lookups())


async def of(request: Any, table: str, reader: Reader, site: Site) -> FilterArguments | None:
    """Our filters for the request; raises BadRequest where it names a column or a comparison that there is not."""
    await _check(request, table, reader)
    if table in _LATELY:
        return _lately(request, site.clock() - _LATELY[table])
    if table != "coverage":
        return None
    both = (_by_tag(request), _by_day(request))
    merged = {name: value for one in both for name, value in one.params.items()}
    return FilterArguments(
        [clause for one in both for clause in one.where_clauses],
        merged,
        [words for one in both for words in one.human_descriptions],
    )


async def _check(request: Any, table: str, reader: Reader) -> None:
    """Datasette compares a column that is not there as if its name were a text, and skips what it does not know."""
    columns = {*(await reader.table_columns(table)), "rowid"}
    for key in request.args:
        counted = request.args.getlist(key) if key in _COUNTED else []
        if not key.startswith("_") or "__" in key:
            column, _, comparison = key.rpartition("__") if "__" in key else (key, "", "exact")
            if comparison not in _COMPARISONS:
                raise BadRequest(f"There is no comparison {comparison[:100]}")
            counted.append(column)
        if key == "_next" and request.args.get(key):
            await _check_place(request.args.get(key), table, reader)
        if missing := [name for name in counted if name not in columns]:
            raise BadRequest(f"There is no column {missing[0][:100]}")


async def _check_place(place: str, table: str, reader: Reader) -> None:
    """The place where the page before ended: a number of rows in a view, else a key, after what was sorted by."""
    keys = [column for column in await reader.table_column_details(table) if column.is_pk]
    parts = place.split(",")
    numbers = not keys or "INT" in keys[-1].type.upper()
    if len(parts) not in {len(keys) or 1, len(keys) + 1} or (numbers and not _ROW.fullmatch(parts[-1])):
        raise BadRequest("There is no page that ends there; _next is to be taken from the page before")


def _lately(request: Any, first: datetime) -> FilterArguments | None:
    """Nobody waits until the days of years are counted: without a filter by day, the latest are shown."""
    if any(name.partition("__")[0] == "day" for name in request.args):
        return None
    since = str(first.date())
    return FilterArguments(["day >= :since"], {"since": since}, [f"day ≥ {since}"])


def _by_tag(request: Any) -> FilterArguments:
    """A filter by tag finds its articles by the index of tags, and does not unpack the JSON of every article."""
    tags = request.args.getlist("tags__arraycontains")
    clause = "id in (select article from article_tags where tag = :tag_{})"
    return FilterArguments(
        [clause.format(number) for number in range(len(tags))],
        {f"tag_{number}": tag for number, tag in enumerate(tags)},
    )


def _by_day(request: Any) -> FilterArguments:
    """A filter by when articles count, as charts and figures count them; by the indexes of dates, as far as it can."""
    since, before = request.args.get(SINCE), request.args.get(BEFORE)
    if since is None or before is None:
        return FilterArguments([])
    if not (_MOMENT.fullmatch(since) and _MOMENT.fullmatch(before)):
        raise BadRequest(f"{SINCE} and {BEFORE} are moments such as 2026-01-31T00:00:00Z")
    words = f"published (or first seen, without a date) from {since} to before {before}"
    return FilterArguments([_COUNTS_THEN], {"counted_since": since, "counted_before": before}, [words])
