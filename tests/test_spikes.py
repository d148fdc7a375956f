import math
import random

import pytest

from tracker.analyse.spikes import BASELINE, FEWEST, comparable, spike

QUIET = [0] * BASELINE
WEEK = [3, 4, 3, 5, 3, 1, 0] * 4  # Monday to Sunday; the next day is a Monday


def poisson(rng, mean):
    """Knuth's way; for means that are not large."""
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count, product = count + 1, product * rng.random()
    return count


def test_a_month_of_none_makes_no_headline_or_two_a_spike():
    assert [spike(count, QUIET) for count in range(FEWEST)] == [None] * FEWEST


def test_many_after_a_month_of_none_are_a_spike():
    found = spike(20, QUIET)
    assert found
    assert found.count == 20
    assert 0 < found.expected < 1
    assert found.chance < 1e-4


@pytest.mark.parametrize(
    ("count", "before"),
    [
        pytest.param(None, WEEK, id="the day itself was not observed"),
        pytest.param(40, [*WEEK[:-1], None], id="the day before was not"),
        pytest.param(40, [None] * 15 + WEEK[15:], id="less than half of the baseline was"),
        pytest.param(40, [], id="there is none"),
    ],
)
def test_what_cannot_be_compared_is_never_a_spike(count, before):
    assert not comparable(count, before)
    assert spike(count, before) is None


def test_half_of_the_baseline_is_enough():
    before = [None] * 14 + WEEK[14:]
    assert comparable(40, before)
    assert spike(40, before)


def test_three_times_the_expected_is_the_least_however_sure_it_is():
    before = [100] * BASELINE
    assert spike(250, before) is None
    assert spike(320, before)


def test_a_weekday_is_compared_with_its_like():
    before = [2, 2, 2, 2, 30, 2, 2] * 4  # every Friday a weekly is out
    assert spike(30, before[4:] + before[:4]) is None  # the next day is a Friday
    assert spike(30, before)  # it is a Monday


def test_a_spike_of_last_week_does_not_hide_the_one_of_today():
    before = list(WEEK)
    before[-4] = 60
    assert spike(40, before)


def test_the_hours_of_a_day_are_compared_with_their_like():
    day = [0] * 6 + [1] * 2 + [12] * 2 + [2] * 14
    before = day * 28
    assert spike(14, before + day[:8], cycle=24) is None
    assert spike(14, before + day[:3], cycle=24)


@pytest.mark.parametrize("mean", [0.05, 0.3, 1, 3, 10])
def test_counts_that_are_pure_chance_hardly_ever_fire(mean):
    rng = random.Random(f"chance {mean}")
    years = 10
    counts = [poisson(rng, mean) for _ in range(365 * years + BASELINE)]
    fired = sum(spike(counts[day], counts[day - BASELINE : day]) is not None for day in range(BASELINE, len(counts)))
    assert fired <= 1  # a tag and ten years


@pytest.mark.parametrize(("mean", "least"), [(3, 0.85), (10, 0.99)])
def test_eight_times_as_many_are_seen(mean, least):
    rng = random.Random(f"power {mean}")
    baselines = [[poisson(rng, mean) for _ in range(BASELINE)] for _ in range(200)]
    assert sum(spike(poisson(rng, 8 * mean), before) is not None for before in baselines) / 200 >= least
