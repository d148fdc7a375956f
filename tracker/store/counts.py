"""Count articles by day, source and tag, and how much of each day was observed; updated a few days at a time.

    stale days     | their articles   | source_days, tag_days, camp_days
    stale sources  | their watches    | source_days.observed
    stale speakers | their quotations | speaker_counts

An article counts on the local day it was published, or first seen if undated. Days are counted whole, so neither the
order of arrival nor recounting matters.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tracker.analyse.days import bounds, day_of
from tracker.models import BOTH, from_utc_text, utc_text
from tracker.store import observed_time, speaker_counts
from tracker.store.connection import Database
from tracker.store.count_columns import column_of, topics_counted
from tracker.store.feeds import as_list

_AT_ONCE = 10_000
"""Articles and source days counted per transaction: readers never wait, and commits cost little."""

_DAY_COST = 100  # overhead of counting a day, in articles
_END_OF_TIME = "a"  # sorts after every timestamp

# Each article of a day once, by its date or, if undated, by first sighting. Without INDEXED BY, SQLite would look for
# the undated in the index of dates, and read them all.
_DATED = "INDEXED BY articles_published WHERE published_at >= ?1 AND published_at < ?2"
_UNDATED = "INDEXED BY articles_undated WHERE published_at IS NULL AND first_seen_at >= ?1 AND first_seen_at < ?2"

_BY_RELEVANCE = f"""
SELECT source, relevance, count(*) FROM (SELECT source, relevance FROM articles {_DATED}
    UNION ALL SELECT source, relevance FROM articles {_UNDATED}) GROUP BY source, relevance"""  # noqa: S608  as above

_BY_TAG = f"""
SELECT source, tag, count(*) FROM
    (SELECT id, source FROM articles {_DATED} UNION ALL SELECT id, source FROM articles {_UNDATED}) AS a
    CROSS JOIN article_tags AS t ON t.article = a.id GROUP BY source, tag"""  # noqa: S608  fixed conditions

# The row of the empty camp counts the articles that quote anybody.
_BY_CAMP = f"""
WITH quoting AS MATERIALIZED (SELECT a.id, a.source, q.tag
    FROM (SELECT id, source FROM articles {_DATED} UNION ALL SELECT id, source FROM articles {_UNDATED}) AS a
    CROSS JOIN quotes AS q ON q.article = a.id WHERE NOT EXISTS (SELECT 1 FROM copies WHERE copies.article = a.id))
SELECT source, '', count(DISTINCT id) FROM quoting GROUP BY source
UNION ALL SELECT source, camp, count(DISTINCT quoting.id) FROM quoting JOIN tags ON tags.id = quoting.tag
WHERE camp <> '' GROUP BY source, camp"""  # noqa: S608  as above

_BY_NAME = {"tag_days": _BY_TAG, "camp_days": _BY_CAMP}
_NAME = {"tag_days": "tag", "camp_days": "camp"}

_MOMENTS = """
SELECT published_at AS at FROM articles WHERE id IN (SELECT value + 0 FROM json_each(?1)) AND published_at IS NOT NULL
UNION SELECT first_seen_at FROM articles WHERE id IN (SELECT value + 0 FROM json_each(?1))
AND (published_at IS NULL OR id IN (SELECT value + 0 FROM json_each(?2)))
"""


def step(db: Database, zone: ZoneInfo, now: datetime) -> int:
    """Count the next stale days inside a transaction; return how much was done, 0 when all is counted.

    A change of zone makes all days stale.
    """
    if not _is_counted(db, zone):
        _start_over(db, zone, now)
        return 1
    observed_time.scan(db, zone)
    done = _count_days(db, zone)
    if done < _AT_ONCE:
        done += speaker_counts.recount(db)
    if done < _AT_ONCE:
        done += observed_time.recompute(db, zone, _AT_ONCE - done)
    if done:
        db.execute("UPDATE countings SET counted_at = ?", (utc_text(now),))
    return done


def refresh(db: Database, zone: ZoneInfo, now: datetime) -> None:
    """Count everything stale in one transaction; for a database nobody else waits for."""
    while step(db, zone, now):
        pass


def left(db: Database, zone: ZoneInfo) -> int:
    """Return how many days and sources are marked for recounting; all days if the zone changed."""
    if not _is_counted(db, zone):
        return len(_all_days(db, zone))
    noted = "SELECT (SELECT count(*) FROM stale_days) + (SELECT count(*) FROM stale_sources)"
    return int(db.execute(noted).fetchone()[0])


def _is_counted(db: Database, zone: ZoneInfo) -> bool:
    """Return whether counts exist for days of this zone."""
    counted = counted_zone(db)
    return counted is not None and counted.key == zone.key


def _start_over(db: Database, zone: ZoneInfo, now: datetime) -> None:
    """Switch to days of `zone`: all become stale; counts in another zone stay until replaced."""
    db.execute(
        """INSERT INTO countings (id, zone, counted_at) VALUES (1, ?, ?) ON CONFLICT DO UPDATE SET zone = excluded.zone,
        watched_until = NULL, last_gap = 0, open_gaps = '[]'""",
        (zone.key, utc_text(now)),
    )
    mark_days_stale(db, _all_days(db, zone))
    observed_time.forget(db)


def _all_days(db: Database, zone: ZoneInfo) -> set[date]:
    """Return the days on which articles count in `zone`, and those counted in another."""
    stored = db.execute("SELECT DISTINCT day FROM source_days UNION SELECT DISTINCT day FROM tag_days")
    return {
        *(date.fromisoformat(row[0]) for row in stored),
        *_days(db, zone, "published_at", _DATED),
        *_days(db, zone, "first_seen_at", _UNDATED),
    }


def _days(db: Database, zone: ZoneInfo, column: str, articles: str) -> Iterator[date]:
    """Yield the days that have an article by `column`, finding each next one in the column's index."""
    query = f"SELECT min({column}) FROM articles {articles}"  # noqa: S608  fixed words
    after = ""
    while first := db.execute(query, (after, _END_OF_TIME)).fetchone()[0]:
        day = day_of(from_utc_text(first), zone)
        yield day
        after = utc_text(bounds(day, zone)[1])


