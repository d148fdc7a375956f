"""Turn one document's entries into articles: identify, tag and store them, inside one transaction.

Polled feeds and imported files share this code.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tracker.analyse import identity
from tracker.analyse.changes import title_change
from tracker.analyse.identity import Identified, Known, Shown
from tracker.analyse.observation import is_continuous
from tracker.analyse.publishers import Attribution, Part
from tracker.analyse.tagging.rules import Rulebook
from tracker.analyse.urls import is_opaque
from tracker.models import Entry, FeedState
from tracker.store import (
    articles,
    boilerplate,
    counts,
    floods,
    regrouping,
    revisions,
    rounds,
    search_index,
    sources,
    takeovers,
    variants,
)
from tracker.store.articles import New, Sighting
from tracker.store.database import Database
from tracker.store.tags import apply_rulebook
from tracker.store.takeovers import Citation
from tracker.store.variants import Variant

_SAME_TITLE = timedelta(days=3)
"""How long an equal title identifies an article of the same source at another address; columns reuse theirs weekly."""

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
    stored = _StoredArticles(db, state, entries, now)
    changes = _Changes(articles.next_id(db), state)
    left_out, unkept, passed_over = 0, set(), set()
    for identified in stored.identified():
        found, variant = stored.within_limits(identified)
        if found is not identified:
            unkept.add(found.key)
        elif found.is_passed_over:
            passed_over.add(found.key)
        if found.known is None and state.quota is not None and len(changes.added) >= state.quota:
            left_out += 1
            continue
        known = changes.note(found, found.key in stored.by_key, variant)
        if found.part == "takes":
            stored.by_key[found.key] = known
        stored.by_key.setdefault(found.key, known)
    articles.unlink(db, stored.astray)
    articles.displace(db, stored.displaced)
    if changes.to_tag:
        boilerplate.learn(db, state.feed.source, entries, now)  # first: a new footer changes no article
    changes.write(db, state, stored.before, now)
    if changes.to_tag:
        rounds.begin(db, now)
        apply_rulebook(db, rulebook, now)
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
        changes_left_out=len(unkept | passed_over),
        incomplete=bool(left_out or unkept),
    )


def _tag(db: Database, words: Sequence[Known], rulebook: Rulebook) -> None:
    """Tag these articles without their sources' boilerplate, in batches, to bound the evidence held in memory."""
    for first in range(0, len(words), _TAGGED_AT_ONCE):
        batch = words[first : first + _TAGGED_AT_ONCE]
        summaries = boilerplate.own_summaries(db, [(one.source, one.summary) for one in batch])
        taggings = {
            one.article: rulebook.tag(one.title, summary, one.language)
            for one, summary in zip(batch, summaries, strict=True)
        }
        articles.tag(db, taggings, rulebook)


