"""The period and measure shared by pages that look back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from datasette.database import Database

from tracker.web.calendar import USUAL, Span, spans_of, weeks_between, weeks_until
from tracker.web.chart_series import Measure
from tracker.web.queries.activity import site_reference_time
from tracker.web.queries.front import first_relevant
from tracker.web.settings import Site

SPANS: Mapping[int, str] = {12: "12 weeks", 26: "half a year", 52: "a year", 260: "five years"}
"""The spans that visitors can choose, in weeks."""


@dataclass(frozen=True, slots=True)
class Period:
    """Weeks or months, and the time up to which a page reports; the last one may not be over by then."""

    spans: tuple[Span, ...]
    until: datetime


async def period_shown(db: Database, site: Site, asked: int | None = None) -> Period:
    """Return the weeks that a page shows, or months if there are many: half a year unless `asked` says otherwise.

    A demo, whose feeds cover years, shows all of it.
    """
    until = await site_reference_time(db, site)
    if asked is not None:
        return Period(spans_of(weeks_until(until, asked, site.zone), until, site.zone), until)
    first = await first_relevant(db) if site.settings.demo else None
    if first is None or first > until:
        return Period(weeks_until(until, USUAL, site.zone), until)
    return Period(spans_of(weeks_between(first, until, site.zone), until, site.zone), until)


def measure_of(request: Any) -> Measure:
    """Return the measure that the URL asks for; articles by default."""
    return "share" if request.args.get("measure") == "share" else "articles"


def span_of(request: Any) -> int | None:
    """Return the number of weeks that the URL asks for; None if missing or not offered."""
    asked = request.args.get("weeks") or ""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 and int(asked) in SPANS else None
