"""Rewrite Datasette's statements on large views into faster ones with the same rows and counts.

A view such as `coverage` is cheap to filter and expensive to show, since each row gathers lists from other tables. For
a page, a count or a facet Datasette selects all columns, and SQLite computes them for every matching row.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from datasette.database import QueryInterrupted
from datasette.utils import escape_sqlite

from tracker.store.views import VIEWS
from tracker.web.queries.schema_cache import SchemaCache

FACETED: Final = 2000
"""Maximum rows of a selection with facets: six of them then take a tenth of a page's time limit."""

_REMEMBERED: Final = 200

# A page: its rows are selected by id alone, and columns are computed only for those. Rows with equal sort values get an
# order too, so that none is on two pages.
_PAGE: Final = re.compile(
    r"select (?P<columns>[^()]+?) from (?P<view>coverage|stories_view|headline_changes) (?P<where>where .+ )?"
    r"order by (?P<by>[\w\[\]]+?)(?P<way> desc)? limit (?P<limit>\d+)(?P<offset> offset \d+)?",
    re.DOTALL,
)

# An article's tag is a row of article_tags, so the view's list need not be built to find one. If filters.py has added
# the same condition already, this one is dropped.
_HAS_TAG: Final = re.compile(r':(p\d+) in \(select value from json_each\("coverage"\."tags"\)\)')
_HAS_TAG_ALREADY: Final = "id in (select article from article_tags where tag = :tag_0)"
_TAGS: Final = re.compile(
    r"with inner as \(select [^()]+? (?P<rows>from coverage .*?)\),\s+deduped_array_items as .+ "
    r"json_each\(\[inner\]\.tags\).+ (?P<limit>limit \d+)\s*",
    re.DOTALL,
)

# A count: the view has one row per row of its table, so the table is counted, unless the condition names a column that
# the view does not read from that table under the same name.
_COUNT: Final = re.compile(r"select count\(\*\) from (?P<view>\w+) (?P<where>where .+)?", re.DOTALL)
_TABLE: Final = {
    "coverage": "articles",
    "stories_view": "stories",
    "headline_changes": "(select * from revisions where title_changed)",
}


def _view_only(view: str, alias: str) -> re.Pattern[str]:
    """Match the columns of a view that are not, under the same name and with the same values, those of its table."""
    columns = re.findall(r"(?:^    (\w+)\.|AS )(\w+),?$", VIEWS[view], re.MULTILINE)
    return re.compile(rf"\b({'|'.join(name for owner, name in columns if owner != alias)})\b")


_VIEW_ONLY: Final = {
    "coverage": _view_only("coverage", "a"),
    "stories_view": _view_only("stories_view", "s"),
    "headline_changes": _view_only("headline_changes", "r"),
}

_ANY_COUNT: Final = re.compile(r"select count\(\*\) (?P<rows>from .+)", re.DOTALL)
_ANY_FACET: Final = re.compile(
    r"\s*(?:select [^()]+ as value, count\(\*\) as count from|with inner as) \(\s*"
    r"select [^()]+? (?P<rows>from .*?)\s*\)\s*(?:where [^()]+ group by .+|,\s+deduped_array_items as .+)",
    re.DOTALL,
)


# A page of a table sorted by one column. Datasette adds the key only from the second page on, continuing from the last
# row's: rows with equal sort values must be in key order on the first page too.
_SORTED: Final = re.compile(
    r"select (?P<rowid>rowid, )?[^()]*? from (?P<table>[\w\[\]]+) (?:where .+ )?"
    r"order by (?P<by>[\w\[\]]+)(?: desc)?(?P<end> limit \d+)",
    re.DOTALL,
)


def rewrite(sql: str) -> str:
    """Return a faster statement with the same result; the statement itself if none is known."""
    has_tag = "true" if _HAS_TAG_ALREADY in sql else r"id in (select article from article_tags where tag = :\1)"
    sql = _HAS_TAG.sub(has_tag, sql)
    if page := _PAGE.fullmatch(sql.strip()):
        return _narrow_first(**page.groupdict(default=""))
    if tags := _TAGS.fullmatch(sql.strip()):
        return (
            "select tag as value, count(*) as count from article_tags where article in "  # noqa: S608  Datasette's own
            f"(select id {tags['rows']}) group by tag order by count(*) desc, value {tags['limit']}"
        )
    count = _COUNT.fullmatch(sql)
    if count and count["view"] in _TABLE and not _VIEW_ONLY[count["view"]].search(count["where"] or ""):
        return f"select count(*) from {_TABLE[count['view']]} {count['where'] or ''}"  # noqa: S608  Datasette's own
    return sql


def _narrow_first(columns: str, view: str, where: str, by: str, way: str, limit: str, offset: str) -> str:  # noqa: PLR0913  the parts of a statement
    order = f"order by {by}{way}, id{way} limit {limit}"
    return f"select {columns} from {view} where id in (select id from {view} {where}{order}{offset}) {order}"  # noqa: S608  Datasette's own


class Selections:
    """Remembers the latest row counts of selections, so that facets of too many rows are skipped."""

    def __init__(self, most: int = FACETED) -> None:
        self._most = most
        self._counts: dict[tuple[str, str], int] = {}

    def note(self, sql: str, params: object, answer: Any) -> None:
        """Remember the result of a row count; ignore any other statement."""
        if (counted := _ANY_COUNT.fullmatch(sql.strip())) and len(answer.rows) == 1:
            self._counts.pop(key := (counted["rows"], str(params or {})), None)
            self._counts[key] = answer.rows[0][0]
            if len(self._counts) > _REMEMBERED:
                del self._counts[next(iter(self._counts))]

    def too_many(self, sql: str, params: object) -> bool:
        """Return whether this is a facet over too many rows, or over an unknown number."""
        facet = _ANY_FACET.fullmatch(sql)
        return (
            facet is not None
            and self._counts.get((facet["rows"].strip(), str(params or {})), self._most + 1) > self._most
        )


class RewritingDatabase(SchemaCache):
    """Datasette's database with faster statements, and without facets of selections too large for a page."""

    def __init__(self, datasette: Any, path: Path) -> None:
        super().__init__(datasette, path)
        self._selections = Selections()

    async def execute(
        self, sql: str, params: Mapping[str, Any] | Sequence[Any] | None = None, *rest: Any, **more: Any
    ) -> Any:
        """Return the rows. Raises QueryInterrupted at once for facets over too many rows, as if they had timed out."""
        if self._selections.too_many(sql, params):
            raise QueryInterrupted("too many rows", sql, params)
        answer = await super().execute(rewrite(sql), params, *rest, **more)
        self._selections.note(sql, params, answer)
        return answer

    async def in_full_order(self, sql: str) -> str:
        """Return a table page's statement with the key as last sort column; any other statement unchanged.

        A view has no key; its pages are parts of one list that SQLite builds in the same order each time.
        """
        found = _SORTED.fullmatch(sql)
        if found is None:
            return sql
        key = ["rowid"] if found["rowid"] else await self.primary_keys(found["table"].strip("[]"))
        if not key or [escape_sqlite(one) for one in key] == [found["by"]]:
            return sql
        return f"{sql[: found.start('end')]}, {', '.join(map(escape_sqlite, key))}{found['end']}"

    async def table_counts(self, limit: int = 10) -> dict[str, None]:  # noqa: ARG002  Datasette's signature
        """Return the tables without counts, which no page shows and which would take most of the list's time."""
        return dict.fromkeys(await self.table_names())
