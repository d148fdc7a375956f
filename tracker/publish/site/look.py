"""What every template of a site can use: its settings, links, words and times in its zone; set once at the start."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.models import utc_text
from tracker.publish.site import words
from tracker.publish.site.chart import svg
from tracker.publish.site.data.listed import telling
from tracker.publish.site.links import Links, on_the_web
from tracker.publish.site.metadata import ORDER
from tracker.publish.site.settings import Site
from tracker.publish.words import long_ago, percent


def dress(datasette: Any, site: Site, static: Path) -> None:
    """Give this Datasette's templates the site's words.

    They are globals and not the context of a page because Datasette's error page is rendered with hardly any.
    """
    environment = datasette.jinja_env
    environment.globals |= {
        "site": site.settings,
        "links": Links(datasette.urls),
        "static_version": static_version(static),
        "facet_words": words.FACET,
        "missing_words": words.MISSING,
        "kind_words": words.KIND,
        "part_words": words.RULE_PART,
        "relevance_words": words.RELEVANCE,
        "table_order": ORDER,
    }
    environment.filters |= _filters(site) | {
        "svg": svg,
        "telling": telling,
        "share": words.share,
        "interval": words.interval,
        "merged": lambda one, other: {**one, **other},
        "number": words.number,
        "counted": words.counted,
        "percent": percent,
        "long": long_ago,
        "health": lambda code: words.HEALTH.get(code, code),
        "outcome": lambda code: words.OUTCOME.get(code, code),
        "gap_reason": lambda code: words.GAP.get(code, code),
        "date_quality": lambda code: words.DATE_QUALITY.get(code, code),
        "change": words.change,
        "copied": lambda code: words.COPIED.get(code, code),
        "linked": lambda code: words.LINKED.get(code, code),
        "language": lambda code: words.LANGUAGES.get(code, code),
        "apart": words.apart,
        "schedule": words.schedule,
        "taken": words.taken,
        "relevance": lambda code: words.RELEVANCE.get(code, code),
    }
    environment.tests["on_the_web"] = on_the_web
    environment.tests["first_is"] = lambda text, char: text[:1] == char


def static_version(static: Path) -> str:
    """What stands in the addresses of static files, so that they may be kept for ever: it changes when they do."""
    content = (path.read_bytes() for path in sorted(static.rglob("*")) if path.is_file())
    return hashlib.sha256(b"\0".join(content)).hexdigest()[:10]


def _filters(site: Site) -> dict[str, Any]:
    """The filters that show a moment in the site's time zone."""

    def local(moment: datetime) -> datetime:
        return moment.astimezone(site.zone)

    return {
        "local_day": lambda moment: words.day(local(moment)),
        "local_minute": lambda moment: words.minute(local(moment)),
        "short_day": words.short_day,
        "plain_day": words.day,
        "iso": lambda moment: local(moment).isoformat(),
        "stored": utc_text,
    }
