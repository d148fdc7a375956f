"""Articles for reading: filters as a form, which is a search; the table of articles is under Data."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from datasette.utils.asgi import BadRequest

from tracker.models import KINDS
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import search as data
from tracker.web.search_results import CAP, SearchRequest, read, search

_NAMES: Final = ("q", "tag", "source", "country", "kind", "from", "to", "show")
_SHOWN: Final = {"": "On the debate", "all": "Everything"}


@page
async def articles(datasette: Any, request: Any) -> Any:
    """Show the newest articles that a form describes, or the best matches of its words."""
    db, site = opened(datasette)
    given = {name: request.args[name].strip() for name in _NAMES if (request.args.get(name) or "").strip()}
    known = await data.known(db)
    query = read(site, as_query(given))
    page_number, back = _number(request, "page", 1), _back(request)
    asked = SearchRequest(query, newest="q" not in given, page=page_number, back=back, everything=True)
    context = {
        "given": given,
        "query": query,
        "results": await search(db, site, asked),
        "cap": CAP,
        "tags": sorted(known.tags.values(), key=str.casefold),
        "sources": sorted(known.sources.values(), key=str.casefold),
        "countries": sorted(known.countries),
        "kinds": [kind for kind in KINDS if kind in known.kinds],
        "shown": _SHOWN,
    }
    return await html(datasette, request, "articles.html", context)


def as_query(given: Mapping[str, str]) -> str:
    """Return what a form asks for in the language of the search; articles on the debate unless it says `all`.

    Raises BadRequest if a day is none.
    """
    filters = [f'{name}:"{_unquoted(given[name])}"' for name in ("tag", "source") if name in given]
    filters += [f"{name}:{_unquoted(given[name])}" for name in ("country", "kind") if name in given]
    filters += [f"after:{_day(given['from'])}"] if "from" in given else []
    filters += [f"before:{_day(given['to']) + timedelta(days=1)}"] if "to" in given else []
    filters += [] if given.get("show") == "all" else ["is:relevant"]
    return " ".join([*([given["q"]] if "q" in given else []), *filters])


def _unquoted(name: str) -> str:
    return name.replace('"', " ")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest("“from” and “to” are days, written like 2026-03-01.") from None


def _number(request: Any, name: str, otherwise: int) -> int:
    text = request.args.get(name) or ""
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 5 else otherwise


def _back(request: Any) -> int | None:
    text = request.args.get("back") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


ROUTES = [(r"^/articles$", articles)]
UNBOUNDED = True
