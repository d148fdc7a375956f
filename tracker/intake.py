"""The entries of one document become articles: identified, tagged, stored, made findable; inside one transaction.

Polled feeds and imported files take the same way through here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.analyse import identity
from tracker.analyse.identity import Identified, Known
from tracker.analyse.rules import Rulebook
from tracker.models import Entry, FeedState
from tracker.store import articles
from tracker.store.database import Database


@dataclass(frozen=True, slots=True)
class Taken:
    """How many entries were new, how many changed, and how many this feed had shown before.

    `continuous` is False when this feed has shown entries before but none of these: some may have been missed.
    """

    new: int
    updated: int
    overlap: int
    continuous: bool


def take_in(db: Database, state: FeedState, entries: Sequence[Entry], rulebook: Rulebook, now: datetime) -> Taken:
    """Store the entries of a feed as of `now`.

    Entries come newest first, as feeds have them; articles get their ids oldest first. An article that stands in the
    document twice is changed by it at most once.
    """
    first_time = not articles.has_shown(db, state.id)
    sightings: dict[str, tuple[int, str]] = {}
    fresh: dict[int, Known] = {}
    overlap = updated = 0
    stored = _Stored(db, state.id, entries)
    for found in stored.identified():
        if found.known is None:
            known = _new(db, state, found, now)
            fresh[known.article] = known
        else:
            known = found.known
            if known.article not in fresh and (revised := _revised(found)):
                articles.revise(db, state.id, known, revised, (stored.before[known.article].at, now))
                fresh[known.article] = revised
                updated += 1
            if found.key not in stored.by_key:
                articles.link(db, found.key, known.article)
        stored.by_key.setdefault(found.key, known)
        overlap += known.article in stored.before
        sightings[found.entry.guid] = (known.article, found.text_hash)
    _tag_and_index(db, fresh, rulebook)
    articles.sight(db, state.id, sightings, now)
    return Taken(len(fresh) - updated, updated, overlap, continuous=bool(overlap or first_time or not entries))


class _Stored:
    """What is stored of the entries of one document; `before` is how this feed last showed their articles."""

    def __init__(self, db: Database, feed: int, entries: Sequence[Entry]) -> None:
        self._addresses = list(zip(entries, identity.addresses(entries), strict=True))
        self._by_guid = articles.known_by_guid(db, feed, entries)
        wanted = {key for _, address in self._addresses for key in (address.url, address.with_guid)}
        self.by_key = articles.known_by_key(db, wanted)
        self.before = articles.shown(db, feed, (*self._by_guid.values(), *self.by_key.values()))

    def identified(self) -> Iterator[Identified]:
        """Each entry, oldest first, with its article; what is stored meanwhile is put into `by_key`."""
        listed = {known.article for known in self._by_guid.values()}
        chosen = [identity.key_of(entry, address, self.by_key) for entry, address in self._addresses]
        claimed = {self.by_key[key].article for key in chosen if key in self.by_key}
        for (entry, _), key in reversed(list(zip(self._addresses, chosen, strict=True))):
            by_guid, by_key = self._by_guid.get(entry.guid), self.by_key.get(key)
            if by_guid and by_key is None and by_guid.article in claimed:
                by_guid = None  # the guid has moved on: its article stands in this document under its own address
            last = self.before.get(by_key.article) if by_key and by_key.article not in listed else None
            yield identity.identify(entry, key, by_guid, by_key, last)


def _new(db: Database, state: FeedState, found: Identified, now: datetime) -> Known:
    entry = found.entry
    article = articles.add(db, state, found, now)
    return Known(article, entry.title, entry.summary, entry.published, entry.language or state.language)


def _revised(found: Identified) -> Known | None:
    """The article with its feed's new words, if they differ in a way that a reader would see.

    A feed that leaves the summary out, or breaks off before it, does not take it away.
    """
    known, entry = found.known, found.entry
    if known is None or not found.changed:
        return None
    revised = replace(known, title=entry.title, summary=entry.summary or known.summary)
    texts = ((known.title, revised.title), (known.summary, revised.summary))
    return revised if any(identity.as_read(old) != identity.as_read(new) for old, new in texts) else None


def _tag_and_index(db: Database, fresh: dict[int, Known], rulebook: Rulebook) -> None:
    """Tag new and changed articles and make them findable."""
    if fresh:
        taggings = {one.article: rulebook.tag(one.title, one.summary, one.language) for one in fresh.values()}
        articles.tag(db, taggings, rulebook)
        articles.index(db, fresh)
