"""The tracker claims only what it knows: about feeds that nobody polls, feeds that never answered, and dates."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests import site_database as stored
from tracker.models import utc_text
from tracker.publish.summaries import status_in_words
from tracker.store import counts
from tracker.store.database import Database, open_database
from tracker.store.status import read_status
from tracker.store.watched import Polling, read_polling, read_watched

NOW = stored.NOW
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEAR = 365 * DAY
PAGES = ["/", "/health", "/about", "/sources", "/tags", "/stories", "/headlines", "/search?q=encryption", "/compare",
         "/jobs", "/article/1", "/source/harbour", "/tag/encryption", "/tracker", "/tracker/coverage",
         "/tracker/articles/1", "/tracker/polls", "/nothing"]  # fmt: skip


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """An empty database with one source."""
    made = open_database(tmp_path / "tracker.db")
    made.execute("INSERT INTO sources (id, name, family, kind) VALUES ('p', 'The Press', 'p', 'national')")
    yield made
    made.close()


def feed(db: Database, name: str, *polls: tuple[timedelta, str]) -> None:
    """A feed that was polled so long ago with such outcomes, the earliest first; due again an hour after the last."""
    at = [(utc_text(NOW - ago), outcome) for ago, outcome in polls]
    seen = [moment for moment, outcome in at if outcome == "ok"]
    last, outcome = at[-1] if at else (None, None)
    due = utc_text(NOW - polls[-1][0] + HOUR) if polls else None
    db.execute(
        """INSERT INTO feeds (url, source, last_poll_at, last_ok_at, last_outcome, failures, next_poll_at)
        VALUES (?, 'p', ?, ?, ?, ?, ?)""",
        (f"https://press.example/{name}", last, max(seen, default=None), outcome, outcome not in {None, "ok"}, due),
    )
    number = db.execute("SELECT max(id) FROM feeds").fetchone()[0]
    db.conn.executemany(
        "INSERT INTO polls (feed, started_at, outcome) VALUES (?, ?, ?)", [(number, *poll) for poll in at]
    )


def every(step: timedelta, until: timedelta, count: int = 30) -> list[tuple[timedelta, str]]:
    return [(until + step * back, "ok") for back in reversed(range(count))]


def said(db: Database, path: str) -> str:
    """A page of a site over the database, as one line of text; what it says is NOW."""
    path_of_db = Path(db.execute("PRAGMA database_list").fetchone()[2])
    for address in stored.serve(path_of_db):
        html = httpx.get(address + path, timeout=30).text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("<body")[2]))


def status(db: Database) -> str:
    return status_in_words(read_status(db, "none", NOW), stored.ZONE)


# ---- nobody polls


@pytest.mark.parametrize(
    ("step", "ago", "stopped"),
    [
        (timedelta(minutes=10), 2 * HOUR, False),
        (timedelta(minutes=10), 4 * HOUR, True),
        (2 * HOUR, 5 * HOUR, False),
        (2 * HOUR, 7 * HOUR, True),
        (DAY, 2 * DAY, False),
        (DAY, 4 * DAY, True),
        (7 * DAY, 20 * DAY, False),
        (7 * DAY, 5 * YEAR, True),
    ],
)
def test_polling_has_stopped_after_three_times_the_usual(db, step, ago, stopped):
    feed(db, "a", *every(step, ago))
    assert read_polling(db, NOW).stopped is stopped


def test_one_long_pause_does_not_make_long_pauses_usual(db):
    feed(db, "a", *every(HOUR, 90 * DAY), *every(HOUR, DAY, 20))
    assert read_polling(db, NOW).stopped


def test_where_no_feed_was_polled_twice_its_interval_is_the_usual(db):
    feed(db, "a", (4 * HOUR, "ok"))
    assert read_polling(db, NOW).stopped
    db.execute("UPDATE feeds SET next_poll_at = ?", (utc_text(NOW + 2 * HOUR),))
    assert not read_polling(db, NOW).stopped


def test_a_database_last_polled_five_years_ago_says_so_on_every_page(tmp_path):
    stored.build(tmp_path / "site.db")
    for address in stored.serve(tmp_path / "site.db", clock=lambda: NOW + 5 * YEAR):
        for page in PAGES:
            text = httpx.get(address + page, timeout=30).text
            assert "Nothing has been polled since 2026-03-20 11:40 GMT, 5 years ago" in text, page
            assert "none failing" not in text
            assert ">Working<" not in text
        health = httpx.get(f"{address}/healthz")
        assert health.status_code == 200, "who only serves is not ill"
        assert health.text.startswith("ok\nNothing has been polled since ")
        assert "tracker_polling_stopped 1.0" in httpx.get(f"{address}/metrics").text


def test_nothing_of_the_kind_is_said_while_feeds_are_polled(tmp_path):
    stored.build(tmp_path / "site.db")
    for address in stored.serve(tmp_path / "site.db"):
        for page in PAGES:
            assert "Nothing has been polled" not in httpx.get(address + page, timeout=30).text, page
        assert "tracker_polling_stopped 0.0" in httpx.get(f"{address}/metrics").text


def test_a_page_that_is_kept_does_not_hide_that_polling_stopped(db, tmp_path):
    feed(db, "a", *every(HOUR, timedelta()))
    clock = [NOW]
    for address in stored.serve(tmp_path / "tracker.db", clock=lambda: clock[0]):
        first = httpx.get(address)
        assert "Nothing has been polled" not in first.text
        clock[0] = NOW + 4 * HOUR
        again = httpx.get(address, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 200
        assert "Nothing has been polled since" in again.text


def test_the_status_says_first_that_nobody_polls(db):
    feed(db, "a", *every(HOUR, 5 * YEAR))
    assert "ATTENTION: Nothing has been polled since 2021-03-21 12:00 GMT, 5 years ago" in status(db)


def test_a_poll_that_is_still_to_come_is_doubted(db):
    feed(db, "a", *every(HOUR, -40 * DAY))
    assert "The last poll is dated 2026-04-29 13:00 BST, which is in the future: a clock is or was wrong" in status(db)
    assert "a clock is or was wrong" in said(db, "/health")


# ---- nobody answered


def test_feeds_that_were_never_polled_are_not_well(db):
    feed(db, "a")
    feed(db, "b")
    for page in ("/health", "/", "/about"):
        assert "None of the 2 feeds has been polled yet" in said(db, page)
    assert "none failing" not in said(db, "/health")
    assert "None of the 2 feeds has been polled yet" in status(db)


def test_a_database_without_feeds_claims_nothing(db):
    assert read_polling(db, NOW) == Polling(0, None, stopped=False, ahead=False)
    assert "No feeds yet" in said(db, "/health")
    assert "Nothing has been polled" not in status(db)


def test_a_dead_feed_counts_as_watched_and_not_seen(db):
    feed(db, "live", *every(HOUR, timedelta(), 25))
    feed(db, "dead", *[(ago, "dns-error") for ago, _ in every(HOUR, timedelta(), 25)])
    found = read_watched(db, NOW)
    assert (found.feeds, found.answered, found.never_answered, found.seen_percent) == (2, 1, 1, 50.0)
    assert "feeds observed 50% of the time; 1 feed never responded" in status(db)
    for page in ("/health", "/about"):
        assert "feeds were observed 50% of the time; 1 feed never responded" in said(db, page)


def test_one_minute_says_nothing_in_per_cent(db):
    feed(db, "live", (timedelta(minutes=1), "ok"), (timedelta(), "ok"))
    feed(db, "dead", (timedelta(minutes=1), "timeout"))
    assert "100%" not in status(db)
    assert "watching since 2026-03-20 11:59 GMT (1 minute); 1 feed never responded" in status(db)
    assert "seen in 2026-03: not known, as too little time has passed" in status(db)
    assert "(1 minute); 1 feed never responded" in said(db, "/health")


def test_a_feed_polled_once_was_not_seen_for_a_whole_month(db):
    feed(db, "a", (timedelta(), "ok"))
    assert read_status(db, "none", NOW).feed_list[0].continuity_percent is None


def test_feeds_that_our_own_connection_did_not_reach_are_not_well(db):
    feed(db, "a", *every(HOUR, HOUR), (timedelta(), "dns-error"))
    db.execute("UPDATE feeds SET failures = 0")
    assert "1 of 1 feed could not be reached" in said(db, "/health")


# ---- articles without a date


def test_articles_without_a_date_count_alike_everywhere(tmp_path):
    """Seven more of the last hour have none, five of them on both topics."""
    stored.build(tmp_path / "site.db")
    db = open_database(tmp_path / "site.db")
    for number in range(7):
        at = f"https://undated.example/{number}"
        stored.article(db, at, f"Undated {number}", "", ("both", "none")[number > 4], ["encryption"], None, "wire")
    counts.mark_days_stale(db, {(NOW - HOUR).date()})
    counts.refresh(db, ZoneInfo(stored.ZONE), NOW)
    read = read_status(db, "none", NOW)
    relevant = sum(n for name, n in read.relevance.items() if name != "none")
    by_day = db.execute("SELECT sum(both_topics + encryption + child_safety), sum(articles) FROM days").fetchone()
    assert by_day == (relevant, read.articles)
    tagged = db.execute("SELECT count(*) FROM article_tags WHERE tag = 'encryption'").fetchone()[0]
    assert db.execute("SELECT sum(articles) FROM tag_days WHERE tag = 'encryption'").fetchone()[0] == tagged
    db.close()
    for address in stored.serve(tmp_path / "site.db"):
        front = httpx.get(address, timeout=30).text
        weeks = re.findall(r'<a href="/articles\?from=[^"]*">(\d+)(?: found)?</a>', front)
        whole = re.search(r'<p class="links"><a href="(/tracker/coverage\?[^"]*)">View as table', front)[1]
        rows = httpx.get(address + whole.replace("&amp;", "&").replace("coverage?", "coverage.json?_size=0&")).json()
        assert rows["filtered_table_rows_count"] == sum(map(int, weeks)) == relevant


def test_a_moment_that_is_none_is_refused(tmp_path):
    stored.build(tmp_path / "site.db")
    for address in stored.serve(tmp_path / "site.db"):
        answer = httpx.get(f"{address}/tracker/coverage.json?_since=yesterday&_before=now")
        assert answer.status_code == 400
        assert "times such as" in json.dumps(answer.json())
