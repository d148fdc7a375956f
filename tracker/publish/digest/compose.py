"""Compose a digest from a database and render it in each format."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from tracker.analyse.days import Period
from tracker.config.sending import Digest as Wanted
from tracker.publish.digest import content, render
from tracker.publish.digest.links import Places
from tracker.publish.digest.outline import Outline
from tracker.publish.digest.wording import DigestWording
from tracker.store import counts
from tracker.store.database import Database, transaction

DigestFormat = Literal["text", "html", "md", "atom"]


@dataclass(frozen=True, slots=True)
class Setting:
    """Settings of digests of any period: what is wanted, the time zone of days, the site, and whom to ask.

    `contact` is None if it is sent to nobody.
    """

    wanted: Wanted
    zone: ZoneInfo
    places: Places
    contact: str | None


@dataclass(frozen=True, slots=True)
class Issue:
    """One digest, ready to send."""

    period: Period
    outline: Outline
    is_empty: bool
    places: Places

    def form(self, form: DigestFormat, earlier: bytes | None = None) -> str:
        """Render it in one format; the Atom feed continues an `earlier` one."""
        match form:
            case "text":
                return render.text(self.outline)
            case "html":
                return render.html(self.outline)
            case "md":
                return render.markdown(self.outline)
            case "atom":
                return render.feed(self.outline, self.period.to_at, self.places, earlier)


def compose(db: Database, period: Period, setting: Setting) -> Issue:
    """Compose the digest of a period that is over."""
    digest = content.read(db, period, setting.wanted, setting.zone)
    outline = DigestWording(digest, setting.zone, setting.places, setting.contact).outline()
    return Issue(period, outline, digest.is_empty, setting.places)


def count_what_is_left(db: Database, zone: ZoneInfo, now: datetime) -> None:
    """Count days not counted yet, as after a killed round: spikes and observation need them."""
    left = counts.left(db, zone)
    while left:
        with transaction(db):
            left = counts.step(db, zone, now)
