"""How often each tag was met on a day and on those before it, by the same sources on each: what spikes are judged by.

An article counts on the day on which it was published, as in the view `attention`: by when it was first seen, a new
feed with its old articles, and a feed after a gap, would look like a wave of news.
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
"""The share of the sources of which a day must have been seen, to be compared with another."""

# Seen on the day itself, on the one before and on half of the baseline at least.
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
    """A tag's articles on a day, of how many owners, and those of the BASELINE days before it, the oldest first.

    None is a day that was not observed. `weighed` is how many of the articles count where one owner has most.
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
    """The tags that were met FEWEST times or more on a day, by sources of these kinds (all where none is named).

    Empty where too few sources were seen on the day, or on the one before, to compare it with others.
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
