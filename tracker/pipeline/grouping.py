"""Finds for each new article what it is a copy of and to which story it belongs.

    article | candidates of the search index | a copy of one? | the nearest story? | rows

A copy stands where its root stands. What is stored once is never changed here: not by the order in which articles of
a round came, nor by a restart, for articles are taken in the order of their dates and compared only with those
before them in that order.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from tracker.analyse.stories import clustering, copies
from tracker.analyse.stories.agencies import agency
from tracker.analyse.stories.clustering import Belonging, Centroid
from tracker.analyse.stories.copies import Likeness
from tracker.analyse.stories.word_features import folded
from tracker.pipeline import cross_language
from tracker.pipeline.comparison_cache import Article, ComparisonCache
from tracker.store import grouping as store
from tracker.store.database import Database

BATCH = 200
"""Articles grouped in one transaction: enough that commits do not count, few enough that readers never wait."""

_RARE = 12  # words of an article by which others are looked up
_CANDIDATES = 20  # of those found, the ones that share the rarest words; 50 find no more (measured)
_TIES = 3 * _CANDIDATES
_ENOUGH = 0.12  # of the square of an article's length; what shares less of its rare words is never looked at

_MEMBERS = 30  # articles of a story that are compared; what it told a week ago says little of today
_BOILERPLATE = 3  # texts of a source that hold a sentence; then it says nothing about any of them


class Grouper:
    """Groups what is not yet grouped, some articles at a time; for one pass, between whose steps no text changes."""

    def __init__(self) -> None:
        self._shelf = ComparisonCache()
        self._wholes: dict[int, Centroid] = {}
        self._waiting: set[int] = set()

    def step(self, db: Database, now: datetime) -> int:
        """Group the next articles inside a transaction; returns how many, 0 when all are grouped."""
        if not self._waiting:
            self._waiting = store.ids_ungrouped(db)
        waiting = store.ungrouped(db, BATCH)
        if waiting:
            self._shelf.count(db, now)
            self._shelf.tagged(db, waiting)
            touched = {self._group(db, article, now) for article in self._shelf.prepared(db, waiting)}
            for story in touched:
                self._name(db, story)
        return len(waiting)

    def _group(self, db: Database, article: Article, now: datetime) -> int:
        """Store what an article is; returns its story."""
        shared = self._sharing(db, article)
        found = self._copied(db, article, shared)
        belonging, why = (None, "") if found else self._belonging(db, article, shared)
        story = found[0].row.story if found else belonging.story if belonging else article.row.id
        assert story is not None, "candidates are grouped"  # noqa: S101  a mistake of ours
        root = None
        if found:
            root = found[0].row.root or found[0].row.id
            store.keep_copy(db, article.row.id, root, found[1], now)
        elif belonging:
            store.keep_link(db, article.row.id, belonging, why)
        store.keep_story(db, article.row.id, story, agency(article.row.author, article.row.summary))
        self._waiting.discard(article.row.id)
        self._shelf.remember(replace(article, row=replace(article.row, story=story, root=root)))
        self._wholes.pop(story, None)
        return story

    def _sharing(self, db: Database, article: Article) -> dict[int, float]:
        """The articles that share enough of one's rare words, by how much of its vector these are."""
        stems, vector = article.words.stems, article.vector
        rare = sorted(stems, key=lambda stem: (-vector[stem], stem))[:_RARE]
        first = self._shelf.first_since(db, article.row.at - copies.WINDOW)
        shared: dict[int, float] = defaultdict(float)
        for stem in (stem for stem in rare if self._shelf.is_telling(stem)):
            for other in store.holding(db, stems[stem][0], article.row, copies.WINDOW, first):
                shared[other] += vector[stem] ** 2
        return {other: n for other, n in shared.items() if n >= _ENOUGH and other not in self._waiting}

    def _nearest(self, db: Database, shared: Mapping[int, float]) -> list[Article]:
        """Of articles that share words, the grouped ones that share most."""
        ranked = sorted(shared, key=lambda other: -shared[other])
        least = shared[ranked[_CANDIDATES - 1]] if len(ranked) >= _CANDIDATES else 0.0
        near = [other for other in ranked[:_TIES] if shared[other] >= least]
        return [other for other in self._shelf.articles(db, near) if other.row.story is not None]

    def _copied(self, db: Database, article: Article, shared: Mapping[int, float]) -> tuple[Article, Likeness] | None:
        """What an article is a copy of, of several the likest; that two headlines are the same comes last."""
        found = []
        for other in self._nearest(db, shared):
            likeness = self._likeness(db, article, other)
            if likeness:
                found.append((other, likeness))
        return min(
            found,
            key=lambda one: (one[1].why == "title", -one[1].score, one[0].row.at, one[0].row.key),
            default=None,
        )

    def _likeness(self, db: Database, one: Article, other: Article) -> Likeness | None:
        """What makes two articles copies, when what the sources write under every text is left out."""
        alike = copies.Circumstances(one.row.source == other.row.source, abs(one.row.at - other.row.at))
        found = copies.likeness(one.words, other.words, alike)
        if found is None:
            return None
        if found.why == "title":
            return None if self._is_series(db, one) else found
        repeated = self._boilerplate(db, one, other)
        if repeated:
            return copies.likeness(one.words.without(repeated), other.words.without(repeated), alike)
        return found

    def _boilerplate(self, db: Database, one: Article, other: Article) -> set[str]:
        """The sentences of both texts that one of their sources has used again and again."""
        sources = {one.row.source, other.row.source}
        shared = set(one.words.sentences) & set(other.words.sentences)
        first = self._shelf.first_since(db, one.row.at - copies.WINDOW)
        return {
            sentence
            for sentence in shared
            if len(folded(sentence)) >= 3
            and any(store.uses(db, sentence, source, first) >= _BOILERPLATE for source in sources)
        }

    def _is_series(self, db: Database, article: Article) -> bool:
        """Whether a title is used day after day."""
        first = self._shelf.first_since(db, article.row.at - copies.WINDOW)
        return store.days_of_title(db, article.words.raw_title, first) >= 3

    def _belonging(self, db: Database, article: Article, shared: Mapping[int, float]) -> tuple[Belonging | None, str]:
        """The story that an article joins, and for what; None where it begins one."""
        if found := self._by_words(db, article, shared):
            return found, "words"
        return cross_language.belonging(db, self._shelf, article, self._waiting), "names"

    def _by_words(self, db: Database, article: Article, shared: Mapping[int, float]) -> Belonging | None:
        """The story whose words are nearest."""
        first = self._shelf.first_since(db, article.row.at - clustering.WINDOW)
        best: dict[int, tuple[float, int]] = {}
        for other in self._nearest(db, {other: n for other, n in shared.items() if other >= first}):
            story = other.row.story
            if story is not None and abs(other.row.at - article.row.at) <= clustering.WINDOW:
                near = (clustering.likeness(article.vector, other.vector), other.row.id)
                best[story] = max(near, best.get(story, near))
        belongings = [
            Belonging(story, near, (likeness + self._whole(db, story).likeness(article.vector)) / 2)
            for story, (likeness, near) in best.items()
        ]
        found = max(belongings, key=lambda one: one.score, default=None)
        return found if found and found.score >= clustering.STORY_THRESHOLD else None

    def _whole(self, db: Database, story: int) -> Centroid:
        if story not in self._wholes:
            members = self._shelf.articles(db, store.members(db, story, _MEMBERS))
            self._wholes[story] = clustering.whole(member.vector for member in members)
        return self._wholes[story]

    def _name(self, db: Database, story: int) -> None:
        """Give a story the title of its most central article."""
        members = self._shelf.articles(db, store.members(db, story, _MEMBERS))
        if members:
            central = clustering.most_central([member.vector for member in members])
            store.keep_headline(db, story, members[central].row.id)
