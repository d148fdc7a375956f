"""Compare each tag's articles of the last seven days with the weeks before: what rises, and what has fallen silent.

The rule on spikes judges weeks as it judges days, over sources that were observed all along: a new feed is no news.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import Any, Final

from tracker.analyse.observation import ENOUGH
from tracker.analyse.spikes import FEWEST, Spike, shared, spike
from tracker.store.conditions import SUBJECTS
from tracker.store.connection import Database
from tracker.store.floods import FLOODED

WEEKS: Final = 8
"""Weeks before the last one that say what is usual."""

_RISEN: Final = 2.0
"""From this multiple of the usual on, a tag counts as rising."""

_MISSED: Final = 3.0
"""A tag that usually has this many articles a week counts as missing when it has none: by chance, one week in 20."""

_WEEK: Final = timedelta(weeks=1)
_DAY: Final = timedelta(days=1)

_PANEL = f"""
SELECT w.source, s.family FROM
    (SELECT d.source FROM sources AS o CROSS JOIN source_days AS d ON d.source = o.id
    WHERE d.day BETWEEN :first AND :last AND d.observed >= {ENOUGH}
    GROUP BY o.id HAVING sum(day >= :latest) > 3 AND count(*) > {7 * (WEEKS + 1) // 2}) AS w
    JOIN sources AS s ON s.id = w.source WHERE w.source NOT IN {FLOODED}"""  # noqa: S608  our own text

_SEEN = f"""
SELECT CAST(julianday(day) - julianday(:first) AS INTEGER) / 7 AS week FROM days WHERE day BETWEEN :first AND :last
GROUP BY week HAVING sum(seen) >= {ENOUGH} * sum(watched) AND sum(watched) > 0"""  # noqa: S608  our own text

# Owners are told apart only in the last week.
_COUNTS = f"""
SELECT n.tag, t.label, t.facet, CAST(julianday(n.day) - julianday(:first) AS INTEGER) / 7 AS week,
    n.source IN (SELECT value FROM json_each(:panel)) AS inside, iif(n.day >= :latest, s.family, '') AS owner,
    sum(n.articles) AS articles
FROM tag_days AS n JOIN tags AS t ON t.id = n.tag JOIN sources AS s ON s.id = n.source
WHERE n.day BETWEEN :first AND :last AND t.facet IN {SUBJECTS} GROUP BY n.tag, week, inside, owner"""  # noqa: S608  our own text


@dataclass(frozen=True, slots=True)
class WeeklyTag:
    """A tag's articles of the last seven days, the number of their owners, and the WEEKS before, oldest first.

    None is a week that was not observed. `usual` is the mean of the others; `spike` what the rule on spikes says.
    """

    tag: str
    label: str
    facet: str
    articles: int
    owners: int
    before: tuple[int | None, ...]
    usual: float
    spike: Spike | None


@dataclass(frozen=True, slots=True)
class Trends:
    """The tags that rise, and those that are silent, from `first` to `last`.

    `comparable` is False if too little was observed to judge; nothing is listed then.
    """

    first: date
    last: date
    comparable: bool
    rising: tuple[WeeklyTag, ...] = ()
    silent: tuple[WeeklyTag, ...] = ()


def trends(db: Database, last: date, limit: int) -> Trends:
    """Return what rises and what is silent in the seven days to `last`, at most `limit` of each."""
    latest, first = last - _WEEK + _DAY, last - (WEEKS + 1) * _WEEK + _DAY
    asked = {"first": str(first), "latest": str(latest), "last": str(last)}
    seen = {row[0] for row in db.execute(_SEEN, asked)}
    if WEEKS not in seen or 2 * len(seen - {WEEKS}) < WEEKS:
        return Trends(latest, last, comparable=False)
    panel = dict(db.execute(_PANEL, asked))
    by_tag: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in db.query(_COUNTS, asked | {"panel": json.dumps([*panel])}):
        by_tag[row["tag"]].append(row)
    owners = len({*panel.values()})
    tags = [_of_tag(rows, owners, seen) for rows in by_tag.values()]
    rising = [tag for tag in tags if tag.spike or _rises(tag)]
    rising.sort(key=lambda tag: (tag.spike.chance if tag.spike else 1.0, tag.usual - tag.articles))
    silent = sorted((tag for tag in tags if _silent(tag)), key=lambda tag: -tag.usual)
    return Trends(latest, last, True, tuple(rising[:limit]), tuple(silent[:limit]))


def _of_tag(rows: Sequence[dict[str, Any]], owners: int, seen: Collection[int]) -> WeeklyTag:
    """Return a tag by the sources inside the panel, of so many owners; others count only against silence."""
    by_owner: dict[str, int] = defaultdict(int)
    weeks: dict[int, int] = defaultdict(int)
    others = 0
    for row in rows:
        if not row["inside"]:
            others += row["articles"] if row["week"] == WEEKS else 0
        elif row["week"] == WEEKS:
            by_owner[row["owner"]] += row["articles"]
        else:
            weeks[row["week"]] += row["articles"]
    before = tuple(weeks[week] if week in seen else None for week in range(WEEKS))
    weighed = shared(by_owner.values(), owners)
    return WeeklyTag(
        tag=rows[0]["tag"],
        label=rows[0]["label"],
        facet=rows[0]["facet"],
        articles=sum(by_owner.values()) or others,
        owners=len(by_owner),
        before=before,
        usual=fmean(count for count in before if count is not None),
        spike=spike(weighed, before, cycle=1),
    )


def _rises(tag: WeeklyTag) -> bool:
    return tag.owners > 1 and tag.articles >= max(FEWEST, _RISEN * tag.usual)


def _silent(tag: WeeklyTag) -> bool:
    """Decide whether a tag has nothing that has something in three weeks of four."""
    known = [count for count in tag.before if count is not None]
    return tag.articles == 0 and tag.usual >= _MISSED and 4 * sum(map(bool, known)) >= 3 * len(known)
