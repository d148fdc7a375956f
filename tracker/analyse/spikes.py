"""Detect spikes: days (or hours) with far more articles than expected; pure. The one rule on spikes.

A count is a spike if all of these hold:

1. It is comparable: the time itself, the one before it, and at least half of the baseline were observed. After a
   gap a feed shows at once what it published meanwhile, and a mean over few days is unreliable: neither is a spike.
2. It is at least FEWEST: a rise from none to three is a headline or two, whatever the ratio.
3. It is at least TIMES the expected count.
4. It would occur by chance less than once in 10 000 such times, even though news comes in waves.

*Expected* is the mean of the observed baseline counts, times the ratio to it of the same place in the week (in 28 days:
the four of the same weekday). Few counts say little about a weekday, so its ratio is shrunk towards 1 as if there had
been _WEEKDAY_PRIOR more articles in each. Single high counts are capped at the third quartile plus three times its
root, so that last week's spike does not hide today's.

*By chance* is the upper tail of a negative binomial distribution with that mean and a variance of phi times the mean:
news counts vary more than Poisson's. phi is estimated from the baseline, with single counts capped at twice that limit;
it is at least 1, shrunk towards _PHI_PRIOR because a month says little about it, and raised by 1/n because the mean
itself is estimated from only n counts. This is a small-scale form of the method by which Farrington et al. (J. R. Stat.
Soc. A 159, 1996, 547-563) and Noufaily et al. (Statist. Med. 32, 2013, 1206-1222) detect disease outbreaks in weekly
reports; their baselines span years.

A mean plus some standard deviations, as feed agents use, fires at the second article after a month of none, and takes
its spread from a baseline of zeros. How often this rule fires for nothing, and what it detects: docs/quality.md.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt
from statistics import fmean
from typing import Final

FEWEST: Final = 5
TIMES: Final = 3.0
CHANCE: Final = 1e-4

SPIKE_RULE: Final = (
    f"at least {FEWEST} articles, at least {TIMES:g} times what was expected, and so many by chance less than once in "
    f"{1 / CHANCE:,.0f} times"
)
"""The rule in words."""

BASELINE: Final = 28
"""Days of the baseline: four weeks, each weekday as often as any other."""

_WEEKDAY_PRIOR = 5.0
_PHI_PRIOR = 2.5
_PHI_PRIOR_DAYS = 14


@dataclass(frozen=True, slots=True)
class Spike:
    """A count far above the expected one; `chance` is the probability of at least that many."""

    count: int
    expected: float
    chance: float

    @property
    def times(self) -> float:
        """The ratio of the count to the expected one."""
        return self.count / self.expected


def shared(by_owner: Collection[int], owners: int) -> int:
    """Return how many articles count, given each owner's number and `owners` watched in all.

    One owner counts for no more than all others together, which is less than TIMES theirs, so none makes a spike alone.
    If only one owner is watched, all its articles count.
    """
    total = sum(by_owner)
    return total if owners < 2 else min(total, 2 * (total - max(by_owner, default=0)))


def comparable(count: int | None, before: Sequence[int | None]) -> bool:
    """Decide whether a count can be judged: see rule 1. None is an unobserved time."""
    known = sum(value is not None for value in before)
    return count is not None and bool(before) and before[-1] is not None and 2 * known >= len(before)


def spike(count: int | None, before: Sequence[int | None], cycle: int = 7) -> Spike | None:
    """Return the spike a count is, else None; also None if the count cannot be judged (see `comparable`).

    `before` are the preceding counts, oldest first: BASELINE days, or their hours. None in it, or as `count`, is an
    unobserved time; 0 is an observed time without articles. `cycle` is the length of the repeating pattern: 7 days in a
    week, 24 hours in a day.
    """
    if count is None or count < FEWEST or not comparable(count, before):
        return None
    expected, phi = _expected(before, cycle)
    chance = _tail(count, expected, phi)
    return Spike(count, expected, chance) if count >= TIMES * expected and chance < CHANCE else None


def _expected(before: Sequence[int | None], cycle: int) -> tuple[float, float]:
    """Return the expected count, above 0, and the ratio of variance to mean, above 1."""
    limit = _limit([value for value in before if value is not None])
    cut = [None if value is None else min(value, limit) for value in before]
    counts = [value for value in cut if value is not None]
    mean = (sum(counts) + 0.5) / len(counts)
    shares = [_share(cut, place, cycle, mean) for place in range(-cycle, 0)]
    found = sum(
        (min(value, 2 * limit) - mean * shares[number % cycle]) ** 2 / (mean * shares[number % cycle])
        for number, value in zip(range(-len(before), 0), before, strict=True)
        if value is not None
    )
    phi = max(1.0, (found + _PHI_PRIOR * _PHI_PRIOR_DAYS) / (len(counts) - 1 + _PHI_PRIOR_DAYS))
    return mean * shares[0], phi * (1 + 1 / len(counts))


def _limit(counts: Sequence[int]) -> float:
    """Return the limit above which a baseline count is itself a spike."""
    quartile = sorted(counts)[3 * (len(counts) - 1) // 4]
    return quartile + 3 * (sqrt(quartile) + 1)


def _share(counts: Sequence[float | None], place: int, cycle: int, mean: float) -> float:
    """Return the ratio of one place in the cycle to the mean; -cycle is the place right after the last count."""
    same = [value for value in counts[place::-cycle] if value is not None] if len(counts) >= cycle else []
    return (fmean(same) * len(same) + _WEEKDAY_PRIOR) / (len(same) * mean + _WEEKDAY_PRIOR) if same else 1.0


def _tail(count: int, mean: float, phi: float) -> float:
    """Return the probability of `count` or more: negative binomial with this mean and a variance of phi times it."""
    size = mean / (phi - 1)
    below = sum(
        exp(lgamma(size + k) - lgamma(size) - lgamma(k + 1) - size * log(phi) + k * log((phi - 1) / phi))
        for k in range(count)
    )
    return max(0.0, 1.0 - below)
