"""Whether it is the feeds that fail or we: rounds in which hosts on loopback do not answer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.polled_feeds import DAY, HOUR, MINUTE, NOW, Press, document, down, press
from tests.servers import Reply
from tracker.clock import Pulse
from tracker.collect.cadence import AFTER_OUTAGE
from tracker.collect.outage import is_outage
from tracker.models import Fetched, Validators, utc_text
from tracker.outcomes import Outcome
from tracker.pipeline import round as polling_round


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
    assert (await paper.poll(NOW + AFTER_OUTAGE, *SILENT)).outage


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


@pytest.mark.parametrize(
    ("answered", "outage"),
    [
        pytest.param({}, False, id="nobody was asked"),
        pytest.param({"a": False}, False, id="one"),
        pytest.param({"a": False, "b": False}, False, id="two"),
        pytest.param({"a": False, "b": False, "c": False}, True, id="three"),
        pytest.param({"a": False, "b": False, "c": False, "d": True, "e": True, "f": True}, False, id="half"),
        pytest.param({"a": False, "b": False, "c": False, "d": True}, True, id="most"),
        pytest.param({**dict.fromkeys(range(20), False), "x": True, "y": True, "z": True}, False, id="one provider"),
        pytest.param({**dict.fromkeys(range(200), False), "x": True, "y": True, "z": True}, True, id="nearly all"),
    ],
)
def test_silence_of_most_hosts_is_our_own_outage(answered: dict[str, bool], outage: bool) -> None:
    assert is_outage(answered) == outage


# ---- twenty that hang, and others behind them


def answer(url: str) -> Fetched:
    return Fetched(Outcome.OK, url, status=200, body=document(*down(9, 0)), requests=1)


@dataclass(slots=True)
class Network:
    """Any number of hosts, each with a feed; `says` is what becomes of who asks one of them.

    The silent ones give up only after all that are `awaited` have answered.
    """

    says: Callable[[str], Fetched] = answer
    asked: list[str] = field(default_factory=list)
    awaited: set[str] = field(default_factory=set)
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetch(self, url: str, _validators: Validators) -> Fetched:
        self.asked.append(url)
        said = self.says(url)
        if self.awaited and said.outcome.unreachable:
            await self._answered.wait()
        self.awaited.discard(url)
        if not self.awaited:
            self._answered.set()
        return said


def unreachable(url: str) -> Fetched:
    return Fetched(Outcome.TIMEOUT, url, error="The server did not take the connection in the time allowed.")


def hung(url: str) -> Fetched:
    return Fetched(Outcome.TIMEOUT, url, requests=1, error="The document did not arrive in full.")


def hosts(count: int, name: str = "host") -> list[str]:
    return [f"https://{name}-{number}.example/feed" for number in range(count)]


@asynccontextmanager
async def networked(folder: Path, urls: Sequence[str]) -> AsyncIterator[tuple[Press, Network]]:
    """A tracker whose feeds lie on hosts of a network that the test rules."""
    network = Network()
    async with press(folder, others=urls, paths=()) as paper:
        yield replace(paper, desk=replace(paper.desk, fetcher=network)), network  # type: ignore[arg-type]  # it fetches


@pytest.mark.parametrize("silence", [unreachable, hung], ids=["no connection", "accepted, then nothing"])
@pytest.mark.parametrize("good", [1, 30], ids=["one behind them", "thirty behind them"])
@pytest.mark.parametrize("bad", [20, 60], ids=["twenty", "sixty"])
async def test_hosts_that_hang_first_in_line_hide_no_others_and_are_no_outage_of_ours(
    tmp_path: Path, silence: Callable[[str], Fetched], good: int, bad: int
) -> None:
    hanging, behind = hosts(bad, "bad"), hosts(good, "good")
    async with networked(tmp_path, [*hanging, *behind]) as (paper, network):
        network.says = lambda url: silence(url) if url in hanging else answer(url)
        done = await paper.tick(NOW)
        for _ in range(2):
            if done.outage:  # of sixty silent hosts and one it may take two rounds to find the one
                done = await paper.tick(done.retry_at or NOW)
        assert (done.outage, done.left) == (False, 0)
        assert paper.rows("SELECT count(*) AS n FROM feeds WHERE last_ok_at IS NOT NULL") == [{"n": good}]
        assert paper.gaps() == []


async def test_twenty_that_hang_with_one_provider_are_no_outage_though_they_answered_before(tmp_path: Path) -> None:
    hanging, behind = hosts(20, "bad"), hosts(5, "good")
    async with networked(tmp_path, [*hanging, *behind]) as (paper, network):
        await paper.tick(NOW)
        network.says = lambda url: unreachable(url) if url in hanging else answer(url)
        done = await paper.poll(NOW + HOUR)
        assert (done.outage, done.polls, done.observed) == (False, 25, 5)
        assert failures(paper) == dict.fromkeys(hanging, 0.5)


async def test_those_put_off_in_an_outage_are_asked_before_those_that_were_asked_in_it(tmp_path: Path) -> None:
    async with networked(tmp_path, hosts(100)) as (paper, network):
        network.says = unreachable
        done = await paper.tick(NOW)
        first = {*network.asked}
        network.asked.clear()
        await paper.tick(done.retry_at or NOW)
        assert len(first & {*network.asked}) < len(network.asked) / 2


async def test_what_answers_in_an_outage_is_seen_all_the_same(tmp_path: Path) -> None:
    near, *far = hosts(12)
    async with networked(tmp_path, [near, *far]) as (paper, network):
        await paper.tick(NOW)
        network.says = lambda url: answer(url) if url == near else unreachable(url)
        done = await paper.poll(NOW + HOUR, near, *far[:-1])
        assert (done.polls, done.left, done.observed, done.outage) == (11, 0, 1, True)
        assert failures(paper) == {}
        gaps = paper.rows("SELECT url, reason FROM gaps JOIN feeds ON feeds.id = feed ORDER BY feed")
        assert gaps == [{"url": url, "reason": "outage"} for url in far]


async def test_hosts_that_stay_away_while_another_answers_are_charged_from_the_second_day_on(tmp_path: Path) -> None:
    near, *far = hosts(12)
    async with networked(tmp_path, [near, *far]) as (paper, network):
        await paper.tick(NOW)
        network.says = lambda url: answer(url) if url == near else unreachable(url)
        assert (await paper.poll(NOW + DAY)).outage
        assert not (await paper.poll(NOW + DAY + MINUTE)).outage
        assert failures(paper) == dict.fromkeys(far, 0.5)


# ---- a connection that is lost in the middle of a round


async def test_whoever_is_silent_after_our_connection_was_lost_is_charged_nothing(tmp_path: Path) -> None:
    urls = hosts(60)
    async with networked(tmp_path, urls) as (paper, network):
        await paper.tick(NOW)
        network.asked.clear()
        network.says = lambda url: answer(url) if len(network.asked) <= 40 else unreachable(url)
        done = await paper.poll(NOW + HOUR)
        assert (done.outage, done.observed, done.retry_at) == (True, 40, NOW + HOUR + AFTER_OUTAGE)
        assert failures(paper) == {}
        lost = utc_text(NOW + HOUR + AFTER_OUTAGE)
        assert paper.rows(f"SELECT count(*) AS n FROM feeds WHERE next_poll_at = '{lost}'") == [{"n": 20}]
        network.says = answer
        assert not (await paper.tick(NOW + HOUR + AFTER_OUTAGE)).outage
        assert paper.rows(f"SELECT url FROM feeds WHERE last_ok_at < '{utc_text(NOW + HOUR)}'") == []


async def test_hosts_that_failed_before_our_connection_was_lost_are_charged(tmp_path: Path) -> None:
    urls = hosts(60)
    async with networked(tmp_path, urls) as (paper, network):
        await paper.tick(NOW)
        network.asked.clear()
        network.says = lambda url: (
            answer(url) if len(network.asked) <= 40 and len(network.asked) % 10 else unreachable(url)
        )
        assert (await paper.poll(NOW + HOUR)).outage
        assert sorted(failures(paper)) == sorted(network.asked[number] for number in (9, 19, 29))


async def test_hosts_that_hang_while_others_answer_are_no_lost_connection(tmp_path: Path) -> None:
    hanging, behind = hosts(20, "bad"), hosts(20, "good")
    async with networked(tmp_path, [*hanging, *behind]) as (paper, network):
        await paper.tick(NOW)
        network.says = lambda url: unreachable(url) if url in hanging else answer(url)
        network.awaited = {*behind}
        done = await paper.poll(NOW + HOUR)
        assert (done.outage, done.observed) == (False, 20)
        assert failures(paper) == dict.fromkeys(hanging, 0.5)


# ---- a process that is stopped, a machine that sleeps


@pytest.mark.parametrize("outcome", [Outcome.TIMEOUT, Outcome.CONNECTION_ERROR, Outcome.PROTOCOL_ERROR])
async def test_a_process_that_was_stopped_in_mid_fetch_charges_nobody_and_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: Outcome
) -> None:
    uptime = 0.0

    def asleep(url: str) -> Fetched:
        nonlocal uptime
        uptime += 3600
        return Fetched(outcome, url, requests=1, error="Nothing came.")

    monkeypatch.setattr(polling_round, "Pulse", lambda: Pulse(lambda: uptime, lambda: 0.0))
    async with networked(tmp_path, hosts(300)) as (paper, network):
        await paper.poll(NOW, *hosts(300)[:10])
        network.asked.clear()
        network.says = lambda url: asleep(url) if len(network.asked) == 1 else answer(url)
        done = await paper.poll(NOW + HOUR)
        assert (done.outage, done.polls + done.left) == (False, 300)
        assert done.left > 0, "what was not asked yet waits for a round that knows what time it is"
        assert failures(paper) == {}
        assert paper.gaps() == []
        due = NOW + HOUR + AFTER_OUTAGE
        assert paper.rows("SELECT next_poll_at, charged FROM polls JOIN feeds ON feed = feeds.id WHERE error > ''") == [
            {"next_poll_at": utc_text(due), "charged": 0.0}
        ]


async def test_a_process_that_is_only_busy_has_not_slept() -> None:
    times = iter([0.0, 9.0, 18.0, 27.0, 100.0, 101.0, 141.0])
    worked = iter([0.0, 1.0, 1.0, 2.0, 3.0, 4.0, 8.0])
    pulse = Pulse(lambda: next(times), lambda: next(worked))
    assert [pulse.slept() for _ in range(6)] == [0.0, 0.0, 0.0, 73.0, 73.0, 73.0], (
        "at last it had a tenth of a processor"
    )


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
