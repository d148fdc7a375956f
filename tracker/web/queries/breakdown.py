"""Read how many articles with a tag the sources of each country and kind published, out of all of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from datasette.database import Database

from tracker.analyse.observation import ENOUGH
from tracker.web.queries.rows import ask

# :width is the length of the part of a day that is kept: 7 for its month, 0 for the whole period.
_TOTALS = """
SELECT w.month, coalesce(s.country, '') AS country, coalesce(s.kind, '') AS kind, sum(w.total) AS total,
    sum(w.observed) / nullif(sum(w.watched), 0) AS observed
FROM (SELECT source, substr(day, 1, :width) AS month, sum(articles) AS total, sum(observed) AS observed,
        count(observed) AS watched
    FROM source_days WHERE day BETWEEN :first AND :last GROUP BY source, 2) AS w JOIN sources AS s ON s.id = w.source
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""

_MATCHING = """
SELECT substr(n.day, 1, :width) AS month, coalesce(s.country, '') AS country, coalesce(s.kind, '') AS kind,
    sum(n.articles) AS matching
FROM tag_days AS n JOIN sources AS s ON s.id = n.source
WHERE n.tag = :tag AND n.day BETWEEN :first AND :last GROUP BY 1, 2, 3"""

_MONTH: Final = len("2026-03")


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
    asked = {"first": str(days[0]), "last": str(days[1]), "width": _MONTH if monthly else 0}
    matching = {_key(row): row["matching"] for row in await ask(db, _MATCHING, tag=tag, **asked)}
    return tuple(Cell(**row, matching=matching.get(_key(row), 0)) for row in await ask(db, _TOTALS, **asked))


def summed(cells: Sequence[Cell]) -> Cell:
    """Return several cells as one."""
    weighed = [(cell.observed, cell.total) for cell in cells if cell.observed is not None]
    articles = sum(total for _, total in weighed)
    observed = sum(share * total for share, total in weighed) / articles if articles else None
    return Cell("", "", "", sum(cell.matching for cell in cells), sum(cell.total for cell in cells), observed)


def _key(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["month"], row["country"], row["kind"]
