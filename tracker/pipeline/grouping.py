"""Find, for each new article, what it copies and which story it belongs to.

    article | candidates among grouped articles | a copy of one? | nearest story? | rows

Only articles inside the scope, by default those in or near the debate, are grouped. Any other is compared with them
alone: it is a copy of one of them, or a story of its own. A copy belongs to its root's story. The rounds are taken in
order, and the grouped articles of each in the order of their dates, so neither the order in which a round's articles
arrive nor a restart changes the result.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from tracker.analyse.stories import clustering, copies
from tracker.analyse.stories.agencies import agency
from tracker.analyse.stories.clustering import Belonging, Centroid
from tracker.analyse.stories.copies import Likeness
from tracker.analyse.stories.word_features import VERSION, fingerprints
from tracker.models import Scope
from tracker.pipeline import cross_language
from tracker.pipeline.comparison_cache import Article, ComparisonCache, outsider
from tracker.store import grouped_words
from tracker.store import grouping as store
from tracker.store.database import Database, transaction
from tracker.store.grouping import Row
from tracker.store.regrouping import regroup

T = TypeVar("T")

BATCH = 200
"""Articles grouped per transaction: enough that commits are negligible, few enough that readers never wait."""

_GROWTH = 1.1  # recount the search's terms when its index has grown by this factor

_RARE = 12  # rarest words of an article, used to look up others
_CANDIDATES = 20  # matches compared: those sharing the rarest words; 50 find no more (measured)
_TIES = 3 * _CANDIDATES
_NEEDED_SHARE = 0.12  # share of an article's squared vector length that shared rare words must reach

_ORIGINALS = 5  # grouped articles compared with one outside the scope: those sharing most runs of words

_TEASER = 300  # code points of its summary looked up; what it copies is indexed whole

_MEMBERS = 30  # newest members of a story compared; last week's say little about today's


def group_waiting(db: Database, scope: Scope, now: datetime) -> None:
    """Group all waiting articles, each batch in a transaction of its own."""
    grouper, left = Grouper(scope), 1
    while left:
        with transaction(db):
            left = grouper.step(db, now)


def change_scope(db: Database, scope: Scope, now: datetime, change: Callable[[], T]) -> T:
    """Run a change that may bring articles into or out of the scope, and regroup what it moved; return its result.

    A result of 0 says that nothing changed.
    """
    with transaction(db):
        result = change()
        if result != 0:
            regroup(db, scope)
    if result != 0:
        group_waiting(db, scope, now)
    return result


class Grouper:
    """Groups the waiting articles in batches, for a single pass, during which no text changes."""

    def __init__(self, scope: Scope = "debate") -> None:
        self._scope = scope
        self._cache = ComparisonCache(scope)
        self._centroids: dict[int, Centroid] = {}
        self._inside: deque[int] = deque()
        self._outside: deque[int] = deque()
        self._last_compared = 0
        self._is_counted = False

    def step(self, db: Database, now: datetime) -> int:
        """Group the next batch inside a transaction; return its size, 0 when no article waits."""
        if not self._is_counted:
            _count_terms(db, now)
            self._is_counted = True
        done = 0
        while done < BATCH and (self._inside or self._outside or self._begin_round(db)):
            done += self._group_next(db, now) if self._inside else self._compare_next(db, now)
        return done

    def _begin_round(self, db: Database) -> bool:
        """Take up the earliest round that has articles waiting; return whether there is one."""
        waiting = store.next_round(db, self._scope)
        if waiting:
            self._inside.extend(waiting.inside)
            self._outside.extend(waiting.outside)
            self._last_compared = store.last_compared(db) if self._scope != "all" and waiting.inside else 0
            self._centroids.clear()
            self._cache.begin(db, waiting.seen, waiting.uncounted)
        return waiting is not None

    def _group_next(self, db: Database, now: datetime) -> int:
        """Group the next articles inside the scope; return how many."""
        ids = _take(self._inside)
        self._cache.load_tags(db, ids)
        articles = self._cache.prepare(db, _in_order(ids, store.rows(db, ids)))
        touched = {self._group(db, article, now) for article in articles}
        for story in touched:
            self._update_headline(db, story)
        store.keep_agencies(db, _agencies([article.row for article in articles]))
        return len(ids)

    def _compare_next(self, db: Database, now: datetime) -> int:
        """Find which of the next articles outside the scope are copies of grouped ones; return how many there were."""
        ids = _take(self._outside)
        rows = store.rows(db, ids)
        store.keep_alone(db, _agencies(rows))
        prints = {row.id: _teaser(row) for row in rows} if self._scope != "all" else {}
        if prints:
            since = {row.id: self._cache.since(db, row.at - copies.COPY_WINDOW).first for row in rows}
            near = grouped_words.sharing(db, prints, since, self._cache.next_id, _ORIGINALS)
            for row in rows:
                if row.id in near:
                    originals = self._cache.articles(db, near[row.id])
                    self._keep_copied(db, outsider(row), originals, now)
        return len(ids)

    def _keep_copied(self, db: Database, article: Article, others: Sequence[Article], now: datetime) -> None:
        """Store what an article outside the scope copies, if anything."""
        found = self._most_alike(db, article, others)
        if found and found[0].row.story is not None:
            store.keep_copy(db, article.row.id, found[0].row.root or found[0].row.id, found[1], now)
            store.keep_story(db, article.row.id, found[0].row.story)
            self._update_headline(db, found[0].row.story)

    def _group(self, db: Database, article: Article, now: datetime) -> int:
        """Store an article's root and story; return the story."""
        shared = self._find_candidates(db, article)
        found = self._most_alike(db, article, self._nearest(db, shared))
        belonging, why = (None, "") if found else self._find_story(db, article, shared)
        story = found[0].row.story if found else belonging.story if belonging else article.row.id
        assert story is not None, "candidates are grouped"  # noqa: S101  our bug
        root = None
        if found:
            root = found[0].row.root or found[0].row.id
            store.keep_copy(db, article.row.id, root, found[1], now)
        elif belonging:
            store.keep_link(db, article.row.id, belonging, why)
        store.keep_story(db, article.row.id, story)
        grouped = replace(article, row=replace(article.row, story=story, root=root))
        self._cache.add(grouped)
        self._cache.index(db, article.row)
        self._centroids.pop(story, None)
        if not found and self._scope != "all":
            self._claim_earlier(db, grouped, now)
        return story

    def _claim_earlier(self, db: Database, article: Article, now: datetime) -> None:
        """Find the copies of an article among those outside the scope that came before it."""
        first = self._cache.since(db, article.row.at - copies.COPY_WINDOW).first
        before = range(first, min(self._last_compared + 1, self._cache.next_id))
        if not before:
            return
        found = store.others_quoting(db, article.words.phrases(self._cache.rarity), before)
        prints = fingerprints(article.row.title, article.row.summary) if found else set()
        alike = [row for row in store.rows(db, found) if len(prints & _teaser(row)) >= grouped_words.TRIGRAMS]
        for row in alike:
            self._keep_copied(db, outsider(row), [article], now)

    def _rarest(self, article: Article) -> list[str]:
        """Return the rarest stems of an article that are rare enough to look up others by."""
        rare = sorted(article.words.stems, key=lambda stem: (-article.vector[stem], stem))[:_RARE]
        return [stem for stem in rare if self._cache.is_rare(stem)]

    def _find_candidates(self, db: Database, article: Article) -> dict[int, float]:
        """Return the articles that share enough rare words, each with their weight in `article`'s vector."""
        since = self._cache.since(db, article.row.at - copies.COPY_WINDOW)
        shared: dict[int, float] = defaultdict(float)
        for stem in self._rarest(article):
            for other in grouped_words.containing(db, stem, article.row, copies.COPY_WINDOW, since):
                shared[other] += article.vector[stem] ** 2
        return {other: n for other, n in shared.items() if n >= _NEEDED_SHARE}

    def _nearest(self, db: Database, shared: Mapping[int, float]) -> list[Article]:
        """Return the grouped articles among `shared` that share most."""
        ranked = sorted(shared, key=lambda other: -shared[other])
        least = shared[ranked[_CANDIDATES - 1]] if len(ranked) >= _CANDIDATES else 0.0
        near = [other for other in ranked[:_TIES] if shared[other] >= least]
        return [other for other in self._cache.articles(db, near) if other.row.story is not None]

    def _most_alike(self, db: Database, article: Article, others: Sequence[Article]) -> tuple[Article, Likeness] | None:
        """Return the article that this one copies, the most similar if several; equal headlines alone rank last, and
        those of a series do not count.

        An original represents its copies: one of them counts only where the original itself is not similar.
        """
        roots = {other.row.root for other in others if other.row.root} - {other.row.id for other in others}
        both = [*others, *self._cache.articles(db, sorted(roots))]
        found = [(other, likeness) for other in both if (likeness := _likeness(article, other))]
        similar = {other.row.id for other, _ in found}
        best = min(
            (one for one in found if one[0].row.root not in similar),
            key=lambda one: (one[1].why == "title", -one[1].score, one[0].row.at, one[0].row.key),
            default=None,
        )
        return None if best and best[1].why == "title" and self._is_series(db, article) else best

    def _is_series(self, db: Database, article: Article) -> bool:
        """Whether a title recurs day after day."""
        between = self._cache.ids_since(db, article.row.at - copies.COPY_WINDOW)
        return store.days_of_title(db, article.words.raw_title, between) >= 3

    def _find_story(self, db: Database, article: Article, shared: Mapping[int, float]) -> tuple[Belonging | None, str]:
        """Return the story that an article joins, None if it starts one, and what matched."""
        if found := self._match_by_words(db, article, shared):
            return found, "words"
        return cross_language.match(db, self._cache, article), "names"

    def _match_by_words(self, db: Database, article: Article, shared: Mapping[int, float]) -> Belonging | None:
        """Return the story with the most similar words, None if none is similar enough.

        Issues of a series belong to no story: they are about whatever happened that day.
        """
        if article.words.is_issue:
            return None
        since = self._cache.since(db, article.row.at - clustering.STORY_WINDOW)
        best: dict[int, tuple[float, int]] = {}
        for other in self._nearest(db, {other: n for other, n in shared.items() if other in since}):
            story = other.row.story
            if story is not None and _is_near(other, article):
                near = (clustering.cosine(article.vector, other.vector), other.row.id)
                best[story] = max(near, best.get(story, near))
        belongings = [
            Belonging(story, near, (likeness + self._centroid(db, story).cosine(article.vector)) / 2)
            for story, (likeness, near) in best.items()
        ]
        found = max(belongings, key=lambda one: one.score, default=None)
        return found if found and found.score >= self._threshold(db, article, found.near) else None

    def _threshold(self, db: Database, article: Article, near: int) -> float:
        """Return the least similarity at which an article joins the story of the article nearest to it."""
        (other,) = self._cache.articles(db, [near])
        is_own = other.row.source == article.row.source
        return clustering.OWN_STORY_THRESHOLD if is_own else clustering.STORY_THRESHOLD

    def _centroid(self, db: Database, story: int) -> Centroid:
        if story not in self._centroids:
            members = self._cache.articles(db, store.members(db, story, _MEMBERS))
            self._centroids[story] = clustering.centroid(member.vector for member in members)
        return self._centroids[story]

    def _update_headline(self, db: Database, story: int) -> None:
        """Title a story with its most central article's headline."""
        members = self._cache.articles(db, store.members(db, story, _MEMBERS))
        if members:
            central = clustering.most_central([member.vector for member in members])
            store.keep_headline(db, story, members[central].row.id)


