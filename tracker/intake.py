"""The entries of one document become articles: identified, tagged, stored, made findable; inside one transaction.

Polled feeds and imported files take the same way through here.
"""

from collections.abc import Sequence
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
    keys = identity.keys(entries)
    by_guid = articles.known_by_guid(db, state.id, entries)
    by_key = articles.known_by_key(db, keys)
    first_time = not articles.has_shown(db, state.id)
    before = articles.shown(db, state.id, (*by_guid.values(), *by_key.values()))
    listed = {known.article for known in by_guid.values()}
    overlap = 0
    sightings: dict[str, tuple[int, str]] = {}
    fresh: dict[int, Known] = {}
    updated = 0
    for entry, key in reversed(list(zip(entries, keys, strict=True))):
        last = before.get(by_key[key].article) if key in by_key and by_key[key].article not in listed else None
        found = identity.identify(entry, key, by_guid.get(entry.guid), by_key.get(key), last)
        if found.known is None:
            article = articles.add(db, state, found, now)
            language = entry.language or state.language
            fresh[article] = by_key[key] = Known(article, entry.title, entry.summary, entry.published, language)
        else:
            article = found.known.article
            overlap += article in before
            if article not in fresh and (revised := _revised(found)):
                articles.revise(db, state.id, found.known, revised, (before[article].at, now))
                fresh[article] = revised
                updated += 1
        if key not in by_key:
            articles.link(db, key, article)
        sightings[entry.guid] = (article, found.text_hash)
    _tag_and_index(db, fresh, rulebook)
    articles.sight(db, state.id, sightings, now)
    return Taken(len(fresh) - updated, updated, overlap, continuous=bool(overlap or first_time or not entries))


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
