"""The digest of a day or week as a page, and as text and Markdown to copy."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from datasette.utils.asgi import NotFound, Response

from tracker.analyse.days import Period, after, before, days_between, ended, period_named, period_of, so_far
from tracker.config.sending import Digest
from tracker.publish.digest.compose import DigestFormat, Issue, Setting, compose
from tracker.publish.digest.links import Places
from tracker.web.pages.responses import absolute, html, opened, page
from tracker.web.queries.activity import earliest, site_reference_time
from tracker.web.queries.datasette_database import Reader
from tracker.web.settings import Site

_FORMS: Final[Mapping[str, tuple[DigestFormat, str]]] = {
    "txt": ("text", "text/plain; charset=utf-8"),
    "md": ("md", "text/markdown; charset=utf-8"),
}
"""Each ending of an address, as the digest's format and a content type."""


@page
async def digest(datasette: Any, request: Any) -> Any:
    """Show the digest of the period in the URL; without one, of the week that ended last."""
    db, site = opened(datasette)
    now = await site_reference_time(db, site)
    period = _period(request.url_vars.get("name"), now, site.zone)
    issue = await _issue(db, period, site.zone, Places(site.settings.base_url, site.settings.debate))
    context = {"period": period, "outline": issue.outline, **_neighbours(period, now, await earliest(db), site)}
    return await html(datasette, request, "digest.html", context)


@page
async def as_text(datasette: Any, request: Any) -> Any:
    """Return the same as plain text or Markdown, with whole addresses."""
    db, site = opened(datasette)
    period = _period(request.url_vars["name"], await site_reference_time(db, site), site.zone)
    places = Places(absolute(datasette, request, site.settings.base_url), site.settings.debate)
    issue = await _issue(db, period, site.zone, places)
    form, content_type = _FORMS[request.url_vars["ending"]]
    return Response(issue.form(form), content_type=content_type)


async def _issue(db: Reader, period: Period, zone: ZoneInfo, places: Places) -> Issue:
    """Return the digest of all tags and kinds, with links to these places. Raises QueryInterrupted past the site's time
    limit."""
    setting = Setting(Digest(), zone, places, contact=None)
    return await db.read(lambda database: compose(database, period, setting))


def _period(name: str | None, now: datetime, zone: ZoneInfo) -> Period:
    """Return the period of a name, or as much of it as has passed. Raises NotFound if none has or it is invalid."""
    if name is None:
        return ended("weekly", now, zone)
    found = period_named(name, zone)
    if found is None:
        raise NotFound("A day is written like 2026-03-17, a week like 2026-W12.")
    if found.from_at > now:
        raise NotFound(f"{name} has not begun yet.")
    return so_far(found.length, now, zone) if found.to_at > now else found


def _neighbours(period: Period, now: datetime, first: datetime | None, site: Site) -> dict[str, Any]:
    """Return the periods before and after, if anything can be known of them, and the week of this one with its days."""
    following = after(period_of(period.length, period.first, site.zone), site.zone)
    week = period_of("weekly", period.first, site.zone)
    days = (period_of("daily", day, site.zone) for day in days_between(week.first, week.last))
    return {
        "earlier": before(period, site.zone) if first and first < period.from_at else None,
        "later": following if following.from_at <= now else None,
        "week": week,
        "days": [day for day in days if day.from_at <= now],
    }


_NAME: Final = r"^/digest/(?P<name>[0-9]{4}-[0-9W][0-9-]{1,4})"
ROUTES = [(r"^/digest$", digest), (_NAME + r"$", digest), (_NAME + r"\.(?P<ending>txt|md)$", as_text)]
