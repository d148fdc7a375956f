"""The search page, and its results as CSV, JSON and Atom; docs/search.md describes them."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, Final

from datasette.database import Database
from datasette.utils.asgi import AsgiStream, Response

from tracker.analyse.search.offers import offers, respelled
from tracker.analyse.search.query import Query
from tracker.models import utc_text
from tracker.publish import atom
from tracker.publish.csv_cells import csv_text
from tracker.publish.links import Links
from tracker.store.columns import COVERAGE_COLUMNS
from tracker.web.pages.period import PeriodControl, period_given, period_of
from tracker.web.pages.responses import absolute, feed_of, html, opened, page
from tracker.web.queries import search as data
from tracker.web.queries import stories
from tracker.web.queries.article_list import articles
from tracker.web.queries.stories import Story
from tracker.web.search_results import CAP, MOST_PAGES, Hit, Results, SearchRequest, read, search, wanted
from tracker.web.settings import Site

MOST_ROWS: Final = 10_000
"""Maximum rows of a CSV, which holds the newest."""

_ENTRIES: Final = 50
_PORTION: Final = 250
_BAD: Final = 400

_NUMBER_DIGITS: Final = 18

_DATES: Final = ("after", "before")
"""The filters of a query that say a period."""


@page
async def found(datasette: Any, request: Any) -> Any:
    """Show the results of a search, or the empty form with examples."""
    db, site = opened(datasette)
    asked = await _search_request(db, site, request)
    results = await search(db, site, asked)
    query = asked.query
    context = {
        "stories": await _stories(db, results),
        "control": await _control(db, site, request, results),
        "search": query.text,
        "query": query,
        "results": results,
        "asked": asked,
        "cap": CAP,
        "offers": offers(query, await data.known(db)),
        "respelled": respelled(query, await data.known(db)) if not results.hits else (),
        "filters": [(chip.text, query.replaced(chip.span)) for chip in results.scope.chips],
        "also": [
            (query.text[slice(*part.span)], [phrase.text for phrase in part.also], query.exactly(part))
            for part in query.wanted
            if part.also
        ],
    }
    return await html(datasette, request, "search.html", context)


async def _search_request(db: Database, site: Site, request: Any) -> SearchRequest:
    """Return the query and page that a URL asks for, ignoring invalid numbers."""
    arguments = request.args
    page_number = _number(arguments.get("page")) or 1
    return SearchRequest(
        query=await _query(db, site, request),
        newest=arguments.get("order") == "newest",
        page=min(max(page_number, 1), MOST_PAGES),
        back=_number(arguments.get("back")),
    )


async def _stories(db: Database, results: Results) -> list[tuple[Story, int]]:
    """Return the stories that most of the results belong to, and how many belong to each; on the first page only."""
    if results.request.page > 1 or not results.stories:
        return []
    found = await stories.stories(db, [number for number, _ in results.stories])
    return [(found[number], articles) for number, articles in results.stories if number in found]


async def _query(db: Database, site: Site, request: Any) -> Query:
    """Return the query that a URL asks for; a period in the URL takes the place of the query's own `after:` and
    `before:`. Raises BadRequest if the period is invalid."""
    query, given = read(site, request.args.get("q") or ""), period_given(request)
    if not given:
        return query
    period = await period_of(db, site, given, "all")
    first, last = period.asked
    days = [] if period.chosen == "all" or given.keys() == {"to"} else [f"after:{first}"]
    days += [f"before:{last + timedelta(days=1)}"] if "to" in given else []
    return read(site, " ".join([query.without(*_DATES), *days]))


async def _control(db: Database, site: Site, request: Any, results: Results) -> PeriodControl:
    """Return the control for another period: its days are those of the query, or of what the URL adds to it."""
    asked, scope = results.request, results.scope
    kept = [("q", asked.query.without(*_DATES)), *([("order", "newest")] if asked.newest else [])]
    given = period_given(request)
    period = await period_of(db, site, given or {"range": "all"}, "all")
    control = period.control(request.path, *kept)
    last = scope.until - timedelta(days=1) if scope.until else None
    ranges = (
        control.ranges
        if given or not (scope.since or scope.until)
        else [replace(one, chosen=False) for one in control.ranges]
    )
    return replace(control, first=scope.since, last=last, ranges=ranges)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _NUMBER_DIGITS else None


@page
async def as_csv(datasette: Any, request: Any) -> Any:
    """Return all results, at most the newest MOST_ROWS, with the columns of the coverage view."""
    db, site = opened(datasette)
    query = await _query(db, site, request)
    criteria, faults = await wanted(db, site, query)
    if faults or query.empty:
        return _refused([fault.text for fault in faults])
    found = await data.newest(db, criteria, MOST_ROWS + 1)
    whole = len(found.ids) <= MOST_ROWS and found.looked_back_to is None

    async def write(out: Any) -> None:
        await out.write(csv_text([list(COVERAGE_COLUMNS)]))
        for start in range(0, min(len(found.ids), MOST_ROWS), _PORTION):
            rows = await data.coverage(db, found.ids[start : min(start + _PORTION, MOST_ROWS)])
            await out.write(csv_text([[row[name] for name in COVERAGE_COLUMNS] for row in rows]))

    name = "search.csv" if whole else f"search-newest-{min(len(found.ids), MOST_ROWS)}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return AsgiStream(write, headers=headers, content_type="text/csv; charset=utf-8")


@page
async def as_json(datasette: Any, request: Any) -> Any:
    """Return a page of results and the interpretation of the query."""
    db, site = opened(datasette)
    asked = await _search_request(db, site, request)
    results = await search(db, site, asked)
    links = Links(datasette.urls)
    return Response.json(
        {
            "query": asked.query.text,
            "order": "newest" if asked.newest else "best",
            "remarks": [asdict(remark) for remark in asked.query.remarks],
            "faults": [asdict(fault) for fault in results.faults],
            "filters": [chip.text for chip in results.scope.chips],
            "also_searched": [phrase.text for part in asked.query.wanted for phrase in part.also],
            "count": None if results.faults else results.count,
            "more_exist": results.capped or results.looked_back_to is not None,
            "looked_back_to": results.looked_back_to,
            "next": _next(datasette, request, asked, results),
            "results": [
                _result(hit, absolute(datasette, request, links.article(hit.article.id))) for hit in results.hits
            ],
        },
        status=_BAD if results.faults else 200,
    )


@page
async def as_atom(datasette: Any, request: Any) -> Any:
    """Return the newest articles that match a search, for feed readers."""
    db, site = opened(datasette)
    query = await _query(db, site, request)
    criteria, faults = await wanted(db, site, query)
    if faults or query.empty:
        return _refused([fault.text for fault in faults])
    found = await data.newest(db, criteria, _ENTRIES)
    links = Links(datasette.urls)
    feed = atom.Feed(
        title=f"{query.text} · {site.settings.title}",
        address=absolute(datasette, request, links.search(query.text, ".atom")),
        page=absolute(datasette, request, links.search(query.text)),
        tags=absolute(datasette, request, links.to("/tags")),
        updated=site.clock(),
    )
    return feed_of(datasette, request, feed, await articles(db, found.ids))


def _next(datasette: Any, request: Any, asked: SearchRequest, results: Results) -> str | None:
    """Return the URL of the next results; None after the last."""
    links, text = Links(datasette.urls), asked.query.text
    if results.next_page:
        return absolute(datasette, request, links.search(text, ".json", page=results.next_page))
    back = results.next_back or results.looked_back_to
    return absolute(datasette, request, links.search(text, ".json", order="newest", back=back)) if back else None


def _result(hit: Hit, address: str) -> dict[str, Any]:
    article = hit.article
    return {
        "id": article.id,
        "title": article.title,
        "summary": article.summary,
        "url": article.url,
        "page": address,
        "source": article.source,
        "source_id": article.source_id,
        "language": article.language,
        "published_at": article.published_at and utc_text(article.published_at),
        "first_seen_at": utc_text(article.first_seen_at),
        "relevance": article.relevance,
        "tags": [tag.id for tag in article.tags],
        "story": article.story,
        "more_of_story": hit.more,
    }


def _refused(faults: list[str]) -> Any:
    """Return the faults with status 400: a spreadsheet or feed reader gets what was asked for or nothing."""
    message = " ".join(faults) or "Write what to search for into the address: ?q=words"
    return Response.text(f"{message}\n", status=_BAD)


ROUTES = [
    (r"^/search$", found),
    (r"^/search\.csv$", as_csv),
    (r"^/search\.json$", as_json),
    (r"^/search\.atom$", as_atom),
]
UNBOUNDED = True
