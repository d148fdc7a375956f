"""The database file: its tables, its lock, its transactions, and what the rows of feeds and tags say."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.old_databases import make_old
from tests.rulebooks import rulebook
from tracker.analyse.timeline import Event
from tracker.errors import Locked, StoreError
from tracker.models import Entry, Feed, FeedState, Poll, Rhythm, Source, Validators, utc_text
from tracker.outcomes import Outcome
from tracker.pipeline.ingest import ingest
from tracker.store import feeds, gaps
from tracker.store.database import Database, exclusive, open_database, opened, transaction
from tracker.store.feeds import declare_events
from tracker.store.migrations import steps
from tracker.store.status import read_status
from tracker.store.tags import apply_rulebook, count_articles, retag
from tracker.store.views import VIEWS
from tracker.store.writer import Writer

NOW = datetime(2025, 2, 21, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE = Source("one", "The One", "one", "national", "GB", "en")
TWO = Source("two", "Zwei", "zwei-verlag", "tech", "DE", "de")
FEEDS = [
    Feed("https://one.example/rss", "one"),
    Feed("https://one.example/tech", "one", timedelta(hours=2)),
    Feed("https://two.example/atom", "two"),
]
BOOK = "- {id: encryption, facet: topic, label: Encryption, terms: {en: [encrypt*]}}\n"
OTHER_BOOK = """
- {id: encryption, facet: topic, label: Encryption, terms: {en: [cipher*]}}
- {id: child-safety, facet: topic, label: Child safety, terms: {en: [child*]}}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "db" / "tracker.db"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    with opened(path) as made:
        with transaction(made):
            feeds.declare(made, [ONE, TWO], FEEDS)
            apply_rulebook(made, rulebook(BOOK), NOW)
        yield made


def polled(db: Database, state: FeedState, poll: Poll, now: datetime, next_at: datetime | None = None) -> None:
    with transaction(db):
        feeds.record_poll(db, state.id, poll, 0.0, now)
        feeds.record_state(db, replace(state, next_poll_at=next_at), poll, now)


def entry(number: int, title: str) -> Entry:
    return Entry(f"g{number}", f"https://one.example/{number}", title, published=NOW)


def query(db: Database, sql: str) -> list[dict[str, Any]]:
    return list(db.query(sql))


# ---- the file


def test_every_table_is_strict_and_every_reference_is_kept(db: Database) -> None:
    tables = query(db, "SELECT name, strict, type FROM pragma_table_list WHERE schema = 'main'")
    ours = [row for row in tables if row["type"] == "table" and not row["name"].startswith(("sqlite_", "_sqlite_"))]
    assert len(ours) >= 12
    assert {row["name"] for row in ours if not row["strict"]} == set()
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        db.execute("INSERT INTO feeds (url, source) VALUES ('https://x.example/', 'nobody')")
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
        db.execute("INSERT INTO polls (feed, started_at, outcome, ms) VALUES (1, 'now', 'ok', 'soon')")


def test_readers_and_the_writer_do_not_wait_for_each_other(db: Database, path: Path) -> None:
    assert query(db, "PRAGMA journal_mode") == [{"journal_mode": "wal"}]
    with opened(path) as reader, transaction(db):
        db.execute("UPDATE sources SET name = 'Changed'")
        assert {row["name"] for row in reader.query("SELECT * FROM sources")} == {"The One", "Zwei"}


def test_a_database_is_brought_up_to_date_once(path: Path) -> None:
    with opened(path) as first:
        applied = query(first, "SELECT * FROM _sqlite_migrations")
    with opened(path) as second:
        assert query(second, "SELECT * FROM _sqlite_migrations") == applied


def test_processes_that_open_a_fresh_database_at_once_all_succeed(path: Path) -> None:
    code = """if True:
        import sys
        from pathlib import Path
        from tracker.store.database import opened
        print("ready", flush=True)
        sys.stdin.readline()
        with opened(Path(sys.argv[1])) as db:
            print(db.execute("SELECT count(*) FROM articles").fetchone()[0])
    """
    command = [sys.executable, "-c", code, str(path)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()  # all have imported what they need before the first opens
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    ends = [(process.communicate(timeout=600), process.returncode) for process in processes]
    assert ends == [(("0\n", ""), 0)] * 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"id,title\n1,one\n" * 100, "file is not a database", id="another kind of file"),
        pytest.param(b"SQLite format 3\0" + b"\xff" * 4000, "cannot be opened", id="a broken database"),
    ],
)
def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "notes.db"
    file.write_bytes(content)
    with pytest.raises(StoreError, match=message):
        open_database(file)
    assert file.read_bytes() == content


