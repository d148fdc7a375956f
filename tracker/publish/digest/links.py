"""Decide where a digest's links lead: to the site if its address is known, otherwise to the articles themselves."""

from dataclasses import dataclass
from urllib.parse import quote

from tracker.analyse.days import Period
from tracker.analyse.debate import Debate
from tracker.analyse.urls import on_the_web
from tracker.models import utc_text
from tracker.publish.links import Links

_ENDING = frozenset("<>\"'`\\{}|^()[] ")
"""Characters at which Markdown, HTML or a mail program may end a link."""


@dataclass(frozen=True, slots=True)
class _Under:
    """Addresses below the site's own."""

    site: str

    def path(self, path: str) -> str:
        """Return the full address of a page."""
        return self.site.rstrip("/") + path


class Places:
    """Addresses for a digest; None when there is nowhere to link to."""

    def __init__(self, site: str | None, debate: Debate | None = None) -> None:
        self.site = site and site.rstrip("/") + "/"
        self._links = Links(_Under(site), debate) if site else None

    def publisher(self, url: str) -> str | None:
        """Return the article's address at its publisher with characters escaped that would end a link or are
        invisible; None if it is not on the web."""
        if not on_the_web(url):
            return None
        return "".join(quote(each) if each in _ENDING or not each.isprintable() else each for each in url)

    def article(self, number: int) -> str | None:
        """The site's page of an article."""
        return self._links.article(number) if self._links else None

    def story(self, number: int) -> str | None:
        """The page of a story."""
        return self._links.story(number) if self._links else None

    def tag(self, tag: str) -> str | None:
        """The page of a tag."""
        return self._links.tag(tag) if self._links else None

    def stories(self, period: Period) -> str | None:
        """The stories of the week that contains a period."""
        year, week, _ = period.first.isocalendar()
        return self._links.stories(week=f"{year}-W{week:02}") if self._links else None

    def headlines(self, period: Period) -> str | None:
        """The table of relevant articles' headlines that changed in substance in a period."""
        if not self._links:
            return None
        span = {"replaced_at__gte": utc_text(period.from_at), "replaced_at__lt": utc_text(period.to_at)}
        return self._links.table("headline_changes", kind="substantive", **self._links.of_relevant, **span)

    def health(self) -> str | None:
        """The page on the state of the feeds."""
        return self._links.to("/health") if self._links else None

    def articles(self, period: Period, *, relevant: bool) -> str | None:
        """The table of articles of a period, by their dates."""
        if not self._links:
            return None
        span = {"_since": utc_text(period.from_at), "_before": utc_text(period.to_at)}
        return self._links.relevant(**span) if relevant else self._links.coverage(**span)

    def first_seen(self, period: Period) -> str | None:
        """The table of relevant articles first seen in a period."""
        if not self._links:
            return None
        span = {"first_seen_at__gte": utc_text(period.from_at), "first_seen_at__lt": utc_text(period.to_at)}
        return self._links.relevant(**span)
