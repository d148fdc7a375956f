"""Decide when articles appeared, which orders stories: their stated date, weighed against when we first saw them.

What a feed did not show when we looked had not yet been published in it. A date that says otherwise is a mere claim,
and does not move an article ahead of others.

The column `appeared_at` is empty if the article is undated or its date is credible. The decision rests on rows that
never change, so it gives the same result whenever it is made. Call settle() and settle_all() inside a transaction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tracker.models import from_utc_text, utc_text
from tracker.store.conditions import OBSERVED
from tracker.store.connection import Database
from tracker.store.feeds import as_list

DELAY: Final = timedelta(hours=1)
"""How long before the last look without it an article's date is still believed: caches, embargoes, editors.

Of 5,900 new articles in the feeds of four papers, between 0.4 and 1.8% were dated more than an hour before the last
look, and up to 3% within that hour. Front-page feeds, to which articles are moved later, have 5 to 14%: there the
article really was not visible before.
"""

BARE: Final = "coalesce(appeared_at, published_at, first_seen_at)"
"""When an article appeared, as far as known: the only order of the articles in a story."""

APPEARED: Final = "coalesce(a.appeared_at, a.published_at, a.first_seen_at)"
"""The same for an article `a`."""

_AT_ONCE = 5000

# Sightings in the source's own feeds, and in the feed whose words the article bears, maybe an aggregator's.
_OWN = """sightings AS s JOIN feeds AS f ON f.id = s.feed
WHERE s.article = a.id AND (f.source = a.source OR f.id = a.stated_by)"""

# The last poll of a feed without the article. Polls before the feed ever had entries, or within a gap (such as an empty
# document), say nothing about publication. Entries new since that poll may come from a gap.
_UNSEEN = f"""
(SELECT p.started_at FROM polls AS p
    WHERE p.feed = s.feed AND p.started_at < s.first_seen_at AND p.outcome IN {OBSERVED}
    AND EXISTS (SELECT 1 FROM polls AS e WHERE e.feed = s.feed AND e.started_at <= p.started_at AND e.entries > 0)
    AND NOT EXISTS (SELECT 1 FROM gaps AS g WHERE g.feed = s.feed AND g.reason <> 'silent'
        AND g.from_at < p.started_at AND (g.to_at IS NULL OR g.to_at > p.started_at))
    ORDER BY p.started_at DESC LIMIT 1)"""  # noqa: S608  fixed words

_DOUBTFUL = f"""
SELECT a.id, a.published_at, a.date_quality, a.first_seen_at, a.appeared_at, a.story,
    (SELECT min(s.first_seen_at) FROM {_OWN}) AS own_at,
    (SELECT CASE WHEN count(*) = count(unseen_at) THEN min(unseen_at) END FROM (
        SELECT {_UNSEEN} AS unseen_at FROM {_OWN}
        AND s.first_seen_at = (SELECT min(s.first_seen_at) FROM {_OWN}))) AS unseen_at
FROM articles AS a WHERE a.id IN (SELECT value + 0 FROM json_each(:articles)) AND (a.appeared_at IS NOT NULL
    OR a.published_at IS NULL OR a.published_at > a.first_seen_at OR a.date_quality = 'day'
    OR unixepoch(a.published_at) < unixepoch(a.first_seen_at) - {DELAY.total_seconds():.0f})"""  # noqa: S608  our own text

_SPANS = f"""
UPDATE stories SET first_at = (SELECT min({APPEARED}) FROM articles AS a WHERE a.story = stories.id),
    last_at = (SELECT max({APPEARED}) FROM articles AS a WHERE a.story = stories.id)
WHERE id IN (SELECT value + 0 FROM json_each(?))"""  # noqa: S608  our own text


@dataclass(frozen=True, slots=True)
class Stated:
    """An article's stated date; `whole_day` if it is a day without a time, given as its midnight."""

    at: datetime
    whole_day: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """When the feeds of an article's source or speaker first showed it, and the last look without it.

    `unseen_at` is None if there was no such poll: the article may then have been there for any length of time.
    Anything missed after it, in a gap, was published after it.
    """

    first_at: datetime
    unseen_at: datetime | None = None


def appeared(stated: Stated | None, seen: Seen) -> datetime:
    """Return when an article counts as published for ordering.

    That is its stated date, or when it was first seen if it has no date, one in the future, or one before the feed was
    last seen without it; likewise if the date is only a day and the feed was watched.
    """
    if stated is None or stated.at > seen.first_at:
        return seen.first_at
    if seen.unseen_at is None:
        return stated.at
    if stated.whole_day or stated.at < seen.unseen_at - DELAY:
        return seen.first_at
    return stated.at


def settle(db: Database, articles: Iterable[int]) -> None:
    """Decide when these articles appeared, and update the spans of their stories."""
    numbers, changed = [*articles], []
    for begin in range(0, len(numbers), _AT_ONCE):
        batch = numbers[begin : begin + _AT_ONCE]
        rows = db.query(_DOUBTFUL, {"articles": as_list(map(str, batch))})
        changed += [(at, row["id"], row["story"]) for row in rows if (at := _appeared(row)) != row["appeared_at"]]
    _keep(db, changed)


def settle_all(db: Database) -> None:
    """Decide when all articles appeared, as far as sightings, polls and gaps still show."""
    settle(db, (row[0] for row in db.execute("SELECT id FROM articles").fetchall()))


def _keep(db: Database, changed: Sequence[tuple[str | None, int, int | None]]) -> None:
    db.conn.executemany(
        "UPDATE articles SET appeared_at = ? WHERE id = ?", [(at, article) for at, article, _ in changed]
    )
    stories = {story for _, _, story in changed if story is not None}
    if stories:
        db.execute(_SPANS, (as_list(map(str, stories)),))


def _appeared(row: dict[str, Any]) -> str | None:
    """Return the column's value: None when the date, or the first sighting of an undated article, stands."""
    published, unseen = row["published_at"], row["unseen_at"]
    stated = Stated(from_utc_text(published), row["date_quality"] == "day") if published else None
    seen = Seen(from_utc_text(row["own_at"] or row["first_seen_at"]), from_utc_text(unseen) if unseen else None)
    at = utc_text(appeared(stated, seen))
    return None if at == (published or row["first_seen_at"]) else at