def test_a_database_of_a_newer_tracker_is_refused(db: Database, path: Path) -> None:
    db.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('tracker', 'm999_future', '2099')"
    )
    with pytest.raises(StoreError, match="written by a newer tracker"):
        open_database(path)


def test_damage_found_while_reading_is_reported_as_such(db: Database, path: Path) -> None:
    with transaction(db):
        for number in range(400):
            db.execute("INSERT INTO sources (id, name, family) VALUES (?, ?, 'f')", (f"s{number}", "x" * 200))
    db.execute("PRAGMA wal_checkpoint(truncate)")
    db.close()
    content = bytearray(path.read_bytes())
    content[-40_000:] = b"\x5a" * 40_000  # the pages written last hold those sources
    path.write_bytes(content)
    with pytest.raises(StoreError, match="cannot be read or written"), opened(path) as broken:
        list(broken.query("SELECT * FROM sources"))


def test_a_database_that_another_program_keeps_locked_is_reported(db: Database, path: Path) -> None:
    def write() -> None:
        with opened(path) as other:
            other.execute("PRAGMA busy_timeout = 0")  # in place of ten seconds
            feeds.declare(other, [], [])

    with transaction(db), pytest.raises(StoreError, match=r"another program .* too long \(database is locked\)"):
        write()


OLD_VIEWS = {
    "coverage": "SELECT id, title FROM articles",
    "feed_health": "SELECT f.id, (SELECT count(*) FROM gaps WHERE gaps.feed = f.id) AS gaps FROM feeds AS f",
    "headline_changes": "SELECT r.id, a.title FROM revisions AS r JOIN articles AS a ON a.id = r.article",
}
"""The views that the first schema had, by name, over the tables that they read."""

OLD_ROWS = """
INSERT INTO sources (id, name, family) VALUES ('one', 'The One', 'one');
INSERT INTO feeds (id, url, source, last_poll_at, last_ok_at) VALUES
    (1, 'https://one.example/rss', 'one', '2025-02-21T14:00:00Z', '2025-02-21T14:00:00Z'),
    (2, 'import:one', 'one', '2025-02-21T14:00:00Z', NULL);
INSERT INTO polls (feed, started_at, outcome, entries, new) VALUES (1, '2025-02-21T14:00:00Z', 'ok', 2, 1);
INSERT INTO gaps (feed, from_at, to_at, reason) VALUES
    (1, '2025-02-20T14:00:00Z', '2025-02-20T16:00:00Z', 'overflow');
INSERT INTO articles (id, canonical_url, url, source, title, date_quality, first_seen_at, last_seen_at) VALUES
    (1, 'https://one.example/1', 'u', 'one', 'One', 'absent', '2025-02-20T16:00:00Z', '2025-02-21T13:00:00Z'),
    (2, 'https://one.example/2', 'u', 'one', 'Two', 'absent', '2025-02-20T16:00:00Z', '2025-02-21T14:00:00Z'),
    (3, 'https://one.example/3', 'u', 'one', 'Three', 'absent', '2025-02-21T14:00:00Z', '2025-02-21T14:00:00Z');
INSERT INTO sightings (feed, guid, article, text_hash, first_seen_at, last_seen_at) VALUES
    (1, 'g1', 1, 'x', '2025-02-20T16:00:00Z', '2025-02-21T13:00:00Z'),
    (1, 'g2', 2, 'x', '2025-02-20T16:00:00Z', '2025-02-21T14:00:00Z'),
    (1, 'g3', 3, 'x', '2025-02-21T14:00:00Z', '2025-02-21T14:00:00Z'),
    (2, 'g3', 3, 'x', '2025-02-21T14:00:00Z', '2025-02-21T14:00:00Z');
INSERT INTO revisions (article, feed, title, summary, title_changed, seen_until, replaced_at) VALUES
    (1, 1, 'Zero', '', 1, '2025-02-20T16:00:00Z', '2025-02-21T13:00:00Z');
"""