def _is_near(one: Article, other: Article) -> bool:
    """Whether an article may join the story of another, which is no issue of a series."""
    return (
        abs(one.row.at - other.row.at) <= clustering.STORY_WINDOW
        and not one.words.is_issue
        and clustering.is_enough(one.words, other.words, same_source=one.row.source == other.row.source)
    )


def _likeness(one: Article, other: Article) -> Likeness | None:
    """Return what makes two articles copies, None if they are not."""
    alike = copies.Circumstances(one.row.source == other.row.source, abs(one.row.at - other.row.at))
    return copies.likeness(one.words, other.words, alike)


def _teaser(row: Row) -> set[int]:
    """Return the fingerprints by which an article is recognised as a copy."""
    return fingerprints(row.title, row.summary[:_TEASER])


def _take(waiting: deque[int]) -> list[int]:
    """Take the next batch."""
    return [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]


def _in_order(ids: Sequence[int], rows: Sequence[Row]) -> list[Row]:
    by_id = {row.id: row for row in rows}
    return [by_id[one] for one in ids]


def _agencies(rows: Sequence[Row]) -> list[tuple[int, str | None]]:
    return [(row.id, agency(row.author, row.summary)) for row in rows]


def _count_terms(db: Database, now: datetime) -> None:
    """Count the search's terms if its index has grown enough; recount all if words are now made differently."""
    last = store.counted(db)
    if last is None or last["wording"] != VERSION:
        grouped_words.forget(db)
    if last is None or last["wording"] != VERSION or store.last_id(db) >= last["articles"] * _GROWTH:
        store.count_terms(db, VERSION, now)
