"""The words of grouped articles: which of them contain a feature, and how rare each term is.

Only grouped articles are indexed, some in a hundred, so a lookup costs the same however many others are stored. Call
every function inside a transaction.
"""

import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from zlib import crc32

from tracker.models import utc_text
from tracker.store.connection import Database
from tracker.store.grouping import AT, Row

_NEWEST = 300
"""Most articles looked up by one feature; what more share within days says little about one event."""

TRIGRAMS = 3
"""Least word trigrams that a copy shares: those of a headline of five words."""

_GROWTH = 0.1
"""Share of all source-days that new ones must exceed to count."""

ALL = ""
"""The term that every article has: its days are the source-days of all grouped articles."""


@dataclass(frozen=True, slots=True)
class Ids:
    """The articles since some moment: those with ids from `first` on, and earlier ones that got their words since."""

    first: int
    late: frozenset[int]

    def __contains__(self, article: int) -> bool:
        return article >= self.first or article in self.late


def feature(term: str) -> int:
    """Return the number under which a stem, tag or run of words is indexed; two terms in 2**32 share one."""
    return crc32(term.encode(errors="replace"))


def add(db: Database, article: int, features: Iterable[int]) -> None:
    """Index a grouped article by its features."""
    db.conn.executemany(
        "INSERT OR IGNORE INTO grouped_words (feature, article) VALUES (?, ?)", ((one, article) for one in features)
    )


def remove(db: Database, articles: Iterable[int]) -> None:
    """Take articles out of the index, which is read whole for that."""
    ids = json.dumps([*articles])
    db.execute("DELETE FROM grouped_words WHERE article IN (SELECT value FROM json_each(?))", (ids,))


def containing(db: Database, term: str, article: Row, reach: timedelta, ids: Ids) -> list[int]:
    """Return the newest of these grouped articles that contain a term.

    An article stored long after its publication, such as an import, is compared with those of its own days.
    """
    if article.seen - article.at <= reach:
        found = db.conn.execute(
            """SELECT article FROM grouped_words WHERE feature = ?1 AND article >= ?2
            UNION ALL SELECT article FROM json_each(?3) JOIN grouped_words ON feature = ?1 AND article = value
            ORDER BY article DESC LIMIT ?4""",
            (feature(term), ids.first, json.dumps([*ids.late]), _NEWEST),
        )
    else:
        found = db.conn.execute(
            f"""SELECT article FROM grouped_words JOIN articles AS a ON a.id = article
            WHERE feature = ? AND {AT} BETWEEN ? AND ? ORDER BY article DESC LIMIT ?""",  # noqa: S608  a fixed expression
            (feature(term), utc_text(article.at - reach), utc_text(article.at + reach), _NEWEST),
        )
    return [row[0] for row in found]


def sharing(
    db: Database, features: Mapping[int, Set[int]], since: Mapping[int, int], end: int, most: int
) -> dict[int, list[int]]:
    """Return, by article, at most so many grouped articles that share most of its word trigrams, if any: of those with
    ids from its own `since` on and before `end`."""
    found = db.execute(
        """SELECT feature, article FROM json_each(?) AS wanted
        CROSS JOIN grouped_words ON feature = wanted.value AND article >= ? AND article < ?""",
        (json.dumps([*set().union(*features.values())]), min(since.values()), end),
    ).fetchall()
    others = sorted({article for _, article in found})
    bits = {other: 1 << place for place, other in enumerate(others)}
    containing: dict[int, int] = defaultdict(int)  # sets of places in `others`, as bits
    for one, other in found:
        containing[one] |= bits[other]
    near = {}
    for article, wanted in features.items():
        recent = -1 << bisect_left(others, since[article])
        places = _in_most([containing[one] & recent for one in wanted & containing.keys()], most)
        if places:
            near[article] = [others[place] for place in places]
    return near


def _in_most(sets: Sequence[int], most: int) -> list[int]:
    """Return the places, at most so many, that are in most of these sets of bits, and in TRIGRAMS at least.

    Sets are counted whole: a run of words that hundreds of articles have costs no more than a rare one.
    """
    at_least = [-1]  # by number of sets, the places that are in as many
    for one in sets:
        at_least.append(0)
        for times in range(len(at_least) - 1, 0, -1):
            at_least[times] |= at_least[times - 1] & one
        if not at_least[-1]:
            at_least.pop()
    found: list[int] = []
    taken = 0
    for places in reversed(at_least[TRIGRAMS:]):
        left = places & ~taken
        while left and len(found) < most:
            lowest = left & -left
            found.append(lowest.bit_length() - 1)
            left ^= lowest
        taken = places
    return found


def count(db: Database, found: Mapping[str, int]) -> None:
    """Add to the number of source-days on which each term was used, as of a round.

    What is new counts once it is more than a tenth of all. Until then rarity says how common a word was before the
    news of the day, and stays as it is from round to round.
    """
    db.conn.executemany(
        """INSERT INTO term_days (term, days, recent) VALUES (?, 0, ?)
        ON CONFLICT DO UPDATE SET recent = recent + excluded.recent""",
        found.items(),
    )
    days, recent = db.execute("SELECT days, recent FROM term_days WHERE term = ?", (ALL,)).fetchone()
    if recent > _GROWTH * days:
        db.execute("UPDATE term_days SET days = days + recent, recent = 0 WHERE recent > 0")


def forget(db: Database) -> None:
    """Make all grouped articles be recounted and reindexed."""
    db.execute("DELETE FROM term_days")
    db.execute("DELETE FROM grouped_words")


def days(db: Database, terms: Iterable[str]) -> Counter[str]:
    """Return on how many source-days each term was used in grouped articles."""
    found = db.execute(
        "SELECT term, days FROM term_days WHERE days > 0 AND term IN (SELECT value FROM json_each(?))",
        (json.dumps(list(terms), ensure_ascii=False),),
    )
    return Counter(dict(found.fetchall()))


def is_counted(db: Database) -> bool:
    """Whether the terms of grouped articles were counted."""
    return db.execute("SELECT 1 FROM term_days LIMIT 1").fetchone() is not None
