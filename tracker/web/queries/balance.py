"""Read how many articles of the press quote each camp: by outlet, owner, country or month."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from datasette.database import Database

from tracker.store.conditions import RELEASING
from tracker.web.queries.rows import ask

GROUPS: Final[Mapping[str, str]] = {
    "outlet": "s.id", "owner": "coalesce(s.family, s.id)", "country": "coalesce(s.country, '')",
    "month": "substr(d.day, 1, 7)",
}  # fmt: skip
"""What articles can be grouped by, as SQL."""

# Days first: there are far fewer of them than of sources and camps.
_COUNTS = """
SELECT {key} AS name, {label} AS label, d.camp, sum(d.articles) AS articles
FROM camp_days AS d JOIN sources AS s ON s.id = d.source
WHERE d.day BETWEEN :first AND :last AND coalesce(s.kind, '') NOT IN {releasing} GROUP BY 1, d.camp"""

_CAMPS = "SELECT camp, id, label FROM tags WHERE camp <> '' ORDER BY position"


@dataclass(frozen=True, slots=True)
class Quoting:
    """The articles of a group that quote anybody, and by camp how many of them quote it."""

    name: str
    label: str
    articles: int
    by_camp: Mapping[str, int]

    def share(self, camp: str) -> float | None:
        """The share of them that quote a camp; None if there are none."""
        return self.by_camp.get(camp, 0) / self.articles if self.articles else None


async def quoting(db: Database, by: str, days: tuple[date, date]) -> list[Quoting]:
    """Return the groups that have such articles between two days, inclusive; most articles first, months in order."""
    label = "s.name" if by == "outlet" else GROUPS[by]
    sql = _COUNTS.format(key=GROUPS[by], label=label, releasing=RELEASING)
    labels: dict[str, str] = {}
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for row in await ask(db, sql, first=str(days[0]), last=str(days[1])):
        labels[row["name"]] = row["label"]
        counted[row["name"]][row["camp"]] = row["articles"]
    found = [Quoting(name, labels[name], camps.pop("", 0), camps) for name, camps in counted.items()]
    return sorted(found, key=lambda one: one.name if by == "month" else (-one.articles, one.label))


def summed(groups: list[Quoting]) -> Quoting:
    """Return several groups as one."""
    by_camp: dict[str, int] = defaultdict(int)
    for one in groups:
        for camp, articles in one.by_camp.items():
            by_camp[camp] += articles
    return Quoting("", "All", sum(one.articles for one in groups), by_camp)


async def camps(db: Database) -> dict[str, list[tuple[str, str]]]:
    """Return the camps of the rulebook applied last, each with the ids and labels of its tags."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in await ask(db, _CAMPS):
        found[row["camp"]].append((row["id"], row["label"]))
    return dict(found)
