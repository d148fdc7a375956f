"""A clock that was ahead, and is right again: nothing stays silent until the wrong time is reached."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.polled_feeds import DAY, HOUR, MINUTE, NOW, Press, press
from tests.servers import Reply
from tracker.collect import cadence
from tracker.models import Feed, FeedState, utc_text
from tracker.publish.alerts import queries
from tracker.publish.summaries import status_in_words
from tracker.store import feeds, health_checks
from tracker.store.database import Database, opened
from tracker.store.status import Status, read_status
from tracker.web.queries.process_figures import process_problem

AHEAD = 240 * DAY
"""How far the clock of these tests was ahead: that of a board without a battery."""


@pytest.fixture
async def paper(tmp_path: Path) -> AsyncIterator[Press]:
    """A newspaper that was polled once, by the wrong clock."""
    async with press(tmp_path) as paper:
        paper.show(3, 2, 1)
        await paper.tick(NOW + AHEAD)
        yield paper


def status(paper: Press) -> Status:
    with opened(paper.db) as db:
        return read_status(db, "", NOW)


@pytest.mark.parametrize(
    ("next_at", "polled_at", "is_due"),
    [
        pytest.param(None, None, True, id="never polled"),
        pytest.param(-MINUTE, -HOUR, True, id="its time has come"),
        pytest.param(MINUTE, -HOUR, False, id="its time has not come"),
        pytest.param(30 * DAY, -HOUR, False, id="given up on, and asked once a month"),
        pytest.param(31 * DAY + MINUTE, -HOUR, True, id="further ahead than any rule could put it"),
        pytest.param(9 * HOUR, 8 * HOUR, True, id="polled by a clock that was hours ahead"),
        pytest.param(HOUR, 5 * MINUTE, False, id="polled by a clock that was set back by minutes"),
    ],
)
async def test_a_feed_is_due_where_a_clock_that_was_ahead_put_its_next_poll(
    tmp_path: Path, next_at: timedelta | None, polled_at: timedelta | None, is_due: bool
) -> None:
    async with press(tmp_path) as paper:
        with opened(paper.db) as db:
            at = [None if ahead is None else utc_text(NOW + ahead) for ahead in (next_at, polled_at)]
            db.execute("UPDATE feeds SET next_poll_at = ?, last_poll_at = ?", at)
            assert bool(feeds.due(db, NOW)) == is_due


async def test_the_next_round_by_the_right_clock_polls_and_all_its_times_are_past_or_near(paper: Press) -> None:
    paper.show(4, 3, 2)
    done = await paper.tick(NOW)

    assert done.new == 1
    (feed,) = paper.rows("SELECT last_poll_at, last_ok_at, last_new_at, full_at, next_poll_at FROM feeds")
    assert max(feed.values()) == feed["next_poll_at"] <= utc_text(NOW + DAY)
    assert {feed[name] for name in ("last_poll_at", "last_ok_at", "last_new_at", "full_at")} == {utc_text(NOW)}


async def test_status_says_that_the_clock_was_ahead_until_the_feed_was_polled_again(paper: Press) -> None:
    before = status(paper)
    assert before.feed_list[0].next_poll_at == utc_text(NOW)
    assert before.last_poll_at is None
    assert "the clock was ahead when 1 feed was polled last" in status_in_words(before, "UTC")

    await paper.tick(NOW)

    after = status(paper)
    assert after.last_poll_at == utc_text(NOW)
    assert "clock" not in status_in_words(after, "UTC")


async def test_a_feed_that_falls_silent_afterwards_is_warned_of(paper: Press) -> None:
    with opened(paper.db) as db:
        db.execute("UPDATE feeds SET last_new_at = last_poll_at, usual_seconds = NULL")
    for days in range(32):
        await paper.tick(NOW + days * DAY)
    assert [gap[:2] for gap in paper.gaps()] == [("silent", utc_text(NOW))]


async def test_a_feed_that_fails_afterwards_has_a_gap_which_begins_no_later_than_the_failure(paper: Press) -> None:
    paper.fail(Reply(500))
    await paper.tick(NOW)
    await paper.tick(NOW + 2 * HOUR)
    assert paper.gaps() == [("error", utc_text(NOW), None, 0)]


async def test_a_gap_that_was_opened_by_the_wrong_clock_ends_after_it_began(paper: Press) -> None:
    paper.fail(Reply(500))
    await paper.tick(NOW + AHEAD + DAY)
    await paper.tick(NOW + AHEAD + 2 * DAY)
    paper.show(9, 8, 7)
    await paper.tick(NOW)
    assert paper.gaps() == [("error", utc_text(NOW), utc_text(NOW), 0)]


async def test_what_is_seen_from_now_on_counts_as_watched(paper: Press) -> None:
    for hours in range(49):
        await paper.tick(NOW + hours * HOUR)
    (month,) = paper.rows("SELECT month, observed, from_at FROM continuity")
    assert month == {"month": "2025-02", "observed": 1.0, "from_at": utc_text(NOW)}
    seen = paper.rows("SELECT day, observed FROM source_days WHERE observed IS NOT NULL ORDER BY day")
    assert {row["day"]: row["observed"] for row in seen}["2025-02-22"] == 1.0


async def test_that_nothing_is_polled_is_noticed_though_polls_are_noted_for_times_to_come(paper: Press) -> None:
    await paper.tick(NOW - 3 * DAY)
    with opened(paper.db) as db:
        db.execute("UPDATE feeds SET next_poll_at = ?", (utc_text(NOW + AHEAD),))
        assert health_checks.last_poll(db, NOW) == NOW - 3 * DAY
        assert health_checks.overdue(db, NOW - HOUR, NOW) == 1
    assert process_problem(paper.db, HOUR, NOW) is not None


async def test_a_feed_that_only_the_wrong_clock_read_can_be_dead(paper: Press) -> None:
    with opened(paper.db) as db:
        db.execute("UPDATE polls SET started_at = ?", (utc_text(NOW - 9 * DAY),))
        db.execute("UPDATE feeds SET failures = 5, last_outcome = 'http-error'")
        assert len(health_checks.dead(db, NOW, 7 * DAY)) == 1


async def test_an_alert_that_looked_by_the_wrong_clock_looks_from_now_on(paper: Press) -> None:
    def looked(db: Database) -> queries.Watch:
        return queries.watch(db, "spikes", "desk", "its meaning", NOW)

    with opened(paper.db) as db:
        ahead = queries.Watch(NOW + AHEAD, NOW + AHEAD)
        queries.record_runs(db, {("spikes", "desk"): ("its meaning", ahead)}, NOW + AHEAD)
        assert looked(db) == queries.Watch(NOW, NOW)


def test_a_state_has_no_times_that_have_not_come() -> None:
    later, earlier = NOW + AHEAD, NOW - HOUR
    ahead = FeedState(
        1, Feed("https://press.example/feed", "press"), last_ok_at=later, last_new_at=later, full_at=later
    )
    right = FeedState(1, ahead.feed, last_ok_at=earlier, last_new_at=None, full_at=earlier)
    assert cadence.as_of(ahead, NOW) == FeedState(1, ahead.feed, last_ok_at=NOW, last_new_at=NOW, full_at=NOW)
    assert cadence.as_of(right, NOW) == right
