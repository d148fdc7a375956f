"""The page of a tag by country and kind of source, with denominators, and the same by month as CSV, long and wide."""

from collections.abc import Sequence
from typing import Any, Final

from datasette.utils.asgi import NotFound, Response

from tracker.models import KINDS
from tracker.publish.csv_cells import csv_text
from tracker.publish.links import Links
from tracker.web.chart_series import FEW
from tracker.web.pages.period import period_shown
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import tag as tags
from tracker.web.queries.breakdown import Cell, by_country_and_kind, over_time, summed
from tracker.web.queries.weekly import observed

_LONG: Final = ("month", "country", "kind", "articles", "all_articles", "share", "observed")


@page
async def breakdown(datasette: Any, request: Any) -> Any:
    """Show a table of countries and kinds of source: articles with the tag, out of all, and their share."""
    db, site = opened(datasette)
    meaning = await _meaning(db, request)
    period = await period_shown(db, site, request)
    cells = await by_country_and_kind(db, meaning.tag.id, period.days)
    kinds = [kind for kind in (*KINDS, "") if any(cell.kind == kind for cell in cells)]
    by_country = {country: [cell for cell in cells if cell.country == country] for country in _countries(cells)}
    times = await over_time(db, meaning.tag.id, period.spans)
    context = {
        "meaning": meaning,
        "times": [(country, times[country]) for country in by_country if country in times],
        "top": max((max(counts) for counts in times.values()), default=0),
        "seen": await observed(db, period.spans),
        "period": period,
        "control": period.control(Links(datasette.urls).breakdown(meaning.tag.id)),
        "kinds": kinds,
        "rows": [(country, {cell.kind: cell for cell in row}, summed(row)) for country, row in by_country.items()],
        "columns": {kind: summed([cell for cell in cells if cell.kind == kind]) for kind in kinds},
        "total": summed(cells),
        "few": FEW,
    }
    return await html(datasette, request, "breakdown.html", context)


@page
async def as_csv(datasette: Any, request: Any) -> Any:
    """Return the same by month: a row per month, country and kind, or, `wide`, a row per month."""
    db, site = opened(datasette)
    tag = (await _meaning(db, request)).tag
    period = await period_shown(db, site, request)
    cells = await by_country_and_kind(db, tag.id, period.days, monthly=True)
    wide = request.url_vars["form"] == "-wide"
    rows = _wide(cells) if wide else [_LONG, *map(_row, cells)]
    first, last = period.days
    name = f"{tag.id}-by-month{'-and-country' if wide else '-country-and-kind'}-{first}-to-{last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_text(rows), headers=headers, content_type="text/csv; charset=utf-8")


async def _meaning(db: Any, request: Any) -> tags.Meaning:
    """Return the tag of the URL. Raises NotFound if there is none."""
    meaning = await tags.meaning(db, request.url_vars["id"])
    if meaning is None:
        raise NotFound("There is no tag of this name.")
    return meaning


def _countries(cells: Sequence[Cell]) -> list[str]:
    """Return the countries, those with most matching articles first."""
    found = sorted({cell.country for cell in cells})
    return sorted(found, key=lambda one: -sum(cell.matching for cell in cells if cell.country == one))


def _row(cell: Cell) -> tuple[object, ...]:
    observed = None if cell.observed is None else round(cell.observed, 4)
    return cell.month, cell.country, cell.kind, cell.matching, cell.total, _rounded(cell.share), observed


def _wide(cells: Sequence[Cell]) -> list[list[object]]:
    """Return a row per month: of each country the articles, all articles and the share."""
    countries = _countries(cells)
    head = [f"{country or 'unknown'}_{what}" for country in countries for what in ("articles", "all_articles", "share")]
    rows: list[list[object]] = [["month", *head]]
    for month in sorted({cell.month for cell in cells}):
        row: list[object] = [month]
        for country in countries:
            found = summed([cell for cell in cells if (cell.month, cell.country) == (month, country)])
            row += [found.matching, found.total, _rounded(found.share)]
        rows.append(row)
    return rows


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 6)


_TAG: Final = r"^/tag/(?P<id>[a-z0-9-]{1,80})/breakdown"
ROUTES = [(_TAG + r"$", breakdown), (_TAG + r"(?P<form>(-wide)?)\.csv$", as_csv)]
