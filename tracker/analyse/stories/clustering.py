"""Decide whether articles report the same event; no I/O.

An article is a TF-IDF vector of its word stems. It joins the nearest story, by the mean of its similarity to the
nearest article and to the story's centroid: the nearest article alone would chain one story into the next over an
uninformative headline.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tracker.analyse.running_pages import is_called_running
from tracker.analyse.stories.word_features import Wording

STORY_WINDOW = timedelta(hours=24)
"""How long before or after any of its articles a story accepts others; it stays open while coverage continues."""

STORY_THRESHOLD = 0.22
"""Least similarity at which an article joins a story; docs/quality.md has the figures around it."""

OWN_STORY_THRESHOLD = 0.28
"""Least similarity at which an article joins one of its own outlet: many share only the outlet's town and its turns of
phrase."""

_PRIOR_ARTICLES = 1000
"""Articles without a given word added to the count, so that in a young database no word counts as common."""

Vector = Mapping[str, float]
"""The weight of each stem, scaled to unit length."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """An article's similarity to a story, from 0 to 1, and the story's nearest article."""

    story: int
    near: int
    score: float


def rarity(articles: int, with_it: int) -> float:
    """Return the inverse document frequency of a stem found in `with_it` of `articles`."""
    return math.log((smoothed(articles) + 1) / (with_it + 0.5))


def smoothed(articles: int) -> int:
    """Return the number of articles, smoothed as if some had been counted before."""
    return articles + _PRIOR_ARTICLES


def vector(wording: Wording, rarities: Mapping[str, float]) -> Vector:
    """Return an article's TF-IDF vector: log-scaled term frequency times rarity."""
    weights = {
        stem: rarities[stem] * (1 + math.log(n)) if n > 1 else rarities[stem] for stem, (_, n) in wording.stems.items()
    }
    length = math.hypot(*weights.values()) or 1.0
    return {stem: weight / length for stem, weight in weights.items()}


def cosine(one: Vector, other: Vector) -> float:
    """Return the cosine similarity of two articles."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other[stem] for stem, weight in one.items() if stem in other)


def is_enough(one: Wording, other: Wording, *, same_source: bool) -> bool:
    """Decide whether what two articles have in common may make them one event: a name, or two words, however rare one
    is; of headlines without summaries a single word. Two pages that an outlet rewrites all day have its turns of phrase
    in common, so only a name counts."""
    common = one.stems.keys() & other.stems.keys()
    if not common.isdisjoint(one.names | other.names):
        return True
    running = same_source and is_called_running(one.raw_title) and is_called_running(other.raw_title)
    return not running and (len(common) > 1 or not (one.summary or other.summary))


@dataclass(frozen=True, slots=True)
class Centroid:
    """A story as one vector, the sum of its articles' vectors."""

    weights: Mapping[str, float]
    length: float

    def cosine(self, article: Vector) -> float:
        """Return the cosine similarity of the story and an article."""
        return cosine(article, self.weights) / self.length


def centroid(articles: Iterable[Vector]) -> Centroid:
    """Return the centroid of a story's articles."""
    weights: dict[str, float] = {}
    for article in articles:
        for stem, weight in article.items():
            weights[stem] = weights.get(stem, 0.0) + weight
    return Centroid(weights, math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0)


def most_central(articles: Sequence[Vector]) -> int:
    """Return the index of the article nearest to the centroid of all; the first if several tie."""
    together = centroid(articles)
    scores = [together.cosine(article) for article in articles]
    return scores.index(max(scores))
