"""Keeps articles ready to be compared: their words, vectors and signs, and how rare each of these is."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.analyse.stories import clustering, entity_overlap
from tracker.analyse.stories.clustering import Vector
from tracker.analyse.stories.entity_overlap import Entities, Sign, Signs
from tracker.analyse.stories.word_features import VERSION, Wording, wording
from tracker.store import grouping as store
from tracker.store.database import Database
from tracker.store.grouping import Row

_GROWTH = 1.1  # the terms are counted anew when the index has grown by so much
_TELLING = clustering.rarity(0, 50)  # a word of more than one article in twenty finds too many to be looked up
_REMEMBERED = 4000  # articles kept ready, of some kilobytes each


@dataclass(frozen=True, slots=True)
class Article:
    """A row made ready for comparisons."""

    row: Row
    words: Wording
    vector: Vector


class ComparisonCache:
    """Articles by id, made ready once; for one pass, between whose steps no text changes."""

    def __init__(self) -> None:
        self._ready: OrderedDict[int, Article] = OrderedDict()
        self._signs: dict[int, Signs] = {}
        self._entities: dict[int, Entities] = {}
        self._terms: dict[str, float] = {}
        self._tags: dict[str, float] = {}
        self._firsts: dict[datetime, int] = {}
        self.counted = 0

    def count(self, db: Database, now: datetime) -> None:
        """See to it that terms were counted lately; how rare a word is stays as it was until then."""
        last = store.counted(db)
        if last is None or last["wording"] != VERSION or store.indexed(db) >= last["articles"] * _GROWTH:
            store.count_terms(db, VERSION, now)
            self._terms.clear()
            self._tags.clear()
            last = store.counted(db)
        self.counted = int(last["articles"]) if last else 0

    def articles(self, db: Database, ids: Sequence[int]) -> list[Article]:
        """These articles, ready to be compared."""
        missing = [one for one in ids if one not in self._ready]
        if missing:
            for article in self.prepared(db, store.rows(db, missing)):
                self.remember(article)
        found = [self._ready[one] for one in ids]
        for one in ids:
            self._ready.move_to_end(one)
        while len(self._ready) > _REMEMBERED:
            self._signs.pop(self._ready.popitem(last=False)[0], None)
        return found

    def first_since(self, db: Database, moment: datetime) -> int:
        """The number of the first article seen since the beginning of the hour of a moment."""
        hour = moment.replace(minute=0, second=0, microsecond=0)
        if hour not in self._firsts:
            self._firsts[hour] = store.first_id_since(db, hour)
        return self._firsts[hour]

    def remember(self, article: Article) -> None:
        """Keep an article ready as it is now."""
        self._ready[article.row.id] = article

    def prepared(self, db: Database, rows: Sequence[Row]) -> list[Article]:
        """Rows with their words and vectors."""
        words = [wording(row.title, row.summary) for row in rows]
        self._learn(db, {stem for one in words for stem in one.stems})
        return [Article(row, one, clustering.vector(one, self._terms)) for row, one in zip(rows, words, strict=True)]

    def tagged(self, db: Database, articles: Sequence[Row]) -> None:
        """Look up together which of some articles have tags that are signs."""
        self._entities = store.entities(db, [one.id for one in articles])

    def is_tagged(self, article: Article) -> bool:
        """Whether one of the articles that were looked up has such a tag."""
        return article.row.id in self._entities

    def signs(self, db: Database, articles: Sequence[Article]) -> list[Signs]:
        """What tells of the events of these articles in any language."""
        missing = [one for one in articles if one.row.id not in self._signs]
        unknown = [one.row.id for one in missing if one.row.id not in self._entities]
        tags = self._entities | (store.entities(db, unknown) if unknown else {})
        for one in missing:
            self._signs[one.row.id] = entity_overlap.signs(one.words, tags.get(one.row.id, {}))
        return [self._signs[one.row.id] for one in articles]

    def is_telling(self, stem: str) -> bool:
        """Whether a stem that was met is rare enough to look articles up by."""
        return self._terms[stem] >= _TELLING

    def rarities(self, db: Database, found: Iterable[Sign]) -> dict[Sign, float]:
        """How rare the tags and names among these signs are."""
        return {sign: self._rarity(db, sign) for sign in found if sign.kind not in {"number", "date"}}

    def _rarity(self, db: Database, sign: Sign) -> float:
        if sign.kind == "name":
            return self._terms[sign.what]
        if sign.what not in self._tags:
            self._tags[sign.what] = entity_overlap.rarity(self.counted, store.tag_count(db, sign.what))
        return self._tags[sign.what]

    def _learn(self, db: Database, stems: Iterable[str]) -> None:
        """Look up how rare stems are that were not met yet."""
        unknown = [stem for stem in stems if stem not in self._terms]
        counts = store.term_counts(db, unknown)
        for stem in unknown:
            self._terms[stem] = clustering.rarity(self.counted, counts.get(stem, 1))
