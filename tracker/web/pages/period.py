"""What pages that look back share: how many weeks they show, up to when, and as what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from datasette.database import Database

from tracker.web.calendar import USUAL, Span, spans_of, weeks_between, weeks_until
from tracker.web.chart_series import Measure
from tracker.web.queries.activity import looks_back_from
from tracker.web.queries.front import first_relevant
from tracker.web.settings import Site

SPANS: Mapping[int, str] = {12: "12 weeks", 26: "half a year", 52: "a year", 260: "five years"}
"""How many weeks people can ask for."""


@dataclass(frozen=True, slots=True)
class Period:
    """Weeks or months, and the moment up to which a page tells of them: the last may not be over then."""

    spans: tuple[Span, ...]
    until: datetime


async def period_shown(db: Database, site: Site, asked: int | None = None) -> Period:
    """The weeks that a page shows, or the months where they are many: half a year unless another span is asked for.

    A demo, whose feeds tell a story of years, shows all of it.
    """
    until = await looks_back_from(db, site)
    if asked is not None:
        return Period(spans_of(weeks_until(until, asked, site.zone), until, site.zone), until)
    first = await first_relevant(db) if site.settings.demo else None
    if first is None or first > until:
        return Period(weeks_until(until, USUAL, site.zone), until)
    return Period(spans_of(weeks_between(first, until, site.zone), until, site.zone), until)


def measure_of(request: Any) -> Measure:
    """What the address asks a chart to show; articles where it does not say."""
    return "share" if request.args.get("measure") == "share" else "articles"


def span_of(request: Any) -> int | None:
    """For how many weeks the address asks; None where it does not say, or asks for what there is not."""
    asked = request.args.get("weeks") or ""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 and int(asked) in SPANS else None
