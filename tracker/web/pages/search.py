"""The search page: the typed query, its interpretation, and the results."""

from typing import Any

from tracker.web.pages.responses import html, opened, page
from tracker.web.search_results import CAP, MOST_PAGES, SearchRequest, read, search
from tracker.web.settings import Site

_NUMBER_DIGITS = 18


@page
async def found(datasette: Any, request: Any) -> Any:
    """Show the results of a search, or the empty form with examples."""
    db, site = opened(datasette)
    asked = search_request(site, request)
    results = await search(db, site, asked)
    query = asked.query
    context = {
        "search": query.text,
        "query": query,
        "results": results,
        "asked": asked,
        "cap": CAP,
        "filters": [(chip.text, query.replaced(chip.span)) for chip in results.scope.chips],
        "also": [
            (query.text[slice(*part.span)], [phrase.text for phrase in part.also], query.exactly(part))
            for part in query.wanted
            if part.also
        ],
    }
    return await html(datasette, request, "search.html", context)


def search_request(site: Site, request: Any) -> SearchRequest:
    """Return the query and page that a URL asks for, ignoring invalid numbers."""
    arguments = request.args
    page_number = _number(arguments.get("page")) or 1
    return SearchRequest(
        query=read(site, arguments.get("q") or ""),
        newest=arguments.get("order") == "newest",
        page=min(max(page_number, 1), MOST_PAGES),
        back=_number(arguments.get("back")),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _NUMBER_DIGITS else None


ROUTES = [(r"^/search$", found)]
