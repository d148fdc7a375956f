"""The period and measure that a visitor chooses, the same on every page that looks back; both are in the address."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from datasette.database import Database
from datasette.utils.asgi import BadRequest

from tracker.web.calendar import USUAL, Span, spans_between
from tracker.web.chart_series import Measure
from tracker.web.filter_links import Choice
from tracker.web.queries.activity import first_watched, site_reference_time
from tracker.web.queries.front import first_relevant
from tracker.web.settings import Site

RANGES: Final[Mapping[str, str]] = {
    "7d": "7 days",
    "30d": "30 days",
    "26w": "26 weeks",
    "year": "1 year",
    "all": "All",
}
"""The ranges that visitors can choose, besides any from one day to another."""

PARAMETERS: Final = ("range", "from", "to")
"""The names of what an address says of a period."""

_DAYS: Final = {"7d": 7, "30d": 30, "26w": 7 * USUAL, "year": 365}
_DAY: Final = re.compile(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Period:
    """Days, weeks or months, and the time up to which a page reports; the last one may not be over by then.

    `given` is what the address says of it, empty for the usual period; `chosen` the range, empty for any other.
    """

    spans: tuple[Span, ...]
    until: datetime
    chosen: str
    given: Mapping[str, str]

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        return self.spans[0].first, self.spans[-1].last

    @property
    def between(self) -> tuple[datetime, datetime]:
        """Start and end, UTC; the end is exclusive."""
        return self.spans[0].from_at, self.spans[-1].to_at

    def control(self, page: str, *kept: tuple[str, str]) -> "PeriodControl":
        """Return the control that chooses another period of a page, which keeps the rest of its query."""
        ranges = (
            Choice(words, f"{page}?{urlencode([*kept, ('range', name)])}", name == self.chosen)
            for name, words in RANGES.items()
        )
        return PeriodControl(page, kept, tuple(ranges), *self.days)


@dataclass(frozen=True, slots=True)
class PeriodControl:
    """The ranges as links, and a form for any days: it leads to `page`, with what is `kept` of its query."""

    page: str
    kept: Sequence[tuple[str, str]]
    ranges: Sequence[Choice]
    first: date
    last: date


async def period_shown(db: Database, site: Site, request: Any) -> Period:
    """Return the period that the URL asks for, from the first poll on; the usual one if it asks for none.

    That is half a year, and everything for a demo, whose feeds cover years. Raises BadRequest if it is invalid.
    """
    until = await site_reference_time(db, site)
    today = until.astimezone(site.zone).date()
    given = {name: request.args[name] for name in PARAMETERS if request.args.get(name)}
    begin = await first_watched(db) or _day_of(await first_relevant(db), site) or today
    if "from" in given or "to" in given:
        first, last = _day(given.get("from"), begin), _day(given.get("to"), today)
        if first > last:
            raise BadRequest("“from” is a day before “to”.")
        return Period(spans_between(first, last, until, site.zone), until, "", given)
    chosen = given.get("range") or ("all" if site.settings.demo else "26w")
    if chosen not in RANGES:
        raise BadRequest(f"“range” can be {', '.join(RANGES)}.")
    first = max(begin, today - timedelta(days=_DAYS[chosen] - 1)) if chosen in _DAYS else begin
    return Period(spans_between(min(first, today), today, until, site.zone), until, chosen, given)


def _day(text: str | None, otherwise: date) -> date:
    """Return the day of a parameter. Raises BadRequest if it is none."""
    if text is None:
        return otherwise
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadRequest("“from” and “to” are days, written like 2026-03-01.")


def _day_of(moment: datetime | None, site: Site) -> date | None:
    return moment.astimezone(site.zone).date() if moment else None


def days_of(span: Span) -> dict[str, str]:
    """Return the filters of the page of articles that select those of a span."""
    return {"from": str(span.first), "to": str(span.last)}


def measure_kept(measure: Measure) -> tuple[tuple[str, str], ...]:
    """Return a measure as parameters of an address; none for the usual one."""
    return () if measure == "articles" else (("measure", measure),)


def measure_of(request: Any) -> Measure:
    """Return the measure that the URL asks for; articles by default."""
    return "share" if request.args.get("measure") == "share" else "articles"
