"""Learn from coded and tagged articles: propose terms for a rule, and rank other articles by resemblance; no I/O.

It finds articles for people to read. No model gives a tag: only rules do.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any, Literal

from tracker.analyse.languages.vocabulary import FUNCTION_WORDS
from tracker.analyse.stories.word_features import folded

Verdict = Literal["yes", "no", "tagged", "unknown"]
"""What is known of an article: coded yes, coded no, tagged by the rules but not coded, or nothing."""

_LONGEST = 3  # words
_SHORTEST = 4  # letters of a term of one word

_MOST_OTHERS = 50_000
"""Most untagged texts to learn from; a random draw of more teaches little else."""

_WORDS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term, and in how many stored articles it occurs, by what is known of them."""

    term: str
    yes: int
    no: int
    tagged: int
    unknown: int

    @property
    def worth(self) -> float:
        """How many articles coded yes it finds, times the share of its articles that should have the tag.

        Unknown articles count as wrong: most articles are about something else.
        """
        fired = self.yes + self.no + self.tagged + self.unknown
        return self.yes * (self.yes + self.tagged) / fired


def candidates(articles: Iterable[tuple[str, Verdict]], missed: Sequence[str], most: int) -> list[Candidate]:
    """Return terms that together would find the texts `missed`, the best first, counted in all articles.

    A term has one to three words, none of them a number. Each finds a missed text that fewer than two better ones do,
    so the list shows alternatives and ends where it adds nothing.
    """
    found_by = _places(missed)
    counts = {term: Counter[Verdict]() for term in found_by}
    for text, verdict in articles:
        for term in found_by.keys() & _terms(text):
            counts[term][verdict] += 1
    known = {term: Candidate(term, n["yes"], n["no"], n["tagged"], n["unknown"]) for term, n in counts.items()}
    ranked = sorted((one for one in known.values() if one.yes), key=lambda one: (-one.worth, len(one.term), one.term))
    return list(islice(_needed(ranked, found_by), most))


def fires(term: str, text: str) -> bool:
    """Decide whether a candidate term occurs in a text."""
    return term in _terms(text)


def _terms(text: str) -> set[str]:
    """Return every run of up to three words that may be a term."""
    words = folded(text)
    return {
        " ".join(run)
        for start in range(len(words))
        for end in range(start + 1, min(start + _LONGEST, len(words)) + 1)
        if _may_be_term(run := words[start:end])
    }


def _may_be_term(run: Sequence[str]) -> bool:
    """Decide whether a run of words may be a term: no number, and no function word at either end."""
    if run[0] in FUNCTION_WORDS or run[-1] in FUNCTION_WORDS or not all(map(str.isalpha, run)):
        return False
    return len(run) > 1 or len(run[0]) >= _SHORTEST


def _places(texts: Sequence[str]) -> dict[str, set[int]]:
    """Return the places of the texts in which each term occurs."""
    found: dict[str, set[int]] = defaultdict(set)
    for place, text in enumerate(texts):
        for term in _terms(text):
            found[term].add(place)
    return found


def _needed(ranked: Iterable[Candidate], found_by: Mapping[str, Set[int]]) -> Iterator[Candidate]:
    """Yield the candidates that find a text which fewer than two before them do."""
    covered: Counter[int] = Counter()
    for one in ranked:
        if any(covered[place] < 2 for place in found_by[one.term]):
            covered.update(found_by[one.term])
            yield one


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
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  an optional extra, slow to import
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  likewise

    vectorizer = TfidfVectorizer(min_df=2 if len(texts) > 1000 else 1, sublinear_tf=True)
    vectors = vectorizer.fit_transform(texts)
    learned = _places_to_learn_from(tagged)
    model = LogisticRegression(C=10, class_weight="balanced", max_iter=300)
    model.fit(vectors[learned], [tagged[place] for place in learned])
    scores = model.decision_function(vectors)
    names = vectorizer.get_feature_names_out()
    best = _distinct(sorted(among, key=lambda place: (-scores[place], place)), texts)[:most]
    return [Lookalike(place, _heaviest_words(vectors[place], model.coef_[0], names)) for place in best]


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


def _heaviest_words(vector: Any, weights: Any, names: Any) -> tuple[str, ...]:
    """Return the words of a text that weigh most in its favour, the heaviest first."""
    row = vector.tocoo()
    weighed = [(weights[column] * value, str(names[column])) for column, value in zip(row.col, row.data, strict=True)]
    good = sorted(((-weight, word) for weight, word in weighed if weight > 0 and word not in FUNCTION_WORDS))
    return tuple(word for _, word in good[:_WORDS_SHOWN])
