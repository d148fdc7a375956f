"""Events in the debate, shown alongside coverage. The data is in rulebook/timeline.yaml."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Event:
    """A bill's stage, a ruling, an announcement; `url` is a page that documents it.

    `day` is the local day where it happened, `tag` the law it belongs to, None if there is none.
    """

    day: date
    title: str
    url: str
    tag: str | None = None
