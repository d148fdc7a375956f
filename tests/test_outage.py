"""Whether it is the feeds that fail or we: rounds in which hosts on loopback do not answer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.press import HOUR, MINUTE, NOW, Press, down, press
from tests.servers import Reply
from tracker.collect.cadence import AFTER_OUTAGE
from tracker.models import utc_text


def silent(number: int) -> str:
    """The address of a feed on a host of its own where nobody listens."""
    return f"http://127.0.{1 + number // 200}.{1 + number % 200}:9/feed"


SILENT = [silent(number) for number in range(5)]


@pytest.fixture
async def paper(tmp_path: Path) -> AsyncIterator[Press]:
    """A newspaper that was seen once, and five silent hosts."""
    async with press(tmp_path, others=SILENT) as running:
        running.show(*down(9, 0))
        await running.poll(NOW - HOUR, running.server.url("/feed"))
        yield running


def failures(paper: Press) -> dict[str, float]:
    """What each feed that failed was charged."""
    rows = paper.rows("SELECT url, failures FROM feeds WHERE failures > 0")
    return {row["url"]: row["failures"] for row in rows}


async def test_when_no_host_answers_nobody_is_charged_and_all_are_asked_again_soon(paper: Press) -> None:
    done = await paper.poll(NOW, *SILENT)
    assert (done.outage, done.observed, done.left, done.retry_at) == (True, 0, 0, NOW + AFTER_OUTAGE)
    assert failures(paper) == {}
    rows = paper.rows(
        "SELECT outcome, charged, next_poll_at FROM polls JOIN feeds ON feeds.id = feed WHERE outcome != 'ok'"
    )
    assert rows == [{"outcome": "connection-error", "charged": 0.0, "next_poll_at": utc_text(NOW + AFTER_OUTAGE)}] * 5
    assert (await paper.tick(NOW + AFTER_OUTAGE)).outage


async def test_an_outage_is_a_gap_for_every_feed_that_had_been_seen(paper: Press) -> None:
    await paper.poll(NOW, *SILENT)
    assert paper.gaps() == [("outage", utc_text(NOW - HOUR), None, 0)]
    paper.show(*down(12, 3))
    await paper.poll(NOW + HOUR, paper.server.url("/feed"))
    assert paper.gaps() == [("outage", utc_text(NOW - HOUR), utc_text(NOW + HOUR), 1)]


async def test_an_outage_in_which_the_window_moved_on_stays_a_gap(paper: Press) -> None:
    await paper.poll(NOW, *SILENT)
    paper.show(*down(39, 30))
    await paper.poll(NOW + HOUR, paper.server.url("/feed"))
    assert paper.gaps() == [("outage", utc_text(NOW - HOUR), utc_text(NOW + HOUR), 0)]


async def test_those_that_do_not_answer_where_most_do_are_charged(tmp_path: Path) -> None:
    async with press(tmp_path, others=SILENT[:1]) as paper:
        paper.show(*down(9, 0))
        done = await paper.poll(NOW)
        assert (done.outage, done.observed) == (False, 1)
        assert failures(paper) == {silent(0): 0.5}
        assert paper.rows("SELECT health FROM feed_health ORDER BY id") == [{"health": "ok"}, {"health": "failing"}]


async def test_with_a_hundred_silent_hosts_a_few_are_asked_and_the_others_put_off(tmp_path: Path) -> None:
    async with press(tmp_path, paths=(), others=[silent(number) for number in range(100)]) as paper:
        done = await paper.tick(NOW)
        assert done.outage
        assert 20 <= done.polls < 60
        assert done.left == 100 - done.polls
        again = utc_text(NOW + AFTER_OUTAGE)
        assert paper.rows("SELECT DISTINCT next_poll_at, failures FROM feeds") == [
            {"next_poll_at": again, "failures": 0.0}
        ]


async def test_what_answers_in_an_outage_is_seen_all_the_same(tmp_path: Path) -> None:
    async with press(tmp_path, paths=("/feed", "/other"), others=[silent(number) for number in range(10)]) as paper:
        feed, other = paper.show(*down(9, 0)), paper.show(*down(9, 0), path="/other")
        await paper.poll(NOW - HOUR, feed, other)
        done = await paper.poll(NOW, feed, *(silent(number) for number in range(10)))
        assert (done.polls, done.left, done.observed, done.outage) == (11, 0, 1, True)
        gaps = paper.rows("SELECT url, reason FROM gaps JOIN feeds ON feeds.id = feed")
        assert gaps == [{"url": other, "reason": "outage"}]


# ---- a few feeds at a time


async def test_silence_over_several_rounds_is_an_outage_and_what_was_charged_is_taken_back(paper: Press) -> None:
    first = await paper.poll(NOW, SILENT[0])
    second = await paper.poll(NOW + MINUTE, SILENT[1])
    assert (first.outage, second.outage) == (False, False)
    assert failures(paper) == {SILENT[0]: 0.5, SILENT[1]: 0.5}
    third = await paper.poll(NOW + 2 * MINUTE, SILENT[2])
    assert (third.outage, third.retry_at) == (True, NOW + 2 * MINUTE + AFTER_OUTAGE)
    assert failures(paper) == {}
    assert paper.rows("SELECT DISTINCT charged FROM polls") == [{"charged": 0.0}]
    assert [gap[0] for gap in paper.gaps()] == ["outage"]
    assert (await paper.poll(NOW + 7 * MINUTE, SILENT[2])).outage, "as long as nobody answers, it goes on"


async def test_one_answer_in_between_says_that_the_silence_is_the_hosts_own(paper: Press) -> None:
    await paper.poll(NOW, SILENT[0])
    await paper.poll(NOW + MINUTE, SILENT[1])
    await paper.poll(NOW + 2 * MINUTE, paper.server.url("/feed"))
    third = await paper.poll(NOW + 3 * MINUTE, SILENT[2])
    assert not third.outage
    assert failures(paper) == dict.fromkeys(SILENT[:3], 0.5)
    assert paper.gaps() == []


async def test_a_refusal_is_an_answer(paper: Press) -> None:
    await paper.poll(NOW, SILENT[0])
    await paper.poll(NOW + MINUTE, SILENT[1])
    paper.fail(Reply(503))
    await paper.poll(NOW + 2 * MINUTE, paper.server.url("/feed"))
    assert not (await paper.poll(NOW + 3 * MINUTE, SILENT[2])).outage


async def test_silence_of_long_ago_is_no_evidence(paper: Press) -> None:
    await paper.poll(NOW, SILENT[0])
    await paper.poll(NOW + MINUTE, SILENT[1])
    assert not (await paper.poll(NOW + 62 * MINUTE, SILENT[2])).outage


async def test_hosts_that_have_been_failing_for_long_are_no_evidence(paper: Press) -> None:
    url = paper.server.url("/feed")
    for minutes in (0, 1, 2, 3):  # each time somebody answers, so that the silence is the hosts' own
        await paper.poll(NOW + minutes * MINUTE, url, SILENT[0], SILENT[1])
    assert failures(paper) == dict.fromkeys(SILENT[:2], 2.0)
    later = NOW + 5 * MINUTE
    assert not (await paper.poll(later, SILENT[0], SILENT[1], SILENT[2])).outage
    assert not (await paper.poll(later + MINUTE, SILENT[3])).outage
    assert failures(paper)[SILENT[3]] == 0.5
