"""What is counted by day, source and tag: on which day an article counts, and that any change is counted once."""

import asyncio
import random
import socket
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests import site_database
from tests.rulebooks import rulebook
from tracker.errors import TrackerError
from tracker.jobs.site_server import Address, serve
from tracker.models import Entry, Feed, Source, utc_text
from tracker.pipeline.ingest import ingest
from tracker.store import counts, feeds, gaps
from tracker.store.database import Database, opened, transaction
from tracker.store.tags import apply_rulebook, retag
from tracker.web.app import SiteSettings, make_datasette
from tracker.web.calendar import weeks_from
from tracker.web.queries import attention

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BOOK = rulebook("""
- {id: encryption, facet: topic, label: Encryption, terms: {en: [encrypt*]}}
- {id: child-safety, facet: topic, label: Child safety, terms: {en: [child*]}}
- {id: signal, facet: organisation, label: Signal, terms: {en: [Signal]}}
""")
OTHER_BOOK = rulebook(
    """
- {id: encryption, facet: topic, label: Encryption, terms: {en: [cipher*]}}
- {id: child-safety, facet: topic, label: Child safety, terms: {en: [minors]}}
"""
)
SOURCES = [Source(name, name.title(), name, "national", "GB", "en") for name in ("one", "two", "three")]
FEEDS = [
    Feed("https://one.example/a", "one"),
    Feed("https://one.example/b", "one"),
    Feed("https://two.example/", "two"),
]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with opened(tmp_path / "tracker.db") as made:
        with transaction(made):
            feeds.declare(made, SOURCES, FEEDS)
            apply_rulebook(made, BOOK, NOW)
        yield made


def entry(name: str, title: str, published: datetime | None, source: str = "one") -> Entry:
    return Entry(name, f"https://{source}.example/{name}", title, published=published)


def take(db: Database, *entries: Entry, now: datetime = NOW, feed: int = 0) -> None:
    """A document of one feed, in a transaction of its own."""
    with transaction(db):
        ingest(db, feeds.declared(db)[feed], entries, BOOK, now)


def refresh(db: Database, zone: ZoneInfo = LONDON) -> None:
    done = 1
    while done:
        with transaction(db):
            done = counts.step(db, zone, NOW)


def rows(db: Database, sql: str) -> list[tuple[Any, ...]]:
    return list(db.execute(sql).fetchall())


def stored(db: Database) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    sums = "sum(articles), sum(both_topics), sum(encryption), sum(child_safety)"
    added_up = rows(db, f"SELECT day, {sums}, round(total(observed), 6), count(observed) FROM source_days GROUP BY day")
    kept = "SELECT day, articles, both_topics, encryption, child_safety, round(seen, 6), watched FROM days"
    assert [row for row in rows(db, kept) if any(row[1:])] == [row for row in added_up if any(row[1:])]
    return rows(db, "SELECT * FROM source_days ORDER BY 1, 2"), rows(db, "SELECT * FROM tag_days ORDER BY 1, 2, 3")


