"""Match an article to a story already covered in another language."""

from collections import defaultdict

from tracker.analyse.stories import clustering, entity_overlap
from tracker.analyse.stories.clustering import Belonging
from tracker.analyse.stories.entity_overlap import Signs
from tracker.pipeline.comparison_cache import Article, ComparisonCache, tag_term
from tracker.store import grouped_words
from tracker.store.database import Database

_NAMES = 6  # rarest names of an article, used to look up others
_CANDIDATES = 20  # matches compared: those sharing the rarest tags and names
_TIES = 3 * _CANDIDATES
_NEEDED_SHARE = 0.5  # share of the score needed; numbers and dates, not used for lookup, may add the rest


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
    rarities = cache.rarities(db, one.keys() & other.keys())
    return entity_overlap.score(entity_overlap.shared(one, other, rarities), clustering.smoothed(cache.article_count))


def _is_comparable(one: Article, other: Article) -> bool:
    """Whether two articles are in different languages and close enough in time."""
    languages = {one.row.language, other.row.language}
    return (
        None not in languages
        and len(languages) == 2
        and abs(one.row.at - other.row.at) <= entity_overlap.CROSS_LANGUAGE_WINDOW
    )


def _candidates(db: Database, cache: ComparisonCache, article: Article) -> list[Article]:
    """Return the grouped articles that share most of the article's tags and rarest names."""
    (signs,) = cache.signs(db, [article])
    rarities = cache.rarities(db, signs)
    names = sorted((sign for sign in rarities if sign.kind == "name"), key=lambda sign: (-rarities[sign], sign.what))[
        :_NAMES
    ]
    since = cache.since(db, article.row.at - entity_overlap.CROSS_LANGUAGE_WINDOW)
    shared: dict[int, float] = defaultdict(float)
    for sign in (*names, *(sign for sign in rarities if sign.kind in entity_overlap.SIGN_FACETS)):
        rarity = rarities[sign]
        term = sign.what if sign.kind == "name" else tag_term(sign.what)
        for other in grouped_words.containing(db, term, article.row, entity_overlap.CROSS_LANGUAGE_WINDOW, since):
            shared[other] += rarity
    needed = _NEEDED_SHARE * entity_overlap.needed(clustering.smoothed(cache.article_count))
    likely = [other for other, weight in shared.items() if weight >= needed]
    ranked = sorted(likely, key=lambda other: -shared[other])
    least = shared[ranked[_CANDIDATES - 1]] if len(ranked) >= _CANDIDATES else 0.0
    return cache.articles(db, [other for other in ranked[:_TIES] if shared[other] >= least])
