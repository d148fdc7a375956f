"""Close all of Datasette's own URLs except those of the tables in tracker/publish/tables.py.

Datasette shows a row of anything its SQL can select from, which in SQLite includes the schema, the open files and
engine internals. So names are compared literally, as written in the URL.
"""

import re
from typing import Any, Final, NoReturn

from datasette.utils.asgi import Forbidden, NotFound

from tracker.publish.links import DATABASE
from tracker.publish.tables import CLOSED, ORDER

_TABLE: Final = rf"{DATABASE}/(?:{'|'.join(ORDER)})"
_DATASETTE_PATHS: Final = re.compile(
    rf"\.jsono?|static/.*|favicon\.ico|{DATABASE}(?:\.\w+)?/?|{_TABLE}(?:\.\w+)?/?|{_TABLE}/[^/]+/?|", re.ASCII
)
"""URLs that Datasette answers, without the leading slash."""

_CLOSED: Final = re.compile(rf"{DATABASE}/(?:{'|'.join(CLOSED)})(?:[./]|\Z)")


async def unlisted(request: Any) -> NoReturn:
    """Never return. Raises Forbidden for a closed table, NotFound for anything else."""
    if _CLOSED.match(request.url_vars["rest"]):
        raise Forbidden("This table is not public.")
    raise NotFound("This page does not exist.")


ROUTES = [(rf"^/(?!(?:{_DATASETTE_PATHS.pattern})\Z)(?P<rest>.*)", unlisted)]
"""Come after the site's own pages, which these URLs do not include, and before the formats of tables."""
