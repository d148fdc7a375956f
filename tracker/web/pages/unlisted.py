"""What is not listed is not there: of Datasette's own addresses, only those of the tables that metadata.py describes.

Datasette shows a row of whatever its SQL can select from, which with SQLite is the schema, the open files and the
inside of the engine as well. So names are compared as they stand in the address, letter by letter.
"""

import re
from typing import Any, Final, NoReturn

from datasette.utils.asgi import Forbidden, NotFound

from tracker.publish.links import DATABASE
from tracker.publish.tables import CLOSED, ORDER

_TABLE: Final = rf"{DATABASE}/(?:{'|'.join(ORDER)})"
_THEIRS: Final = re.compile(
    rf"\.jsono?|static/.*|favicon\.ico|{DATABASE}(?:\.\w+)?/?|{_TABLE}(?:\.\w+)?/?|{_TABLE}/[^/]+/?|", re.ASCII
)
"""The addresses that Datasette answers, without the slash they begin with."""

_REFUSED: Final = re.compile(rf"{DATABASE}/(?:{'|'.join(CLOSED)})(?:[./]|\Z)")


async def unlisted(request: Any) -> NoReturn:
    """Nothing; raises Forbidden for a table that is closed and NotFound for all else."""
    if _REFUSED.match(request.url_vars["rest"]):
        raise Forbidden("This table is closed.")
    raise NotFound("There is no such page.")


ROUTES = [(rf"^/(?!(?:{_THEIRS.pattern})\Z)(?P<rest>.*)", unlisted)]
"""Come after the site's own pages, whose addresses are not among those, and before the forms of tables."""
