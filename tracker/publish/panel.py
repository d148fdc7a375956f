"""Compare a day's articles with those of the days before, over a fixed panel of sources; decides who is in it.

Counted over all sources, a new feed, or one that is back after a gap, would look like a wave of news. An article counts
on the local day it was published, or first seen if undated, as everywhere.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain

from tracker.analyse.days import days_between
from tracker.analyse.observation import ENOUGH
from tracker.analyse.spikes import BASELINE, FEWEST, Spike, shared, spike
from tracker.store.database import Database
from tracker.store.floods import FLOODED

_MOST = 0.75
"""Share of the panel that must have been seen on a day for its count to be comparable."""

_SEEN = f"""
SELECT day, json_group_array(source) FROM source_days
WHERE day BETWEEN :first AND :last AND observed >= {ENOUGH} GROUP BY day"""  # noqa: S608  our own number

_OWNERS = f"""
SELECT id, family FROM sources
WHERE (:kinds = '[]' OR kind IN (SELECT value FROM json_each(:kinds))) AND id NOT IN {FLOODED}"""  # noqa: S608  our own text

_TAGS = """
SELECT tag, label, json_group_array(articles) AS by_owner FROM
    (SELECT n.tag, t.label, t.position, sum(n.articles) AS articles
    FROM tag_days AS n JOIN tags AS t ON t.id = n.tag JOIN sources AS s ON s.id = n.source
    WHERE n.day = :day AND n.source IN (SELECT value FROM json_each(:panel)) AND t.facet <> 'noise'
    GROUP BY n.tag, s.family)
GROUP BY tag HAVING sum(articles) >= :fewest ORDER BY position"""

_COUNTS = """
SELECT n.tag, n.day, sum(n.articles) FROM json_each(:tags) AS j CROSS JOIN tag_days AS n
    ON n.tag = j.value AND n.day >= :first AND n.day < :day
WHERE n.source IN (SELECT value FROM json_each(:panel)) GROUP BY n.tag, n.day"""


@dataclass(frozen=True, slots=True)
class Volume:
    """A day's articles, of how many owners, and those of the BASELINE days before, oldest first; None: not observed.

    `weighed` is the number of articles that count when one owner has most.
    """

    day: date
    articles: int
    owners: int
    weighed: int
    before: tuple[int | None, ...]

    @property
    def spike(self) -> Spike | None:
        """The day's spike with all its articles; None if the day is not a spike, or cannot be judged."""
        found = spike(self.weighed, self.before)
        return found and replace(found, count=self.articles)


@dataclass(frozen=True, slots=True)
class Panel:
    """The owner of each source whose articles of a day and the days before can be compared.

    These were seen on the day itself, on the day before, and on more than half of the baseline, and do not flood.
    `seen` are the days of the baseline, from `first`, on which most of them were.
    """

    day: date
    owners: Mapping[str, str]
    seen: Collection[date]

    @property
    def first(self) -> date:
        """The first day of the baseline."""
        return self.day - timedelta(days=BASELINE)

    @property
    def eve(self) -> date:
        """The day before, the last of the baseline."""
        return self.day - timedelta(days=1)

    def volume(self, by_owner: Collection[int], before: Mapping[date, int]) -> Volume:
        """Return the volume, given the panel's articles of the day by owner, and those of the days before."""
        return Volume(
            day=self.day,
            articles=sum(by_owner),
            owners=len(by_owner),
            weighed=shared(by_owner, len({*self.owners.values()})),
            before=tuple(before.get(at, 0) if at in self.seen else None for at in days_between(self.first, self.eve)),
        )


@dataclass(frozen=True, slots=True)
class TagVolume:
    """The volume of a tag."""

    tag: str
    label: str
    volume: Volume


def panel(db: Database, day: date) -> Panel:
    """Return the panel for a day, of all sources."""
    return next(panels(db, day, day))


def panels(db: Database, first: date, last: date, kinds: Sequence[str] = ()) -> Iterator[Panel]:
    """Yield the panel for each day from the first to the last, of sources of these kinds; of all if none is named."""
    begin = first - timedelta(days=BASELINE)
    seen: dict[date, frozenset[str]] = defaultdict(frozenset)
    for day, sources in db.execute(_SEEN, {"first": str(begin), "last": str(last)}):
        seen[date.fromisoformat(day)] = frozenset(json.loads(sources))
    for at in days_between(first, last):
        asked = {"first": str(at - timedelta(days=BASELINE)), "kinds": json.dumps(list(kinds))}
        yield _panel(at, seen, dict(db.execute(_OWNERS, asked)))


def _panel(day: date, seen: Mapping[date, frozenset[str]], owners: Mapping[str, str]) -> Panel:
    """Return the panel for a day, given the sources seen on each day and the owners of those that may be in it."""
    baseline = days_between(day - timedelta(days=BASELINE), day - timedelta(days=1))
    times = Counter(chain.from_iterable(seen[at] for at in (*baseline, day)))
    often = {source for source, days in times.items() if days > BASELINE // 2}
    inside = often & seen[day] & seen[baseline[-1]] & owners.keys()
    least = _MOST * len(inside)
    compared = frozenset(at for at in baseline if len(seen[at] & inside) >= least)
    return Panel(day, {source: family for source, family in owners.items() if source in inside}, compared)


def tag_volumes(db: Database, among: Panel) -> tuple[TagVolume, ...]:
    """Return the volumes of the tags found FEWEST times or more on the panel's day, by its sources."""
    asked: dict[str, object] = {"first": str(among.first), "day": str(among.day), "panel": json.dumps([*among.owners])}
    rows = list(db.query(_TAGS, asked | {"fewest": FEWEST}))
    before: dict[str, dict[date, int]] = defaultdict(dict)
    for tag, at, articles in db.execute(_COUNTS, asked | {"tags": json.dumps([row["tag"] for row in rows])}):
        before[tag][date.fromisoformat(at)] = articles
    return tuple(
        TagVolume(row["tag"], row["label"], among.volume(json.loads(row["by_owner"]), before[row["tag"]]))
        for row in rows
    )