@pytest.fixture
def first_schema(path: Path) -> Path:
    """A database as the first version of the tracker left it."""
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    old = Database(connection)
    steps.apply(old, stop_before="m002_continuity")
    for name, query in OLD_VIEWS.items():
        old.execute(f"CREATE VIEW {name} AS {query}")
    connection.executescript(OLD_ROWS)
    connection.close()
    return path


def test_a_database_of_the_first_schema_keeps_its_rows_and_gets_what_is_new(first_schema: Path, tmp_path: Path) -> None:
    tables = ("sources", "feeds", "polls", "gaps", "articles", "sightings", "revisions")
    before = sqlite3.connect(first_schema)
    before.row_factory = sqlite3.Row
    rows = {name: [dict(row) for row in before.execute(f"SELECT * FROM {name}")] for name in tables}
    before.close()
    with opened(first_schema) as db, opened(tmp_path / "fresh.db") as fresh:
        for name, old in rows.items():
            kept = [{column: row[column] for column in old[0]} for row in db.query(f"SELECT * FROM {name}")]
            assert kept == old, name
        shape = "SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
        assert query(db, shape) == query(fresh, shape)
        for view in (*VIEWS, *tables):
            columns = f"SELECT name, type FROM pragma_table_info('{view}') ORDER BY name"
            assert query(db, columns) == query(fresh, columns)
            list(db.query(f"SELECT * FROM {view}"))
        assert query(db, "PRAGMA foreign_key_check") == []
        (health,) = db.query("SELECT * FROM feed_health")
        assert (health["health"], health["gaps"], health["entries_seen"]) == ("ok", 1, 3)
        began = (
            "SELECT r.first_seen_at = a.first_seen_at AS same FROM revisions AS r JOIN articles AS a ON a.id = article"
        )
        assert query(db, began) == [{"same": 1}], "an article's first version began with it"


def test_the_context_that_a_rule_requires_is_called_so_after_an_upgrade(path: Path) -> None:
    make_old(path, "m019_grouped", articles=2)
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("UPDATE evidence SET role = 'company' WHERE article = 1")
        old.execute("INSERT INTO near_misses VALUES (1, 'encryption', 'company', 'keys')")
        old.execute("INSERT INTO near_misses VALUES (2, 'encryption', 'strength', 'keys')")
    with opened(path) as db:
        roles = query(db, "SELECT article, rule, words, role FROM evidence ORDER BY id")
        assert [(row["article"], row["words"], row["role"]) for row in roles] == [
            (1, "Encryption", "context"),
            (2, "Encryption", "term"),
        ]
        missing = query(db, "SELECT article, missing, words FROM near_misses ORDER BY article")
        assert [(row["missing"], row["words"]) for row in missing] == [("context", "keys"), ("strength", "keys")]


def test_views_of_other_wording_become_those_of_the_program_and_those_of_the_user_stay(path: Path) -> None:
    with opened(path) as db:
        fresh = query(db, "SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY name")
        db.execute("DROP VIEW feed_health")
        db.execute("CREATE VIEW feed_health AS SELECT 'in the words of yesterday' AS why")
        db.execute("DROP VIEW coverage")
        db.execute("CREATE VIEW mine AS SELECT id FROM coverage")
    with opened(path) as db:
        mine = {"name": "mine", "sql": "CREATE VIEW mine AS SELECT id FROM coverage"}
        stored = query(db, "SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY name")
        assert sorted(stored, key=str) == sorted([*fresh, mine], key=str)
        assert query(db, "SELECT * FROM mine") == []


def test_what_a_feed_showed_last_is_known_after_an_upgrade(first_schema: Path) -> None:
    with opened(first_schema) as db:
        (state,) = feeds.declared(db)
        assert (state.shown, state.full_at) == ((2, 3), state.last_ok_at)
        assert feeds.import_feed(db, "one").shown == ()


# ---- the lock


def test_a_lock_keeps_others_out_until_it_is_given_back(path: Path) -> None:
    with exclusive(path):
        with pytest.raises(Locked, match=r"tracker\.db"), exclusive(path):
            pass
        with exclusive(path, "another purpose"):
            pass
    with exclusive(path):
        pass