def _count_days(db: Database, zone: ZoneInfo) -> int:
    """Count stale days, latest first, until enough is done; return how much was."""
    done = 0
    while done < _AT_ONCE:
        row = db.execute("SELECT max(day) FROM stale_days").fetchone()
        if row[0] is None:
            break
        done += _DAY_COST + _count(db, date.fromisoformat(row[0]), zone)
        db.execute("DELETE FROM stale_days WHERE day = ?", row)
    return done


def _count(db: Database, day: date, zone: ZoneInfo) -> int:
    """Count one day; return how many articles it has."""
    span = tuple(map(utc_text, bounds(day, zone)))
    topics = topics_counted(db)
    by_source: dict[str, Counter[str]] = defaultdict(Counter)
    for source, relevance, articles in db.execute(_BY_RELEVANCE, span):
        by_source[source][relevance] = articles
    counted = {name: (found.total(), *(found[one] for one in (BOTH, *topics))) for name, found in by_source.items()}
    columns = ["articles", "both_topics", *map(column_of, topics)]
    _store_sources(db, str(day), columns, counted)
    for table, query in _BY_NAME.items():
        _store_named(db, table, str(day), {row[:2]: row[2] for row in db.execute(query, span)})
    return sum(numbers[0] for numbers in counted.values())


def _store_sources(db: Database, day: str, columns: Sequence[str], counts: Mapping[str, tuple[int, ...]]) -> None:
    """Store a day's numbers by source, in these columns; only differences are written."""
    found = db.execute(f"SELECT source, {', '.join(columns)} FROM source_days WHERE day = ? AND articles", (day,))  # noqa: S608  names of columns
    stored = {row[0]: row[1:] for row in found}
    changed = {source: numbers for source, numbers in counts.items() if stored.get(source) != numbers}
    changed |= dict.fromkeys(stored.keys() - counts.keys(), (0,) * len(columns))
    db.conn.executemany(
        f"""INSERT INTO source_days (day, source, {", ".join(columns)}) VALUES (?, ?{", ?" * len(columns)})
        ON CONFLICT DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in columns)}""",  # noqa: S608  as above
        [(day, source, *numbers) for source, numbers in changed.items()],
    )
    db.execute("DELETE FROM source_days WHERE day = ? AND articles = 0 AND observed IS NULL", (day,))


def _store_named(db: Database, table: str, day: str, counts: Mapping[tuple[str, str], int]) -> None:
    """Store a day's numbers by source and tag or camp; only differences are written."""
    name = _NAME[table]
    found = db.execute(f"SELECT source, {name}, articles FROM {table} WHERE day = ?", (day,))  # noqa: S608  our own names
    stored = {row[:2]: row[2] for row in found}
    db.conn.executemany(
        f"DELETE FROM {table} WHERE source = ? AND {name} = ? AND day = ?",  # noqa: S608  likewise
        [(*key, day) for key in stored.keys() - counts.keys()],
    )
    db.conn.executemany(
        f"""INSERT INTO {table} (source, {name}, day, articles) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET articles = excluded.articles""",  # noqa: S608  likewise
        [(*key, day, number) for key, number in counts.items() if stored.get(key) != number],
    )


def counted_zone(db: Database) -> ZoneInfo | None:
    """Return the time zone of the counted days; None when nothing was counted yet, so nothing can be stale."""
    row = db.execute("SELECT zone FROM countings").fetchone()
    return ZoneInfo(row[0]) if row else None


def mark_stale(db: Database, moments: Iterable[datetime]) -> None:
    """Mark the days of these moments as stale."""
    found = list(moments)
    zone = counted_zone(db) if found else None
    if zone:
        mark_days_stale(db, {day_of(moment, zone) for moment in found})


def mark_articles_stale(db: Database, articles: Iterable[int], dated: Iterable[int] = ()) -> None:
    """Mark the days of these articles, and whom they quote, as stale; for those just `dated`, also the day they counted
    on before."""
    just_dated = [*dated]
    ids = [*articles, *just_dated]
    if ids:
        speaker_counts.mark_stale(db, ids)
        mark_days_of_articles_stale(db, ids, just_dated)


def mark_days_of_articles_stale(db: Database, articles: Sequence[int], just_dated: Sequence[int] = ()) -> None:
    """Mark only the days of these articles as stale: what an upgrade calls before speakers are counted."""
    if articles and counted_zone(db) is not None:
        found = db.execute(_MOMENTS, (as_list(map(str, articles)), as_list(map(str, just_dated))))
        mark_stale(db, [from_utc_text(row[0]) for row in found])


def mark_days_stale(db: Database, days: Iterable[date]) -> None:
    """Mark these days as stale."""
    db.conn.executemany("INSERT INTO stale_days (day) VALUES (?) ON CONFLICT DO NOTHING", [(str(day),) for day in days])
