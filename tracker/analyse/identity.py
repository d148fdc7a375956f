"""Match a feed entry to a stored article by guid, canonical URL and words; no I/O.

The canonical URL is the stronger evidence, because many feeds' guids are counters that shift. It is no evidence where
several entries of a document share it, or where it is a site's front page.
"""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from tracker.analyse.publishers import Attribution, FeedRole
from tracker.analyse.redirectors import is_opaque
from tracker.analyse.urls import canonical, match_key
from tracker.models import Entry

_QUOTES = str.maketrans("‘’‚‛“”„‟«»‹›′″–—―‐‑−", '\'\'\'\'""""""""\'"------')

_LASTING = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[?&]p=\d+|(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{4,}", re.IGNORECASE
)
"""A publisher's own article number within a guid: a UUID, a WordPress post, four digits that are not a year."""

_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d{6}(?!\d))\d{6,}(?!\d)")  # longer than a counter, and no date
_CODE = re.compile(r"(?=[a-z]*\d)[a-z\d]{5,}", re.IGNORECASE)  # an alphanumeric article code
_UPDATED_WITHIN = timedelta(days=7)
"""How far apart the dates of one article may be if both address and headline changed: a newsroom's longest-running
story."""

_ANCHOR = re.compile(r"[^#]*#(?P<name>[\w.:-]*\d[\w.:-]*)", re.DOTALL)
"""An address of a numbered part of a page, such as a post of a live blog; `#comments` and `#xtor=RSS-1` are not."""

_FRONT_PAGE = re.compile(r"[^/]*//[^/?#]*/?\??(?:#.*)?", re.DOTALL)

ARCHIVE_SIZE = 10
"""How many articles at least make an archive."""

_TEXT_LENGTH = 8
"""Words of title and summary from which on equal texts are hardly chance."""

CHANGES_LIMIT = 24
"""How many text changes are kept while the date stays the same: some feeds write the time of day into every summary.
The figure is lemon24/reader's."""

CHANGES_PER_DAY = 24
"""How many changes of an article's words are kept within a day, whatever its date does: one an hour."""


@dataclass(frozen=True, slots=True)
class Known:
    """A stored article.

    `source` publishes it, `speaker` is the source whose feed supplies its words, `key` the address that makes it
    unique. `text_hash` is of the words its feed last showed under a guid, `changes` how often they changed there while
    the date did not.
    """

    article: int
    title: str
    summary: str
    published: datetime | None
    language: str | None = None
    author: str | None = None
    url: str = ""
    key: str = ""
    source: str = ""
    speaker: str = ""
    text_hash: str | None = None
    changes: int = 0
    reused: bool = False
    """Whether the guid it was found by once identified another article."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a feed last showed an article: the hash of its words, and when the document was first seen."""

    text_hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Identified:
    """An entry, the key that makes its article unique, and the article if already stored.

    `source` is its publisher, `role` the feed's role for the stored article. `changed` is True when the feed shows
    other words for it than last time; False on a first sighting.
    """

    entry: Entry
    source: str
    key: str
    text_hash: str
    known: Known | None = None
    changed: bool = False
    role: FeedRole = "publishes"

    @property
    def only_words(self) -> bool:
        """Whether the words changed and the date did not."""
        return self.changed and self.known is not None and self.entry.published in {None, self.known.published}

    @property
    def changes_too_often(self) -> bool:
        """Whether the words changed too often to be followed any longer."""
        return self.only_words and self.known is not None and self.known.changes >= CHANGES_LIMIT

    @property
    def is_passed_over(self) -> bool:
        """Whether a summary changed once more where words changed too often, and is not kept."""
        if self.known is None or not self.changes_too_often:
            return False
        return as_read(self.entry.summary) not in {"", as_read(self.known.summary)}


@dataclass(frozen=True, slots=True)
class Address:
    """The address of an entry in a document: its canonical URL, and that URL with the guid added.

    A link that only its aggregator can resolve has the source added, so that it never merges articles of two outlets.
    `shared` is True if the URL alone does not identify the article: other entries have it under other titles, or it is
    a front page. `speaker` is the source whose feed has the entry, empty if it is not the publisher.
    """

    url: str
    with_guid: str
    shared: bool
    speaker: str = ""


def addresses(entries: Sequence[Entry], attributions: Sequence[Attribution]) -> list[Address]:
    """Return the address of each entry of one document; `attributions` are parallel to `entries`.

    Another source's address is one article, whatever the title; an entry at another's front page is the feed's own
    article.
    """
    urls = [_address(entry.url, attribution.source) for entry, attribution in zip(entries, attributions, strict=True)]
    titles: dict[str, set[str]] = defaultdict(set)
    for entry, url in zip(entries, urls, strict=True):
        titles[url].add(as_read(entry.title))
    return [
        Address(url, f"{url}#{attribution.speaker}#{entry.guid}", _is_front_page(url))
        if attribution.is_foreign
        else Address(url, f"{url}#{entry.guid}", len(titles[url]) > 1 or _is_front_page(url), attribution.speaker)
        for entry, attribution, url in zip(entries, attributions, urls, strict=True)
    ]