def test_a_lock_holds_under_every_name_that_a_link_gives_the_database(tmp_path: Path) -> None:
    path, link = tmp_path / "tracker.db", tmp_path / "elsewhere" / "link.db"
    open_database(path).close()
    link.parent.mkdir()
    link.symlink_to(path)
    for one, other in ((path, link), (link, path)):
        with exclusive(one), pytest.raises(Locked), exclusive(other):
            pass


# ---- transactions


def test_what_fails_half_way_leaves_nothing(db: Database) -> None:
    with pytest.raises(RuntimeError), transaction(db):  # noqa: PT012  the error must come after the write
        feeds.declare(db, [replace(ONE, name="Renamed")], [])
        raise RuntimeError
    assert {source["name"] for source in db.query("SELECT * FROM sources")} == {"The One", "Zwei"}
    assert len(feeds.declared(db)) == 3


async def test_the_writer_keeps_each_piece_of_work_whole_and_in_order(path: Path) -> None:
    def add(db: Database, name: str) -> int:
        db.execute("INSERT INTO sources (id, name, family) VALUES (?, 'n', 'f')", (name,))
        if name == "bad":
            raise ValueError(name)
        return int(db.execute("SELECT count(*) FROM sources").fetchone()[0])

    async with Writer(path) as writer:
        results = await asyncio.gather(
            *(writer.do(add, name) for name in ("a", "b", "bad", "c")), return_exceptions=True
        )
    assert [result for result in results if isinstance(result, int)] == [1, 2, 3]
    assert isinstance(results[2], ValueError)
    with opened(path) as db:
        assert [row["id"] for row in db.query("SELECT * FROM sources")] == ["a", "b", "c"]


# ---- feeds


def test_what_is_declared_comes_back_as_it_was(db: Database) -> None:
    states = feeds.declared(db)
    assert [state.feed for state in states] == FEEDS
    assert [state.language for state in states] == ["en", "en", "de"]


def test_what_is_no_longer_declared_stays_and_is_not_polled(db: Database) -> None:
    with transaction(db):
        feeds.declare(db, [ONE], FEEDS[:1])
    assert [state.feed for state in feeds.declared(db)] == FEEDS[:1]
    assert [state.feed for state in feeds.due(db, NOW)] == FEEDS[:1]
    assert db.execute("SELECT count(*) FROM feeds").fetchone()[0] == 3
    with transaction(db):
        feeds.declare(db, [ONE, TWO], FEEDS)
    assert [state.feed for state in feeds.declared(db)] == FEEDS


def test_a_feed_keeps_what_polls_left_when_its_declaration_changes(db: Database) -> None:
    state = replace(feeds.declared(db)[0], validators=Validators('W/"é"', "Fri, 21 Feb 2025"), failures=2.5)
    left = replace(state, body_sha256="ab", moved_to="https://b.example/", last_ok_at=NOW)
    polled(db, left, Poll(Outcome.OK), NOW, NOW + HOUR)
    with transaction(db):
        feeds.declare(db, [ONE, TWO], [replace(FEEDS[0], every=HOUR)])
    (after,) = feeds.declared(db)
    assert (after.validators, after.failures, after.body_sha256) == (state.validators, 2.5, "ab")
    assert (after.address, after.feed.every, after.last_ok_at) == ("https://b.example/", HOUR, NOW)


def test_those_never_polled_are_due_first_then_the_longest_overdue(db: Database) -> None:
    first, second, third = feeds.declared(db)
    polled(db, first, Poll(Outcome.OK), NOW - 2 * HOUR, NOW)
    polled(db, second, Poll(Outcome.OK), NOW - 2 * HOUR, NOW - HOUR)
    assert [state.id for state in feeds.due(db, NOW)] == [third.id, second.id, first.id]
    polled(db, third, Poll(Outcome.OK), NOW, NOW + HOUR)
    assert [state.id for state in feeds.due(db, NOW - timedelta(seconds=1))] == [second.id]


def test_feeds_are_meant_by_address_or_by_source(db: Database) -> None:
    states = feeds.declared(db)
    assert feeds.select(states, ["two", "https://one.example/rss"]) == [states[0], states[2]]
    assert feeds.select(states, ["one", "three", "One"]) == states[:2]


