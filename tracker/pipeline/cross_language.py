"""Match an article to a story already covered in another language."""

from collections import defaultdict

from tracker.analyse.stories import clustering, entity_overlap
from tracker.analyse.stories.clustering import Belonging
from tracker.analyse.stories.entity_overlap import Signs
from tracker.pipeline.comparison_cache import Article, ComparisonCache, tag_term
from tracker.store import grouped_words
from tracker.store.database import Database

_WORDS = 20  # rarest words of an article, used to look up others
_CANDIDATES = 20  # matches compared: those sharing the rarest tags and names
_TIES = 3 * _CANDIDATES
_NEEDED_SHARE = 0.3  # share of the score needed; words spelt otherwise, numbers and dates may add the rest


def match(db: Database, cache: ComparisonCache, article: Article) -> Belonging | None:
    """Return the story that an article joins because of a report in another language; None if there is none.

    Considers only articles tagged with a rulebook entity.
    """
    if article.row.language is None or not cache.is_tagged(article):
        return None
    (signs,) = cache.signs(db, [article])
    found = [one for one in _candidates(db, cache, article) if _is_comparable(one, article)]
    scores = [_likeness(db, cache, signs, other_signs) for other_signs in cache.signs(db, found)]
    score, nearest = max(
        zip(scores, (one.row for one in found), strict=True),
        key=lambda one: (one[0], one[1].at, one[1].key),
        default=(0.0, None),
    )
    if nearest is None or nearest.story is None or score < entity_overlap.CROSS_LANGUAGE_THRESHOLD:
        return None
    return Belonging(nearest.story, nearest.id, min(1.0, score))


def _likeness(db: Database, cache: ComparisonCache, one: Signs, other: Signs) -> float:
    """Score how surely two articles report the same event."""
    if entity_overlap.are_elsewhere(one, other):
        return 0.0
    found = entity_overlap.shared(one, other, cache.weights(db, one, other))
    return entity_overlap.score(found, clustering.smoothed(cache.article_count))


def _is_comparable(one: Article, other: Article) -> bool:
    """Whether two articles are in different languages and close enough in time."""
    languages = {one.row.language, other.row.language}
    return (
        None not in languages
        and len(languages) == 2
        and abs(one.row.at - other.row.at) <= entity_overlap.CROSS_LANGUAGE_WINDOW
    )


def _candidates(db: Database, cache: ComparisonCache, article: Article) -> list[Article]:
    """Return the grouped articles that share most of the article's tags and rarest words."""
    (signs,) = cache.signs(db, [article])
    since = cache.since(db, article.row.at - entity_overlap.CROSS_LANGUAGE_WINDOW)
    shared: dict[int, float] = defaultdict(float)
    for term, weight in _terms(db, cache, signs).items():
        for other in grouped_words.containing(db, term, article.row, entity_overlap.CROSS_LANGUAGE_WINDOW, since):
            shared[other] += weight
    needed = _NEEDED_SHARE * entity_overlap.needed(clustering.smoothed(cache.article_count))
    likely = [other for other, weight in shared.items() if weight >= needed]
    ranked = sorted(likely, key=lambda other: -shared[other])
    least = shared[ranked[_CANDIDATES - 1]] if len(ranked) >= _CANDIDATES else 0.0
    return cache.articles(db, [other for other in ranked[:_TIES] if shared[other] >= least])


def _terms(db: Database, cache: ComparisonCache, signs: Signs) -> dict[str, float]:
    """Return the terms by which to look up articles that share signs, with their weights."""
    words = {stem: cache.rarity(stem) for sign, stems in signs.items() if sign.kind == "word" for stem in stems}
    rarest = sorted(words, key=lambda stem: (-words[stem], stem))[:_WORDS]
    tags = [sign for sign in signs if sign.kind in entity_overlap.SIGN_FACETS]
    return {tag_term(sign.what): cache.weight(db, sign, ()) for sign in tags} | {stem: words[stem] for stem in rarest}
