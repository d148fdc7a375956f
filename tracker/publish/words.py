"""What the tracker says of its own work, in sentences for people."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tracker.models import Outcome, Round
from tracker.store.status import Status

_SHOWN = 20
"""How many failing feeds a status names; more are a page to scroll through, and one cause."""


def round_in_words(done: Round) -> str:
    """One line on a round."""
    if not done.polls:
        return "no feed is due"
    failed = {outcome: n for outcome, n in done.outcomes.items() if not outcome.observed}
    reasons = ", ".join(f"{n} {outcome.value}" for outcome, n in sorted(failed.items(), key=lambda item: -item[1]))
    if done.outage:
        what = "nothing could be reached" if not done.observed else "most hosts could not be reached"
        retry = f"; trying again after {done.retry_at:%H:%M} UTC" if done.retry_at else ""
        return f"{what} ({reasons}): this looks like our own connection, so no feed is charged{retry}"
    quiet = done.outcomes.get(Outcome.NOT_MODIFIED, 0) + done.outcomes.get(Outcome.SAME_BODY, 0)
    parts = [f"{many(done.polls, 'feed')} polled", f"{many(done.new, 'new article')}", f"{done.updated} changed"]
    if quiet:
        parts.append(f"{quiet} unchanged")
    if failed:
        parts.append(f"{sum(failed.values())} failed ({reasons})")
    return ", ".join(parts)


def status_in_words(status: Status, timezone: str) -> str:
    """A page of text: what is stored, and which feeds need attention."""
    relevant = sum(n for relevance, n in status.relevance.items() if relevance != "none")
    stored = f"{many(status.articles, 'article')} from {many(status.sources, 'source')}"
    lines = [
        f"{stored}, {status.articles_last_week} first seen in the last 7 days",
        f"  on the debate: {relevant}"
        + "".join(f", {name}: {n}" for name, n in status.relevance.items() if name != "none"),
        f"  {many(status.revisions, 'changed text')}, {many(status.gaps, 'gap')}",
        f"{many(status.feeds, 'feed')}: " + ", ".join(f"{n} {health}" for health, n in status.health.items()),
        f"{many(status.polls, 'poll')}, the last at {local_time(status.last_poll_at, timezone)}",
    ]
    if status.outdated:
        lines.append(
            f"{many(status.outdated, 'article')} tagged with other rules: `tracker retag` brings them up to date"
        )
    for feed in status.failing[:_SHOWN]:
        since = f"last seen {local_time(feed.last_ok_at, timezone)}" if feed.last_ok_at else "never seen"
        lines.append(f"  {feed.health}: {feed.source}  {feed.url}  {feed.last_error or feed.last_outcome} ({since})")
    if len(status.failing) > _SHOWN:
        lines.append(f"  and {len(status.failing) - _SHOWN} more: `tracker feeds list` shows them all")
    return "\n".join(lines)


def local_time(stored: str | None, timezone: str) -> str:
    """A stored moment as people of a zone write it; `never` for None."""
    if stored is None:
        return "never"
    moment = datetime.fromisoformat(stored).astimezone(ZoneInfo(timezone))
    return f"{moment:%Y-%m-%d %H:%M %Z}"


def duration_in_words(duration: timedelta) -> str:
    """A duration as feeds.yaml writes it: 30m, 2h, 1d."""
    minutes = round(duration / timedelta(minutes=1))
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def many(n: int, what: str) -> str:
    """A number of things, the word in its plural where there is not one."""
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"