def test_all_that_a_poll_learnt_is_there_for_the_next(db: Database) -> None:
    state = replace(
        feeds.declared(db)[0],
        validators=Validators('"one"', "Fri"),
        body_sha256="ab",
        moved_to="https://b.example/",
        failures=1.25,
        next_poll_at=NOW + HOUR,
        last_ok_at=NOW,
        last_new_at=NOW - HOUR,
        full_at=NOW - 2 * HOUR,
        rhythm=Rhythm(2.5, timedelta(minutes=90), timedelta(hours=6), 3),
        shown=(3, 2, 1),
        last_outcome=Outcome.OK,
    )
    polled(db, state, Poll(Outcome.OK), NOW, NOW + HOUR)
    assert feeds.declared(db)[0] == state


def test_feeds_can_be_put_off_without_a_poll(db: Database) -> None:
    first, second, third = feeds.declared(db)
    with transaction(db):
        feeds.postpone(db, [first.id, third.id], NOW + HOUR)
    assert feeds.due(db, NOW) == [second]
    assert [state.id for state in feeds.due(db, NOW + HOUR)] == [second.id, first.id, third.id]
    assert db.execute("SELECT count(*) FROM polls").fetchone()[0] == 0


# ---- gaps


def gaps_of(db: Database) -> list[tuple[Any, ...]]:
    return [
        tuple(row.values()) for row in db.query("SELECT feed, from_at, to_at, reason, bridged FROM gaps ORDER BY id")
    ]


def seen(db: Database, at: datetime) -> FeedState:
    """The first feed, as seen at that moment."""
    state = replace(feeds.declared(db)[0], last_ok_at=at)
    polled(db, state, Poll(Outcome.OK), at)
    return state


def test_a_gap_runs_from_the_last_poll_that_saw_the_feed_to_the_next(db: Database) -> None:
    state = seen(db, NOW - HOUR)
    with transaction(db):
        gaps.open_for_all(db, "outage", NOW)
    assert gaps_of(db) == [(state.id, utc_text(NOW - HOUR), None, "outage", 0)], "of the others nothing was ever seen"
    with transaction(db):
        assert gaps.close(db, state.id, NOW, bridged=True)
        assert not gaps.close(db, state.id, NOW + HOUR, bridged=False)
    assert gaps_of(db) == [(state.id, utc_text(NOW - HOUR), utc_text(NOW), "outage", 1)]


def test_a_feed_has_one_open_gap_whose_first_reason_stays(db: Database) -> None:
    state = seen(db, NOW - HOUR)
    with transaction(db):
        gaps.open_for(db, [state.id], "error", NOW)
        gaps.open_for(db, [state.id], "error", NOW)
        gaps.open_for_all(db, "outage", NOW)
    assert [(gap[3], gap[2]) for gap in gaps_of(db)] == [("error", None)]


def test_silence_is_warned_of_beside_a_gap_and_ends_by_itself(db: Database) -> None:
    state = seen(db, NOW - HOUR)
    with transaction(db):
        gaps.warn_of_silence(db, state.id, NOW - 9 * HOUR)
        gaps.warn_of_silence(db, state.id, NOW - 8 * HOUR)
        gaps.open_for(db, [state.id], "error", NOW)
        gaps.close(db, state.id, NOW, bridged=False)
        gaps.end_silence(db, state.id, NOW + HOUR)
        gaps.end_silence(db, state.id, NOW + 2 * HOUR)
    assert gaps_of(db) == [
        (state.id, utc_text(NOW - 9 * HOUR), utc_text(NOW + HOUR), "silent", 1),
        (state.id, utc_text(NOW - HOUR), utc_text(NOW), "error", 0),
    ]


def test_gaps_of_feeds_no_longer_declared_are_not_opened(db: Database) -> None:
    seen(db, NOW - HOUR)
    with transaction(db):
        feeds.declare(db, [ONE, TWO], FEEDS[1:])
        gaps.open_for_all(db, "outage", NOW)
    assert gaps_of(db) == []


# ---- the status


