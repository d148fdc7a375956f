"""Whether a day (or an hour) has far more articles than those before it let expect: pure; the one rule on spikes.

A count is a spike when all of these hold:

1. It can be compared: the time itself, the one before it, and at least half of the baseline were observed. After a
   gap a feed shows at once what it published meanwhile, and a mean over few days is none: neither is ever a spike.
2. It is at least FEWEST: from none to three is a headline or two, whatever a ratio says.
3. It is at least TIMES what was expected.
4. It would come by chance less than once in 10 000 such times, even though news comes in waves.

*Expected* is the mean of the observed counts of the baseline, times what the same place in the week (of 28 days: the
four of the same weekday) had beside all others. Few counts say little of a weekday, so its share is drawn towards 1 as
if there had been _WEEKDAY_PRIOR articles more in each. Single high counts are cut off at the third quartile and three
times the root of it, so that a spike of last week does not hide the one of today.

*By chance* is the upper tail of a negative binomial distribution with that mean, whose variance is phi times the mean:
counts of news vary more than Poisson's. phi is estimated from the baseline, where a single count is cut off at twice
that limit; it is never less than 1, is drawn towards _PHI_PRIOR because a month says little of it, and grows by 1/n
because the mean itself is known from n counts only. That is the way of Farrington et al. (J. R. Stat. Soc. A 159, 1996,
547-563) and Noufaily et al. (Statist. Med. 32, 2013, 1206-1222), by which outbreaks of diseases are found in weekly
reports, in small: their baselines are of years.

A mean and so many standard deviations, as feed agents have it, fires at the second article after a month of none, and
takes its spread from a baseline of zeros. How often this rule fires for nothing, and what it sees: docs/quality.md.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt
from statistics import fmean
from typing import Final

BASELINE: Final = 28
"""The days of the baseline: four weeks, each weekday as often as any other."""

FEWEST: Final = 5
TIMES: Final = 3.0
CHANCE: Final = 1e-4

_WEEKDAY_PRIOR = 5.0
_PHI_PRIOR = 2.5
_PHI_PRIOR_DAYS = 14


@dataclass(frozen=True, slots=True)
class Spike:
    """A count that is far above what was expected; `chance` is how probable so many or more were."""

    count: int
    expected: float
    chance: float

    @property
    def times(self) -> float:
        """How many times the expected it is."""
        return self.count / self.expected


def shared(by_owner: Collection[int], owners: int) -> int:
    """How many articles of a time count, of which each owner has so many, where `owners` are watched in all.

    Of one owner no more count than of all others together: less than TIMES what these have, so that nobody makes a
    spike alone. Where one owner is all that is watched, all of it counts.
    """
    total = sum(by_owner)
    return total if owners < 2 else min(total, 2 * (total - max(by_owner, default=0)))


def comparable(count: int | None, before: Sequence[int | None]) -> bool:
    """Whether anything can be said of a count: see rule 1. None is a time that was not observed."""
    known = sum(value is not None for value in before)
    return count is not None and bool(before) and before[-1] is not None and 2 * known >= len(before)


def spike(count: int | None, before: Sequence[int | None], cycle: int = 7) -> Spike | None:
    """The spike that a count is, else None; None too where nothing can be said, which `comparable` tells apart.

    `before` are the counts of the times before it, oldest first and the one just before it last: BASELINE days, or
    their hours. None in it, or as `count`, is a time that was not observed; 0 is one that was and had none. After so
    many times as `cycle` says the same comes again: 7 days in a week, 24 hours in a day.
    """
    if count is None or count < FEWEST or not comparable(count, before):
        return None
    expected, phi = _expected(before, cycle)
    chance = _tail(count, expected, phi)
    return Spike(count, expected, chance) if count >= TIMES * expected and chance < CHANCE else None


def _expected(before: Sequence[int | None], cycle: int) -> tuple[float, float]:
    """What the baseline lets expect, more than 0, and how many times that its variance is, more than 1."""
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
    """Above this a count of the baseline is a spike itself."""
    quartile = sorted(counts)[3 * (len(counts) - 1) // 4]
    return quartile + 3 * (sqrt(quartile) + 1)


def _share(counts: Sequence[float | None], place: int, cycle: int, mean: float) -> float:
    """How many times the mean one place of the cycle has; -cycle is the place of the time after the last count."""
    same = [value for value in counts[place::-cycle] if value is not None] if len(counts) >= cycle else []
    return (fmean(same) * len(same) + _WEEKDAY_PRIOR) / (len(same) * mean + _WEEKDAY_PRIOR) if same else 1.0


def _tail(count: int, mean: float, phi: float) -> float:
    """The probability of `count` or more: negative binomial, of this mean and of phi times it as variance."""
    size = mean / (phi - 1)
    below = sum(
        exp(lgamma(size + k) - lgamma(size) - lgamma(k + 1) - size * log(phi) + k * log((phi - 1) / phi))
        for k in range(count)
    )
    return max(0.0, 1.0 - below)
