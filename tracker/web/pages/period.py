"""The period and measure that a visitor chooses, the same on every page that looks back; both are in the address."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from datasette.database import Database
from datasette.utils.asgi import BadRequest

from tracker.analyse.days import midnight
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

    `asked` is the first and the last day asked for, which the first and last week or month may extend beyond. `given`
    is what the address says of it, empty for the usual period; `chosen` the range, empty for any other.
    """

    spans: tuple[Span, ...]
    asked: tuple[date, date]
    until: datetime
    chosen: str
    given: Mapping[str, str]

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        return self.spans[0].first, self.spans[-1].last

    def interval(self, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """Return when the days asked for start and end, UTC, the end exclusive; None if all are."""
        first, last = self.asked
        return None if self.chosen == "all" else (midnight(first, zone), midnight(last + timedelta(days=1), zone))

    def list_control(self, page: str, *kept: tuple[str, str]) -> "PeriodControl":
        """Return the control of a list, whose days are those asked for; none if all are."""
        first, last = (None, None) if self.chosen == "all" else self.asked
        return replace(self.control(page, *kept), first=first, last=last)

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
    first: date | None
    last: date | None


def period_given(request: Any) -> dict[str, str]:
    """Return what the URL says of a period."""
    return {name: request.args[name] for name in PARAMETERS if request.args.get(name)}


async def period_shown(db: Database, site: Site, request: Any) -> Period:
    """Return the period in the URL; by default the last half-year, or all of a demo, whose feeds cover years.

    Raises BadRequest if it is invalid.
    """
    return await period_of(db, site, period_given(request), "all" if site.settings.demo else "26w")


async def period_of(db: Database, site: Site, given: Mapping[str, str], usual: str) -> Period:
    """Return a period as the URL describes it, from the first poll on; the `usual` range if it does not.

    Raises BadRequest if it is invalid.
    """
    until = await site_reference_time(db, site)
    today = until.astimezone(site.zone).date()
    begin = await first_watched(db) or _day_of(await first_relevant(db), site) or today
    if "from" in given or "to" in given:
        first, last = _day(given.get("from"), begin), _day(given.get("to"), today)
        if first > last:
            raise BadRequest("“from” is a day before “to”.")
        return Period(spans_between(first, last, until, site.zone), (first, last), until, "", given)
    chosen = given.get("range") or usual
    if chosen not in RANGES:
        raise BadRequest(f"“range” can be {', '.join(RANGES)}.")
    asked = today - timedelta(days=_DAYS[chosen] - 1) if chosen in _DAYS else begin
    first = min(max(begin, asked), today)
    return Period(spans_between(first, today, until, site.zone), (asked, today), until, chosen, given)


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
