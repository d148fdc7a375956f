"""What publishers had of us, by host or by day: requests, bytes, and how often they asked us to stop."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlite_utils import Database

from tracker.models import utc_text

By = Literal["host", "day"]

_ORDER: dict[By, str] = {"host": "requests DESC, host", "day": "day DESC"}


@dataclass(frozen=True, slots=True)
class Asked:
    """How often one host, or all on one day, were asked, and what they answered; `name` is the host or the day.

    `requests` counts redirects too, `not_modified` the polls that were answered 304, `rate_limited` with 429,
    `refused` those that a server or its guard turned away. `hosts` counts hosts and `days` the days (UTC) on which
    anything was asked; `most_a_day` is the most requests that one host had on one day.
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
    """What was asked from the day `since` on (UTC), row by row and in all."""

    since: str
    by: By
    rows: list[Asked]
    total: Asked


def read_politeness(db: Database, days: int, by: By, now: datetime) -> Politeness:
    """The last so many days, today included: hosts with the most requests first, or the latest day first."""
    since = utc_text(now - timedelta(days=days - 1))[:10]
    rows = _asked(db, by, since, f"GROUP BY {by} ORDER BY {_ORDER[by]}")
    (total,) = _asked(db, "'all'", since, "")
    return Politeness(since, by, rows, total)


def _asked(db: Database, name: str, since: str, grouped: str) -> list[Asked]:
    query = f"""SELECT {name} AS name, coalesce(sum(requests), 0) AS requests,
        coalesce(max(requests), 0) AS most_a_day, coalesce(sum(polls), 0) AS polls,
        coalesce(sum(not_modified), 0) AS not_modified, coalesce(sum(bytes), 0) AS bytes,
        coalesce(sum(rate_limited), 0) AS rate_limited, coalesce(sum(refused), 0) AS refused,
        count(DISTINCT host) AS hosts, count(DISTINCT day) AS days
        FROM politeness WHERE day >= ? {grouped}"""  # noqa: S608  fixed words
    return [Asked(**row) for row in db.query(query, (since,))]
