"""Read how many articles with a tag the sources of each country and kind published, out of all of theirs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from datasette.database import Database

from tracker.analyse.observation import ENOUGH
from tracker.web.calendar import Span
from tracker.web.queries.attention import spans
from tracker.web.queries.rows import ask

# Source by source, because the index has a source's days with their numbers.
_TOTALS = """
SELECT coalesce(s.country, '') AS country, coalesce(s.kind, '') AS kind, sum(w.total) AS total,
    sum(w.observed) / nullif(sum(w.watched), 0) AS observed
FROM (SELECT o.id AS source, sum(articles) AS total, sum(observed) AS observed, count(observed) AS watched
    FROM sources AS o CROSS JOIN source_days AS d ON d.source = o.id AND d.day BETWEEN :first AND :last
    GROUP BY o.id) AS w JOIN sources AS s ON s.id = w.source
GROUP BY 1, 2 ORDER BY 1, 2"""

_MATCHING = """
SELECT coalesce(s.country, '') AS country, coalesce(s.kind, '') AS kind, sum(n.articles) AS matching
FROM tag_days AS n JOIN sources AS s ON s.id = n.source
WHERE n.tag = :tag AND n.day BETWEEN :first AND :last GROUP BY 1, 2"""


_OVER_TIME = """
SELECT w.key AS span, coalesce(s.country, '') AS country, sum(n.articles) AS matching
FROM json_each(:spans) AS w CROSS JOIN tag_days AS n ON n.tag = :tag AND n.day BETWEEN w.value ->> 0 AND w.value ->> 1
JOIN sources AS s ON s.id = n.source GROUP BY 1, 2"""


@dataclass(frozen=True, slots=True)
class Cell:
    """The articles with a tag, and all articles, of the sources of a country and kind.

    `month` is one such as `2026-03`, or empty for the whole period.
    `observed` is the observed share of their time; None if none was watched. Unknown countries and kinds are empty.
    """

    month: str
    country: str
    kind: str
    matching: int
    total: int
    observed: float | None

    @property
    def share(self) -> float | None:
        """Matching articles as a share of all; None if too little was observed, or there were none."""
        return self.matching / self.total if self.total and (self.observed or 0.0) >= ENOUGH else None


async def by_country_and_kind(
    db: Database, tag: str, days: tuple[date, date], *, monthly: bool = False
) -> tuple[Cell, ...]:
    """Return the cells between two days, inclusive: of the whole period, or of each month."""
    if not monthly:
        return await _cells(db, tag, "", days)
    months = [(f"{first:%Y-%m}", (first, last)) for first, last in _months(*days)]
    return tuple([cell for name, month in months for cell in await _cells(db, tag, name, month)])


async def over_time(db: Database, tag: str, periods: Sequence[Span]) -> dict[str, tuple[int, ...]]:
    """Return the articles with a tag that are known in each of these periods, by country."""
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for row in await ask(db, _OVER_TIME, tag=tag, spans=spans(periods)):
        counts[row["country"]][row["span"]] = row["matching"]
    return {country: tuple(found.get(at, 0) for at in range(len(periods))) for country, found in counts.items()}


async def _cells(db: Database, tag: str, month: str, days: tuple[date, date]) -> tuple[Cell, ...]:
    """Return the cells between two days, inclusive, of a month of this name."""
    asked = {"first": str(days[0]), "last": str(days[1])}
    matching = {(row["country"], row["kind"]): row["matching"] for row in await ask(db, _MATCHING, tag=tag, **asked)}
    return tuple(
        Cell(month, **row, matching=matching.get((row["country"], row["kind"]), 0))
        for row in await ask(db, _TOTALS, **asked)
    )


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each month from the first to the last day, without what lies outside."""
    while first <= last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(last, following - timedelta(days=1))
        first = following


def summed(cells: Sequence[Cell]) -> Cell:
    """Return several cells as one."""
    weighed = [(cell.observed, cell.total) for cell in cells if cell.observed is not None]
    articles = sum(total for _, total in weighed)
    observed = sum(share * total for share, total in weighed) / articles if articles else None
    return Cell("", "", "", sum(cell.matching for cell in cells), sum(cell.total for cell in cells), observed)
