"""Count what an alert finds on a day and on the days before, over a fixed panel of sources, to detect spikes."""

import json
from collections import Counter
from datetime import date
from typing import Any

from tracker.analyse.days import bounds, day_of
from tracker.analyse.spikes import FEWEST
from tracker.models import from_utc_text, utc_text
from tracker.publish.alerts.queries import Criteria, first_since
from tracker.publish.panel import Panel, Volume, panel
from tracker.store.article_times import COUNTED_AT
from tracker.store.database import Database

_COUNTED = f"""
SELECT {COUNTED_AT} AS at, a.source FROM ({{looked}}) AS l CROSS JOIN articles AS a ON a.id = l.id
WHERE {COUNTED_AT} >= :begin AND {COUNTED_AT} < :end AND a.source IN (SELECT value FROM json_each(:panel))
    AND {{conditions}}"""  # noqa: S608  our own text


def volume(db: Database, criteria: Criteria, day: date) -> Volume | None:
    """Compare what an alert finds on a day with the days before; None when there are too few for a spike."""
    among = panel(db, day)
    today = _counted(db, criteria, among, (day, day))
    if sum(today.values()) < FEWEST:
        return None
    by_owner, before = Counter[str](), Counter[date]()
    for (_, source), articles in today.items():
        by_owner[among.owners[source]] += articles
    for (at, _), articles in _counted(db, criteria, among, (among.first, among.eve)).items():
        before[at] += articles
    return among.volume(by_owner.values(), before)


def _counted(db: Database, criteria: Criteria, among: Panel, days: tuple[date, date]) -> Counter[tuple[date, str]]:
    """Count the articles found from the first to the last day, by day and source."""
    zone = criteria.wanted.zone
    begin, end = bounds(days[0], zone)[0], bounds(days[1], zone)[1]
    low = first_since(db, begin)
    if low is None or not among.owners:
        return Counter()
    looked, holds = criteria.statement()
    values: dict[str, Any] = criteria.values()
    values |= {"low": low, "begin": utc_text(begin), "end": utc_text(end), "panel": json.dumps(sorted(among.owners))}
    rows = db.execute(_COUNTED.format(looked=looked, conditions=holds), values)
    return Counter((day_of(from_utc_text(at), zone), source) for at, source in rows)
