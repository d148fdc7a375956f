"""Cache articles prepared for comparison: their words, vectors and signs, and how rare each of these is.

Rarity is learned from grouped articles. A source counts once a day for each term however often it uses it, so none can
make a word common by repeating it.
"""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby

from tracker.analyse.stories import clustering, entity_overlap
from tracker.analyse.stories.clustering import Vector
from tracker.analyse.stories.entity_overlap import Entities, Sign, Signs
from tracker.analyse.stories.word_features import Wording, fingerprints, wording
from tracker.models import Scope
from tracker.store import grouped_words
from tracker.store import grouping as store
from tracker.store.database import Database
from tracker.store.grouped_words import Ids
from tracker.store.grouping import Row

_RARE_ENOUGH = clustering.rarity(0, 50)  # looking up a word found in over 1 in 20 articles matches too many
_INDEXED = 3000  # code points of a summary in which runs of words are found
_CACHE_SIZE = 4000  # cached articles, a few kilobytes each


@dataclass(frozen=True, slots=True)
class Article:
    """An article row prepared for comparison."""

    row: Row
    words: Wording
    vector: Vector


def outsider(row: Row) -> Article:
    """Prepare an article outside the scope: it is compared only for being a copy, for which its words are enough."""
    return Article(row, _words(row), {})


