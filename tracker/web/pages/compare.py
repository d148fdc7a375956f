"""The compare page: two to five tags or sources over time, one below the other on one scale."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from datasette.database import Database

from tracker.publish.formatting import counted, share
from tracker.publish.links import Links
from tracker.web import chart_series
from tracker.web.calendar import Span
from tracker.web.chart import Chart
from tracker.web.chart_series import Address, Measure, Plot
from tracker.web.pages.period import days_of, measure_kept, measure_of, period_shown
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import attention
from tracker.web.queries.article_list import Tag
from tracker.web.queries.attention import Attention
from tracker.web.queries.source import Source, all_sources
from tracker.web.queries.tag import all_tags

MOST = 5
"""Maximum number compared at once; more cannot be told apart."""

_SUGGESTIONS: Final = (
    ("client-side-scanning", "age-verification"),
    ("uk-online-safety-act", "eu-csa-regulation", "us-kosa"),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A tag or source with its weeks; `filters` are those of the view attention, None for a source."""

    id: str
    name: str
    link: str
    weeks: tuple[Attention, ...]
    chart: Chart
    filters: dict[str, str] | None

    @property
    def sum(self) -> str:
        """Its articles in the observed weeks and their share, in words."""
        matching, total = chart_series.summed(self.weeks)
        of_total = f", {share(matching / total)} of the total" if total else ""
        return counted(matching, "article") + of_total


@page
async def compare(datasette: Any, request: Any) -> Any:
    """Compare what the URL names; if it names nothing, show a form and some suggestions."""
    db, site = opened(datasette)
    known = _Known([one.tag for one in await all_tags(db)], await all_sources(db))
    typed = [
        *(word.strip() for word in request.args.getlist("item")),
        *request.args.getlist("tag"),
        *request.args.getlist("source"),
    ]
    chosen, problems = known.resolve([word for word in typed if word][: MOST + 1])
    period, measure = await period_shown(db, site, request), measure_of(request)
    links = Links(datasette.urls, site.settings.debate)
    found = [(one, await _weeks_of(db, one, period.spans)) for one in chosen]
    topics = tuple(topic.id for topic in site.settings.debate.topics)
    pairs = [*([topics] if len(topics) > 1 else []), *_SUGGESTIONS]
    context = {
        "items": _compared(found, period.until, measure, links),
        "problems": problems,
        "typed": [known.name(one) for one in chosen] + [word for word in typed if known.find(word) is None][:MOST],
        "known": known.names,
        "most": MOST,
        "until": period.until,
        "measure": measure,
        "measures": chart_series.MEASURES,
        "control": period.control(links.to("/compare"), *(("item", one.id) for one in chosen), *measure_kept(measure)),
        "period": period,
        "begin": [[known.tags[name] for name in names] for names in pairs if known.tags.keys() >= {*names}],
    }
    return await html(datasette, request, "compare.html", context)


class _Known:
    """Looks up tags and sources by id or name, ignoring case."""

    def __init__(self, tags: Sequence[Tag], sources: Sequence[Source]) -> None:
        self.tags = {tag.id: tag for tag in tags if tag.facet != "noise"}
        by_name: dict[str, Tag | Source] = {}
        named: list[Tag | Source] = [*self.tags.values(), *sources]
        for one in named:
            by_name.setdefault(self.name(one).casefold(), one)
            by_name.setdefault(one.id.casefold(), one)
        self._by_name = by_name
        self.names = sorted({self.name(one) for one in by_name.values()}, key=str.casefold)

    @staticmethod
    def name(one: Tag | Source) -> str:
        """Return the display name."""
        return one.label if isinstance(one, Tag) else one.name

    def find(self, word: str) -> Tag | Source | None:
        """Return the tag or source of this name or id; None if unknown."""
        return self._by_name.get(word.casefold())

    def resolve(self, typed: Sequence[str]) -> tuple[list[Tag | Source], list[str]]:
        """Resolve names to distinct tags and sources; also return the problems, as sentences."""
        chosen: list[Tag | Source] = []
        problems = [f"Only {MOST} can be compared at once."] if len(typed) > MOST else []
        for word in typed[:MOST]:
            one = self.find(word)
            if one is None:
                close = difflib.get_close_matches(word.casefold(), list(self._by_name), n=1)
                hint = f" Did you mean “{self.name(self._by_name[close[0]])}”?" if close else ""
                problems.append(f"No tag or source is called “{word}”.{hint}")
            elif one not in chosen:
                chosen.append(one)
        return chosen, problems


async def _weeks_of(db: Database, one: Tag | Source, weeks: Sequence[Span]) -> tuple[Attention, ...]:
    if isinstance(one, Tag):
        return await attention.of_tag(db, one.id, weeks)
    return await attention.of_source(db, one.id, weeks)


def _articles(one: Tag | Source, links: Links) -> Address:
    """Return where the articles of a span are: all those with a tag, or the relevant ones of a source."""
    if isinstance(one, Tag):
        return lambda span: links.articles(**days_of(span), tag=one.id, show="all")
    return lambda span: links.articles(**days_of(span), source=one.id)


def _compared(
    found: Sequence[tuple[Tag | Source, tuple[Attention, ...]]], until: datetime, measure: Measure, links: Links
) -> list[Compared]:
    """Build the compared items, all on the scale of the highest value."""
    highest = max(
        (
            (week.share or 0.0) if measure == "share" else float(week.matching)
            for _, weeks in found
            for week in weeks
            if week.observed
        ),
        default=0.0,
    )
    return [
        Compared(
            one.id,
            _Known.name(one),
            links.tag(one.id) if isinstance(one, Tag) else links.source(one.id),
            weeks,
            chart_series.attention(weeks, until, Plot(_Known.name(one), measure, _articles(one, links), highest)),
            {"tag": one.id} if isinstance(one, Tag) else None,
        )
        for one, weeks in found
    ]


ROUTES = [(r"^/compare$", compare)]
UNBOUNDED = True