class _StoredArticles:
    """What is already stored about a document's entries; `before` is how this feed last showed their articles.

    `astray` are extra addresses that turn out to belong to somebody else; `displaced` are other sources' articles at an
    address to which the publisher's own article has moved.
    """

    def __init__(self, db: Database, state: FeedState, entries: Sequence[Entry], now: datetime) -> None:
        self._db, self._state, self._now = db, state, now
        attributions = sources.attributions(db, state, entries)
        addresses = identity.addresses(entries, attributions)
        by_guid = articles.known_by_guid(db, state.id, entries)
        self.by_key = articles.known_by_key(db, {key for one in addresses for key in (one.url, one.with_guid)})
        self._entries = [
            (entry, attribution, identity.key_of(entry, address, self.by_key))
            for entry, attribution, address in zip(entries, attributions, addresses, strict=True)
        ]
        unknown = [
            (attribution.source, entry.title)
            for entry, attribution, address in zip(entries, attributions, addresses, strict=True)
            if entry.guid not in by_guid and not self._has_own_wording(attribution, address.url) and not address.shared
        ]
        self._by_title = articles.known_by_title(db, unknown, now - _SAME_TITLE) if unknown else {}
        known = [*by_guid.values(), *self.by_key.values(), *self._by_title.values()]
        self._publishers = sources.publishers(db, {one.url for one in known})
        self.before = articles.shown(db, state.id, known)
        self._by_guid = {
            entry.guid: by_guid[entry.guid]
            for entry, attribution, key in self._entries
            if entry.guid in by_guid and self._is_bound(attribution, by_guid[entry.guid], key)
        }
        self.astray: list[str] = []
        self.displaced: list[int] = []

    def identified(self) -> Iterator[Identified]:
        """Yield each entry with its article, oldest first; the caller adds what it stores meanwhile to `by_key`.

        An entry is looked for by its guid and its address among its own articles, then by its words at another address;
        failing these, it is that of whatever is at its address.
        """
        known_by_guid = {known.article for known in self._by_guid.values()}
        keys = [key for _, _, key in self._entries]
        own_by_key = {
            key: own for _, attribution, key in self._entries if (own := self._own(attribution, self.by_key.get(key)))
        }
        guids = identity.judge_guids([entry for entry, _, _ in self._entries], keys, self._by_guid, own_by_key)
        claimed = {self.by_key[key].article for key in keys if key in self.by_key}
        for entry, attribution, key in reversed(self._entries):
            by_guid, at_address = self._by_guid.get(entry.guid), self._article_at(key, attribution)
            by_key = self._own(attribution, at_address)
            if by_guid and by_key is None and by_guid.article in claimed:
                by_guid = None  # the guid was reused: its article is in this document under its own address
            shown = self.before.get(by_key.article) if by_key and by_key.article not in known_by_guid else None
            known, changed = identity.identify(entry, by_guid, by_key, shown, guids)
            known = known or self._at_other_address(entry, attribution, key)
            if at_address and known and known.article != at_address.article:
                self._displace(at_address, key)
            known = known or at_address
            part = self._part(attribution, known) if known else attribution.part
            yield Identified(entry, attribution.source, key, identity.hash_of(entry), known, changed, part)

    def _part(self, attribution: Attribution, known: Known) -> Part:
        """Return the feed's role for an article; no aggregator takes one from a source at home at its address."""
        owners = self._publishers.of(known.url)
        part = identity.part(attribution, known, owners)
        doubtful = part == "takes" and attribution.named and not owners
        return "cites" if doubtful and sources.publishes_at_host(self._db, known.source, known.url) else part

    def _article_at(self, key: str, attribution: Attribution) -> Known | None:
        """Return the article at this address; drop an extra address that turns out to be another publisher's."""
        known = self.by_key.get(key)
        if known and identity.is_astray(attribution, known, key):
            self.astray.append(key)
            return self.by_key.pop(key) and None
        return known

    def _own(self, attribution: Attribution, known: Known | None) -> Known | None:
        """Return the article unless the feed would have to take it over: its own articles match first."""
        return None if known and self._part(attribution, known) == "takes" else known

    def _has_own_wording(self, attribution: Attribution, key: str) -> bool:
        """Whether the article at an address has the wording of the feed's own source."""
        return key in self.by_key and self.by_key[key].speaker == attribution.speaker

    def _displace(self, known: Known, key: str) -> None:
        """Take an address from another source's article, because the publisher's own article moved there."""
        del self.by_key[key]
        if known.key == key:
            self.displaced.append(known.article)
        else:
            self.astray.append(key)

    def _is_bound(self, attribution: Attribution, known: Known, key: str) -> bool:
        return identity.is_bound(attribution, known, self._publishers.of(known.url), key)

    def variant(self, found: Identified) -> Variant | None:
        """Return the entry's headline as a variant shown alongside the article's own in another feed of the source, or
        None.

        If this feed showed the article's own headline too, this is a change instead; likewise if the other feed was not
        read since.
        """
        known, title = found.known, found.entry.title
        if known is None or known.title == title or found.changes_too_often or found.part != "speaks":
            return None
        if title_change(known.title, title) == "noise":
            return None
        other = variants.other_feed_showing(self._db, self._state, known.article, known.title)
        last = self.before.get(known.article)
        if other is None or (found.changed and not (other.differed and last and last.at <= other.last)):
            return None
        return Variant(known.article, title, known.title, other)

    def within_limits(self, found: Identified) -> tuple[Identified, Variant | None]:
        """Return the entry and its variant; if its article changes too often, as if the kept words were shown.

        The next document is then compared with these, so the change is kept once there is room for it.
        """
        variant = self.variant(found)
        if found.known is None or not self._changes_too_often(found, variant):
            return found, variant
        text_hash = found.known.text_hash or self.before[found.known.article].text_hash
        return replace(found, changed=False, text_hash=text_hash), None

    def _changes_too_often(self, found: Identified, variant: Variant | None) -> bool:
        """Whether an entry shows a change too many, of its article's headline under one date or of a day."""
        if found.known is None or not found.changed or found.part != "speaks":
            return False
        if found.changes_too_often:
            return identity.as_read(found.known.title) != identity.as_read(found.entry.title)
        if variant is None and _revised(found) is None:
            return False
        day_before = self._now - floods.DAY
        return revisions.changes_since(self._db, found.known.article, day_before) >= identity.CHANGES_PER_DAY

    def _at_other_address(self, entry: Entry, attribution: Attribution, key: str) -> Known | None:
        """Return the article with the same source and title whose address is another form of the entry's, or None."""
        known = self._by_title.get((attribution.source, entry.title))
        return (
            known if known and self._is_bound(attribution, known, key) and identity.is_same_page(known, entry) else None
        )


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
        elif found.part == "cites":
            self._cite(known, found.entry)
        elif found.part == "takes":
            known = self._take(known, found)
        else:
            known = self._update(known, found, variant)
        if found.known and not key_is_known and (found.part != "cites" or is_opaque(found.entry.url)):
            self._links.append((found.key, known.article))
        counts = found.only_words and not found.changes_too_often
        self.sightings[found.entry.guid] = Sighting(
            found.entry.guid, known.article, found.text_hash, counts, cites=found.part == "cites"
        )
        return known

    def write(self, db: Database, state: FeedState, before: dict[int, Shown], now: datetime) -> None:
        """Store all recorded changes; `before` says when the feed last showed the earlier wording."""
        articles.add(db, state.id, self.added, now)
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
        elif known.article not in self.to_tag and (revised := _revised(found)):
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


def _revised(found: Identified) -> Known | None:
    """Return the article with its feed's new wording, None unless a reader would see the difference.

    A feed that omits or truncates the summary does not remove it.
    """
    known, entry = found.known, found.entry
    if known is None or not found.changed or found.changes_too_often:
        return None
    revised = replace(known, title=entry.title, summary=entry.summary or known.summary)
    texts = ((known.title, revised.title), (known.summary, revised.summary))
    return revised if any(identity.as_read(old) != identity.as_read(new) for old, new in texts) else None


def _adds_fields(entry: Entry, known: Known) -> bool:
    """Whether an entry supplies fields its article lacks."""
    stated = (entry.published, entry.author, entry.language)
    missing = (known.published, known.author, known.language)
    return any(new and not old for new, old in zip(stated, missing, strict=True))
