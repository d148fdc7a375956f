"""Match a document's entries to the articles already stored, and decide how much of a change to keep.

What identifies an article is decided in tracker/analyse/identity.py, from what is read here; nothing is written.
"""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta

from tracker.analyse import identity
from tracker.analyse.changes import title_change
from tracker.analyse.identity import Identified, Known
from tracker.analyse.publishers import Attribution, FeedRole
from tracker.models import Entry, FeedState
from tracker.store import articles, floods, revisions, sources, variants
from tracker.store.database import Database
from tracker.store.variants import Variant

_SAME_TITLE = timedelta(days=3)
"""How long an equal title identifies an article of the same source at another address; columns reuse theirs weekly."""


class EntryMatcher:
    """Finds the stored article of each entry of a document; `before` is how this feed last showed those articles.

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
            ((attribution.source, entry.title), entry)
            for entry, attribution, address in zip(entries, attributions, addresses, strict=True)
            if entry.guid not in by_guid and not self._has_own_wording(attribution, address.url) and not address.shared
        ]
        titles = {title for title, _ in unknown}
        self._by_title = articles.known_by_title(db, titles, now - _SAME_TITLE) if titles else {}
        self._archive = self._returned(unknown, len(entries))
        self._gone = self._shown_at({entry.published for _, entry in unknown})
        known = [*by_guid.values(), *self.by_key.values(), *self._by_title.values(), *self._archive.values()]
        known += self._gone.values()
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

        An entry is matched by guid and address among its source's own articles, then by its words at another address,
        then to the article in whose place it stands; failing these, to whatever is at its address.
        """
        known_by_guid = {known.article for known in self._by_guid.values()}
        keys = [key for _, _, key in self._entries]
        own_by_key = {
            key: own for _, attribution, key in self._entries if (own := self._own(attribution, self.by_key.get(key)))
        }
        guids = identity.judge_guids([entry for entry, _, _ in self._entries], keys, self._by_guid, own_by_key)
        claimed = {self.by_key[key].article for key in keys if key in self.by_key}
        for article in (*known_by_guid, *claimed):
            self._gone.pop(article, None)
        for entry, attribution, key in reversed(self._entries):
            by_guid, at_address = self._by_guid.get(entry.guid), self._article_at(key, attribution)
            by_key = self._own(attribution, at_address)
            if by_guid and by_key is None and by_guid.article in claimed:
                by_guid = None  # the guid was reused: its article is in this document under its own address
            shown = self.before.get(by_key.article) if by_key and by_key.article not in known_by_guid else None
            known, changed = identity.identify(entry, by_guid, by_key, shown, guids)
            known = known or self._at_other_address(entry, attribution, key)
            if known is None and (known := self._replaced(entry, attribution, key)):
                changed = self.before[known.article].text_hash != identity.hash_of(entry)
            if at_address and known and known.article != at_address.article:
                self._displace(at_address, key)
            known = known or at_address
            role = self._role(attribution, known) if known else attribution.role
            yield Identified(entry, attribution.source, key, identity.hash_of(entry), known, changed, role)

    def _returned(self, unknown: Sequence[tuple[tuple[str, str], Entry]], size: int) -> dict[tuple[str, str], Known]:
        """Return the source's articles that are back under other addresses, if they make up an archive."""
        times = Counter(title for title, _ in unknown)
        once = {title: entry for title, entry in unknown if times[title] == 1}
        if len(once) < identity.ARCHIVE_SIZE:
            return {}
        return identity.returned_archive(once, size, articles.known_by_title(self._db, once))

    def _role(self, attribution: Attribution, known: Known) -> FeedRole:
        """Return the feed's role for an article; no aggregator takes one over from a source that publishes there."""
        owners = self._publishers.of(known.url)
        role = identity.role(attribution, known, owners)
        doubtful = role == "takes-over" and attribution.named and not owners
        return "cites" if doubtful and sources.publishes_at_host(self._db, known.source, known.url) else role

    def _article_at(self, key: str, attribution: Attribution) -> Known | None:
        """Return the article at this address; drop an extra address that turns out to be another publisher's."""
        known = self.by_key.get(key)
        if known and identity.is_astray(attribution, known, key):
            self.astray.append(key)
            return self.by_key.pop(key) and None
        return known

    def _own(self, attribution: Attribution, known: Known | None) -> Known | None:
        """Return the article unless the feed would have to take it over: its own articles match first."""
        return None if known and self._role(attribution, known) == "takes-over" else known

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
        if known is None or known.title == title or found.changes_too_often or found.role != "publishes":
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
        """Decide whether an entry shows one change too many, of the headline under one date or within a day."""
        if found.known is None or not found.changed or found.role != "publishes":
            return False
        if found.changes_too_often:
            return identity.as_read(found.known.title) != identity.as_read(found.entry.title)
        if variant is None and identity.revised(found) is None:
            return False
        day_before = self._now - floods.DAY
        return revisions.changes_since(self._db, found.known.article, day_before) >= identity.CHANGES_PER_DAY

    def _at_other_address(self, entry: Entry, attribution: Attribution, key: str) -> Known | None:
        """Return the article with the same source and title whose address is another form of the entry's, or that is
        part of a returned archive; None if there is none."""
        title = (attribution.source, entry.title)
        known = self._archive.get(title) or self._by_title.get(title)
        if known is None or not self._is_bound(attribution, known, key):
            return None
        return known if title in self._archive or identity.is_same_page(known, entry) else None

    def _shown_at(self, moments: Set[datetime | None]) -> dict[int, Known]:
        """Return the articles of these dates in the feed's last document, by id; none that share date and summary."""
        dates = {moment for moment in moments if moment}
        known = articles.known_at(self._db, self._state.shown, dates) if dates and self._state.shown else ()
        times = Counter((one.published, one.summary) for one in known)
        return {one.article: one for one in known if times[one.published, one.summary] == 1}

    def _replaced(self, entry: Entry, attribution: Attribution, key: str) -> Known | None:
        """Take and return the article in whose place the document shows the entry; None if there is none."""
        for known in self._gone.values():
            if identity.has_moved(known, entry) and self._is_bound(attribution, known, key):
                return self._gone.pop(known.article)
        return None
