"""Turn one document's entries into articles: store what is new or changed, and tag it, inside one transaction.

Polled feeds and imported files share this code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tracker.analyse import identity
from tracker.analyse.identity import Identified, Known, Shown
from tracker.analyse.observation import is_continuous
from tracker.analyse.redirectors import is_opaque
from tracker.analyse.tagging.rules import Rulebook
from tracker.models import Entry, FeedState
from tracker.pipeline.entry_matching import EntryMatcher
from tracker.store import (
    articles,
    boilerplate,
    counts,
    regrouping,
    rounds,
    search_index,
    takeovers,
    texts,
    variants,
)
from tracker.store.articles import New, Sighting
from tracker.store.database import Database
from tracker.store.tags import apply_rulebook
from tracker.store.takeovers import Citation
from tracker.store.variants import Variant

_INDEXED_AT_ONCE = 500
"""New articles that are indexed for search at once; the end of a round or import indexes the rest."""

_TAGGED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Ingested:
    """Counts of new and changed entries, and `overlap`, the articles also in the feed's previous document.

    `continuous` is False when some may have been missed since then. `shown` are the articles in the document now,
    `fresh` how many of them this feed never showed before. `left_out` counts new entries beyond the feed's room,
    `changes_left_out` articles whose changed words are not kept because they change too often. `incomplete` means that
    some of that will be kept if the document shows it again.
    """

    new: int
    updated: int
    overlap: int
    continuous: bool
    fresh: int = field(default=0, compare=False)
    shown: tuple[int, ...] = field(default=(), compare=False)
    left_out: int = 0
    changes_left_out: int = 0
    incomplete: bool = field(default=False, compare=False)


def ingest(db: Database, state: FeedState, entries: Sequence[Entry], rulebook: Rulebook, now: datetime) -> Ingested:
    """Store the entries of a feed as of `now`.

    Entries come newest first, as in feeds; articles get their ids oldest first. An article that appears twice in the
    document is changed at most once. New entries beyond the feed's room are left out: the newest, as the oldest would
    be the first to leave the document.
    """
    stored = EntryMatcher(db, state, entries, now)
    changes = _Changes(articles.next_id(db), state)
    left_out = 0
    unkept: dict[str, bool] = {}  # by key, whether the change will be kept if it is shown again
    for identified in stored.identified():
        found, variant = stored.within_limits(identified)
        if found is not identified or found.is_passed_over:
            unkept[found.key] = found is not identified
        if found.known is None and state.quota is not None and len(changes.added) >= state.quota:
            left_out += 1
            continue
        known = changes.note(found, found.key in stored.by_key, variant)
        if found.role == "takes-over":
            stored.by_key[found.key] = known
        stored.by_key.setdefault(found.key, known)
    articles.unlink(db, stored.astray)
    articles.displace(db, stored.displaced)
    if changes.to_tag:
        boilerplate.learn(db, state.feed.source, entries, now)  # first: a new footer changes no article
        apply_rulebook(db, rulebook, now)
    changes.write(db, state, rulebook, stored.before, now)
    if changes.to_tag:
        rounds.begin(db, now)
        _tag(db, list(changes.to_tag.values()), rulebook)
        regrouping.reconsider(db, changes.to_tag)
        search_index.index(db, at_least=_INDEXED_AT_ONCE)
    shown = tuple(dict.fromkeys(sighting.article for sighting in reversed(changes.sightings.values())))
    before = articles.window(db, state.shown)
    gone = {item.article for item in before} - {*shown}
    if state.last_ok_at is not None:
        variants.mark_left(db, state.id, gone, state.last_ok_at)
        articles.mark_left(db, state.id, gone, state.last_ok_at)
    fresh = {*shown} - stored.before.keys()
    return Ingested(
        new=len(changes.added),
        updated=changes.updated,
        overlap=len(before) - len(gone),
        continuous=is_continuous(before, shown, fresh),
        fresh=len(fresh),
        shown=shown,
        left_out=left_out,
        changes_left_out=len(unkept),
        incomplete=left_out > 0 or any(unkept.values()),
    )


def _tag(db: Database, words: Sequence[Known], rulebook: Rulebook) -> None:
    """Tag these articles without their sources' boilerplate, in batches, to bound the evidence held in memory."""
    for first in range(0, len(words), _TAGGED_AT_ONCE):
        batch = words[first : first + _TAGGED_AT_ONCE]
        summaries = boilerplate.own_summaries(db, [(one.source, one.summary) for one in batch])
        read = texts.bodies(db, [one.article for one in batch])
        taggings = {
            one.article: rulebook.tag_whole(one.title, summary, read.get(one.article, ""), one.language)
            for one, summary in zip(batch, summaries, strict=True)
        }
        articles.tag(db, taggings, rulebook)


