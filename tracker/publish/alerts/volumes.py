"""How many articles an alert finds on a day and on those before it, by the same sources on each: for its spikes.

An article counts on the local day on which it was published, or first seen where it has no date.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tracker.analyse.days import bounds, day_of, days_between
from tracker.analyse.spikes import BASELINE, FEWEST, shared
from tracker.models import from_utc_text, utc_text
from tracker.publish.alerts.queries import Sought, first_since
from tracker.store.database import Database
from tracker.store.floods import FLOODED
from tracker.store.matching import AT

_HALF = 0.5
_MOST = 0.75
"""The share of the sources of which a day must have been seen, to be compared with another."""

# Seen on the day itself, on the one before and on half of the baseline at least.
_SEEN = f"""
SELECT d.source, s.family, d.day FROM source_days AS d JOIN sources AS s ON s.id = d.source
WHERE d.day BETWEEN :first AND :last AND d.observed >= :half AND d.source NOT IN {FLOODED}"""  # noqa: S608  our own text

_COUNTED = f"""
SELECT {AT} AS at, a.source, s.family FROM ({{looked}}) AS l CROSS JOIN articles AS a ON a.id = l.id
JOIN sources AS s ON s.id = a.source
WHERE {AT} >= :begin AND {AT} < :end AND a.source IN (SELECT value FROM json_each(:panel)) AND {{conditions}}"""  # noqa: S608  our own text


@dataclass(frozen=True, slots=True)
class Volume:
    """What was found on a day, by how many owners, and on the BASELINE days before it, oldest first; None: not seen.

    `weighed` is how many of the articles count where one owner has most.
    """

    day: date
    articles: int
    owners: int
    weighed: int
    before: tuple[int | None, ...]


def volume(db: Database, sought: Sought, day: date) -> Volume | None:
    """What an alert finds on a day beside those before it; None where that is fewer than could be a spike.

    The sources are those that were seen on the day, on the one before, and on half of the baseline.
    """
    first = day - timedelta(days=BASELINE)
    seen, family = _seen(db, first, day)
    eve = day - timedelta(days=1)
    panel = {source for source, days in seen.items() if {day, eve} <= days and len(days) > BASELINE // 2}
    today = _counted(db, sought, (day, day), panel)
    if sum(today.values()) < FEWEST:
        return None
    counts, owners = Counter[date](), Counter[str]()
    for (_, _, owner), articles in today.items():
        owners[owner] += articles
    for (at, _, _), articles in _counted(db, sought, (first, eve), panel).items():
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
    """The days on which each source was seen, and its owner; without those that have flooded."""
    days: dict[str, set[date]] = {}
    family: dict[str, str] = {}
    for source, owner, day in db.execute(_SEEN, {"first": str(first), "last": str(last), "half": _HALF}):
        days.setdefault(source, set()).add(date.fromisoformat(day))
        family[source] = owner
    return days, family


def _counted(db: Database, sought: Sought, days: tuple[date, date], panel: set[str]) -> Counter[tuple[date, str, str]]:
    """How many articles were found, by day, source and owner."""
    zone = sought.wanted.zone
    begin, end = bounds(days[0], zone)[0], bounds(days[1], zone)[1]
    low = first_since(db, begin)
    if low is None or not panel:
        return Counter()
    looked, holds = sought.statement()
    values: dict[str, Any] = sought.values()
    values |= {"low": low, "begin": utc_text(begin), "end": utc_text(end), "panel": json.dumps(sorted(panel))}
    rows = db.execute(_COUNTED.format(looked=looked, conditions=holds), values)
    return Counter((day_of(from_utc_text(at), zone), source, family) for at, source, family in rows)
