"""The page of changed headlines, newest first, as word diffs."""

import re
from collections.abc import Mapping
from typing import Any, Final

from datasette.database import Database
from datasette.utils.asgi import BadRequest, NotFound

from tracker.models import NO_TOPIC, utc_text
from tracker.publish.labels import CHANGE
from tracker.publish.links import Links
from tracker.web.calendar import week_named
from tracker.web.filter_links import choices, chosen, relevances_of, topic_choices
from tracker.web.pages.period import Period, period_given, period_of
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import headlines as data
from tracker.web.queries.headlines import ChangeFilter
from tracker.web.settings import Site
from tracker.web.version_history import headline_diff

_SHOWN = 40
_QUERY: Final = ("kind", "stance", "topic", "source", "before")
_NUMBER = re.compile(r"[0-9]{1,18}")

_KINDS: Final = CHANGE | {"all": "All but running pages"}
_STANCE: Final = {"any": "Any change", "moved": "Key terms changed"}


@page
async def headlines(datasette: Any, request: Any) -> Any:
    """Show one page of changed headlines, with filters that are links."""
    db, site = opened(datasette)
    given = {name: request.args[name] for name in _QUERY if request.args.get(name)}
    period = await period_of(db, site, _period_given(request, site), "all")
    wanted = _wanted(given, period, site)
    source = await _source(db, given.get("source"))
    found = await data.changed(db, wanted, _before(given), _SHOWN)
    filters = {name: value for name, value in given.items() if name != "before"}
    kept = filters | dict(period.given)
    address = Links(datasette.urls).headlines
    context = {
        "changes": [headline_diff(change) for change in found.changes],
        "found": found,
        "older": address(**kept, before=found.further) if found.further else None,
        "newest": address(**kept) if "before" in given else None,
        "filters": [
            ("Kind", choices(address, kept, "kind", _KINDS)),
            ("Key terms", choices(address, kept, "stance", _STANCE)),
            ("Articles", choices(address, kept, "topic", topic_choices(site.settings.debate))),
        ],
        "given": given,
        "kept": kept,
        "source": source,
        "control": period.list_control(address(), *filters.items()),
        "table": _table(wanted, source),
    }
    return await html(datasette, request, "headlines.html", context)


def _wanted(given: Mapping[str, str], period: Period, site: Site) -> ChangeFilter:
    """Return the filter that the query describes. Raises BadRequest if it is invalid."""
    kind = chosen(given, "kind", _KINDS)
    since, until = period.interval(site.zone) or (None, None)
    debate = site.settings.debate
    return ChangeFilter(
        relevances=relevances_of(chosen(given, "topic", topic_choices(debate)), debate),
        kind=None if kind == "all" else kind,
        stance=chosen(given, "stance", _STANCE) == "moved",
        source=given.get("source"),
        since=since,
        until=until,
    )


def _period_given(request: Any, site: Site) -> dict[str, str]:
    """Return what the URL says of a period: also as a week, or as `since` a day, which digests link to.

    Raises NotFound for a week that there is not.
    """
    given = period_given(request)
    if name := request.args.get("week"):
        week = week_named(name, site.zone)
        if week is None:
            raise NotFound("A week is written like 2026-W12.")
        return {"from": str(week.first), "to": str(week.last)}
    return {"from": request.args["since"]} if request.args.get("since") else given


def _before(given: Mapping[str, str]) -> int | None:
    if "before" not in given:
        return None
    if not _NUMBER.fullmatch(given["before"]):
        raise BadRequest("“before” is the number of a change.")
    return int(given["before"])


async def _source(db: Database, source: str | None) -> str | None:
    """Return the name of the requested source, None if none is requested. Raises NotFound if unknown."""
    name = await data.source_name(db, source) if source else None
    if source and name is None:
        raise NotFound("There is no such source.")
    return name


def _table(wanted: ChangeFilter, source: str | None) -> dict[str, str]:
    """Return the same filters as parameters of the view headline_changes."""
    filters = {
        "relevance__in": ",".join(wanted.relevances) if NO_TOPIC not in wanted.relevances else None,
        "kind": wanted.kind,
        "kind__not": None if wanted.kind else "running",
        "words__not": "[]" if wanted.stance else None,
        "source": source,
        "replaced_at__gte": utc_text(wanted.since) if wanted.since else None,
        "replaced_at__lt": utc_text(wanted.until) if wanted.until else None,
    }
    return {name: value for name, value in filters.items() if value is not None}


ROUTES = [(r"^/headlines$", headlines)]
