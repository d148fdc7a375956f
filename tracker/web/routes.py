"""The site's own pages: the one list of their modules, from which routes and known addresses follow."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from tracker.web.pages import (
    about,
    article,
    articles,
    balance,
    breakdown,
    compare,
    digest,
    feeds,
    front,
    headlines,
    health,
    jobs,
    releases,
    search,
    sitemap,
    source,
    speakers,
    sql,
    stories,
    story,
    table_csv,
    tag,
    unlisted,
    uptake,
)

Route = tuple[str, Callable[..., Any]]

_PAGES: Final = (
    front,
    digest,
    stories,
    story,
    article,
    articles,
    breakdown,
    tag,
    uptake,
    source,
    compare,
    headlines,
    speakers,
    balance,
    search,
    feeds,
    health,
    jobs,
    releases,
    about,
)
"""The modules of pages; each has ROUTES, and UNBOUNDED = True if visitors make up its addresses."""


def routes(*, with_sql: bool) -> list[Route]:
    """Return the routes of all pages, in the order in which they are tried; those of SQL only `with_sql`."""
    on_demand = [sql] if with_sql else []
    return [route for page in (*_PAGES, *on_demand, sitemap, unlisted, table_csv) for route in page.ROUTES]


FIXED: Final = tuple(
    found[1] for page in _PAGES for pattern, _ in page.ROUTES if (found := re.fullmatch(r"\^(/[a-z]+)\$", pattern))
)
"""Pages with one fixed address, which the tests visit and the bench measures without being listed there."""

FIRST_WORDS: Final[Mapping[str, bool]] = {
    found[0]: getattr(page, "UNBOUNDED", False)
    for page in (*_PAGES, sql)
    for pattern, _ in page.ROUTES
    if (found := re.search(r"[a-z]+", pattern))
}
"""The first words of the pages' addresses, such as `article` of /article/17, and whether those are unbounded."""
