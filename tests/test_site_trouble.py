"""Whether anything is broken is one click away, and what is ours to mend stands on every page."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tracker.models import utc_text
from tracker.store.database import Database, open_database

NOW = stored.NOW
FEEDS = 12


def trouble(path: Path, change: Callable[[Database], object]) -> tuple[str, str]:
    """What the banner of a page says, and what Feed health, one click from there, begins with."""
    db = open_database(path)
    for number in range(FEEDS):
        source = f"s{number}"
        db.execute("INSERT INTO sources (id, name, family) VALUES (?1, ?1, ?1)", (source,))
        ok = utc_text(NOW - timedelta(minutes=20))
        db.execute(
            "INSERT INTO feeds (url, source, last_poll_at, last_ok_at, last_new_at, last_outcome) "
            "VALUES (?, ?, ?3, ?3, ?3, 'ok')", (f"https://{source}.example/rss", source, ok),
        )  # fmt: skip
        db.execute("INSERT INTO polls (feed, started_at, outcome) VALUES (last_insert_rowid(), ?, 'ok')", (ok,))
    change(db)
    db.close()
    for address in stored.serve(path):
        page = httpx.get(f"{address}/about").text
        [href] = re.findall(r'href="([^"]+)">Feed health</a></li>', page)
        banner = re.search(r'<aside class="doubt"[^>]*><strong>(.*?)</strong>', page)
        health = httpx.get(address + href).text
        return banner[1] if banner else "", text(health[health.index("<h1") :])[:700]
    raise AssertionError


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def dead(db: Database) -> None:
    long_ago = utc_text(NOW - timedelta(days=3))
    db.execute("UPDATE feeds SET last_poll_at = ?1, last_ok_at = ?1", (long_ago,))
    db.execute("UPDATE polls SET started_at = ?", (long_ago,))


def never_polled(db: Database) -> None:
    db.execute("DELETE FROM polls")
    db.execute("UPDATE feeds SET last_poll_at = NULL, last_ok_at = NULL, last_outcome = NULL")


def our_outage(db: Database) -> None:
    db.execute("UPDATE feeds SET last_outcome = 'dns-error' WHERE id > 2")


def one_feed_gone(db: Database) -> None:
    db.execute("UPDATE feeds SET last_outcome = 'gone', failures = 3 WHERE id = 5")


@pytest.mark.parametrize(
    ("change", "banner", "health"),
    [
        pytest.param(lambda _: None, "", "12 feeds, none failing.", id="nothing is wrong"),
        pytest.param(dead, "Nothing has been polled since", "The current state of 12 feeds is unknown.", id="dead"),
        pytest.param(never_polled, "None of the 12 feeds has been polled yet", "unknown", id="never polled"),
        pytest.param(our_outage, "10 of 12 feeds could not be reached: our own connection was probably down",
                     "10 feeds fail alike: the host's name could not be looked up; probably our own connection",
                     id="an outage of ours"),
        pytest.param(one_feed_gone, "", "1 of 12 feeds cannot be read.", id="one feed gone"),
    ],
)  # fmt: skip
def test_what_is_broken_is_one_click_away_and_what_is_ours_is_on_every_page(
    tmp_path: Path, change: Callable[[Database], object], banner: str, health: str
) -> None:
    above, below = trouble(tmp_path / "tracker.db", change)
    assert above.startswith(banner)
    assert bool(above) == bool(banner)
    assert health in below.replace("&#39;", "'")


def refused_by_many(db: Database) -> None:
    db.execute("UPDATE feeds SET last_outcome = 'refused', failures = 2 WHERE id <= 4")
    db.execute("UPDATE feeds SET last_outcome = 'timeout', failures = 2 WHERE id > 10")


def test_feeds_that_fail_alike_are_counted_together_and_blamed_on_us_only_if_most_do(tmp_path: Path) -> None:
    _, below = trouble(tmp_path / "tracker.db", refused_by_many)
    assert "4 feeds fail alike: the server refused access." in below
    assert "probably our own" not in below
    assert "2 feeds fail alike" not in below