def key_of(entry: Entry, address: Address, by_key: Mapping[str, Known]) -> str:
    """Return the key that makes the entry's article unique: the URL, or the URL with the guid.

    Once distinguished by guid, an article stays so, even if the others have left the document. Another part of a page,
    under another title, is another article.
    """
    if address.with_guid in by_key:
        return address.with_guid
    owner = by_key.get(address.url)
    if owner and as_read(owner.title) == as_read(entry.title):
        return address.url
    is_other = address.shared or (owner and owner.speaker == address.speaker and _are_parts(owner.url, entry.url))
    return address.with_guid if is_other else address.url


@dataclass(frozen=True, slots=True)
class Guids:
    """How reliably the guids of one document identify one article each.

    `reused` are those that have meant several articles. `lasting` counts entries whose guid and address are as before,
    `moved` those whose guid had another address.
    """

    reused: frozenset[str] = frozenset()
    lasting: int = 0
    moved: int = 0

    @property
    def steady(self) -> bool:
        """Whether most entries kept guid and address, so that a moved one is an exception."""
        return self.lasting > self.moved


def judge_guids(
    entries: Sequence[Entry], keys: Sequence[str], by_guid: Mapping[str, Known], by_key: Mapping[str, Known]
) -> Guids:
    """Judge a document's guids by it and by what its feed showed before; `keys` are those of the entries.

    A guid that occurs several times in the document was made unique by adding the address.
    """
    reused = {guid for guid, known in by_guid.items() if known.reused}
    reused |= {entry.guid.removesuffix(f" {entry.url}") for entry in entries if entry.guid.endswith(f" {entry.url}")}
    lasting = moved = shifted = 0
    for entry, key in zip(entries, keys, strict=True):
        before, there = by_guid.get(entry.guid), by_key.get(key)
        if before:
            same = there is not None and there.article == before.article
            lasting, moved = lasting + same, moved + (not same)
            shifted += there is not None and not same
    if shifted > lasting:
        reused |= by_guid.keys()
    return Guids(frozenset(reused), lasting, moved)


def identify(
    entry: Entry, by_guid: Known | None, by_key: Known | None, last: Shown | None, guids: Guids
) -> tuple[Known | None, bool]:
    """Return the stored article an entry is, if any, and whether its feed shows other words for it than last time.

    `by_guid` is what its own feed showed under its guid. `last` is how the feed last showed the article of its key,
    None if this document shows it too: then the two listings may differ without a change.
    """
    if by_key is None and by_guid is not None and not _is_same(by_guid, entry, guids):
        by_guid = None
    if by_guid and (by_key is None or by_key.article == by_guid.article):
        return by_guid, by_guid.text_hash not in {None, hash_of(entry)}
    before = last.text_hash if by_key and last else None
    return by_key, before not in {None, hash_of(entry)}


def role(attribution: Attribution, known: Known, owners: frozenset[str]) -> FeedRole:
    """Return a feed's role for an article it shows; `owners` are the sources that publish the article's address.

    `known.speaker` is whose words the article carries. It is taken over only by its publisher's own feeds, or by an
    aggregator that names the publisher, and then only from a source that is not the publisher.
    """
    if attribution.speaker == known.speaker:
        moved = known.source != attribution.source and attribution.source in owners and known.source not in owners
        return "takes-over" if moved else "publishes"
    if attribution.speaker == known.source:
        return "takes-over"
    if known.source in owners and known.speaker == known.source:
        return "cites"
    if attribution.speaker in owners:
        return "takes-over"
    names_publisher = attribution.source != attribution.speaker and (
        attribution.source in owners or (attribution.named and not owners)
    )
    return "takes-over" if names_publisher and known.source not in {attribution.source, *owners} else "cites"


def is_bound(attribution: Attribution, known: Known, owners: frozenset[str], key: str) -> bool:
    """Decide whether guid or title may match a feed's entry to an article: it is the feed's own, and no address is
    another's."""
    at_home = not attribution.is_foreign and (not owners or attribution.source in owners)
    return known.source == attribution.source and (at_home or known.key == key)


def is_astray(attribution: Attribution, known: Known, key: str) -> bool:
    """Decide whether an article's additional address belongs to a publisher unrelated to the article."""
    is_publisher = not attribution.owners.isdisjoint({attribution.speaker, attribution.source})
    return known.key != key and is_publisher and known.source not in {attribution.source, *attribution.owners}


def is_same_page(known: Known, entry: Entry) -> bool:
    """Decide whether an article of the same source and title is the entry at another form of its address.

    The address reveals mobile and AMP forms; behind an aggregator's link it may be any, so there the title must
    suffice.
    """
    if is_opaque(known.url) or is_opaque(entry.url):
        return True
    key = match_key(entry.url)
    return key is not None and key == match_key(known.url)


