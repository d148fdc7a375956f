"""Cache articles prepared for comparison: their words, vectors and signs, and how rare each of these is."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.analyse.stories import clustering, entity_overlap
from tracker.analyse.stories.clustering import Vector
from tracker.analyse.stories.entity_overlap import Entities, Sign, Signs
from tracker.analyse.stories.word_features import VERSION, Wording, wording
from tracker.store import grouping as store
from tracker.store.boilerplate import own_summaries
from tracker.store.database import Database
from tracker.store.grouping import Row

_GROWTH = 1.1  # recount terms when the index has grown by this factor
_RARE_ENOUGH = clustering.rarity(0, 50)  # looking up a word found in over 1 in 20 articles matches too many
_CACHE_SIZE = 4000  # cached articles, a few kilobytes each


@dataclass(frozen=True, slots=True)
class Article:
    """An article row prepared for comparison."""

    row: Row
    words: Wording
    vector: Vector


class ComparisonCache:
    """Prepared articles by id, for a single grouping pass, during which no text changes."""

    def __init__(self) -> None:
        self._ready: OrderedDict[int, Article] = OrderedDict()
        self._signs: dict[int, Signs] = {}
        self._entities: dict[int, Entities] = {}
        self._terms: dict[str, float] = {}
        self._tags: dict[str, float] = {}
        self._first_ids: dict[datetime, int] = {}
        self.article_count = 0

    def count(self, db: Database, now: datetime) -> None:
        """Recount terms if the index has grown enough; between recounts a word's rarity stays the same."""
        last = store.counted(db)
        if last is None or last["wording"] != VERSION or store.indexed(db) >= last["articles"] * _GROWTH:
            store.count_terms(db, VERSION, now)
            self._terms.clear()
            self._tags.clear()
            last = store.counted(db)
        self.article_count = int(last["articles"]) if last else 0

    def articles(self, db: Database, ids: Sequence[int]) -> list[Article]:
        """Return the prepared articles with these ids, in order."""
        missing = [one for one in ids if one not in self._ready]
        if missing:
            for article in self.prepare(db, store.rows(db, missing)):
                self.add(article)
        found = [self._ready[one] for one in ids]
        for one in ids:
            self._ready.move_to_end(one)
        while len(self._ready) > _CACHE_SIZE:
            self._signs.pop(self._ready.popitem(last=False)[0], None)
        return found

    def first_id_since(self, db: Database, moment: datetime) -> int:
        """Return the id of the first article seen since the start of `moment`'s hour."""
        hour = moment.replace(minute=0, second=0, microsecond=0)
        if hour not in self._first_ids:
            self._first_ids[hour] = store.first_id_since(db, hour)
        return self._first_ids[hour]

    def add(self, article: Article) -> None:
        """Cache an article as it is now."""
        self._ready[article.row.id] = article

    def prepare(self, db: Database, rows: Sequence[Row]) -> list[Article]:
        """Prepare rows for comparison: extract their words and compute their vectors."""
        summaries = own_summaries(db, [(row.source, row.summary) for row in rows])
        words = [wording(row.title, summary) for row, summary in zip(rows, summaries, strict=True)]
        self._load_rarities(db, {stem for one in words for stem in one.stems})
        return [Article(row, one, clustering.vector(one, self._terms)) for row, one in zip(rows, words, strict=True)]

    def load_tags(self, db: Database, articles: Sequence[Row]) -> None:
        """Load, in one query, the tags of these articles that serve as signs."""
        self._entities = store.entities(db, [one.id for one in articles])

    def is_tagged(self, article: Article) -> bool:
        """Whether an article loaded by load_tags() has any such tag."""
        return article.row.id in self._entities

    def signs(self, db: Database, articles: Sequence[Article]) -> list[Signs]:
        """Return each article's language-independent signs of the events it reports."""
        missing = [one for one in articles if one.row.id not in self._signs]
        unknown = [one.row.id for one in missing if one.row.id not in self._entities]
        tags = self._entities | (store.entities(db, unknown) if unknown else {})
        for one in missing:
            self._signs[one.row.id] = entity_overlap.signs(one.words, tags.get(one.row.id, {}))
        return [self._signs[one.row.id] for one in articles]

    def is_rare(self, stem: str) -> bool:
        """Whether a stem already seen is rare enough to look articles up by."""
        return self._terms[stem] >= _RARE_ENOUGH

    def rarities(self, db: Database, found: Iterable[Sign]) -> dict[Sign, float]:
        """Return the rarity of the tags and names among these signs."""
        return {sign: self._rarity(db, sign) for sign in found if sign.kind not in {"number", "date"}}

    def _rarity(self, db: Database, sign: Sign) -> float:
        if sign.kind == "name":
            return self._terms[sign.what]
        if sign.what not in self._tags:
            self._tags[sign.what] = entity_overlap.rarity(self.article_count, store.tag_count(db, sign.what))
        return self._tags[sign.what]

    def _load_rarities(self, db: Database, stems: Iterable[str]) -> None:
        """Load the rarity of stems not seen yet."""
        unknown = [stem for stem in stems if stem not in self._terms]
        counts = store.term_counts(db, unknown)
        for stem in unknown:
            self._terms[stem] = clustering.rarity(self.article_count, counts.get(stem, 1))
