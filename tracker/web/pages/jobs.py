"""The jobs page: what runs besides polling, when, how it last went, and when it is next due."""

from typing import Any

from tracker.config.model import Schedule
from tracker.publish.formatting import duration
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import jobs as data


@page
async def jobs(datasette: Any, request: Any) -> Any:
    """Show every scheduled job."""
    db, site = opened(datasette)
    schedule = site.settings.schedule or Schedule()
    now = site.clock()
    found = await data.jobs(db, schedule.jobs, site.zone, now)
    context = {
        "jobs": found,
        "scheduled": sum(job.when is not None for job in found),
        "overdue": sum(job.is_overdue(now) for job in found),
        "not_run": sum(job.last is None for job in found),
        "in_trouble": sum(job.in_trouble for job in found),
        "polls_every": duration(schedule.poll) if site.settings.schedule else None,
        "last_poll": await data.last_poll(db, site.clock()),
    }
    return await html(datasette, request, "jobs.html", context)


ROUTES = [(r"^/jobs$", jobs)]
