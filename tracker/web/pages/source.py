"""The pages of all sources and of one: its output, how much of it was seen, and its changed headlines."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import NotFound

from tracker.analyse.debate import Debate
from tracker.models import KINDS, RELEASING_KINDS
from tracker.publish.links import Links
from tracker.store.count_columns import relevant_by_source
from tracker.web import chart_series
from tracker.web.filter_links import relevances_of
from tracker.web.pages.period import days_of, measure_kept, measure_of, period_shown
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import attention, headlines
from tracker.web.queries import source as data
from tracker.web.queries.attention import TopSource
from tracker.web.version_history import headline_diff

_LATEST = 20
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A source in the list of all, with its counts in the weeks shown."""

    source: data.Source
    counted: TopSource

    @property
    def matching(self) -> int:
        """Number of relevant articles."""
        return self.counted.matching

    @property
    def total(self) -> int:
        """Number of articles."""
        return self.counted.total

    @property
    def share(self) -> float | None:
        """Share of relevant articles; None if there are no articles."""
        return self.counted.share


@page
async def sources(datasette: Any, request: Any) -> Any:
    """Show every source by kind, with its share of relevant articles."""
    db, site = opened(datasette)
    period = await period_shown(db, site, request)
    weeks = period.spans
    counts = await db.read(lambda stored: relevant_by_source(stored, *period.days))
    rows = [Row(one, TopSource(one.id, one.name, *counts.get(one.id, (0, 0)))) for one in await data.all_sources(db)]
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_kind[row.source.kind or "others"].append(row)
    context = {
        "rows": rows,
        "owners": len({row.source.family for row in rows}),
        "since": weeks[0].from_at,
        "control": period.control(Links(datasette.urls).to("/sources")),
        "kinds": {kind: by_kind[kind] for kind in (*KINDS, "others") if kind in by_kind},
    }
    return await html(datasette, request, "sources.html", context)


@page
async def source(datasette: Any, request: Any) -> Any:
    """Show one source."""
    db, site = opened(datasette)
    found = await data.source(db, request.url_vars["id"])
    if found is None:
        raise NotFound("There is no source of this name.")
    period, measure = await period_shown(db, site, request), measure_of(request)
    weeks, links = period.spans, Links(datasette.urls, site.settings.debate)
    plot = chart_series.Plot(
        found.name,
        measure,
        lambda span: links.articles(**days_of(span), source=found.id),
    )
    counts = await attention.of_source(db, found.id, weeks)
    context = {
        "source": found,
        "siblings": await data.siblings(db, found.id),
        "weeks": counts,
        "until": period.until,
        "period": period,
        "control": period.control(links.source(found.id), *measure_kept(measure)),
        "since": weeks[0].from_at,
        "measure": measure,
        "measures": chart_series.MEASURES,
        "chart": chart_series.attention(counts, period.until, plot),
        "extent": TopSource(
            found.id, found.name, sum(one.matching for one in counts), sum(one.total for one in counts)
        ),
        "tags": await attention.top_tags(db, found.id, period.days, 16),
        "latest": await data.latest(db, found.id, _LATEST),
        "months": await data.months(db, found.id, _MONTHS),
        "feeds": await data.feeds(db, found.id),
        "changes": [
            headline_diff(change)
            for change in (await headlines.changed(db, _changes_of(found, site.settings.debate), None, 8)).changes
        ],
        "boilerplate": await data.boilerplate(db, found.id),
        "edited": await data.edited(db, found.id),
        "releasing_kinds": RELEASING_KINDS,
        "texts": await data.texts(db, found.id),
    }
    return await html(datasette, request, "source.html", context)


def _changes_of(found: data.Source, debate: Debate) -> headlines.ChangeFilter:
    """Return the filter for its non-trivial headline changes, whatever the article's relevance."""
    anything = relevances_of("all", debate)
    return headlines.ChangeFilter(anything, "substantive", stance=False, source=found.id, since=None, until=None)


ROUTES = [(r"^/sources$", sources), (r"^/source/(?P<id>[^/.]{1,200})$", source)]
