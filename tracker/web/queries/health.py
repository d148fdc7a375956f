"""Read the health of the feeds, and the gaps."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from datasette.database import Database

from tracker.models import utc_text
from tracker.outcomes import Outcome
from tracker.web.queries.rows import ask, timed

# feed_health also counts polls and entries, which is slow on an old database; columns that are not selected are not
# computed.
_FEEDS = """
SELECT h.id, h.source, h.url, health, why, f.last_outcome AS outcome, continuity_percent AS continuity, h.last_ok_at,
    h.last_new_at, gaps
FROM feed_health AS h JOIN feeds AS f ON f.id = h.id
ORDER BY health NOT IN ('failing', 'gone'), health NOT IN ('flooding', 'silent'), h.source COLLATE NOCASE, h.url"""

_FAILING = """
SELECT id, source, url, health, why, NULL AS continuity, last_ok_at, last_new_at, gaps
FROM feed_health WHERE health IN ('failing', 'gone') ORDER BY last_ok_at, source LIMIT :limit"""

# A silence warning is no gap: the feed was seen.
_GAPS = """
SELECT s.name AS source, f.url AS feed, g.from_at, g.to_at, g.reason, g.bridged
FROM (SELECT * FROM gaps WHERE reason <> 'silent' ORDER BY bridged, id DESC LIMIT :limit) AS g
    JOIN feeds AS f ON f.id = g.feed JOIN sources AS s ON s.id = f.source ORDER BY g.bridged, g.id DESC"""

_MISSED = """
SELECT count(*) AS gaps, count(DISTINCT feed) AS feeds FROM gaps
WHERE NOT bridged AND reason <> 'silent' AND from_at < :until AND coalesce(to_at, :until) > :since"""


_ALIKE = 3
"""When this many feeds fail alike, assume one cause until shown otherwise."""


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """A feed's health, and `why` in words, empty if fine; times (UTC) are None for never.

    `outcome` is how its last poll ended; None if it was not read or never polled.

    `continuity` is the percentage of the last month's polled time in which the feed was seen; None if unknown.
    """

    id: int
    source: str
    url: str
    health: str
    why: str
    continuity: float | None
    last_ok_at: datetime | None
    last_new_at: datetime | None
    gaps: int
    outcome: str | None = None

    @property
    def host(self) -> str:
        """The feed's host, for display."""
        return urlsplit(self.url).netloc or self.url


@dataclass(frozen=True, slots=True)
class Cause:
    """An outcome by which several feeds fail alike, and how many; `ours` if the fault is probably our connection."""

    outcome: str
    feeds: int
    ours: bool


def causes(found: Sequence[FeedHealth]) -> tuple[Cause, ...]:
    """Return why _ALIKE feeds or more fail or are not reached, the most frequent first.

    It is probably our connection if nothing answered most of all feeds.
    """
    failing = [feed for feed in found if feed.outcome and feed.health in {"failing", "not reached"}]
    unanswered = sum(Outcome(feed.outcome).unreachable for feed in failing if feed.outcome)
    ours = 2 * unanswered > len(found)
    alike = Counter(feed.outcome for feed in failing if feed.outcome).most_common()
    return tuple(Cause(why, feeds, ours and Outcome(why).unreachable) for why, feeds in alike if feeds >= _ALIKE)


@dataclass(frozen=True, slots=True)
class Gap:
    """An interval in which a feed was not seen; `to_at` None means still open.

    `bridged` says that the feed, seen again, still showed its earlier entries: nothing was missed.
    """

    source: str
    feed: str
    from_at: datetime
    to_at: datetime | None
    reason: str
    bridged: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """Number of gaps that may have missed entries, and of feeds that had them."""

    gaps: int
    feeds: int


async def failing(db: Database, limit: int) -> tuple[FeedHealth, ...]:
    """Return the feeds that fail or are gone, longest without success first."""
    return tuple(FeedHealth(**timed(row)) for row in await ask(db, _FAILING, limit=limit))


async def feeds(db: Database) -> tuple[FeedHealth, ...]:
    """Return every feed: those in trouble first, then by source."""
    return tuple(FeedHealth(**timed(row)) for row in await ask(db, _FEEDS))


async def gaps(db: Database, limit: int) -> tuple[Gap, ...]:
    """Return the latest gaps, unbridged ones first."""
    return tuple(Gap(**timed(row)) for row in await ask(db, _GAPS, limit=limit))


async def missed(db: Database, since: datetime, until: datetime) -> Missed:
    """Return the unbridged gaps that overlap an interval."""
    return Missed(**(await ask(db, _MISSED, since=utc_text(since), until=utc_text(until)))[0])
