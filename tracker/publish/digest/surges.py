"""Count each tag's articles on a day and on the days before, over a fixed panel of sources, to detect spikes.

An article counts on the day it was published, as in the view `attention`: by when it was first seen, a new feed's old
articles, or a feed after a gap, would look like a wave of news.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.analyse.days import days_between
from tracker.analyse.spikes import BASELINE, FEWEST, shared
from tracker.store.database import Database
from tracker.store.floods import FLOODED

_HALF = 0.5
_MOST = 0.75
"""Share of the sources that a day must cover to be comparable."""

# Sources seen on the day itself, the day before, and at least half of the baseline.
_PANEL = f"""
SELECT d.source, s.family FROM source_days AS d JOIN sources AS s ON s.id = d.source
WHERE d.day BETWEEN :first AND :day AND d.observed >= :half
    AND (:kinds = '[]' OR s.kind IN (SELECT value FROM json_each(:kinds))) AND d.source NOT IN {FLOODED}
GROUP BY d.source HAVING sum(d.day = :day) AND sum(d.day = :eve) AND count(*) > :least"""  # noqa: S608  our own text

_SEEN = """
SELECT day, count(*) FROM source_days WHERE day BETWEEN :first AND :day AND observed >= :half
    AND source IN (SELECT value FROM json_each(:panel)) GROUP BY day"""

_TAGS = """
SELECT tag, label, facet, json_group_array(articles) AS by_owner FROM
    (SELECT n.tag, t.label, t.facet, t.position, sum(n.articles) AS articles
    FROM tag_days AS n JOIN tags AS t ON t.id = n.tag JOIN sources AS s ON s.id = n.source
    WHERE n.day = :day AND n.source IN (SELECT value FROM json_each(:panel)) AND t.facet <> 'noise'
    GROUP BY n.tag, s.family)
GROUP BY tag HAVING sum(articles) >= :fewest ORDER BY position"""

_COUNTS = """
SELECT n.tag, n.day, sum(n.articles) FROM json_each(:tags) AS j CROSS JOIN tag_days AS n
    ON n.tag = j.value AND n.day BETWEEN :first AND :day
WHERE n.source IN (SELECT value FROM json_each(:panel)) GROUP BY n.tag, n.day"""


@dataclass(frozen=True, slots=True)
class Surge:
    """A tag's articles on a day, of how many owners, and those of the BASELINE days before, oldest first.

    None is a day not observed. `weighed` is the number of articles that count when one owner has most.
    """

    tag: str
    label: str
    facet: str
    day: date
    articles: int
    owners: int
    weighed: int
    before: tuple[int | None, ...]


def on_day(db: Database, day: date, kinds: Sequence[str] = ()) -> tuple[Surge, ...]:
    """Return the tags found FEWEST times or more on a day, by sources of these kinds (all if none is named).

    Empty when too few sources were seen on the day, or the day before, for a comparison.
    """
    first = day - timedelta(days=BASELINE)
    asked = {"first": str(first), "day": str(day), "eve": str(day - timedelta(days=1)), "half": _HALF}
    panel = dict(db.execute(_PANEL, asked | {"kinds": json.dumps(kinds), "least": BASELINE // 2}).fetchall())
    owners = len({*panel.values()})
    asked |= {"panel": json.dumps([*panel])}
    seen = {row[0]: row[1] >= _MOST * len(panel) for row in db.execute(_SEEN, asked)}
    tags = list(db.query(_TAGS, asked | {"fewest": FEWEST}))
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for tag, at, articles in db.execute(_COUNTS, asked | {"tags": json.dumps([row["tag"] for row in tags])}):
        counts[tag][at] = articles
    days = [str(each) for each in days_between(first, day - timedelta(days=1))]
    return tuple(
        Surge(
            **{name: row[name] for name in ("tag", "label", "facet")},
            day=day,
            articles=sum(by_owner),
            owners=len(by_owner),
            weighed=shared(by_owner, owners),
            before=tuple(counts[row["tag"]].get(at, 0) if seen.get(at) else None for at in days),
        )
        for row in tags
        for by_owner in (json.loads(row["by_owner"]),)
    )
