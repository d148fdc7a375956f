"""The page of what became of an actor's own publications: which outlets took each up, when, and with which words."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from statistics import median
from typing import Any, Final

from datasette.utils.asgi import NotFound, Response

from tracker.models import RELEASING_KINDS, utc_text
from tracker.publish.csv_cells import csv_text
from tracker.publish.links import Links
from tracker.web.pages.period import period_shown
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import source as sources
from tracker.web.queries.uptake import Release, releases

UNBOUNDED = True
"""Visitors choose days."""

_SHOWN: Final = 40
"""Releases that the page shows."""

_MOST: Final = 1000
"""Releases that the CSV has."""

_COLUMNS: Final = (
    "release_at", "release", "release_url", "outlet", "article", "article_url", "article_at", "hours_after", "copy",
    "quotation", "same_figures", "headline_kept",
)  # fmt: skip


@page
async def uptake(datasette: Any, request: Any) -> Any:
    """Show what an actor published on the debate, latest first, each with the articles that took it up."""
    db, site = opened(datasette)
    actor = await _actor(db, request)
    period = await period_shown(db, site, request)
    shown = await releases(db, actor.id, period.interval(site.zone), _SHOWN)
    links = Links(datasette.urls)
    found = [one for release in shown for one in release.taken_up]
    context = {
        "publisher": actor,
        "releases": shown,
        "all_shown": len(shown) < _SHOWN,
        "taken_up": sum(bool(release.taken_up) for release in shown),
        "outlets": len({one.row["source_id"] for one in found}),
        "usual": _usual([release.taken_up[0].after for release in shown if release.taken_up]),
        "control": period.list_control(links.uptake(actor.id)),
        "csv": links.uptake(actor.id, ".csv", **period.given),
    }
    return await html(datasette, request, "uptake.html", context)


@page
async def as_csv(datasette: Any, request: Any) -> Any:
    """Return the same as CSV: a row per release and article, and one for each release that nobody took up."""
    db, site = opened(datasette)
    actor = await _actor(db, request)
    period = await period_shown(db, site, request)
    found = await releases(db, actor.id, period.interval(site.zone), _MOST)
    rows = [_COLUMNS, *(row for release in found for row in _rows(release))]
    headers = {"Content-Disposition": f'attachment; filename="{actor.id}-uptake.csv"'}
    return Response(csv_text(rows), headers=headers, content_type="text/csv; charset=utf-8")


async def _actor(db: Any, request: Any) -> sources.Source:
    """Return the source of the URL. Raises NotFound if there is none, or if it is an outlet of the press."""
    found = await sources.source(db, request.url_vars["id"])
    if found is None or found.kind not in RELEASING_KINDS:
        raise NotFound("No campaigner, company, authority or police force of this name is watched.")
    return found


def _usual(delays: Sequence[timedelta]) -> timedelta | None:
    """Return the median of the times until the first article; None if nothing was taken up."""
    return timedelta(seconds=max(0.0, median(one.total_seconds() for one in delays))) if delays else None


def _rows(release: Release) -> Iterator[list[object]]:
    own: list[object] = [utc_text(release.row["shown_at"]), release.row["title"], release.row["url"]]
    for one in release.taken_up:
        row = one.row
        kept = None if one.headline_kept is None else round(one.headline_kept, 2)
        hours = round(one.after / timedelta(hours=1), 1)
        what = (int(one.copy), int(one.quotation), int(one.same_figures))
        yield [*own, row["source"], row["title"], row["url"], utc_text(row["shown_at"]), hours, *what, kept]
    if not release.taken_up:
        yield [*own, *[None] * (len(_COLUMNS) - len(own))]


_SOURCE: Final = r"^/source/(?P<id>[^/.]{1,200})/uptake"
ROUTES = [(_SOURCE + "$", uptake), (_SOURCE + r"\.csv$", as_csv)]
