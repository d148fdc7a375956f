"""Measure a tag's quality on hand-coded samples: precision, recall and agreement, with confidence intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import NormalDist
from typing import Literal, get_args

Stratum = Literal["tagged", "near", "rest"]
"""A stratum of all articles when the sample was drawn: tagged; untagged but near; all others."""

Coder = Literal["coder_1", "coder_2", "agreed"]
"""Who answered: one person, another blind to the first one's answers, and both after discussion."""

STRATA: tuple[Stratum, ...] = get_args(Stratum)
CODERS: tuple[Coder, ...] = get_args(Coder)

_Z = NormalDist().inv_cdf(0.975)
_DRAWS = 10_000
_SEED = 1
"""Fixed, so that the same answers always give the same interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share between 0 and 1, and its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tally:
    """A stratum's counts: its articles, those coded, and those coded yes."""

    size: int
    coded: int
    positive: int


@dataclass(frozen=True, slots=True)
class Coded:
    """A sampled article: its stratum, that stratum's size, and each coder's answer if given."""

    stratum: Stratum
    stratum_size: int
    answers: Mapping[Coder, bool]

    @property
    def pair(self) -> tuple[bool, bool] | None:
        """Both coders' answers; None if either is missing."""
        one, two = self.answers.get("coder_1"), self.answers.get("coder_2")
        return None if one is None or two is None else (one, two)

    @property
    def truth(self) -> bool | None:
        """The agreed answer, else the answer the coders share, else the only one; None if there is none."""
        if "agreed" in self.answers:
            return self.answers["agreed"]
        given = set(self.answers.values())
        return given.pop() if len(given) == 1 else None


@dataclass(frozen=True, slots=True)
class Quality:
    """A tag's quality; None is what the answers do not determine.

    `coded` counts articles whose truth is known, of which `tagged` carry the tag and `right` do so correctly.
    `disputed` counts those the coders answered differently and did not settle; they count for agreement only. `pairs`
    counts articles answered by both coders, `coders` those who answered any.
    """

    coded: int
    tagged: int
    right: int
    precision: Estimate | None
    recall: Estimate | None
    disputed: int
    coders: int
    pairs: int
    agreement: float | None
    kappa: float | None


def quality(sample: Sequence[Coded]) -> Quality:
    """Compute a tag's quality from the answers to a sample. A stratum absent from the sample had no articles."""
    tallies = _tallies(sample)
    tagged = tallies.pop("tagged", Tally(0, 0, 0))
    pairs = [article.pair for article in sample if article.pair]
    people = {coder for article in sample for coder in article.answers} - {"agreed"}
    return Quality(
        coded=sum(article.truth is not None for article in sample),
        tagged=tagged.coded,
        right=tagged.positive,
        precision=wilson(tagged.positive, tagged.coded),
        recall=recall(tagged, list(tallies.values())),
        disputed=sum(article.truth is None and bool(article.answers) for article in sample),
        coders=len(people),
        pairs=len(pairs),
        agreement=agreement(pairs),
        kappa=kappa(pairs),
    )


def wilson(positive: int, coded: int) -> Estimate | None:
    """Return the share of yes among the coded, with Wilson's score interval; None if nothing is coded.

    Wilson, J. Am. Stat. Assoc. 22 (1927) 209; valid for few answers and for shares near 0 and 1, where the textbook
    interval is not (Brown, Cai and DasGupta, Stat. Sci. 16 (2001) 101).
    """
    if not coded:
        return None
    share, square = positive / coded, _Z * _Z
    middle = (share + square / (2 * coded)) / (1 + square / coded)
    half = _Z * (share * (1 - share) / coded + square / (4 * coded**2)) ** 0.5 / (1 + square / coded)
    return Estimate(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def recall(tagged: Tally, others: Sequence[Tally]) -> Estimate | None:
    """Estimate the share of all articles the tag belongs to that carry it, each stratum weighted by size times share of
    yes.

    None if a stratum with articles has no answers, or no article is a yes. The interval combines the strata's exact
    ones by melding (Fay, Proschan and Brittain, Biometrics 71 (2015) 146): for the lower end each share is drawn from
    the distribution whose quantiles are the Clopper-Pearson limit least favourable to recall, for the upper end from
    the most favourable one. So a large stratum without a yes may still hide many, and one yes in it may be luck; a
    stratum coded in full is known. With a few dozen answers from a large rest, a rare tag's recall is a rough estimate
    with a wide interval, and says so.
    """
    strata = [tally for tally in (tagged, *others) if tally.size]
    if not all(tally.coded for tally in strata) or not any(tally.positive for tally in strata):
        return None
    if not tagged.size:
        return Estimate(0.0, 0.0, 0.0)
    yes = [tally.size * tally.positive / tally.coded for tally in strata]
    value = yes[0] / sum(yes)
    random = Random(_SEED)  # noqa: S311  statistics, no secret
    worst, best = (sorted(_drawn_recall(strata, random, good) for _ in range(_DRAWS)) for good in (False, True))
    cut = _DRAWS // 40
    return Estimate(value, min(value, worst[cut]), max(value, best[-1 - cut]))


def agreement(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Return the share of articles both coders answered alike; None without pairs."""
    return sum(one == two for one, two in pairs) / len(pairs) if pairs else None


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Return Cohen's kappa: agreement beyond chance, 1 at most, 0 at chance level.

    None without pairs, or if both coders always gave the same one answer, so that chance agrees fully too. Cohen, Educ.
    Psychol. Meas. 20 (1960) 37.
    """
    found = agreement(pairs)
    if found is None:
        return None
    one, two = (sum(answers) / len(pairs) for answers in zip(*pairs, strict=True))
    chance = one * two + (1 - one) * (1 - two)
    return None if chance == 1 else (found - chance) / (1 - chance)


def _tallies(sample: Sequence[Coded]) -> dict[Stratum, Tally]:
    tallies = {}
    for stratum in STRATA:
        articles = [article for article in sample if article.stratum == stratum]
        if articles:
            known = [article.truth for article in articles if article.truth is not None]
            tallies[stratum] = Tally(articles[0].stratum_size, len(known), sum(known))
    return tallies


def _drawn_recall(strata: Sequence[Tally], random: Random, good: bool) -> float:
    """Return one random draw of the recall at its best or worst; the first stratum is the tagged one."""
    tagged, *others = strata
    found = tagged.size * _drawn_share(tagged, random, good)
    missed = sum(other.size * _drawn_share(other, random, not good) for other in others)
    return found / (found + missed) if found else 0.0


def _drawn_share(tally: Tally, random: Random, high: bool) -> float:
    """Draw a stratum's share of yes, from the distribution of its upper or its lower Clopper-Pearson limits."""
    yes, no = tally.positive, tally.coded - tally.positive
    if tally.coded == tally.size:
        return yes / tally.coded
    if high:
        return random.betavariate(yes + 1, no) if no else 1.0
    return random.betavariate(yes, no + 1) if yes else 0.0
