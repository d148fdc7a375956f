"""What every template of a site can use: its settings, links, words and times in its zone; set once at the start."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.analyse.urls import on_the_web
from tracker.models import utc_text
from tracker.publish import labels
from tracker.publish.links import Links
from tracker.publish.summaries import long_ago, percent
from tracker.publish.tables import ORDER
from tracker.web.chart import svg
from tracker.web.queries.article_list import telling
from tracker.web.settings import Site


def dress(datasette: Any, site: Site, static: Path) -> None:
    """Give this Datasette's templates the site's words.

    They are globals and not the context of a page because Datasette's error page is rendered with hardly any.
    """
    environment = datasette.jinja_env
    environment.globals |= {
        "site": site.settings,
        "links": Links(datasette.urls),
        "static_version": static_version(static),
        "facet_words": labels.FACET,
        "missing_words": labels.MISSING,
        "kind_words": labels.KIND,
        "part_words": labels.RULE_PART,
        "relevance_words": labels.RELEVANCE,
        "table_order": ORDER,
    }
    environment.filters |= _filters(site) | {
        "svg": svg,
        "telling": telling,
        "share": labels.share,
        "interval": labels.interval,
        "merged": lambda one, other: {**one, **other},
        "number": labels.number,
        "counted": labels.counted,
        "percent": percent,
        "long": long_ago,
        "health": lambda code: labels.HEALTH.get(code, code),
        "outcome": lambda code: labels.OUTCOME.get(code, code),
        "gap_reason": lambda code: labels.GAP.get(code, code),
        "date_quality": lambda code: labels.DATE_QUALITY.get(code, code),
        "change": labels.change,
        "copied": lambda code: labels.COPIED.get(code, code),
        "linked": lambda code: labels.LINKED.get(code, code),
        "language": lambda code: labels.LANGUAGES.get(code, code),
        "apart": labels.apart,
        "schedule": labels.schedule,
        "taken": labels.taken,
        "relevance": lambda code: labels.RELEVANCE.get(code, code),
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
        "local_day": lambda moment: labels.day(local(moment)),
        "local_minute": lambda moment: labels.minute(local(moment)),
        "short_day": labels.short_day,
        "plain_day": labels.day,
        "iso": lambda moment: local(moment).isoformat(),
        "stored": utc_text,
    }
