"""What rises and what has fallen silent: by the week, over the small database's sources and a real server."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests import site_database as stored
from tracker.models import utc_text
from tracker.publish.rising import WEEKS, trends
from tracker.store import counts
from tracker.store.database import Database, open_database

ZONE = ZoneInfo(stored.ZONE)
NOON = stored.NOW
TODAY = NOON.astimezone(ZONE).date()
OUTLETS = ("harbour", "wire", "keys")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tracker.db"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    """A database with sources, feeds and tags that were watched for ten weeks, and no article."""
    made = open_database(path)
    stored._declare(made)
    made.execute("DELETE FROM gaps")
    made.execute("DELETE FROM polls")
    for at in (NOON - timedelta(weeks=10), NOON):
        made.execute("INSERT INTO polls (feed, started_at, outcome) SELECT id, ?, 'ok' FROM feeds", (utc_text(at),))
    made.execute("UPDATE feeds SET last_poll_at = ?1, last_ok_at = ?1, last_outcome = 'ok', failures = 0, "
                 "last_error = NULL", (utc_text(NOON),))  # fmt: skip
    yield made
    made.close()


def tell(db: Database, tag: str, per_week: Sequence[int], outlets: Sequence[str] = OUTLETS) -> None:
    """Store articles with a tag: this many in each week, the last of which ends today."""
    for back, articles in enumerate(reversed(per_week)):
        for number in range(articles):
            at = NOON - timedelta(weeks=back, hours=1 + 3 * number)
            outlet = outlets[number % len(outlets)]
            url = f"https://{outlet}.example/{tag}/{back}/{number}"
            stored.article(db, url, f"{tag} {back} {number}", "", "both", [tag], at, outlet)
    count(db)


def count(db: Database) -> None:
    counts.mark_days_stale(db, {TODAY - timedelta(days=back) for back in range(70)})
    counts.refresh(db, ZONE, NOON)


@pytest.mark.parametrize(
    ("per_week", "outlets", "rises", "spikes"),
    [
        pytest.param([1, 0, 1, 2, 0, 1, 1, 0, 20], OUTLETS, True, True, id="twenty where one is usual"),
        pytest.param([4, 3, 4, 5, 4, 3, 4, 5, 9], OUTLETS, True, False, id="twice the usual is no spike"),
        pytest.param([4, 3, 4, 5, 4, 3, 4, 5, 5], OUTLETS, False, False, id="a little more than usual"),
        pytest.param([0, 0, 0, 0, 0, 0, 0, 0, 4], OUTLETS, False, False, id="a headline or two"),
        pytest.param([0, 0, 0, 0, 0, 0, 0, 0, 20], ["harbour"], False, False, id="one owner alone"),
    ],
)
def test_a_tag_rises_that_has_far_more_than_usual_from_several_owners(
    db: Database, per_week: list[int], outlets: Sequence[str], rises: bool, spikes: bool
) -> None:
    tell(db, "nspcc", per_week, outlets)
    found = trends(db, TODAY, 8)
    assert found.comparable
    assert [one.tag for one in found.rising] == (["nspcc"] if rises else [])
    assert [bool(one.spike) for one in found.rising] == ([spikes] if rises else [])
    for one in found.rising:
        assert (one.articles, one.before) == (per_week[-1], tuple(per_week[:-1]))


def test_the_most_improbable_rise_comes_first_and_topics_are_left_out(db: Database) -> None:
    tell(db, "meta", [3, 3, 3, 3, 3, 3, 3, 3, 7])
    tell(db, "nspcc", [1, 1, 1, 1, 1, 1, 1, 1, 20])
    tell(db, "encryption", [0, 0, 0, 0, 0, 0, 0, 0, 30])
    assert [one.tag for one in trends(db, TODAY, 8).rising] == ["nspcc", "meta"]
    assert [one.tag for one in trends(db, TODAY, 1).rising] == ["nspcc"]


@pytest.mark.parametrize(
    ("per_week", "silent"),
    [
        pytest.param([4, 3, 5, 4, 4, 3, 5, 4, 0], True, id="four a week and now none"),
        pytest.param([4, 3, 5, 4, 4, 3, 5, 4, 1], False, id="one is not none"),
        pytest.param([1, 1, 1, 1, 1, 1, 1, 1, 0], False, id="a week without it is nothing unusual"),
        pytest.param([0, 0, 0, 0, 0, 0, 0, 40, 0], False, id="one wave that has passed"),
    ],
)
def test_a_tag_is_silent_that_usually_has_articles_and_now_has_none(
    db: Database, per_week: list[int], silent: bool
) -> None:
    tell(db, "meta", per_week)
    assert [one.tag for one in trends(db, TODAY, 8).silent] == (["meta"] if silent else [])


def test_unknown_is_not_silent_and_a_week_after_a_gap_does_not_rise(db: Database) -> None:
    tell(db, "meta", [4, 3, 5, 4, 4, 3, 5, 4, 0])
    tell(db, "nspcc", [0, 0, 0, 0, 0, 0, 0, 0, 20])
    db.execute("UPDATE days SET seen = 0 WHERE day > ?", (str(TODAY - timedelta(days=7)),))
    found = trends(db, TODAY, 8)
    assert (found.comparable, found.rising, found.silent) == (False, (), ())


def test_a_week_that_was_not_observed_is_left_out_of_what_is_usual(db: Database) -> None:
    tell(db, "nspcc", [2, 2, 2, 2, 2, 2, 2, 0, 6])
    week = (str(TODAY - timedelta(days=13)), str(TODAY - timedelta(days=7)))
    db.execute("UPDATE days SET seen = 0 WHERE day BETWEEN ? AND ?", week)
    (one,) = trends(db, TODAY, 8).rising
    assert (one.usual, one.before) == (2.0, (*[2] * (WEEKS - 1), None))


def test_a_new_feed_is_no_rise_but_breaks_a_silence(db: Database) -> None:
    tell(db, "meta", [4, 3, 5, 4, 4, 3, 5, 4, 0])
    for number in range(9):
        at = NOON - timedelta(hours=number + 1)
        stored.article(db, f"https://sabah.example/{number}", "new", "", "both", ["meta", "nspcc"], at, "sabah")
    count(db)
    db.execute("UPDATE source_days SET observed = NULL WHERE source = 'sabah' AND day < ?", (str(TODAY),))
    found = trends(db, TODAY, 8)
    assert (found.rising, found.silent) == ((), ())


def test_the_days_end_with_the_one_that_is_asked_for(db: Database) -> None:
    tell(db, "meta", [1, 1, 1, 1, 1, 1, 1, 1, 1])
    found = trends(db, date(2026, 3, 18), 8)
    assert (found.first, found.last) == (date(2026, 3, 12), date(2026, 3, 18))


def shown(path: Path, clock: datetime = NOON) -> str:
    for address in stored.serve(path, clock=lambda: clock):
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", httpx.get(address).text))
    raise AssertionError


def test_the_overview_says_what_rises_what_is_silent_and_by_which_rule(db: Database, path: Path) -> None:
    tell(db, "nspcc", [1, 0, 1, 2, 0, 1, 1, 0, 20])
    tell(db, "meta", [4, 3, 5, 4, 4, 3, 5, 4, 0])
    page = shown(path)
    assert re.search(r"Rising now NSPCC 20 , usually 0\.8 a week; spike ", page)
    assert re.search(r"Silent Usually covered, .* Meta 0 , usually 4 a week", page)
    assert "at least 5 articles, at least 3 times what was expected" in page


def test_the_overview_says_when_nothing_rises_and_when_nobody_can_know(db: Database, path: Path) -> None:
    tell(db, "meta", [1] * 9)
    assert "is far above its usual number in the last 7 days" in shown(path)
    db.execute("UPDATE days SET seen = 0")
    assert "Too little was observed in the last 7 days" in shown(path, datetime(2026, 3, 20, 13, tzinfo=UTC))
