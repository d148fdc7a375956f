"""Compare a day's articles with those of the days before, over a fixed panel of sources; decides who is in it.

Counted over all sources, a new feed, or one that is back after a gap, would look like a wave of news. An article counts
on the local day it was published, or first seen if undated, as everywhere.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tracker.analyse.days import days_between
from tracker.analyse.observation import ENOUGH
from tracker.analyse.spikes import BASELINE, FEWEST, Spike, shared, spike
from tracker.store.database import Database
from tracker.store.floods import FLOODED

_MOST = 0.75
"""Share of the panel that must have been seen on a day for its count to be comparable."""

# The days on which a source was seen, as bits: the n-th of :days is the n-th bit.
_SEEN = f"""
SELECT w.source, s.family, w.days FROM
    (SELECT d.source, sum(1 << j.key) AS days FROM json_each(:days) AS j CROSS JOIN source_days AS d ON d.day = j.value
    WHERE d.observed >= {ENOUGH} GROUP BY d.source) AS w JOIN sources AS s ON s.id = w.source
WHERE (:kinds = '[]' OR s.kind IN (SELECT value FROM json_each(:kinds))) AND w.source NOT IN {FLOODED}"""  # noqa: S608  our own text

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


def panel(db: Database, day: date, kinds: Sequence[str] = ()) -> Panel:
    """Return the panel for a day, of sources of these kinds; of all if none is named."""
    baseline = days_between(day - timedelta(days=BASELINE), day - timedelta(days=1))
    days = json.dumps([str(at) for at in (*baseline, day)])
    asked = {"first": str(baseline[0]), "days": days, "kinds": json.dumps(list(kinds))}
    last_two = 0b11 << (BASELINE - 1)
    inside = [
        (source, family, bits)
        for source, family, bits in db.execute(_SEEN, asked)
        if bits & last_two == last_two and bits.bit_count() > BASELINE // 2
    ]
    least = _MOST * len(inside)
    seen = [at for place, at in enumerate(baseline) if sum(bits >> place & 1 for _, _, bits in inside) >= least]
    return Panel(day, {source: family for source, family, _ in inside}, frozenset(seen))


def tag_volumes(db: Database, day: date, kinds: Sequence[str] = ()) -> tuple[TagVolume, ...]:
    """Return the volumes of the tags found FEWEST times or more on a day, by sources of these kinds."""
    among = panel(db, day, kinds)
    asked: dict[str, object] = {"first": str(among.first), "day": str(day), "panel": json.dumps([*among.owners])}
    rows = list(db.query(_TAGS, asked | {"fewest": FEWEST}))
    before: dict[str, dict[date, int]] = defaultdict(dict)
    for tag, at, articles in db.execute(_COUNTS, asked | {"tags": json.dumps([row["tag"] for row in rows])}):
        before[tag][date.fromisoformat(at)] = articles
    return tuple(
        TagVolume(row["tag"], row["label"], among.volume(json.loads(row["by_owner"]), before[row["tag"]]))
        for row in rows
    )
