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
    overlap = 0
    sightings: dict[str, tuple[int, str]] = {}
    fresh: dict[int, Known] = {}
    updated = 0
    for entry, key in reversed(list(zip(entries, keys, strict=True))):
        found = identity.identify(entry, key, by_guid.get(entry.guid), by_key.get(key))
        if found.known is None:
            article = articles.add(db, state, found, now)
            language = entry.language or state.language
            fresh[article] = by_key[key] = Known(article, entry.title, entry.summary, entry.published, language)
        else:
            article = found.known.article
            overlap += article in before
            if article not in fresh and _take_changes(db, state, found, now):
                fresh[article] = replace(found.known, title=entry.title, summary=entry.summary)
                updated += 1
        if key not in by_key:
            articles.link(db, key, article)
        sightings[entry.guid] = (article, found.text_hash)
    _tag_and_index(db, fresh, rulebook)
    articles.sight(db, state.id, sightings, now)
    return Taken(len(fresh) - updated, updated, overlap, continuous=bool(overlap or first_time or not entries))


def _take_changes(db: Database, state: FeedState, found: Identified, now: datetime) -> bool:
    """Store new words of a known article, if its feed changed them in a way that a reader would see."""
    known, entry = found.known, found.entry
    if known is None or not found.changed:
        return False
    before = (identity.as_read(known.title), identity.as_read(known.summary))
    if before == (identity.as_read(entry.title), identity.as_read(entry.summary)):
        return False
    articles.revise(db, state, known, entry, now)
    return True


def _tag_and_index(db: Database, fresh: dict[int, Known], rulebook: Rulebook) -> None:
    """Tag new and changed articles and make them findable."""
    if fresh:
        taggings = {one.article: rulebook.tag(one.title, one.summary, one.language) for one in fresh.values()}
        articles.tag(db, taggings, rulebook)
        articles.index(db, fresh)