class ComparisonCache:
    """Prepared articles by id, for a single grouping pass, during which no text changes."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._ready: OrderedDict[int, Article] = OrderedDict()
        self._signs: dict[int, Signs] = {}
        self._entities: dict[int, Entities] = {}
        self._rarities: dict[str, float] = {}
        self._tags: dict[str, float] = {}
        self._since: dict[datetime, Ids] = {}
        self._source_days = 0
        self.article_count = 0
        self.next_id = 0

    def begin(self, db: Database, seen: datetime, uncounted: Sequence[int]) -> None:
        """Begin the round that ended at `seen`: count the terms of its articles that are not counted yet."""
        if not grouped_words.is_counted(db):
            self._count_all(db)
        if uncounted:
            self._count(db, store.rows(db, uncounted))
        self._tags.clear()
        self._since.clear()
        self.next_id = store.first_id_after(db, seen)
        self.article_count = min(self.next_id - 1, store.last_id(db))
        source_days = grouped_words.days(db, [grouped_words.ALL])[grouped_words.ALL]
        if source_days != self._source_days:
            self._source_days = source_days
            for kept in (self._ready, self._signs, self._entities, self._rarities):
                kept.clear()

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

    def since(self, db: Database, moment: datetime) -> Ids:
        """Return the articles seen, or stated in the words by which they are grouped, since the start of an hour."""
        hour = moment.replace(minute=0, second=0, microsecond=0)
        if hour not in self._since:
            first = store.first_id_since(db, hour)
            self._since[hour] = Ids(first, frozenset(store.late_ids(db, hour, first)))
        return self._since[hour]

    def ids_since(self, db: Database, moment: datetime) -> range:
        """Return the ids of articles seen since `moment`, up to the end of the round."""
        return range(self.since(db, moment).first, self.next_id)

    def add(self, article: Article) -> None:
        """Cache an article as it is now."""
        self._ready[article.row.id] = article

    def index(self, db: Database, row: Row) -> None:
        """Let a grouped article be found by its terms and, unless all articles are grouped, by its runs of words."""
        tags = store.entities(db, [row.id]).get(row.id, {}) if row.id not in self._entities else self._entities[row.id]
        found = {grouped_words.feature(term) for term in _terms_of(_words(row), tags)}
        grouped_words.add(
            db, row.id, found if self._scope == "all" else found | fingerprints(row.title, row.summary[:_INDEXED])
        )

    def prepare(self, db: Database, rows: Sequence[Row]) -> list[Article]:
        """Prepare rows for comparison: extract their words and compute their vectors."""
        words = [_words(row) for row in rows]
        self._load_rarities(db, {stem for one in words for stem in one.stems})
        return [Article(row, one, clustering.vector(one, self._rarities)) for row, one in zip(rows, words, strict=True)]

    def load_tags(self, db: Database, articles: Sequence[int]) -> None:
        """Load, in one query, the tags of these articles that serve as signs."""
        self._entities |= store.entities(db, articles)

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

    def rarity(self, stem: str) -> float:
        """Return the rarity of a stem; 0 for one that no article prepared in this round has."""
        return self._rarities.get(stem, 0.0)

    def is_rare(self, stem: str) -> bool:
        """Whether a stem already seen is rare enough to look articles up by."""
        return self._rarities[stem] >= _RARE_ENOUGH

    def weights(self, db: Database, one: Signs, other: Signs) -> dict[Sign, float]:
        """Return the weight of each sign that both articles have."""
        return {sign: self.weight(db, sign, one[sign] | other[sign]) for sign in one.keys() & other.keys()}

    def weight(self, db: Database, sign: Sign, stems: Iterable[str]) -> float:
        """Return a sign's weight; one that may be worded in several ways weighs as its commonest stem."""
        if sign.kind in entity_overlap.SIGN_FACETS:
            return self._tag_rarity(db, sign.what)
        own = entity_overlap.own_weight(sign)
        return min(self._rarities[stem] for stem in stems) if own is None else own

    def _tag_rarity(self, db: Database, tag: str) -> float:
        if tag not in self._tags:
            term = tag_term(tag)
            self._tags[tag] = entity_overlap.rarity(self.article_count, grouped_words.days(db, [term]).get(term, 1))
        return self._tags[tag]

    def _load_rarities(self, db: Database, stems: Iterable[str]) -> None:
        """Load the rarity of stems not seen yet."""
        unknown = [stem for stem in stems if stem not in self._rarities]
        found = grouped_words.days(db, unknown)
        for stem in unknown:
            self._rarities[stem] = clustering.rarity(self._source_days, found.get(stem, 1))

    def _count(self, db: Database, rows: Sequence[Row]) -> None:
        """Count the source-days on which the articles of a round use terms that no counted article of the day does."""
        found: Counter[str] = Counter()
        for (source, day), together in groupby(sorted(rows, key=_source_day), _source_day):
            earlier = store.counted_on(db, source, day)
            found.update(_terms(db, [*together]) - (_terms(db, earlier) if earlier else set()))
        grouped_words.count(db, found)
        store.mark_counted(db, [row.id for row in rows])

    def _count_all(self, db: Database) -> None:
        """Recount and reindex all grouped articles, round by round."""
        counted: dict[tuple[str, date], set[str]] = defaultdict(set)
        for _, together in groupby(store.all_counted(db), lambda row: row.seen):
            found: Counter[str] = Counter()
            for row in together:
                new = _terms(db, [row]) - counted[_source_day(row)]
                counted[_source_day(row)] |= new
                found.update(new)
                if row.story is not None:
                    self.index(db, row)
            grouped_words.count(db, found)


def _source_day(row: Row) -> tuple[str, date]:
    return row.source, row.at.date()


def _terms(db: Database, rows: Sequence[Row]) -> set[str]:
    """Return the terms that any of these articles has, the one that all have among them."""
    tags = store.entities(db, [row.id for row in rows])
    return {grouped_words.ALL}.union(*(_terms_of(_words(row), tags.get(row.id, {})) for row in rows))


def _terms_of(words: Wording, tags: Entities) -> set[str]:
    """Return what an article is counted and looked up by: its stems and the tags that serve as signs."""
    return {*words.stems, *(tag_term(tag) for _, tag in tags)}


def tag_term(tag: str) -> str:
    """Return the term under which a tag is counted and indexed among the stems."""
    return f"tag:{tag}"


@lru_cache(maxsize=_CACHE_SIZE // 2)
def _wording(title: str, summary: str) -> Wording:
    return wording(title, summary)


def _words(row: Row) -> Wording:
    return _wording(row.title, row.summary)
