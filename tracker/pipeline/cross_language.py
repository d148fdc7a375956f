"""Finds for an article the story that it tells among those that are told in other languages."""

from collections import defaultdict
from collections.abc import Set

from tracker.analyse.stories import clustering, entity_overlap
from tracker.analyse.stories.clustering import Belonging
from tracker.analyse.stories.entity_overlap import Sign, Signs
from tracker.pipeline.comparison_cache import Article, ComparisonCache
from tracker.store import grouping as store
from tracker.store.database import Database

_NAMES = 6  # of an article, the rarest, by which others are looked up
_CANDIDATES = 20  # of those found, the ones that share the rarest tags and names
_TIES = 3 * _CANDIDATES
_ENOUGH = 0.5  # of the least likeness; numbers and dates, by which none is looked up, may bring the rest


def belonging(db: Database, shelf: ComparisonCache, article: Article, waiting: Set[int]) -> Belonging | None:
    """The story that an article joins for what it shares with a report in another language; None where there is none.

    Only articles with an entity of the rulebook are looked at, and none that is still `waiting` to be grouped.
    """
    if article.row.language is None or not shelf.is_tagged(article):
        return None
    (mine,) = shelf.signs(db, [article])
    found = [one for one in _candidates(db, shelf, article, waiting) if _is_abroad(one, article)]
    scores = [_likeness(db, shelf, mine, theirs) for theirs in shelf.signs(db, found)]
    score, near = max(
        zip(scores, (one.row for one in found), strict=True),
        key=lambda one: (one[0], one[1].at, one[1].key),
        default=(0.0, None),
    )
    if near is None or near.story is None or score < entity_overlap.CROSS_LANGUAGE_THRESHOLD:
        return None
    return Belonging(near.story, near.id, min(1.0, score))


def _likeness(db: Database, shelf: ComparisonCache, one: Signs, other: Signs) -> float:
    """How surely two articles report one event."""
    rarities = shelf.rarities(db, one.keys() & other.keys())
    return entity_overlap.likeness(entity_overlap.shared(one, other, rarities), clustering.imagined(shelf.counted))


def _is_abroad(one: Article, other: Article) -> bool:
    """Whether two articles are in different languages and near enough in time."""
    languages = {one.row.language, other.row.language}
    return None not in languages and len(languages) == 2 and abs(one.row.at - other.row.at) <= entity_overlap.WINDOW


def _candidates(db: Database, shelf: ComparisonCache, article: Article, waiting: Set[int]) -> list[Article]:
    """The grouped articles that share most of one's tags and rarest names."""
    (mine,) = shelf.signs(db, [article])
    rarities = shelf.rarities(db, mine)
    names = sorted((sign for sign in rarities if sign.kind == "name"), key=lambda sign: (-rarities[sign], sign.what))[
        :_NAMES
    ]
    first = shelf.first_since(db, article.row.at - entity_overlap.WINDOW)
    shared: dict[int, float] = defaultdict(float)
    for sign in (*names, *(sign for sign in rarities if sign.kind in entity_overlap.FACETS)):
        rarity = rarities[sign]
        for other in _having(db, sign, article, first):
            shared[other] += rarity
    needed = _ENOUGH * entity_overlap.needed(clustering.imagined(shelf.counted))
    likely = [other for other, told in shared.items() if told >= needed and other not in waiting]
    ranked = sorted(likely, key=lambda other: -shared[other])
    least = shared[ranked[_CANDIDATES - 1]] if len(ranked) >= _CANDIDATES else 0.0
    return shelf.articles(db, [other for other in ranked[:_TIES] if shared[other] >= least])


def _having(db: Database, sign: Sign, article: Article, first: int) -> list[int]:
    """The articles from `first` on that have a tag or hold a name."""
    if sign.kind in entity_overlap.FACETS:
        return store.carrying(db, sign.what, article.row, entity_overlap.WINDOW, first)
    word, _ = article.words.stems[sign.what]
    return store.holding(db, word, article.row, entity_overlap.WINDOW, first)
