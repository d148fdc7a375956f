"""Which rows a table's page shows, where Datasette's own filters would be too slow, and what it is not asked to count."""

from datetime import timedelta
from typing import Any, Final

from datasette.filters import FilterArguments
from datasette.utils.asgi import BadRequest

from tracker.publish.site.data.reader import Reader
from tracker.publish.site.settings import Site

_MONTH: Final = timedelta(days=30)
_COUNTED: Final = ("_facet", "_facet_date", "_facet_array")


async def of(request: Any, table: str, reader: Reader, site: Site) -> FilterArguments | None:
    """Our filters for the request; raises BadRequest when values of a column are to be counted that is not there."""
    wanted = {name for key in _COUNTED for name in request.args.getlist(key)}
    if missing := wanted - {*(await reader.table_columns(table) if wanted else ())}:
        raise BadRequest(f"Cannot count by {min(missing)[:100]}")
    if table == "politeness":
        return _lately(request, site)
    return _by_tag(request) if table == "coverage" else None


def _lately(request: Any, site: Site) -> FilterArguments | None:
    """Nobody waits until the polls of years are counted: without a filter by day, a month is shown."""
    if any(name.partition("__")[0] == "day" for name in request.args):
        return None
    since = str((site.clock() - _MONTH).date())
    return FilterArguments(["day >= :since"], {"since": since}, [f"day ≥ {since}"])


def _by_tag(request: Any) -> FilterArguments:
    """A filter by tag finds its articles by the index of tags, and does not unpack the JSON of every article."""
    tags = request.args.getlist("tags__arraycontains")
    clause = "id in (select article from article_tags where tag = :tag_{})"
    return FilterArguments(
        [clause.format(number) for number in range(len(tags))],
        {f"tag_{number}": tag for number, tag in enumerate(tags)},
    )
