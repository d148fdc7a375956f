"""Hold the operator's site settings and track which Datasette instances are ours; knows no page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from tracker.analyse.debate import Debate
from tracker.analyse.search.synonyms import NONE, Synonyms
from tracker.config.model import Schedule


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """How the site presents itself: time zone of its days, the debate, and whether its outlets are fictional.

    `base_url` is the path under which a proxy shows the site; it begins and ends with a slash. `robots` False asks
    search engines to stay away. `sql` lets visitors query the open tables in SQL.
    """

    timezone: str
    debate: Debate
    demo: bool = False
    base_url: str = "/"
    robots: bool = True
    sql: bool = False
    contact: str | None = None
    synonyms: Synonyms = field(default=NONE, repr=False)
    """Names that the search treats as equal."""
    schedule: Schedule | None = None
    """The job schedule; None if unknown, as for a database without a configuration."""
    releases: Path | None = None
    """The folder of the releases that can be downloaded; None if there are none."""
    polls: bool = False
    """Whether the serving process polls as well, so that it is unhealthy when it does not."""

    @property
    def title(self) -> str:
        """The title of the site."""
        return f"{self.debate.subject}: the coverage"


@dataclass(frozen=True, slots=True)
class Site:
    """One site being served: its settings, time zone and clock."""

    settings: SiteSettings
    zone: ZoneInfo
    clock: Callable[[], datetime]


_sites: WeakKeyDictionary[Any, Site] = WeakKeyDictionary()


def register_site(datasette: Any, site: Site) -> None:
    """Register the site of this Datasette; plugins are global, so ours look it up before acting."""
    _sites[datasette] = site


def site_of(datasette: Any) -> Site | None:
    """Return the site that this Datasette serves; None if it is not ours."""
    return _sites.get(datasette)