def whole(db: Database, zone: ZoneInfo = LONDON) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What is counted by one who begins anew."""
    db.execute("BEGIN")
    for table in ("source_days", "tag_days", "stale_days", "stale_sources", "watches", "countings"):
        db.execute(f"DELETE FROM {table}")
    counts.refresh(db, zone, NOW)
    found = stored(db)
    db.execute("ROLLBACK")
    return found


def days(db: Database) -> dict[str, int]:
    """The articles of each day that has any."""
    return dict(rows(db, "SELECT day, sum(articles) AS n FROM source_days GROUP BY day HAVING n > 0"))


# On which day an article counts


@pytest.mark.parametrize(
    ("zone", "published", "day"),
    [
        pytest.param("UTC", "2026-03-28T23:59:59Z", "2026-03-28", id="the last second"),
        pytest.param("UTC", "2026-03-29T00:00:00Z", "2026-03-29", id="the first second"),
        pytest.param("Europe/London", "2026-03-28T23:59:59Z", "2026-03-28", id="before the day on which clocks change"),
        pytest.param("Europe/London", "2026-03-29T00:00:00Z", "2026-03-29", id="its begin"),
        pytest.param("Europe/London", "2026-03-29T22:59:59Z", "2026-03-29", id="its end, after 23 hours"),
        pytest.param("Europe/London", "2026-03-29T23:00:00Z", "2026-03-30", id="the day after"),
        pytest.param("Europe/London", "2025-10-25T23:00:00Z", "2025-10-26", id="a day of 25 hours begins"),
        pytest.param("Europe/London", "2025-10-26T23:59:59Z", "2025-10-26", id="and ends"),
        pytest.param("America/New_York", "2026-03-01T04:59:59Z", "2026-02-28", id="west"),
        pytest.param("Pacific/Auckland", "2026-03-01T11:00:00Z", "2026-03-02", id="east"),
    ],
)
def test_an_article_counts_on_its_local_day(db: Database, zone: str, published: str, day: str) -> None:
    take(db, entry("a", "On encryption", datetime.fromisoformat(published)))
    refresh(db, ZoneInfo(zone))
    assert rows(db, "SELECT day, source, articles, both_topics, encryption, child_safety FROM source_days") == [
        (day, "one", 1, 0, 1, 0)
    ]
    assert rows(db, "SELECT * FROM tag_days") == [("encryption", day, "one", 1)]


def test_an_article_without_a_date_counts_when_it_was_first_seen_until_its_date_is_stated(db: Database) -> None:
    refresh(db)
    take(db, entry("a", "Signal speaks", None))
    refresh(db)
    assert days(db) == {"2026-03-20": 1}
    take(db, entry("a", "Signal speaks", NOW - 3 * DAY), now=NOW + HOUR)
    refresh(db)
    assert days(db) == {"2026-03-17": 1}
    assert stored(db) == whole(db)


def test_relevance_is_counted_apart_for_both_topics_and_either(db: Database) -> None:
    titles = ["Encrypted children", "Encryption", "Children", "Rail fares", "Encryption and Signal"]
    take(db, *[entry(str(number), title, NOW) for number, title in enumerate(titles)])
    refresh(db)
    assert rows(db, "SELECT articles, both_topics, encryption, child_safety FROM source_days") == [(5, 1, 2, 1)]
    assert rows(db, "SELECT tag, articles FROM tag_days") == [("child-safety", 2), ("encryption", 3), ("signal", 1)]


# What makes a day stale


def test_new_words_and_new_rules_are_counted(db: Database) -> None:
    take(db, entry("a", "On encryption", NOW - DAY), entry("b", "A cipher", NOW - 5 * DAY))
    refresh(db)
    take(db, entry("a", "On children", NOW - DAY), entry("b", "A cipher", NOW - 5 * DAY), now=NOW + HOUR)
    assert rows(db, "SELECT * FROM stale_days") == [("2026-03-19",)], "of what did not change nothing is stale"
    refresh(db)
    assert rows(db, "SELECT tag, day FROM tag_days") == [("child-safety", "2026-03-19")]
    with transaction(db):
        retag(db, OTHER_BOOK, NOW + 2 * HOUR)
    assert rows(db, "SELECT * FROM stale_days") == [("2026-03-15",), ("2026-03-19",)]
    refresh(db)
    assert rows(db, "SELECT tag, day FROM tag_days") == [("encryption", "2026-03-15")]
    assert stored(db) == whole(db)


def test_a_document_that_shows_nothing_new_makes_nothing_stale(db: Database) -> None:
    document = [entry(str(number), f"Headline {number}", NOW - number * DAY) for number in range(5)]
    take(db, *document)
    refresh(db)
    take(db, *document, now=NOW + HOUR)
    assert rows(db, "SELECT * FROM stale_days") == []
    with transaction(db):
        assert counts.step(db, LONDON, NOW) == 0


def test_before_the_first_count_nothing_is_noted_and_then_all_is_counted(db: Database) -> None:
    take(db, entry("a", "On encryption", NOW - 400 * DAY), entry("b", "Signal", None))
    assert rows(db, "SELECT * FROM stale_days") == []
    assert counts.left(db, LONDON) == 2
    refresh(db)
    assert days(db) == {"2025-02-13": 1, "2026-03-20": 1}
    assert counts.left(db, LONDON) == 0


def test_another_zone_counts_all_days_anew(db: Database) -> None:
    take(db, *[entry(str(n), "Encrypted children", NOW - n * 7 * HOUR) for n in range(30)], entry("u", "Undated", None))
    poll(db, [0, 2], NOW - 4 * DAY)
    poll(db, [0, 2], NOW)
    refresh(db)
    for name in ("Pacific/Auckland", "America/New_York", "Europe/London"):
        assert counts.left(db, ZoneInfo(name)) > 5
        refresh(db, ZoneInfo(name))
        assert stored(db) == whole(db, ZoneInfo(name))
        assert sum(days(db).values()) == 31


def test_it_does_not_matter_in_which_order_articles_came(tmp_path: Path) -> None:
    document = [entry(str(n), random.Random(n).choice(["Children", "Encryption", "Signal"]), NOW - n * 5 * HOUR) for n in range(40)]  # noqa: E501  # fmt: skip
    found = []
    for seed in (1, 2):
        random.Random(seed).shuffle(document)
        with opened(tmp_path / f"{seed}.db") as db:
            with transaction(db):
                feeds.declare(db, SOURCES, FEEDS)
            for begin in range(0, 40, 10 * seed):
                take(db, *document[begin : begin + 10 * seed])
                refresh(db)
            found.append(stored(db))
    assert found[0] == found[1]


# Kills


def test_a_killed_step_changes_nothing_and_the_next_process_goes_on(db: Database, tmp_path: Path) -> None:
    refresh(db)
    take(db, *[entry(str(n), "Encryption", NOW - n * DAY) for n in range(300)])
    before = stored(db)

    def be_killed() -> None:
        with transaction(db):
            assert counts.step(db, LONDON, NOW) > 0
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_killed()
    assert stored(db) == before
    with transaction(db):
        counts.step(db, LONDON, NOW)
    done = len(days(db))
    assert 0 < done < 300, "one step does some of them"
    assert min(days(db)) > "2025-06-01", "the latest first"
    db.close()
    with opened(tmp_path / "tracker.db") as another:
        assert counts.left(another, LONDON) == 300 - done
        refresh(another)
        assert len(days(another)) == 300


def test_what_is_undone_makes_no_day_stale(db: Database) -> None:
    refresh(db)

    def fail() -> None:
        with transaction(db):
            ingest(db, feeds.declared(db)[0], [entry("a", "Encryption", NOW)], BOOK, NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert rows(db, "SELECT * FROM stale_days") == []


# How much was seen


def poll(db: Database, numbers: Sequence[int], now: datetime, *, ok: bool = True) -> None:
    """Polls of these feeds, that see them or do not, as far as observation is concerned."""
    with transaction(db):
        for number in numbers:
            outcome = "ok" if ok else "http-error"
            db.execute(
                "INSERT INTO polls (feed, started_at, outcome) VALUES (?, ?, ?)", (number + 1, utc_text(now), outcome)
            )
            db.execute("UPDATE feeds SET last_poll_at = ? WHERE id = ?", (utc_text(now), number + 1))
            if ok:
                db.execute("UPDATE feeds SET last_ok_at = ? WHERE id = ?", (utc_text(now), number + 1))


def seen(db: Database, source: str) -> dict[str, float | None]:
    return dict(rows(db, f"SELECT day, observed FROM source_days WHERE source = '{source}'"))


def test_a_day_that_was_seen_and_brought_nothing_is_there_and_one_nobody_watched_is_not(db: Database) -> None:
    for hours in range(-72, 1, 12):
        poll(db, [2], NOW + hours * HOUR)
    take(db, entry("old", "Encryption", NOW - 10 * DAY, "two"), feed=2)
    refresh(db)
    assert rows(db, "SELECT day, articles, observed FROM source_days WHERE source = 'two'") == [
        ("2026-03-10", 1, None),
        ("2026-03-17", 0, 0.5),
        ("2026-03-18", 0, 1.0),
        ("2026-03-19", 0, 1.0),
        ("2026-03-20", 0, 1.0),
    ]


def test_a_gap_takes_its_days_until_it_is_bridged(db: Database) -> None:
    for days_ago in (9, 6):
        poll(db, [2], NOW - days_ago * DAY)
    refresh(db)
    with transaction(db):
        gaps.open_for(db, [3], "error", NOW)
    poll(db, [2], NOW - DAY, ok=False)
    refresh(db)
    assert seen(db, "two")["2026-03-17"] == 0.0
    assert seen(db, "two")["2026-03-14"] == 0.5
    with transaction(db):
        gaps.close(db, 3, NOW, bridged=True)
    poll(db, [2], NOW)
    refresh(db)
    assert {day: share for day, share in seen(db, "two").items() if share != 1.0} == {"2026-03-11": 0.5}
    assert stored(db) == whole(db)


def test_a_day_that_is_over_counts_whole_also_for_a_feed_that_was_not_asked_again(db: Database) -> None:
    poll(db, [0, 2], NOW - 2 * DAY)
    poll(db, [0, 2], NOW - HOUR)
    refresh(db)
    assert seen(db, "two")["2026-03-20"] == 1.0
    poll(db, [0], NOW + DAY)
    refresh(db)
    assert seen(db, "two")["2026-03-20"] == pytest.approx(11 / 24)
    assert stored(db) == whole(db)


def test_what_was_imported_and_a_silent_feed_say_nothing_of_observation(db: Database) -> None:
    with transaction(db):
        state = feeds.import_feed(db, "three")
        ingest(db, state, [entry("i", "Encryption", NOW, "three")], BOOK, NOW)
        db.execute("UPDATE feeds SET last_poll_at = ?, last_ok_at = ? WHERE id = ?", (*[utc_text(NOW)] * 2, state.id))
        gaps.warn_of_silence(db, 3, NOW - 3 * DAY)
    for days_ago in (4, 0):
        poll(db, [2], NOW - days_ago * DAY)
    refresh(db)
    assert seen(db, "three") == {"2026-03-20": None}
    assert seen(db, "two")["2026-03-18"] == 1.0


def test_a_feed_that_is_given_to_another_source_takes_its_watch_along(db: Database) -> None:
    for days_ago in (4, 0):
        poll(db, [2], NOW - days_ago * DAY)
    refresh(db)
    with transaction(db):
        feeds.declare(db, SOURCES, [*FEEDS[:2], replace(FEEDS[2], source="three")])
    refresh(db)
    assert seen(db, "two") == {}
    assert seen(db, "three")["2026-03-18"] == 1.0
    assert stored(db) == whole(db)


@pytest.mark.parametrize("seed", range(12))
def test_counting_what_changed_comes_to_the_same_as_counting_all(db: Database, seed: int) -> None:
    chance = random.Random(seed)
    now = NOW - 30 * DAY
    for _ in range(60):
        now += timedelta(minutes=chance.choice([5, 60, 700, 2000]))
        feed = chance.randrange(3)
        match chance.randrange(7):
            case 0:
                with transaction(db):
                    gaps.open_for(db, [feed + 1], "error", now)
                poll(db, [feed], now, ok=False)
            case 1:
                with transaction(db):
                    gaps.close(db, feed + 1, now, bridged=chance.random() < 0.5)
                poll(db, [feed], now)
            case 2:
                with transaction(db):
                    gaps.record(db, feed + 1, now - chance.randrange(1, 90) * HOUR, now, "paused")
                poll(db, [feed], now)
            case 3:
                with transaction(db):
                    moved = [replace(one, source=chance.choice(["one", "two"])) for one in FEEDS]
                    feeds.declare(db, SOURCES, moved)
            case _:
                published = chance.choice([None, now - chance.randrange(300) * HOUR])
                title = chance.choice(["Encryption", "Children", "Signal and children", "Rail"])
                take(db, entry(str(chance.randrange(20)), title, published), now=now, feed=feed)
                poll(db, [feed], now)
        if chance.random() < 0.6:
            refresh(db)
    refresh(db)
    assert stored(db) == whole(db)


# The view, and what pages ask


def test_attention_is_empty_where_a_day_was_not_observed_and_zero_only_where_it_was(db: Database) -> None:
    for hours in range(-72, 1, 12):
        poll(db, [0, 1], NOW + hours * HOUR)
    with transaction(db):
        for feed in (1, 2):
            gaps.record(db, feed, NOW - 36 * HOUR, NOW - 20 * HOUR, "outage")
    take(db, entry("a", "Encryption", NOW - HOUR), entry("b", "Rail", NOW - HOUR), entry("c", "Rail", NOW - DAY))
    refresh(db)
    found = rows(
        db,
        """SELECT day, tag, matching, total, ratio, round(observed, 2) FROM attention
        WHERE source_id = 'one' AND tag != 'child-safety' AND day > '2026-03-17' ORDER BY day, tag""",
    )
    assert found == [
        ("2026-03-18", "encryption", 0, 0, None, 1.0),
        ("2026-03-18", "signal", 0, 0, None, 1.0),
        ("2026-03-19", "encryption", None, None, None, 0.33),
        ("2026-03-19", "signal", None, None, None, 0.33),
        ("2026-03-20", "encryption", 1, 2, 0.5, 1.0),
        ("2026-03-20", "signal", 0, 2, 0.0, 1.0),
    ]


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param("tag = 'signal' AND day >= '2026-03-01'", id="a tag and a month"),
        pytest.param("day >= '2026-03-14'", id="the latest days"),
        pytest.param("source_id = 'one' AND tag = 'signal'", id="a source and a tag"),
    ],
)
def test_no_filter_of_attention_reads_all_days(db: Database, condition: str) -> None:
    plan = [row[3] for row in rows(db, f"EXPLAIN QUERY PLAN SELECT * FROM attention WHERE {condition}")]
    assert any(step.startswith("SEARCH d ") for step in plan)
    assert any(step.startswith("SEARCH n USING PRIMARY KEY (tag=? AND day=? AND source=?)") for step in plan)


def test_weeks_of_a_tag_and_a_source(tmp_path: Path) -> None:
    path = tmp_path / "site.db"
    site_database.build(path)
    ds = make_datasette(path, config=site_database.settings(), clock=lambda: site_database.NOW)
    weeks = weeks_from(site_database.BLIND.date(), site_database.NOW.date(), LONDON)
    interval = (weeks[0].monday, weeks[-1].sunday)

    async def ask() -> list[Any]:
        site = ds.get_database("tracker")
        return [
            await attention.of_tag(site, "nspcc", weeks),
            await attention.of_source(site, "harbour", weeks),
            await attention.top_sources(site, "encryption", interval, 2),
            await attention.top_tags(site, "harbour", interval, 3),
        ]

    tag, source, sources, tags = asyncio.run(ask())
    ds.get_database("tracker").close()
    ds.executor.shutdown()
    with opened(path) as db:
        first = f"'{utc_text(weeks[-1].from_at)}'"
        last = f"coalesce(published_at, first_seen_at) >= {first}"
        nspcc = f"id IN (SELECT article FROM article_tags WHERE tag = 'nspcc') AND {last}"
        assert tag[-1].matching == rows(db, f"SELECT count(*) FROM articles WHERE {nspcc}")[0][0] > 0
        assert tag[-1].outlets == rows(db, f"SELECT count(DISTINCT source) FROM articles WHERE {nspcc}")[0][0]
        assert tag[-1].total == rows(db, f"SELECT count(*) FROM articles WHERE {last}")[0][0]
        harbour = f"source = 'harbour' AND {last}"
        assert source[-1].total == rows(db, f"SELECT count(*) FROM articles WHERE {harbour}")[0][0]
    assert [week.observed for week in source] == [False, *[True] * 6]
    assert source[0].share is None
    assert sources[0].matching >= sources[1].matching > 0
    assert sources[0].total >= sources[0].matching
    assert {top.tag.id for top in tags} >= {"nspcc", "meta"}


def test_an_upgraded_database_is_counted_before_the_site_opens(
    db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    take(db, entry("a", "Encryption", NOW), entry("b", "Signal", NOW - DAY))
    with socket.create_server(("127.0.0.1", 0)) as taken, caplog.at_level("INFO", "tracker"):
        port = taken.getsockname()[1]
        with pytest.raises(TrackerError, match="cannot be used"):
            asyncio.run(
                serve(tmp_path / "tracker.db", Address(port=port), SiteSettings("Europe/London", site_database.DEBATE))
            )
    assert "counting the articles of 2 days" in caplog.text
    assert days(db) == {"2026-03-19": 1, "2026-03-20": 1}
    assert date.fromisoformat(max(days(db))) == NOW.date()