class _Changes:
    """The changes from one document, collected so that each kind is written in one batch."""

    def __init__(self, next_id: int, state: FeedState) -> None:
        self._next_id = next_id
        self._state = state
        self._links: list[tuple[str, int]] = []
        self._seen_again: dict[int, tuple[Known, Entry]] = {}
        self._citations: list[Citation] = []
        self._taken_over: dict[int, tuple[Known, Identified]] = {}
        self.added: list[New] = []
        self.revised: dict[int, tuple[Known, Known]] = {}
        self.to_tag: dict[int, Known] = {}
        self.sightings: dict[str, Sighting] = {}
        self.variants: list[Variant] = []

    @property
    def updated(self) -> int:
        """Number of articles whose wording changed."""
        return len(self.revised) + len(self._taken_over)

    def note(self, found: Identified, key_is_known: bool, variant: Variant | None) -> Known:
        """Record what an entry changes; return its article as it will be. A `variant` changes nothing."""
        known = found.known
        if known is None:
            known = self._add(found)
        elif found.role == "cites":
            self._cite(known, found.entry)
        elif found.role == "takes-over":
            known = self._take(known, found)
        else:
            known = self._update(known, found, variant)
        if found.known and not key_is_known and (found.role != "cites" or is_opaque(found.entry.url)):
            self._links.append((found.key, known.article))
        counts = found.only_words and not found.changes_too_often
        self.sightings[found.entry.guid] = Sighting(
            found.entry.guid, known.article, found.text_hash, counts, cites=found.role == "cites"
        )
        return known

    def write(
        self, db: Database, state: FeedState, rulebook: Rulebook, before: dict[int, Shown], now: datetime
    ) -> None:
        """Store all recorded changes, to be tagged by a rulebook that is applied; `before` says when the feed last
        showed the earlier wording."""
        articles.add(db, state.id, self.added, rulebook, now)
        for known, found in self._taken_over.values():
            self.to_tag[known.article] = takeovers.take_over(db, state, known, found, now)
        takeovers.cite(db, state.id, self._citations, now)
        for earlier, revised in self.revised.values():
            if earlier.title != revised.title:
                variants.replace_title(db, state.id, earlier.article, earlier.title, before[earlier.article].at)
            articles.revise(db, state.id, earlier, revised, (before[earlier.article].at, now))
        for known, entry in self._seen_again.values():
            if _adds_fields(entry, known):
                articles.fill_missing(db, known.article, entry)
            if identity.is_better_address(entry.url, known.url):
                articles.resolve(db, known.article, entry.url)
        counts.mark_stale(db, [new.found.entry.published or now for new in self.added])
        counts.mark_articles_stale(db, self.revised, self._dated())
        articles.link(db, self._links)
        articles.record_sightings(db, state.id, list(self.sightings.values()), now)
        variants.keep(db, state.id, self.variants, now)

    def _dated(self) -> list[int]:
        """Return the articles that get their first date."""
        return [known.article for known, entry in self._seen_again.values() if entry.published and not known.published]

    def _update(self, known: Known, found: Identified, variant: Variant | None) -> Known:
        """Record a new sighting of the feed's own article; return the article as it will be."""
        self._seen_again.setdefault(known.article, (known, found.entry))
        if variant:
            self.variants.append(variant)
        elif known.article not in self.to_tag and (revised := identity.revised(found)):
            self.revised[known.article] = (known, revised)
            self.to_tag[known.article] = known = revised
        return known

    def _take(self, known: Known, found: Identified) -> Known:
        """Record that the publisher takes over an article that others showed first."""
        self._taken_over.setdefault(known.article, (known, found))
        self.to_tag.setdefault(known.article, known)
        return replace(known, source=found.source, speaker=self._state.feed.source)

    def _cite(self, known: Known, entry: Entry) -> None:
        """Record the feed's title for another source's article, if it differs."""
        if identity.as_read(known.title) != identity.as_read(entry.title):
            self._citations.append(Citation(known.article, entry.title, entry.summary))

    def _add(self, found: Identified) -> Known:
        """Record a new article for an entry."""
        entry = found.entry
        language = entry.language or self._state.language
        known = Known(
            self._next_id,
            entry.title,
            entry.summary,
            entry.published,
            language,
            entry.author,
            entry.url,
            key=found.key,
            source=found.source,
            speaker=self._state.feed.source,
        )
        self._next_id += 1
        self.added.append(New(known.article, found, language))
        self.to_tag[known.article] = known
        return known


def _adds_fields(entry: Entry, known: Known) -> bool:
    """Whether an entry supplies fields its article lacks."""
    stated = (entry.published, entry.author, entry.language)
    missing = (known.published, known.author, known.language)
    return any(new and not old for new, old in zip(stated, missing, strict=True))
