"""Report the load on publishers, by host or by day: requests, bytes, and how often they asked us to stop."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from tracker.store.connection import Database

By = Literal["host", "day"]

_ORDER: dict[By, str] = {"host": "requests DESC, host", "day": "day DESC"}


@dataclass(frozen=True, slots=True)
class HostTraffic:
    """Requests to one host, or to all hosts on one day, and their answers; `name` is the host or the day.

    `requests` includes redirects, `not_modified` counts polls answered 304, `rate_limited` those answered 429,
    `refused` those turned away by a server or its bot protection. `hosts` and `days` (UTC) count where and when
    anything was requested; `most_a_day` is the most requests to one host on one day.
    """

    name: str
    requests: int
    most_a_day: int
    polls: int
    not_modified: int
    bytes: int
    rate_limited: int
    refused: int
    hosts: int
    days: int


@dataclass(frozen=True, slots=True)
class Politeness:
    """Requests since the day `since` (UTC), row by row and in total."""

    since: str
    by: By
    rows: list[HostTraffic]
    total: HostTraffic


def read_politeness(db: Database, since: date, by: By) -> Politeness:
    """Report the days (UTC) from `since` on: busiest hosts first, or latest day first."""
    first = str(since)
    rows = _traffic_row(db, by, first, f"GROUP BY {by} ORDER BY {_ORDER[by]}")
    (total,) = _traffic_row(db, "'all'", first, "")
    return Politeness(first, by, rows, total)


def _traffic_row(db: Database, name: str, since: str, grouped: str) -> list[HostTraffic]:
    query = f"""SELECT {name} AS name, coalesce(sum(requests), 0) AS requests,
        coalesce(max(requests), 0) AS most_a_day, coalesce(sum(polls), 0) AS polls,
        coalesce(sum(not_modified), 0) AS not_modified, coalesce(sum(bytes), 0) AS bytes,
        coalesce(sum(rate_limited), 0) AS rate_limited, coalesce(sum(refused), 0) AS refused,
        count(DISTINCT host) AS hosts, count(DISTINCT day) AS days
        FROM politeness WHERE day >= ? {grouped}"""  # noqa: S608  fixed words
    return [HostTraffic(**row) for row in db.query(query, (since,))]
