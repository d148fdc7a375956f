"""What is stored and how the feeds are, as plain values for people and programs to read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from tracker.models import utc_text


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """One feed; times are stored text (UTC), None when it has not happened yet."""

    source: str
    url: str
    health: str
    last_outcome: str | None
    last_error: str | None
    failures: float
    last_poll_at: str | None
    last_ok_at: str | None
    last_new_at: str | None
    next_poll_at: str | None
    moved_to: str | None
    polls: int
    entries_seen: int
    gaps: int


@dataclass(frozen=True, slots=True)
class Status:
    """The whole store in figures; `relevance` counts articles by relevance, `outdated` those of an older rulebook."""

    sources: int
    feeds: int
    articles: int
    articles_last_week: int
    relevance: dict[str, int]
    revisions: int
    gaps: int
    polls: int
    last_poll_at: str | None
    outdated: int
    health: dict[str, int]
    failing: list[FeedHealth]
    feed_list: list[FeedHealth]


def read_status(db: Database, rulebook_hash: str, now: datetime) -> Status:
    """The status as of `now`."""
    feed_list = feed_health(db)
    health: dict[str, int] = {}
    for feed in feed_list:
        health[feed.health] = health.get(feed.health, 0) + 1
    return Status(
        sources=_count(db, "sources WHERE declared"),
        feeds=len(feed_list),
        articles=_count(db, "articles"),
        articles_last_week=_count(db, "articles WHERE first_seen_at >= ?", utc_text(now - timedelta(days=7))),
        relevance={
            row["relevance"]: row["n"]
            for row in db.query("SELECT relevance, count(*) AS n FROM articles GROUP BY relevance ORDER BY n DESC")
        },
        revisions=_count(db, "revisions"),
        gaps=_count(db, "gaps"),
        polls=_count(db, "polls"),
        last_poll_at=next(db.query("SELECT max(started_at) AS at FROM polls"))["at"],
        outdated=_count(db, "articles WHERE rulebook IS NOT ?", rulebook_hash),
        health=health,
        failing=[feed for feed in feed_list if feed.health in {"failing", "gone"}],
        feed_list=feed_list,
    )


def feed_health(db: Database) -> list[FeedHealth]:
    """The declared feeds, by the name of their source."""
    names = FeedHealth.__dataclass_fields__
    rows = db.query(f"SELECT {', '.join(names)} FROM feed_health WHERE health != 'removed' ORDER BY source, url")  # noqa: S608  fixed names
    return [FeedHealth(**row) for row in rows]


def _count(db: Database, what: str, *parameters: str) -> int:
    return int(next(db.query(f"SELECT count(*) AS n FROM {what}", parameters))["n"])  # noqa: S608  fixed words
