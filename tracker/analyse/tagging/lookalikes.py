"""Rank texts by how much they resemble tagged ones; the only module that imports scikit-learn, an optional extra.

It finds articles for people to read. No model gives a tag: only rules do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from tracker.analyse.languages.vocabulary import FUNCTION_WORDS

_MOST_OTHERS = 50_000
"""Most untagged texts to learn from; a random draw of more teaches little else."""

_WORDS = 6


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A text that resembles tagged ones, by its place; `words` are those that weigh most in its favour."""

    place: int
    words: tuple[str, ...]


def lookalikes(texts: Sequence[str], tagged: Sequence[bool], among: Sequence[int], most: int) -> list[Lookalike]:
    """Return at most `most` of the texts at the places `among`, those most like the tagged ones first.

    At least one text must be tagged and one not. Equal openings (first lines) come once. A logistic regression on
    TF-IDF: on real news it found far more of what rules miss than naive Bayes did (docs/quality.md). The same input
    always gives the same result.
    """
    vectorizer = TfidfVectorizer(min_df=2 if len(texts) > 1000 else 1, sublinear_tf=True)
    vectors = vectorizer.fit_transform(texts)
    learned = _places_to_learn_from(tagged)
    model = LogisticRegression(C=10, class_weight="balanced", max_iter=300)
    model.fit(vectors[learned], [tagged[place] for place in learned])
    scores = model.decision_function(vectors)
    names = vectorizer.get_feature_names_out()
    best = _distinct(sorted(among, key=lambda place: (-scores[place], place)), texts)[:most]
    return [Lookalike(place, _words(vectors[place], model.coef_[0], names)) for place in best]


def _places_to_learn_from(tagged: Sequence[bool]) -> list[int]:
    """Return the places of the tagged texts and of as many others as it takes."""
    others = [place for place, is_tagged in enumerate(tagged) if not is_tagged]
    if len(others) > _MOST_OTHERS:
        others = Random(1).sample(others, _MOST_OTHERS)  # noqa: S311  a draw that can be repeated, no secret
    return sorted([*(place for place, is_tagged in enumerate(tagged) if is_tagged), *others])


def _distinct(places: Sequence[int], texts: Sequence[str]) -> list[int]:
    """Return the places without those whose first line an earlier one has."""
    first = {texts[place].partition("\n")[0].casefold(): place for place in reversed(places)}
    return [place for place in places if first[texts[place].partition("\n")[0].casefold()] == place]


def _words(vector: Any, weights: Any, names: Any) -> tuple[str, ...]:
    """Return the words of a text that weigh most in its favour, the heaviest first."""
    row = vector.tocoo()
    weighed = [(weights[column] * value, str(names[column])) for column, value in zip(row.col, row.data, strict=True)]
    good = sorted(((-weight, word) for weight, word in weighed if weight > 0 and word not in FUNCTION_WORDS))
    return tuple(word for _, word in good[:_WORDS])
