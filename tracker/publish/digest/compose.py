"""From a database to a digest in each of its forms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from tracker.analyse.periods import Period
from tracker.config.plans import Digest as Wanted
from tracker.publish.digest import atom_entry, content, html, markdown, plain_text
from tracker.publish.digest.links import Places
from tracker.publish.digest.outline import Outline
from tracker.publish.digest.wording import Wording
from tracker.store import counts
from tracker.store.database import Database, transaction

Form = Literal["text", "html", "md", "atom"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What digests are made with, whatever their period: what is wanted, the zone of days, the site, whom to ask."""

    wanted: Wanted
    zone: ZoneInfo
    places: Places
    contact: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One digest, ready to be sent."""

    period: Period
    paper: Outline
    is_empty: bool
    places: Places

    def form(self, form: Form, earlier: bytes | None = None) -> str:
        """It in one of its forms; the Atom feed goes on from an `earlier` one."""
        match form:
            case "text":
                return plain_text.text(self.paper)
            case "html":
                return html.document(self.paper)
            case "md":
                return markdown.text(self.paper)
            case "atom":
                return atom_entry.document(self.paper, self.period.to_at, self.places, earlier).decode()


def compose(db: Database, period: Period, setting: Setting) -> Issue:
    """The digest of a period that is over."""
    digest = content.read(db, period, setting.wanted, setting.zone)
    paper = Wording(digest, setting.zone, setting.places, setting.contact).paper()
    return Issue(period, paper, digest.is_empty, setting.places)


def count_what_is_left(db: Database, zone: ZoneInfo, now: datetime) -> None:
    """Count the days that are not counted yet, as after a round that was killed: spikes and observation need them."""
    left = counts.left(db, zone)
    while left:
        with transaction(db):
            left = counts.step(db, zone, now)
