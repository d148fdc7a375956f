"""What the operator decides about the site, and which Datasette instances are ours; knows no page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from tracker.analyse.search.synonyms import NONE, Synonyms
from tracker.config.plans import Schedule


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """How the site presents itself: the time zone of its days, its title, and whether its outlets are invented.

    `base_url` is the path under which a proxy shows the site; it begins and ends with a slash. `robots` False asks
    search engines to stay away. `sql` lets visitors ask the open tables in SQL.
    """

    timezone: str
    title: str = "Encryption and child safety: the coverage"
    demo: bool = False
    base_url: str = "/"
    robots: bool = True
    sql: bool = False
    contact: str | None = None
    synonyms: Synonyms = field(default=NONE, repr=False)
    """Names that the search takes for one another."""
    schedule: Schedule | None = None
    """What is done when; None where nobody knows, as for a database without a configuration."""
    polls: bool = False
    """Whether the process that serves the site polls as well, so that it is ill when it does not."""


@dataclass(frozen=True, slots=True)
class Site:
    """One site being served: its settings, its zone, and the clock that its pages read."""

    settings: SiteSettings
    zone: ZoneInfo
    clock: Callable[[], datetime]


_sites: WeakKeyDictionary[Any, Site] = WeakKeyDictionary()


def adopt(datasette: Any, site: Site) -> None:
    """From now on `site_of(datasette)` is `site`; Datasette's plugins are global, so ours asks before it acts."""
    _sites[datasette] = site


def site_of(datasette: Any) -> Site | None:
    """The site that this Datasette serves; None when it is somebody else's."""
    return _sites.get(datasette)
