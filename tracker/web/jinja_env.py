"""Set up the templates' shared globals and filters, once at start: settings, links, labels and local times."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.analyse.urls import on_the_web
from tracker.models import BOTH, utc_text
from tracker.publish import formatting, labels
from tracker.publish.formatting import long_ago, percent
from tracker.publish.links import Links
from tracker.publish.tables import ORDER
from tracker.web.chart import sparkline, svg
from tracker.web.queries.article_list import key_tags
from tracker.web.settings import Site


def configure_templates(datasette: Any, site: Site, static: Path) -> None:
    """Add the site's globals, filters and tests to this Datasette's templates.

    They are globals rather than page context because Datasette renders its error page with almost no context.
    """
    environment = datasette.jinja_env
    environment.globals |= {
        "site": site.settings,
        "links": Links(datasette.urls, site.settings.debate),
        "static_version": static_version(static),
        "facet_words": labels.FACET,
        "missing_words": labels.MISSING,
        "kind_words": labels.KIND,
        "part_words": labels.RULE_PART,
        "debate": site.settings.debate,
        "table_order": ORDER,
    }
    relevances = site.settings.debate.labels
    shades = {BOTH: BOTH} | {topic.id: f"topic-{at}" for at, topic in enumerate(site.settings.debate.topics, 1)}
    environment.filters |= _filters(site) | {
        "svg": svg,
        "sparkline": sparkline,
        "key_tags": key_tags,
        "share": formatting.share,
        "size": formatting.size,
        "interval": formatting.interval,
        "merged": lambda one, other: {**one, **other},
        "number": formatting.number,
        "counted": formatting.counted,
        "percent": percent,
        "mean": formatting.mean,
        "long": long_ago,
        "health": lambda code: labels.HEALTH.get(code, code),
        "outcome": lambda code: labels.OUTCOME.get(code, code),
        "text_outcome": lambda code: labels.TEXT.get(code, code),
        "gap_reason": lambda code: labels.GAP.get(code, code),
        "date_quality": lambda code: labels.DATE_QUALITY.get(code, code),
        "change": labels.change,
        "copied": lambda code: labels.COPIED.get(code, code),
        "linked": lambda code: labels.LINKED.get(code, code),
        "language": lambda code: labels.LANGUAGES.get(code, code),
        "apart": formatting.apart,
        "schedule": labels.schedule,
        "taken": formatting.taken,
        "relevance": lambda code: relevances.get(code, code),
        "shade": lambda code: shades.get(code, ""),
    }
    environment.tests["on_the_web"] = on_the_web
    environment.tests["first_is"] = lambda text, char: text[:1] == char


def static_version(static: Path) -> str:
    """Return a hash of the static files; their URLs include it, so that they can be cached forever."""
    content = (path.read_bytes() for path in sorted(static.rglob("*")) if path.is_file())
    return hashlib.sha256(b"\0".join(content)).hexdigest()[:10]


def _filters(site: Site) -> dict[str, Any]:
    """Return the filters that show times in the site's time zone."""

    def local(moment: datetime) -> datetime:
        return moment.astimezone(site.zone)

    return {
        "local_day": lambda moment: formatting.day(local(moment)),
        "local_minute": lambda moment: formatting.minute(local(moment)),
        "short_day": formatting.short_day,
        "plain_day": formatting.day,
        "plain_month": formatting.month,
        "iso": lambda moment: local(moment).isoformat(),
        "stored": utc_text,
    }
