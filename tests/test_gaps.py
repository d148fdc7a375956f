"""What the tracker says of the times in which it did not see a feed, through real polls."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.polled_feeds import DAY, HOUR, MINUTE, NOW, Press, document, down, press
from tests.servers import Reply, redirect
from tracker.models import utc_text
from tracker.outcomes import Outcome


@pytest.fixture
async def paper(tmp_path: Path) -> AsyncIterator[Press]:
    async with press(tmp_path) as running:
        yield running


async def polled(paper: Press, *documents: tuple[int, ...], dated: bool = True) -> None:
    """Poll these documents, one an hour."""
    for hours, numbers in enumerate(documents):
        paper.show(*numbers, dated=dated)
        await paper.poll(NOW + hours * HOUR)


async def due(paper: Press) -> datetime:
    """When the feed is to be polled next."""
    (row,) = paper.rows("SELECT next_poll_at FROM feeds")
    return datetime.fromisoformat(row["next_poll_at"])


# ---- overflow


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
async def test_a_window_that_slides_leaves_no_gap(paper: Press, dated: bool) -> None:
    await polled(paper, down(9, 0), down(12, 3), down(21, 12), down(21, 12), down(22, 18), dated=dated)
    assert paper.gaps() == []


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
async def test_a_window_that_moved_on_entirely_is_a_gap_between_the_two_polls(paper: Press, dated: bool) -> None:
    await polled(paper, down(9, 0), down(12, 3), down(22, 13), dated=dated)
    assert paper.gaps() == [("overflow", utc_text(NOW + HOUR), utc_text(NOW + 2 * HOUR), 0)]


async def test_entries_pinned_on_top_do_not_hide_that_the_window_moved_on(paper: Press) -> None:
    await polled(paper, (2, 1, *down(109, 100)), (2, 1, *down(129, 120)), (2, 1, *down(130, 121)))
    assert [gap[0] for gap in paper.gaps()] == ["overflow"]


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
@pytest.mark.parametrize("times", [1, 3], ids=["empty once", "empty for hours"])
async def test_a_window_that_moved_on_behind_empty_documents_is_a_gap_from_the_last_that_was_not(
    paper: Press, times: int, dated: bool
) -> None:
    await polled(paper, down(9, 5), *[()] * times, down(22, 18), dated=dated)
    assert paper.gaps() == [("overflow", utc_text(NOW), utc_text(NOW + (times + 1) * HOUR), 0)]


async def test_a_window_that_comes_back_after_an_empty_document_bridges_the_gap(paper: Press) -> None:
    await polled(paper, down(9, 0), ())
    assert paper.gaps() == [("overflow", utc_text(NOW), None, 0)]
    paper.show(*down(11, 2))
    await paper.poll(NOW + 2 * HOUR)
    assert paper.gaps() == [("overflow", utc_text(NOW), utc_text(NOW + 2 * HOUR), 1)]


async def test_an_empty_document_does_not_end_the_gap_of_a_feed_that_failed(paper: Press) -> None:
    await polled(paper, down(9, 0))
    paper.fail(Reply(403))
    await paper.poll(NOW + HOUR)
    for hours, numbers in ((2, ()), (3, ()), (4, down(39, 30))):
        paper.show(*numbers)
        await paper.poll(NOW + hours * HOUR)
    assert paper.gaps() == [("error", utc_text(NOW), utc_text(NOW + 4 * HOUR), 0)]


async def test_a_feed_that_has_always_been_empty_has_no_gap(paper: Press) -> None:
    await polled(paper, (), (), down(9, 0), down(10, 1))
    assert paper.gaps() == []


async def test_what_was_withdrawn_and_what_came_back_is_no_gap(paper: Press) -> None:
    await polled(paper, down(9, 0), down(8, 0), down(9, 0), down(12, 3))
    assert paper.gaps() == []


# ---- errors


async def test_a_failing_feed_has_an_open_gap_from_when_it_was_last_seen(paper: Press) -> None:
    await polled(paper, down(9, 0))
    paper.fail(Reply(500))
    await paper.poll(NOW + HOUR)
    assert paper.gaps() == [], "one soft failure is none"
    await paper.poll(NOW + 2 * HOUR)
    await paper.poll(NOW + 3 * HOUR)
    assert paper.gaps() == [("error", utc_text(NOW), None, 0)]


@pytest.mark.parametrize(
    ("numbers", "bridged"),
    [
        pytest.param(down(12, 3), 1, id="it still shows what it showed"),
        pytest.param(down(9, 0), 1, id="nothing had changed"),
        pytest.param(down(39, 30), 0, id="the window had moved on"),
    ],
)
async def test_a_gap_ends_when_the_feed_is_seen_and_is_bridged_if_nothing_can_have_been_missed(
    paper: Press, numbers: tuple[int, ...], bridged: int
) -> None:
    await polled(paper, down(9, 0))
    paper.fail(Reply(403))
    for hours in (1, 2, 3):
        await paper.poll(NOW + hours * HOUR)
    paper.show(*numbers)
    await paper.poll(NOW + 4 * HOUR)
    assert paper.gaps() == [("error", utc_text(NOW), utc_text(NOW + 4 * HOUR), bridged)]


async def test_a_feed_that_was_never_seen_has_no_gap_because_nobody_knows_what_it_would_have_shown(
    paper: Press,
) -> None:
    paper.fail(Reply(403))
    await paper.poll(NOW)
    paper.show(*down(9, 0))
    await paper.poll(NOW + HOUR)
    assert paper.gaps() == []


# ---- pauses


async def test_a_window_that_moved_on_while_nobody_polled_is_a_pause(paper: Press) -> None:
    await polled(paper, down(9, 0))
    late = await due(paper) + timedelta(hours=5)
    paper.show(*down(39, 30))
    await paper.tick(late)
    assert paper.gaps() == [("paused", utc_text(NOW), utc_text(late), 0)]


async def test_a_pause_in_which_nothing_can_have_been_missed_is_no_gap(paper: Press) -> None:
    await polled(paper, down(9, 0))
    paper.show(*down(12, 3))
    await paper.tick(await due(paper) + timedelta(hours=5))
    assert paper.gaps() == []


# ---- silence


async def test_a_feed_that_shows_nothing_new_for_long_is_warned_of_until_it_does(paper: Press) -> None:
    await polled(paper, *[down(9 + hours, hours) for hours in range(6)])
    last_new = NOW + 5 * HOUR
    for days in (1, 2, 3, 4):
        await paper.poll(last_new + days * DAY)
    assert paper.gaps() == []
    await paper.poll(last_new + 4 * DAY + HOUR)
    await paper.poll(last_new + 5 * DAY)
    assert paper.gaps() == [("silent", utc_text(last_new), None, 0)]
    (health,) = paper.rows("SELECT health, why, gaps, continuity_percent FROM feed_health")
    assert health == {
        "health": "silent",
        "why": "It responds, but has shown nothing new since 2025-02-21, unlike before.",
        "gaps": 0,
        "continuity_percent": 100.0,
    }
    paper.show(*down(15, 6))
    await paper.poll(last_new + 6 * DAY)
    assert paper.gaps() == [("silent", utc_text(last_new), utc_text(last_new + 6 * DAY), 1)]
    assert paper.rows("SELECT health FROM feed_health") == [{"health": "ok"}]


async def test_a_feed_that_was_silent_for_years_is_still_polled(paper: Press) -> None:
    paper.show(*down(9, 0))
    for days in (0, *range(1, 1000, 20)):
        assert (await paper.poll(NOW + days * DAY)).observed == 1
    assert (await due(paper)) <= NOW + 1000 * DAY


# ---- the view of continuity


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


async def continuity(paper: Press) -> list[tuple[Any, ...]]:
    rows = paper.rows("SELECT month, round(observed, 4) AS observed, hours_missed, gaps FROM continuity ORDER BY month")
    return [tuple(row.values()) for row in rows]


async def test_a_gap_that_crosses_the_end_of_a_month_counts_in_both(paper: Press) -> None:
    paper.show(*down(9, 0))
    await paper.poll(at("2025-01-22"))
    await paper.poll(at("2025-01-31"))
    paper.show(*down(39, 30))
    await paper.poll(at("2025-02-03"))
    await paper.poll(at("2025-02-09"))
    assert await continuity(paper) == [("2025-01", 0.9, 24.0, 1), ("2025-02", 0.75, 48.0, 1)]
    assert paper.rows("SELECT continuity_percent FROM feed_health") == [{"continuity_percent": 75.0}]


async def test_an_open_gap_counts_until_the_last_poll_and_no_longer_once_it_is_bridged(paper: Press) -> None:
    paper.show(*down(9, 0))
    await paper.poll(at("2025-01-30"))
    paper.fail(Reply(403))
    await paper.poll(at("2025-01-31"))
    await paper.poll(at("2025-02-05"))
    assert await continuity(paper) == [("2025-01", 0.0, 48.0, 1), ("2025-02", 0.0, 96.0, 1)]
    paper.show(*down(10, 1))
    await paper.poll(at("2025-02-06"))
    assert await continuity(paper) == [("2025-01", 1.0, 0.0, 0), ("2025-02", 1.0, 0.0, 0)]


async def test_a_whole_month_in_a_gap_was_not_observed_at_all(paper: Press) -> None:
    paper.show(*down(9, 0))
    await paper.poll(at("2025-01-30"))
    paper.show(*down(39, 30))
    await paper.poll(at("2025-03-02"))
    assert [row[:2] for row in await continuity(paper)] == [("2025-01", 0.0), ("2025-02", 0.0), ("2025-03", 0.0)]


async def test_observation_begins_when_the_feed_is_first_seen(paper: Press) -> None:
    paper.fail(Reply(403))
    await paper.poll(at("2025-01-01"))
    assert await continuity(paper) == [], "of a feed never seen nothing is known"
    paper.show(*down(9, 0))
    await paper.poll(at("2025-02-01"))
    await paper.poll(at("2025-02-02"))
    assert await continuity(paper) == [("2025-02", 1.0, 0.0, 0)]


# ---- the view of health


@pytest.mark.parametrize(
    ("reply", "health", "why"),
    [
        pytest.param(Reply(403), "failing", "403", id="refused"),
        pytest.param(
            Reply(410), "gone", "The server says that it is gone for good; it is polled once a month.", id="gone"
        ),
        pytest.param(Reply(body=b"<!doctype html><title>Hello</title>"), "failing", "", id="a page"),
    ],
)
async def test_what_is_the_matter_with_a_feed_is_said_in_words(
    paper: Press, reply: Reply, health: str, why: str
) -> None:
    assert paper.rows("SELECT health, why FROM feed_health") == [
        {"health": "never polled", "why": "It has not been polled yet."}
    ]
    await polled(paper, down(9, 0))
    assert paper.rows("SELECT health, why FROM feed_health") == [{"health": "ok", "why": ""}]
    paper.fail(reply)
    await paper.poll(NOW + HOUR)
    (row,) = paper.rows("SELECT health, why, last_error FROM feed_health")
    assert row["health"] == health
    assert why in row["why"]
    assert row["why"].endswith(".")
    assert row["last_error"]


async def test_a_feed_that_moved_for_good_is_well_and_says_so(paper: Press) -> None:
    new = paper.show(*down(9, 0), path="/new")
    paper.fail(redirect(301, new))
    await paper.poll(NOW)
    assert paper.rows("SELECT health, why, moved_to FROM feed_health") == [
        {
            "health": "ok",
            "why": "It has moved permanently; update its address in feeds.yaml.",
            "moved_to": new,
        }
    ]


async def test_a_feed_taken_out_of_the_file_says_so(tmp_path: Path) -> None:
    async with press(tmp_path, paths=("/feed", "/other")) as paper:
        paper.show(*down(9, 0))
        await paper.poll(NOW)
    async with press(tmp_path) as paper:
        rows = paper.rows("SELECT health, why FROM feed_health WHERE url LIKE '%/other'")
    assert rows == [{"health": "removed", "why": "It is no longer in feeds.yaml."}]


# ---- the view of politeness


async def test_what_each_host_was_asked_in_a_day_is_counted_with_redirects(tmp_path: Path) -> None:
    async with press(tmp_path, paths=("/feed", "/detour", "/busy", "/closed")) as paper:
        size = len(document(*down(9, 0)))
        paper.fail(redirect(302, paper.show(*down(9, 0))), path="/detour")
        paper.fail(Reply(429), path="/busy")
        paper.fail(Reply(403), path="/closed")
        await paper.poll(NOW)
        await paper.poll(NOW + 10 * HOUR, paper.server.url("/feed"))
        polls = paper.rows("SELECT url, host, requests FROM polls JOIN feeds ON feeds.id = feed WHERE polls.id <= 4")
        politeness = paper.rows("SELECT * FROM politeness ORDER BY day")
    assert {row["host"] for row in polls} == {"127.0.0.1"}
    assert {row["url"].rsplit("/")[-1]: row["requests"] for row in polls} == {
        "feed": 1, "detour": 2, "busy": 1, "closed": 1,
    }  # fmt: skip
    first, second = politeness
    assert first["bytes"] >= 2 * size
    assert {name: value for name, value in first.items() if name != "bytes"} == {
        "day": "2025-02-21",
        "host": "127.0.0.1",
        "polls": 4,
        "requests": 5,
        "not_modified": 0,
        "not_modified_percent": 0.0,
        "rate_limited": 1,
        "refused": 1,
        "feeds": 4,
    }
    assert (second["polls"], second["not_modified"], second["not_modified_percent"]) == (1, 1, 100.0)


# ---- servers that repeat themselves


async def test_a_server_that_lies_that_nothing_has_changed_is_found_out_by_the_whole_document(paper: Press) -> None:
    paper.fail(Reply(body=document(*down(9, 0)), headers=(("ETag", '"same"'),)))
    await paper.tick(NOW)
    changed = document(*down(10, 1))

    def lie(request: Any) -> Reply:
        return Reply(304) if request.header(b"If-None-Match") else Reply(body=changed, headers=(("ETag", '"same"'),))

    paper.server.say("/feed", lie)
    for minutes in range(0, 48 * 60, 20):
        await paper.tick(NOW + MINUTE + minutes * MINUTE)
    polls = paper.rows("SELECT outcome, started_at FROM polls ORDER BY id")
    full = [row["started_at"] for row in polls if row["outcome"] != Outcome.NOT_MODIFIED]
    waits = [at(later) - at(earlier) for earlier, later in pairwise(full)]
    assert 12 * HOUR <= waits[0] < 14 * HOUR
    assert all(wait < 2 * HOUR for wait in waits[1:])
    assert len(polls) > 45
    assert paper.rows("SELECT first_seen_at FROM articles WHERE title = 'Headline 10'") == [{"first_seen_at": full[1]}]


async def test_a_document_that_differs_without_new_entries_may_be_called_unchanged(paper: Press) -> None:
    made = 0

    def same_news(request: Any) -> Reply:
        nonlocal made
        made += 1
        body = document(*down(9, 0)) + b"<!-- made at %d -->" % made
        return Reply(304) if request.header(b"If-None-Match") else Reply(body=body, headers=(("ETag", '"same"'),))

    paper.server.say("/feed", same_news)
    for hours in range(48):
        await paper.poll(NOW + hours * HOUR)
    counts = paper.rows("SELECT sum(outcome = 'ok') AS whole, sum(outcome = 'not-modified') AS unchanged FROM polls")
    assert counts == [{"whole": 4, "unchanged": 44}]


async def test_a_feed_that_is_sent_in_full_anyway_is_always_asked_with_validators(paper: Press) -> None:
    for hours in range(30):
        paper.show(*down(9 + hours, hours))
        await paper.poll(NOW + hours * HOUR)
    without = [request for request in paper.server.requests if request.header(b"If-None-Match") is None]
    assert len(without) == 1
