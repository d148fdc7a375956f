"""Different headlines shown at once by two feeds of one source, as rows; call inside a transaction.

One is the article's own, the other that of the deviating feed; each pair has one row, however often it is seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tracker.models import FeedState, from_utc_text, utc_text
from tracker.store.connection import Database


@dataclass(frozen=True, slots=True)
class OtherFeed:
    """Another feed of the source that shows an article under the article's own headline.

    `first` and `last` are when it was first and last seen so. `differed` is True if the first feed has shown another
    headline beside this one before.
    """

    feed: int
    first: datetime
    last: datetime
    differed: bool

    @property
    def seen(self) -> tuple[datetime, datetime]:
        """The first and the last time it was seen so."""
        return self.first, self.last


@dataclass(frozen=True, slots=True)
class Variant:
    """A feed's headline for an article, and the article's own, which another feed shows."""

    article: int
    title: str
    other_title: str
    other: OtherFeed


def other_feed_showing(db: Database, state: FeedState, article: int, title: str) -> OtherFeed | None:
    """Return the other feed of this source that now shows an article under its own title, the last one read; None if
    none.

    A feed shows what its document held when last read; feeds that deviate themselves do not count.
    """
    row = next(
        db.query(
            """WITH seen AS (SELECT feed, min(first_seen_at) AS first, max(last_seen_at) AS last
                FROM sightings WHERE article = ?1 AND feed != ?2 GROUP BY feed)
            SELECT f.id, f.last_ok_at, max(seen.first, coalesce(
                (SELECT max(max(replaced_at, coalesce(again_at, ''))) FROM revisions WHERE article = ?1), '')) AS first,
                EXISTS (SELECT 1 FROM variants WHERE article = ?1 AND feed = ?2 AND other_title = ?4) AS differed
            FROM seen JOIN feeds AS f ON f.id = seen.feed
            WHERE f.source = ?3 AND f.declared AND EXISTS (SELECT 1 FROM json_each(f.shown) WHERE value = ?1)
            AND NOT EXISTS (SELECT 1 FROM variants AS v
                WHERE v.article = ?1 AND v.feed = f.id AND v.last_seen_at >= seen.last)
            ORDER BY f.last_ok_at DESC, f.id LIMIT 1""",
            (article, state.id, state.feed.source, title),
        ),
        None,
    )
    if row is None:
        return None
    return OtherFeed(row["id"], from_utc_text(row["first"]), from_utc_text(row["last_ok_at"]), bool(row["differed"]))


def keep(db: Database, feed: int, found: Iterable[Variant], now: datetime) -> None:
    """Record that a feed now shows these headlines while other feeds show others."""
    db.conn.executemany(
        """INSERT INTO variants (article, feed, title, first_seen_at, last_seen_at, other_feed, other_title,
        other_first_seen_at, other_last_seen_at) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (article, feed, title, other_title) DO UPDATE SET last_seen_at = excluded.last_seen_at,
        other_last_seen_at = max(other_last_seen_at, excluded.other_last_seen_at)""",
        [
            (one.article, feed, one.title, utc_text(now), other.feed, one.other_title, *map(utc_text, other.seen))
            for one in found
            for other in (one.other,)
        ],
    )


def replace_title(db: Database, feed: int, article: int, title: str, seen_until: datetime) -> None:
    """Record until when a feed showed the article's own headline, which it has replaced."""
    db.execute(
        """UPDATE variants SET other_last_seen_at = max(other_last_seen_at, ?)
        WHERE article = ? AND other_feed = ? AND other_title = ?""",
        (utc_text(seen_until), article, feed, title),
    )


def mark_left(db: Database, feed: int, articles: Iterable[int], seen_until: datetime) -> None:
    """Record until when a feed showed the headlines that leave it with their articles; before their sightings end."""
    db.conn.executemany(
        """UPDATE variants SET last_seen_at = ?1 WHERE article = ?2 AND feed = ?3 AND last_seen_at < ?1
        AND last_seen_at >= (SELECT max(last_seen_at) FROM sightings WHERE article = ?2 AND feed = ?3)""",
        [(utc_text(seen_until), article, feed) for article in articles],
    )
