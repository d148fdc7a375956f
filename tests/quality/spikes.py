"""Measures the rule on spikes: how often it fires for nothing, and what it sees. `python -m tests.quality.spikes`.

Counts are drawn at random: of a mean a day, twice and a half as many on a working day as at the weekend, with a
variance of so many times the mean (1 is Poisson's; above it the day's own mean is drawn from a gamma distribution).
Beside the rule stands that of feed agents: more than 4, and above the mean of the last 14 days and three standard
deviations.
"""

import math
import random
import statistics
from collections.abc import Callable, Iterator, Sequence

from tracker.analyse.spikes import BASELINE, spike

YEARS = 100
WEEK = (1.2, 1.2, 1.2, 1.2, 1.2, 0.5, 0.5)

Fires = Callable[[int, Sequence[int]], bool]


def ours(count: int, before: Sequence[int]) -> bool:
    return spike(count, before) is not None


def agents(count: int, before: Sequence[int]) -> bool:
    last = before[-14:]
    return count > 4 and count > statistics.fmean(last) + 3 * statistics.stdev(last)


def draw(rng: random.Random, mean: float, phi: float) -> int:
    """A count of this mean and of phi times it as variance."""
    rate = mean if phi == 1 else rng.gammavariate(mean / (phi - 1), phi - 1)
    if rate > 60:
        return max(0, round(rng.gauss(rate, math.sqrt(rate))))
    limit, count, product = math.exp(-rate), 0, rng.random()
    while product > limit:
        count, product = count + 1, product * rng.random()
    return count


def false_alarms(rule: Fires, rng: random.Random, mean: float, phi: float) -> float:
    """How often a year the rule fires where nothing happened."""
    counts = [draw(rng, mean * WEEK[day % 7], phi) for day in range(365 * YEARS + BASELINE)]
    days = range(BASELINE, len(counts))
    return sum(rule(counts[day], counts[day - BASELINE : day]) for day in days) / YEARS


def seen(rule: Fires, rng: random.Random, mean: float, phi: float, times: float) -> float:
    """The share of Mondays with this many times the usual that the rule sees."""
    trials = 1000
    months = ([draw(rng, mean * WEEK[day % 7], phi) for day in range(BASELINE)] for _ in range(trials))
    return sum(rule(draw(rng, mean * WEEK[0] * times, phi), month) for month in months) / trials


def table() -> Iterator[str]:
    """The figures as a table in Markdown."""
    yield "| variance / mean | a day | false alarms a year | seen at 5 times | at 10 times | agents' false alarms |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: |"
    for phi in (1, 2, 4):
        for mean in (0.1, 0.3, 1, 3, 10, 30):
            rng = random.Random(f"{phi} {mean}")
            alarms = [false_alarms(rule, rng, mean, phi) for rule in (ours, agents)]
            shares = [seen(ours, rng, mean, phi, times) for times in (5, 10)]
            yield f"| {phi} | {mean} | {alarms[0]:.2f} | {shares[0]:.0%} | {shares[1]:.0%} | {alarms[1]:.2f} |"


if __name__ == "__main__":
    print("\n".join(table()))
