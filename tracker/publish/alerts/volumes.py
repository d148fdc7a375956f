"""Count an alert's articles on a day and on the days before, over a fixed panel of sources, to detect spikes.

An article counts on the local day it was published, or first seen if undated.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tracker.analyse.days import bounds, day_of, days_between
from tracker.analyse.spikes import BASELINE, FEWEST, shared
from tracker.models import from_utc_text, utc_text
from tracker.publish.alerts.queries import Criteria, first_since
from tracker.store.database import Database
from tracker.store.floods import FLOODED
from tracker.store.matching import AT

_HALF = 0.5
_MOST = 0.75
"""Share of the sources that a day must cover to be comparable."""

# Sources seen on the day itself, the day before, and at least half of the baseline.
_SEEN = f"""
SELECT d.source, s.family, d.day FROM source_days AS d JOIN sources AS s ON s.id = d.source
WHERE d.day BETWEEN :first AND :last AND d.observed >= :half AND d.source NOT IN {FLOODED}"""  # noqa: S608  our own text

_COUNTED = f"""
SELECT {AT} AS at, a.source, s.family FROM ({{looked}}) AS l CROSS JOIN articles AS a ON a.id = l.id
JOIN sources AS s ON s.id = a.source
WHERE {AT} >= :begin AND {AT} < :end AND a.source IN (SELECT value FROM json_each(:panel)) AND {{conditions}}"""  # noqa: S608  our own text


@dataclass(frozen=True, slots=True)
class Volume:
    """What was found on a day, by how many owners, and on the BASELINE days before, oldest first; None: not observed.

    `weighed` is the number of articles that count when one owner has most.
    """

    day: date
    articles: int
    owners: int
    weighed: int
    before: tuple[int | None, ...]


def volume(db: Database, criteria: Criteria, day: date) -> Volume | None:
    """Compare what an alert finds on a day with the days before; None when there are too few for a spike.

    The sources are those seen on the day, on the day before, and on half of the baseline.
    """
    first = day - timedelta(days=BASELINE)
    seen, family = _seen(db, first, day)
    eve = day - timedelta(days=1)
    panel = {source for source, days in seen.items() if {day, eve} <= days and len(days) > BASELINE // 2}
    today = _counted(db, criteria, (day, day), panel)
    if sum(today.values()) < FEWEST:
        return None
    counts, owners = Counter[date](), Counter[str]()
    for (_, _, owner), articles in today.items():
        owners[owner] += articles
    for (at, _, _), articles in _counted(db, criteria, (first, eve), panel).items():
        counts[at] += articles
    enough = {at: sum(at in seen[source] for source in panel) >= _MOST * len(panel) for at in days_between(first, eve)}
    return Volume(
        day=day,
        articles=sum(today.values()),
        owners=len(owners),
        weighed=shared([*owners.values()], len({family[source] for source in panel})),
        before=tuple(counts[at] if is_seen else None for at, is_seen in enough.items()),
    )


def _seen(db: Database, first: date, last: date) -> tuple[dict[str, set[date]], dict[str, str]]:
    """Return the days on which each source was seen, and its owner; excludes sources that flooded."""
    days: dict[str, set[date]] = {}
    family: dict[str, str] = {}
    for source, owner, day in db.execute(_SEEN, {"first": str(first), "last": str(last), "half": _HALF}):
        days.setdefault(source, set()).add(date.fromisoformat(day))
        family[source] = owner
    return days, family


def _counted(
    db: Database, criteria: Criteria, days: tuple[date, date], panel: set[str]
) -> Counter[tuple[date, str, str]]:
    """Count the articles found by day, source and owner."""
    zone = criteria.wanted.zone
    begin, end = bounds(days[0], zone)[0], bounds(days[1], zone)[1]
    low = first_since(db, begin)
    if low is None or not panel:
        return Counter()
    looked, holds = criteria.statement()
    values: dict[str, Any] = criteria.values()
    values |= {"low": low, "begin": utc_text(begin), "end": utc_text(end), "panel": json.dumps(sorted(panel))}
    rows = db.execute(_COUNTED.format(looked=looked, conditions=holds), values)
    return Counter((day_of(from_utc_text(at), zone), source, family) for at, source, family in rows)
