"""Describe the tracker's own work in sentences for people."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.models import FeedState, Poll, Round, utc_text
from tracker.outcomes import Outcome
from tracker.publish.formatting import counted, local_time, long_ago, percent, size
from tracker.publish.labels import TEXT

if TYPE_CHECKING:
    from tracker.store.status import Continuity, FeedHealth, HostTraffic, Politeness, Status
    from tracker.store.watched import Polling, Watched

_SHOWN = 20
"""Maximum feeds of a kind listed in a status; when there are more, they usually share one cause."""

_COLUMNS = ("requests", "most a day", "polls", "304", "bytes", "429", "refused")


def round_in_words(done: Round, timezone: str) -> str:
    """Describe a round in one line."""
    if not done.polls and not done.left:
        return "no feed is due"
    failed = {outcome: n for outcome, n in done.outcomes.items() if not outcome.observed}
    reasons = ", ".join(f"{n} {outcome.value}" for outcome, n in sorted(failed.items(), key=lambda item: -item[1]))
    if done.outage:
        what = "nothing could be reached" if not done.observed else "most hosts could not be reached"
        others = f"; {counted(done.left, 'other feed')} not asked" if done.left else ""
        retry = f"; trying again after {done.retry_at.astimezone(ZoneInfo(timezone)):%H:%M %Z}" if done.retry_at else ""
        return f"{what} ({reasons}): this looks like our own connection, so no feed is blamed{others}{retry}"
    quiet = done.outcomes.get(Outcome.NOT_MODIFIED, 0) + done.outcomes.get(Outcome.SAME_BODY, 0)
    parts = [f"{counted(done.polls, 'feed')} polled", f"{counted(done.new, 'new article')}", f"{done.updated} changed"]
    if quiet:
        parts.append(f"{quiet} unchanged")
    if failed:
        parts.append(f"{sum(failed.values())} failed ({reasons})")
    left = f"; {counted(done.left, 'feed')} left for the next round: not their turn yet"
    return ", ".join(parts) + (left if done.left else "")


def failure_in_words(state: FeedState, poll: Poll) -> str:
    """Describe a failed poll in one line: which feed, and why."""
    reason = poll.error.rstrip(".") if poll.error else poll.outcome.value
    return f"{state.feed.source}: {state.feed.url}: {reason} ({poll.outcome.value})"


def poll_in_words(state: FeedState, poll: Poll) -> str:
    """Describe any poll in one line: which feed, how it ended, what was new, and how long it took."""
    ms = poll.elapsed // timedelta(milliseconds=1)
    return (
        f"{state.feed.source}: {state.feed.url}: {poll.outcome.value}, {poll.new} new, {poll.updated} changed, {ms} ms"
    )


def status_in_words(status: "Status", timezone: str) -> str:
    """Return a page of text: what is stored, what was missed, and which feeds need attention."""
    relevant = sum(n for relevance, n in status.relevance.items() if relevance != "none")
    stored = f"{counted(status.articles, 'article')} from {counted(status.sources, 'source')}"
    changed = counted(status.revisions, "changed text")
    lines = [
        f"{stored}, {status.articles_last_week} first seen in the last 7 days",
        f"  on the debate: {relevant}"
        + "".join(f", {name}: {n}" for name, n in status.relevance.items() if name != "none"),
        f"  {changed}, {counted(status.gaps, 'gap')} in which entries may have been missed",
        *_texts(status.texts),
        f"{counted(status.feeds, 'feed')}: " + ", ".join(f"{n} {health}" for health, n in status.health.items()),
        f"{counted(status.polls, 'poll')}, the last at {local_time(status.last_poll_at, timezone)}",
        *([f"ATTENTION: {doubt}"] if (doubt := doubt_in_words(status.polling, timezone, status.as_of)) else []),
        watched_in_words(status.watched, timezone),
        *_continuity(status.continuity, status.watched),
    ]
    if ahead := sum(feed.clock_ahead for feed in status.feed_list):
        lines.append(
            f"the clock was ahead when {counted(ahead, 'feed')} {'was' if ahead == 1 else 'were'} polled last: "
            "times recorded in the future are ignored, and the next round polls again"
        )
    if status.outdated:
        lines.append(
            f"{counted(status.outdated, 'article')} tagged with other rules: run `tracker retag` to update them"
        )
    lines += _capped([_trouble(feed, timezone) for feed in status.failing])
    lines += _capped(
        [f"  {feed.health}: {feed.source}  {feed.url}  {feed.why}" for feed in (*status.flooding, *status.silent)]
    )
    return "\n".join(lines)


def _texts(outcomes: Mapping[str, int]) -> list[str]:
    """Return a line on full texts: how many were read, and why the others were not; none if none was asked for."""
    read = sum(outcomes.get(name, 0) for name in ("ok", "imported"))
    others = [f"{TEXT[name]}: {n}" for name, n in outcomes.items() if name not in {"ok", "imported"}]
    return [f"  full texts read: {read}" + "".join(f", {line}" for line in others)] if outcomes else []


def doubt_in_words(polling: "Polling", timezone: str, now: datetime) -> str | None:
    """Say why the current state of the feeds is unknown, and what that means for the figures; None if it is known."""
    if not polling.is_doubtful:
        return None
    if polling.until is None:
        return f"None of the {counted(polling.feeds, 'feed')} has been polled yet, so no figure covers them."
    last = local_time(utc_text(polling.until), timezone)
    if polling.ahead:
        return f"The last poll is dated {last}, which is in the future: a clock is or was wrong."
    return f"Nothing has been polled since {last}, {long_ago(now - polling.until)} ago; figures after that are missing."


def watched_in_words(watched: "Watched", timezone: str) -> str:
    """Say since when and how long the feeds have been watched, how much was seen, and which never answered."""
    unseen = [
        *([f"{counted(watched.never_answered, 'feed')} never responded"] if watched.never_answered else []),
        *([f"{counted(watched.never_polled, 'feed')} not polled yet"] if watched.never_polled else []),
    ]
    if watched.since is None or watched.until is None:
        return "; ".join(["watching: no feed has been read yet", *unseen])
    since = (
        f"watching since {local_time(utc_text(watched.since), timezone)} ({long_ago(watched.until - watched.since)})"
    )
    seen = "" if watched.seen_percent is None else f", feeds observed {percent(watched.seen_percent)} of the time"
    return "; ".join([since + seen, *unseen])


def _continuity(continuity: "Continuity", watched: "Watched") -> Iterator[str]:
    """Describe how much of the month was seen, the feeds not seen throughout, and what is still open."""
    if continuity.observed_percent is None:
        short = watched.until is not None and f"{watched.until:%Y-%m}" == continuity.month and watched.since is not None
        why = "too little time has passed" if short else "no feed was read"
        yield f"seen in {continuity.month}: not known, as {why}"
    else:
        of = "the feeds that answered" if watched.never_answered or watched.never_polled else "all feeds"
        missed = f"; {counted(len(continuity.missed), 'feed')} below 100%" if continuity.missed else ""
        yield f"seen in {continuity.month}: {percent(continuity.observed_percent)} of the time of {of}{missed}"
    yield from _capped(
        [
            f"  {percent(feed.observed_percent)}: {feed.source}  {feed.url}  "
            f"{feed.hours_missed:.1f} h missed in {counted(feed.gaps, 'gap')}"
            for feed in continuity.missed
        ]
    )
    if continuity.open_gaps:
        yield "open gaps: " + ", ".join(f"{n} {reason}" for reason, n in continuity.open_gaps.items())


def _trouble(feed: "FeedHealth", timezone: str) -> str:
    """Describe a feed that cannot be read: why, for how long, and what it last delivered."""
    since = f"last seen {local_time(feed.last_ok_at, timezone)}" if feed.last_ok_at else "never seen"
    new = f", last new entry {local_time(feed.last_new_at, timezone)}" if feed.last_new_at else ""
    why = feed.why or feed.last_outcome
    return (
        f"  {feed.health}: {feed.source}  {feed.url}  {why} ({counted(feed.failed_polls, 'poll')} failed, {since}{new})"
    )


def _capped(lines: Sequence[str]) -> Iterator[str]:
    """Yield the first lines of a list that may be long, and how many more there are."""
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"  and {len(lines) - _SHOWN} more: `tracker status --json` has them all"


def politeness_in_words(politeness: "Politeness") -> str:
    """Return a table of requests and traffic per publisher, totals last."""
    total = politeness.total
    days = f"{counted(total.days, 'day')} since {politeness.since} (UTC)"
    if not politeness.rows:
        return f"no requests have been sent since {politeness.since} (UTC)"
    rows = [(politeness.by, *_COLUMNS), *(_traffic_row(row, row.name) for row in politeness.rows)]
    rows.append(_traffic_row(total, f"{counted(total.hosts, 'host')}, {days}"))
    first, *widths = (max(map(len, column)) for column in zip(*rows, strict=True))
    return "\n".join(
        "  ".join([f"{name:<{first}}", *(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))])
        for name, *cells in rows
    )


def _traffic_row(row: "HostTraffic", name: str) -> tuple[str, ...]:
    """Return a row of the table; the share of 304 is of all polls, as a failed one could have been one."""
    share = percent(100 * row.not_modified / row.polls) if row.polls else "-"
    figures = (row.requests, row.most_a_day, row.polls, share, size(row.bytes), row.rate_limited, row.refused)
    return (name, *(f"{figure:,}" if isinstance(figure, int) else figure for figure in figures))
