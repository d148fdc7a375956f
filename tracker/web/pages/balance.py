"""The page of who gets to speak: how many articles of the press quote each camp, by outlet, owner, country or month."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from datasette.utils.asgi import Response

from tracker.publish.csv_cells import csv_text
from tracker.publish.links import Links
from tracker.web.chart_series import FEW
from tracker.web.filter_links import choices, chosen
from tracker.web.pages.period import Period, period_shown
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries.balance import GROUPS, Quoting, camps, quoting, summed

UNBOUNDED = True
"""Visitors choose days."""

_BY: Final = {name: name.capitalize() for name in GROUPS}
_MOST: Final = 100
"""Groups that the page shows; the CSV has all."""


@page
async def balance(datasette: Any, request: Any) -> Any:
    """Show a table of groups of articles and camps: how many of the articles that quote anybody quote each."""
    db, site = opened(datasette)
    given = {"by": chosen(request.args, "by", _BY)}
    period = await period_shown(db, site, request)
    links = Links(datasette.urls)
    groups = await _groups(db, given["by"], _days(period))
    context = {
        "by": given["by"],
        "camps": await camps(db),
        "groups": groups[:_MOST],
        "left_out": len(groups[_MOST:]),
        "total": summed(groups),
        "choices": choices(links.balance, given | dict(period.given), "by", _BY),
        "control": period.list_control(links.balance(), *given.items()),
        "csv": links.balance(".csv", **given, **period.given),
        "few": FEW,
    }
    return await html(datasette, request, "balance.html", context)


@page
async def as_csv(datasette: Any, request: Any) -> Any:
    """Return the same as CSV: per camp the articles, and their share, empty where nobody was quoted."""
    db, site = opened(datasette)
    by = chosen(request.args, "by", _BY)
    period = await period_shown(db, site, request)
    names = list(await camps(db))
    head: list[object] = [
        by,
        "name",
        "articles_quoting",
        *(f"{_column(camp)}{end}" for camp in names for end in ("", "_share")),
    ]
    days = _days(period)
    rows = [head, *(_row(one, names) for one in await _groups(db, by, days))]
    name = "balance-by-{}-{}-to-{}.csv".format(by, *days)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_text(rows), headers=headers, content_type="text/csv; charset=utf-8")


def _days(period: Period) -> tuple[date, date]:
    """Return the days asked for, from the first that was watched."""
    return max(period.asked[0], period.days[0]), period.asked[1]


async def _groups(db: Any, by: str, days: tuple[date, date]) -> list[Quoting]:
    """Return the groups between two days; of months all, also those in which nobody was quoted."""
    found = await quoting(db, by, days)
    if by != "month":
        return found
    known = {one.name: one for one in found}
    return [known.get(month, Quoting(month, month, 0, {})) for month in _months(*days)]


def _months(first: date, last: date) -> Iterator[str]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{number // 12}-{number % 12 + 1:02}"


def _column(camp: str) -> str:
    return "_".join(camp.casefold().split())


def _row(one: Quoting, names: Sequence[str]) -> list[object]:
    row: list[object] = [one.name, one.label, one.articles]
    for camp in names:
        share = one.share(camp)
        row += [None, None] if share is None else [one.by_camp.get(camp, 0), round(share, 4)]
    return row


ROUTES = [(r"^/balance$", balance), (r"^/balance\.csv$", as_csv)]
