"""Whether an article reports the same event as others: pure, no I/O.

An article is a vector of its words' stems, each as heavy as it is rare. It joins the story to which it is nearest,
by the mean of its likeness to the nearest article and to the story as a whole: the nearest alone would chain from
one story into the next over a headline that says little.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tracker.analyse.stories.word_features import Wording

WINDOW = timedelta(hours=24)
"""A story is open to what is published so long before or after one of its articles, so it goes on while it is told."""

STORY_THRESHOLD = 0.22
"""The least likeness with which an article joins a story; docs/quality.md has the figures around it."""

_IMAGINED = 1000
"""So many articles without a given word are imagined, for a young database to take no word for common."""

Vector = Mapping[str, float]
"""The weight of each stem; the length of all is 1."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """How near an article is to a story, from 0 to 1, and the article of the story to which it is nearest."""

    story: int
    near: int
    score: float


def rarity(articles: int, with_it: int) -> float:
    """How much a stem tells that stands in so many of so many articles (inverse document frequency)."""
    return math.log((imagined(articles) + 1) / (with_it + 0.5))


def imagined(articles: int) -> int:
    """How many articles are reckoned with where there are so many."""
    return articles + _IMAGINED


def vector(wording: Wording, rarities: Mapping[str, float]) -> Vector:
    """An article's stems, each with its weight: how often it stands there, as a logarithm, times its rarity."""
    weights = {
        stem: rarities[stem] * (1 + math.log(n)) if n > 1 else rarities[stem] for stem, (_, n) in wording.stems.items()
    }
    length = math.hypot(*weights.values()) or 1.0
    return {stem: weight / length for stem, weight in weights.items()}


def likeness(one: Vector, other: Vector) -> float:
    """The cosine of the angle between two articles."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other[stem] for stem, weight in one.items() if stem in other)


@dataclass(frozen=True, slots=True)
class Centroid:
    """A story as one vector, the sum of its articles'."""

    weights: Mapping[str, float]
    length: float

    def likeness(self, article: Vector) -> float:
        """The cosine of the angle between the story and an article."""
        return likeness(article, self.weights) / self.length


def whole(articles: Iterable[Vector]) -> Centroid:
    """The sum of the articles of a story."""
    weights: dict[str, float] = {}
    for article in articles:
        for stem, weight in article.items():
            weights[stem] = weights.get(stem, 0.0) + weight
    return Centroid(weights, math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0)


def most_central(articles: Sequence[Vector]) -> int:
    """The place of the article that is nearest to all of them together; the first of equals."""
    together = whole(articles)
    scores = [together.likeness(article) for article in articles]
    return scores.index(max(scores))
