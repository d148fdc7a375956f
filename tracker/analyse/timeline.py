"""What happened in the debate, and when: the events beside which coverage is read. Data only, in timeline.yaml."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Event:
    """A bill's stage, a ruling, an announcement; `url` is a page that says so.

    `day` is the day in the place where it happened, `tag` that of the law it belongs to, None where there is none.
    """

    day: date
    title: str
    url: str
    tag: str | None = None
