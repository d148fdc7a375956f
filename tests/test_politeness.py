"""Whose turn it is, on a clock that the test winds."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.collect.politeness import Politeness, PoliteQueue
from tracker.models import Feed, FeedState

ROUNDING = 1e-6
"""A timedelta counts microseconds, so that a pause may be shorter by half of one, in seconds."""


@dataclass(frozen=True, slots=True)
class Visit:
    """When a feed was asked, from and to, in seconds."""

    state: FeedState
    start: float
    end: float


def feed(number: int, source: str, host: str) -> FeedState:
    return FeedState(number, Feed(f"https://{host}.example/{number}", source))


def feeds(source: str, host: str, count: int, first: int = 0) -> list[FeedState]:
    return [feed(number, source, host) for number in range(first, first + count)]


def ask(turns: PoliteQueue, lasts: Callable[[FeedState], float], at_once: int = 1000, now: float = 0.0) -> list[Visit]:
    """Ask everyone who waits, each for as long as `lasts` says, at most this many at once."""
    running: list[tuple[float, int, FeedState]] = []
    visits = []
    while len(turns) or running:
        state = turns.next(now) if len(running) < at_once else None
        if state is not None:
            end = now + lasts(state)
            visits.append(Visit(state, now, end))
            heapq.heappush(running, (end, state.id, state))
            continue
        soon = turns.wait(now) if len(running) < at_once else None
        assert running or soon is not None, "nobody is asked, nobody's turn will come, and some still wait"
        wake = now + soon if soon is not None else running[0][0]
        now = min(wake, running[0][0]) if running else wake
        while running and running[0][0] <= now:
            turns.done(heapq.heappop(running)[2])
    return visits


def by_party(visits: Iterable[Visit]) -> dict[str, list[Visit]]:
    """The visits of each host and of each source."""
    parties: dict[str, list[Visit]] = {}
    for visit in visits:
        host = visit.state.address.split("/")[2]
        for name in (f"host {host}", f"source {visit.state.feed.source}"):
            parties.setdefault(name, []).append(visit)
    return parties


def most_at_once(visits: Iterable[Visit]) -> int:
    # what ends at a moment makes room for what begins then
    steps = sorted(step for one in visits for step in ((one.end, 0, -1), (one.start, 1, 1)))
    now = most = 0
    for _, _, change in steps:
        now += change
        most = max(most, now)
    return most


crowds = st.lists(
    st.tuples(st.sampled_from("abcde"), st.sampled_from("vwxyz"), st.floats(0.01, 60)), min_size=1, max_size=40
)


@given(crowds, st.integers(1, 3), st.floats(0, 20), st.integers(1, 50))
def test_whoever_waits_everyone_gets_one_turn_and_nobody_is_pressed(
    crowd: list[tuple[str, str, float]], at_once: int, pause: float, in_all: int
) -> None:
    states = [feed(number, source, host) for number, (source, host, _) in enumerate(crowd)]
    turns = PoliteQueue(Politeness(at_once, timedelta(seconds=pause)))
    turns.add(states)
    visits = ask(turns, lambda state: crowd[state.id][2], in_all)
    assert sorted(visit.state.id for visit in visits) == list(range(len(states)))
    assert most_at_once(visits) <= in_all
    for party in by_party(visits).values():
        assert most_at_once(party) <= at_once
        starts = sorted(visit.start for visit in party)
        assert all(later - earlier >= pause - ROUNDING for earlier, later in pairwise(starts))


@given(crowds, crowds, st.integers(1, 3))
def test_a_pause_holds_from_one_round_to_the_next(
    first: list[tuple[str, str, float]], second: list[tuple[str, str, float]], at_once: int
) -> None:
    turns = PoliteQueue(Politeness(at_once, timedelta(seconds=5)))
    visits: list[Visit] = []
    now = 0.0
    for crowd in (first, second):
        turns.add(feed(number, source, host) for number, (source, host, _) in enumerate(crowd))
        visits += ask(turns, lambda state, crowd=crowd: crowd[state.id][2], now=now)  # type: ignore[misc]  # bound
        now = max(visit.end for visit in visits)
        assert turns.clear(now) == []
    for party in by_party(visits).values():
        starts = sorted(visit.start for visit in party)
        assert all(later - earlier >= 5 - ROUNDING for earlier, later in pairwise(starts))


def test_a_source_with_five_hundred_feeds_holds_up_nobody() -> None:
    turns = PoliteQueue(Politeness())
    turns.add(feeds("big", "big", 500))
    turns.add(feed(1000 + number, f"small{number}", f"small{number}") for number in range(50))
    visits = ask(turns, lambda _: 1.0)
    small = [visit for visit in visits if visit.state.id >= 1000]
    assert max(visit.start for visit in small) == 0.0
    assert max(visit.start for visit in visits) == 499 * 5.0


def test_sources_take_turns_whatever_order_their_feeds_came_in() -> None:
    turns = PoliteQueue(Politeness(pause=timedelta()))
    turns.add([*feeds("a", "a", 3), *feeds("b", "b", 3, first=10), *feeds("c", "c", 1, first=20)])
    assert [visit.state.id for visit in ask(turns, lambda _: 1.0, at_once=1)] == [0, 10, 20, 1, 11, 2, 12]


def test_many_sources_on_one_host_ask_it_one_after_another() -> None:
    turns = PoliteQueue(Politeness())
    turns.add(feed(number, f"source{number}", "shared") for number in range(10))
    visits = ask(turns, lambda _: 0.5)
    assert [visit.start for visit in visits] == [5.0 * number for number in range(10)]
    assert [visit.state.id for visit in visits] == list(range(10))


def test_a_host_that_hangs_delays_its_own_feeds_only() -> None:
    turns = PoliteQueue(Politeness(at_once=2))
    turns.add([*feeds("slow", "slow", 4), *feeds("quick", "quick", 4, first=10)])
    visits = ask(turns, lambda state: 30.0 if state.id < 10 else 0.1)
    assert [visit.start for visit in visits if visit.state.id < 10] == [0.0, 5.0, 30.0, 35.0]
    assert [visit.start for visit in visits if visit.state.id >= 10] == [0.0, 5.0, 10.0, 15.0]


def test_where_a_feed_has_moved_to_is_the_host_that_counts() -> None:
    turns = PoliteQueue(Politeness())
    moved = FeedState(1, Feed("https://old.example/", "a"), moved_to="https://new.example/feed")
    turns.add([moved, feed(2, "b", "new")])
    assert [visit.start for visit in ask(turns, lambda _: 1.0)] == [0.0, 5.0]


def test_those_whose_turn_has_not_come_are_given_back_and_nobody_else() -> None:
    turns = PoliteQueue(Politeness())
    states = [*feeds("a", "a", 4), *feeds("b", "b", 1, first=10)]
    turns.add(states)
    asked = [turns.next(0.0), turns.next(0.0)]
    assert turns.next(0.0) is None
    assert turns.wait(0.0) == 5.0
    left = turns.clear(0.0)
    assert Counter(state.id for state in [*left, *filter(None, asked)]) == Counter(state.id for state in states)
    assert (len(turns), turns.next(100.0), turns.wait(100.0)) == (0, None, None)


def test_who_is_still_being_asked_when_a_round_ends_counts_in_the_next() -> None:
    turns = PoliteQueue(Politeness(at_once=1))
    (first, second) = feeds("a", "a", 2)
    turns.add([first])
    assert turns.next(0.0) == first
    turns.clear(60.0)
    turns.add([second])
    assert turns.next(60.0) is None
    turns.done(first)
    assert turns.next(60.0) == second


@pytest.mark.parametrize(
    ("now", "wait"),
    [pytest.param(0.0, 5.0, id="at once"), pytest.param(3.0, 2.0, id="later"), pytest.param(9.0, 0.0, id="too late")],
)
def test_the_wait_ends_when_somebody_may_be_asked(now: float, wait: float) -> None:
    turns = PoliteQueue(Politeness())
    turns.add(feeds("a", "a", 2))
    state = turns.next(0.0)
    assert state is not None
    turns.done(state)
    assert turns.wait(now) == wait
