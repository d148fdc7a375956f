"""Find, for each new article, what it copies and which story it belongs to.

    article | candidates from the search index | a copy of one? | nearest story? | rows

A copy belongs to its root's story. Stored results never change here, neither with the order in which a round's articles
arrive nor after a restart: articles are processed in date order and compared only with earlier ones.
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
"""Articles grouped per transaction: enough that commits are negligible, few enough that readers never wait."""

_RARE = 12  # rarest words of an article, used to look up others
_CANDIDATES = 20  # matches compared: those sharing the rarest words; 50 find no more (measured)
_TIES = 3 * _CANDIDATES
_NEEDED_SHARE = 0.12  # share of an article's squared vector length that shared rare words must reach

_MEMBERS = 30  # newest members of a story compared; last week's say little about today's
_BOILERPLATE = 3  # a sentence in this many of a source's texts is boilerplate


class Grouper:
    """Groups ungrouped articles in batches, for a single pass, during which no text changes."""

    def __init__(self) -> None:
        self._cache = ComparisonCache()
        self._centroids: dict[int, Centroid] = {}
        self._waiting: set[int] = set()

    def step(self, db: Database, now: datetime) -> int:
        """Group the next batch inside a transaction; return its size, 0 when all articles are grouped."""
        if not self._waiting:
            self._waiting = store.ids_ungrouped(db)
        waiting = store.ungrouped(db, BATCH)
        if waiting:
            self._cache.count(db, now)
            self._cache.load_tags(db, waiting)
            touched = {self._group(db, article, now) for article in self._cache.prepare(db, waiting)}
            for story in touched:
                self._update_headline(db, story)
        return len(waiting)

    def _group(self, db: Database, article: Article, now: datetime) -> int:
        """Store an article's root and story; return the story."""
        shared = self._find_candidates(db, article)
        found = self._find_original(db, article, shared)
        belonging, why = (None, "") if found else self._find_story(db, article, shared)
        story = found[0].row.story if found else belonging.story if belonging else article.row.id
        assert story is not None, "candidates are grouped"  # noqa: S101  our bug
        root = None
        if found:
            root = found[0].row.root or found[0].row.id
            store.keep_copy(db, article.row.id, root, found[1], now)
        elif belonging:
            store.keep_link(db, article.row.id, belonging, why)
        store.keep_story(db, article.row.id, story, agency(article.row.author, article.row.summary))
        self._waiting.discard(article.row.id)
        self._cache.add(replace(article, row=replace(article.row, story=story, root=root)))
        self._centroids.pop(story, None)
        return story

    def _find_candidates(self, db: Database, article: Article) -> dict[int, float]:
        """Return the articles that share enough rare words, each with their weight in `article`'s vector."""
        stems, vector = article.words.stems, article.vector
        rare = sorted(stems, key=lambda stem: (-vector[stem], stem))[:_RARE]
        first = self._cache.first_id_since(db, article.row.at - copies.WINDOW)
        shared: dict[int, float] = defaultdict(float)
        for stem in (stem for stem in rare if self._cache.is_rare(stem)):
            for other in store.holding(db, stems[stem][0], article.row, copies.WINDOW, first):
                shared[other] += vector[stem] ** 2
        return {other: n for other, n in shared.items() if n >= _NEEDED_SHARE and other not in self._waiting}

    def _nearest(self, db: Database, shared: Mapping[int, float]) -> list[Article]:
        """Return the grouped articles among `shared` that share most."""
        ranked = sorted(shared, key=lambda other: -shared[other])
        least = shared[ranked[_CANDIDATES - 1]] if len(ranked) >= _CANDIDATES else 0.0
        near = [other for other in ranked[:_TIES] if shared[other] >= least]
        return [other for other in self._cache.articles(db, near) if other.row.story is not None]

    def _find_original(
        self, db: Database, article: Article, shared: Mapping[int, float]
    ) -> tuple[Article, Likeness] | None:
        """Return the article that this one copies, the most similar if several; equal headlines alone rank last."""
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
        """Return what makes two articles copies, ignoring their sources' boilerplate; None if they are not."""
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
        """Return the sentences in both texts that one of their sources repeats."""
        sources = {one.row.source, other.row.source}
        shared = set(one.words.sentences) & set(other.words.sentences)
        first = self._cache.first_id_since(db, one.row.at - copies.WINDOW)
        return {
            sentence
            for sentence in shared
            if len(folded(sentence)) >= 3
            and any(store.uses(db, sentence, source, first) >= _BOILERPLATE for source in sources)
        }

    def _is_series(self, db: Database, article: Article) -> bool:
        """Whether a title recurs day after day."""
        first = self._cache.first_id_since(db, article.row.at - copies.WINDOW)
        return store.days_of_title(db, article.words.raw_title, first) >= 3

    def _find_story(self, db: Database, article: Article, shared: Mapping[int, float]) -> tuple[Belonging | None, str]:
        """Return the story that an article joins, None if it starts one, and what matched."""
        if found := self._match_by_words(db, article, shared):
            return found, "words"
        return cross_language.match(db, self._cache, article, self._waiting), "names"

    def _match_by_words(self, db: Database, article: Article, shared: Mapping[int, float]) -> Belonging | None:
        """Return the story with the most similar words, None if none is similar enough."""
        first = self._cache.first_id_since(db, article.row.at - clustering.WINDOW)
        best: dict[int, tuple[float, int]] = {}
        for other in self._nearest(db, {other: n for other, n in shared.items() if other >= first}):
            story = other.row.story
            if story is not None and abs(other.row.at - article.row.at) <= clustering.WINDOW:
                near = (clustering.likeness(article.vector, other.vector), other.row.id)
                best[story] = max(near, best.get(story, near))
        belongings = [
            Belonging(story, near, (likeness + self._centroid(db, story).likeness(article.vector)) / 2)
            for story, (likeness, near) in best.items()
        ]
        found = max(belongings, key=lambda one: one.score, default=None)
        return found if found and found.score >= clustering.STORY_THRESHOLD else None

    def _centroid(self, db: Database, story: int) -> Centroid:
        if story not in self._centroids:
            members = self._cache.articles(db, store.members(db, story, _MEMBERS))
            self._centroids[story] = clustering.whole(member.vector for member in members)
        return self._centroids[story]

    def _update_headline(self, db: Database, story: int) -> None:
        """Title a story with its most central article's headline."""
        members = self._cache.articles(db, store.members(db, story, _MEMBERS))
        if members:
            central = clustering.most_central([member.vector for member in members])
            store.keep_headline(db, story, members[central].row.id)