def test_the_status_counts_what_is_there(db: Database) -> None:
    book = rulebook(BOOK)
    state = feeds.declared(db)[0]
    with transaction(db):
        ingest(db, state, [entry(1, "On encryption"), entry(2, "On football")], book, NOW - timedelta(days=8))
        ingest(db, state, [entry(3, "Encrypted")], book, NOW - HOUR)
    polled(db, state, Poll(Outcome.GONE), NOW)
    status = read_status(db, book.hash, NOW)
    assert (status.sources, status.feeds, status.articles, status.articles_last_week) == (2, 3, 3, 1)
    assert (status.relevance, status.outdated) == ({"encryption": 2, "none": 1}, 0)
    assert (status.health, [feed.url for feed in status.failing]) == ({"gone": 1, "never polled": 2}, [FEEDS[0].url])
    assert read_status(db, rulebook(OTHER_BOOK).hash, NOW).outdated == 3


# ---- tags


def test_retagging_says_what_changed_and_leaves_no_tag_that_no_rule_gives(db: Database) -> None:
    titles = ["Encryption for all", "A cipher", "Children and encryption", "Football"]
    with transaction(db):
        entries = [entry(n, title) for n, title in enumerate(titles)]
        ingest(db, feeds.declared(db)[0], entries[::-1], rulebook(BOOK), NOW)
    heard: list[int] = []
    with transaction(db):
        difference = retag(db, rulebook(OTHER_BOOK), NOW, heard.append)
    assert (difference.articles, sum(heard), count_articles(db)) == (4, 4, 4)
    changes = difference.changes
    assert {tag: (change.gained, change.lost, change.now) for tag, change in changes.items()} == {
        "encryption": (1, 2, 1),
        "child-safety": (1, 0, 1),
    }
    assert (changes["encryption"].gained_by, changes["encryption"].lost_by) == ([2], [1, 3])
    assert query(db, "SELECT tag, gained, lost, lost_by FROM retagging_changes") == [
        {"tag": "child-safety", "gained": 1, "lost": 0, "lost_by": "[]"},
        {"tag": "encryption", "gained": 1, "lost": 2, "lost_by": "[1, 3]"},
    ]
    assert difference.relevance == {
        ("encryption", "none"): 1,
        ("none", "encryption"): 1,
        ("encryption", "child-safety"): 1,
    }
    assert query(db, "SELECT article, tag FROM article_tags ORDER BY 1") == [
        {"article": 2, "tag": "encryption"},
        {"article": 3, "tag": "child-safety"},
    ]
    assert query(db, "SELECT DISTINCT rulebook FROM articles") == [{"rulebook": rulebook(OTHER_BOOK).hash}]
    with transaction(db):
        retag(db, rulebook(BOOK), NOW)
    assert [row["id"] for row in db.query("SELECT * FROM tags")] == ["encryption"]
    assert db.execute("SELECT count(*) FROM rulebooks").fetchone()[0] == 2


def test_retagging_with_the_same_rules_changes_nothing(db: Database) -> None:
    with transaction(db):
        ingest(db, feeds.declared(db)[0], [entry(1, "Encryption")], rulebook(BOOK), NOW)
    before = query(db, "SELECT article, tag, rule, field, start, words FROM evidence")
    with transaction(db):
        difference = retag(db, rulebook(BOOK), NOW)
    assert (difference.changes, difference.relevance) == ({}, {})
    assert query(db, "SELECT article, tag, rule, field, start, words FROM evidence") == before


def test_the_timeline_is_that_of_the_file_and_written_only_when_it_changed(tmp_path: Path) -> None:
    first = Event(date(2025, 2, 21), "Backups lose their lock", "https://a.example/", "uk-law")
    second = Event(date(2025, 3, 1), "A hearing", "https://b.example/")
    with opened(tmp_path / "x.db") as db, transaction(db):
        declare_events(db, [second, first])
        assert [(row["day"], row["title"], row["tag"]) for row in db.query("SELECT * FROM events")] == [
            ("2025-02-21", "Backups lose their lock", "uk-law"),
            ("2025-03-01", "A hearing", None),
        ]
        before = db.conn.total_changes
        declare_events(db, [first, second])
        assert db.conn.total_changes == before
        declare_events(db, [second])
        assert [row["title"] for row in db.query("SELECT * FROM events")] == ["A hearing"]