def has_moved(known: Known, entry: Entry) -> bool:
    """Decide whether an entry is the article in whose place its feed shows it, under another address and guid.

    Evidence is the same moment and summary, in enough words, counted with the title's if that is the same, too: where
    an address follows the headline, both change at once. Of 22 cases in nine archives of real feeds ten were read, and
    each was one article.
    """
    words = entry.summary.split()
    if as_read(known.title) == as_read(entry.title):
        words += entry.title.split()
    same = _same_moment(known, entry) and as_read(known.summary) == as_read(entry.summary)
    return same and entry.date_quality != "day" and len(words) >= _TEXT_LENGTH


def returned_archive(
    entries: Mapping[tuple[str, str], Entry], size: int, older: Mapping[tuple[str, str], Known]
) -> dict[tuple[str, str], Known]:
    """Return the stored articles that a document shows again under new guids and addresses, as after a change of CMS.

    All are by source and title; `entries` are those that nothing else identifies, `size` is the document's. Empty
    unless most of the document returns, for a single text may be that of a column that is published every week.
    """
    again = {
        place: older[place]
        for place, entry in entries.items()
        if place in older
        and as_read(entry.summary) == as_read(older[place].summary)
        and len(f"{entry.title} {entry.summary}".split()) >= _TEXT_LENGTH
    }
    return again if len(again) >= max(ARCHIVE_SIZE, size / 2) else {}


def is_better_address(url: str, known: str) -> bool:
    """Decide whether an address leads directly to the article while the known one goes through an aggregator."""
    return is_opaque(known) and not is_opaque(url)


def hash_of(entry: Entry) -> str:
    """Return a 16-digit hexadecimal hash of an entry's words."""
    return hashlib.blake2b(f"{entry.title}\x1f{entry.summary}".encode(), digest_size=8).hexdigest()


def as_read(text: str) -> str:
    """Normalise what no reader would call a change: forms of quotes, dashes and spaces."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).split())


def _is_same(known: Known, entry: Entry, guids: Guids) -> bool:
    """Decide whether a guid whose address changed still means the same article, which the guid alone does not show.

    Evidence is the title, the exact time (but not midnight, which feeds write that know only the day), the publisher's
    number in both addresses, or a guid that is such a number. Any other guid may be a counter, or one for all entries,
    so a merely similar title does not suffice unless most of the document stayed the same.
    """
    if entry.guid in guids.reused:
        return False
    if as_read(known.title) == as_read(entry.title) or _same_moment(known, entry) or _same_number(known, entry):
        return True
    apart = _time_between(known, entry)
    if _LASTING.search(entry.guid) or canonical(entry.guid) == (canonical(known.url) or known.url):
        return apart is None or apart <= _UPDATED_WITHIN or _titles_overlap(known.title, entry.title)
    return guids.steady and (_titles_overlap(known.title, entry.title) or apart == timedelta())


def _same_moment(known: Known, entry: Entry) -> bool:
    return bool(known.published and known.published == entry.published and known.published.time() != time())


def _same_number(known: Known, entry: Entry) -> bool:
    """Decide whether guid, old address and new address all contain the publisher's number of the article."""
    numbers = {*_NUMBER.findall(entry.guid), *([entry.guid] if _CODE.fullmatch(entry.guid) else [])}
    return any(
        all(re.search(rf"(?<![a-z\d]){number}(?![a-z\d])", url, re.IGNORECASE) for url in (known.url, entry.url))
        for number in numbers
    )


def _time_between(known: Known, entry: Entry) -> timedelta | None:
    """Return the time between the dates; None if either is unknown."""
    return abs(entry.published - known.published) if entry.published and known.published else None


def _titles_overlap(one: str, other: str) -> bool:
    """Decide whether the other title has more than half of the shorter title's words."""
    old, new = (set(re.findall(r"\w+", as_read(title).casefold())) for title in (one, other))
    return len(old & new) * 2 > min(len(old), len(new))


def _address(url: str, source: str) -> str:
    address = canonical(url) or url
    return f"{address}#{source}" if is_opaque(url) else address


def _are_parts(one: str, other: str) -> bool:
    """Decide whether two addresses name two parts of a page."""
    anchors = [_ANCHOR.fullmatch(url) for url in (one, other) if "#" in url]
    return len({anchor["name"] for anchor in anchors if anchor}) == 2


def _is_front_page(address: str) -> bool:
    return _FRONT_PAGE.fullmatch(address) is not None


def revised(found: Identified) -> Known | None:
    """Return the article with its feed's new wording, None unless a reader would see the difference.

    A feed that omits or truncates the summary does not remove it.
    """
    known, entry = found.known, found.entry
    if known is None or not found.changed or found.changes_too_often:
        return None
    revised = replace(known, title=entry.title, summary=entry.summary or known.summary)
    texts = ((known.title, revised.title), (known.summary, revised.summary))
    return revised if any(as_read(old) != as_read(new) for old, new in texts) else None
