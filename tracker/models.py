"""The nouns of the tracker as frozen values; every other module takes and returns these.

Times are aware UTC datetimes, durations are timedelta, texts are plain text unless a field says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from tracker.outcomes import Outcome

# fmt: off
Kind = Literal[
    "national", "tabloid", "broadcaster", "tech", "trade", "wire", "local",
    "ngo", "government", "police", "company", "research", "aggregator",
]
# fmt: on
"""What sort of publisher a source is."""

Facet = Literal["topic", "theme", "law", "organisation", "person", "place", "noise"]
"""What sort of thing a tag names."""

Relevance = Literal["both", "encryption", "child-safety", "none"]
"""Which of the two topics an article carries."""

Field = Literal["title", "summary"]
"""The parts of an article in which rules look for their terms."""

Role = Literal["term", "company"]
"""What words are to the rule that they made hold."""

Missing = Literal["company", "strength", "exclusion"]
"""What kept words from giving a tag."""

DateQuality = Literal["stated", "day", "repaired", "absent", "implausible"]
"""How far published_at can be trusted: as the feed states it, a day and no time, read by guessing, missing, or out
of range."""

KINDS: tuple[Kind, ...] = get_args(Kind)
FACETS: tuple[Facet, ...] = get_args(Facet)
FIELDS: tuple[Field, ...] = get_args(Field)
TOPICS: tuple[str, str] = ("encryption", "child-safety")


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet or actor that publishes; `kind`, `country` and `language` are None for an undeclared one.

    `family` is the owner under which sources count once, `country` ISO 3166-1 alpha-2 (or EU, INT),
    `language` ISO 639-1. `domains` are where its articles stand besides the hosts of its feeds: hosts, with a path
    where it shares them.
    """

    id: str
    name: str
    family: str
    kind: Kind | None = None
    country: str | None = None
    language: str | None = None
    domains: tuple[str, ...] = ()


NEW_PER_DAY = 1000
"""New entries of a feed that are taken in within a day, unless feeds.yaml says otherwise: as many as a news sitemap may
hold of two days, and four times the busiest day of ten papers' feeds, which were followed for months."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One subscribed document of a source; `every` None means the default interval.

    `new_per_day` is how many new entries are taken in within a day, those of the first document not counted.
    Where `url` holds `${NAME}`, the environment has the value; it is put in for the request only.
    """

    url: str
    source: str
    every: timedelta | None = None
    new_per_day: int = NEW_PER_DAY


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask "has it changed?", byte for byte as it came."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a feed publishes, as far as earlier polls could tell.

    `per_day` is a decaying mean of new entries a day, `usual` the usual time between two of them, `stated` how often
    the document itself says that it changes; each None while it is not known. `window` is how many entries the
    document holds.
    """

    per_day: float | None = None
    usual: timedelta | None = None
    stated: timedelta | None = None
    window: int = 0


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed and what earlier polls left: everything that decides the next one.

    `shown` are the ids of the articles that its document held when it was last read. `full_at` is when it was last
    sent in full. `kind` is that of its source. `room` is how many new entries may still be taken in, None any number.
    """

    id: int
    feed: Feed
    language: str | None = None
    kind: Kind | None = None
    validators: Validators = Validators()
    body_sha256: str | None = None
    moved_to: str | None = None
    failures: float = 0.0
    next_poll_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    full_at: datetime | None = None
    rhythm: Rhythm = Rhythm()
    shown: tuple[int, ...] = ()
    room: int | None = None
    last_outcome: Outcome | None = None

    @property
    def address(self) -> str:
        """The address to ask: where a permanent redirect led, else the declared one."""
        return self.moved_to or self.feed.url

    @property
    def cut_off(self) -> bool:
        """Whether the last poll failed because nothing could be reached, which was no fault of the feed's."""
        return self.last_outcome is not None and self.last_outcome.unreachable and not self.failures

    @property
    def failing(self) -> bool:
        """Whether the last poll failed by a fault of the feed's."""
        return self.last_outcome is not None and not self.last_outcome.observed and not self.cut_off


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one request, redirects followed, brought; `body` is set only with Outcome.OK.

    `size` counts bytes on the wire, `requests` those sent, redirects included; `elapsed` runs from the first
    byte sent to the last read. `url` is where the document was found, `moved_to` where only permanent redirects
    led (None: not moved). `retry_after` is what a 429 or 503 asked for, `fresh_for` how long the answer may be
    kept (Cache-Control or Expires; None: not said). `error` is a sentence for people.
    """

    outcome: Outcome
    url: str
    status: int | None = None
    body: bytes | None = field(default=None, repr=False)
    content_type: str | None = None
    validators: Validators = Validators()
    moved_to: str | None = None
    retry_after: timedelta | None = None
    fresh_for: timedelta | None = None
    size: int = 0
    requests: int = 0
    elapsed: timedelta = timedelta()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Outlet:
    """The publisher that an aggregator names for an entry; `url` is its site, None when it is not given."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as the feed states it, made safe: plain text, absolute http(s) link.

    `guid` is the feed's own id, or what stands in for a missing one, unique within its document.
    `published` is None when absent or unreadable; `published_raw` is what the feed wrote. `outlet` is who
    published it where that is not the feed's own source.
    """

    guid: str
    url: str
    title: str
    summary: str = ""
    author: str | None = None
    language: str | None = None
    published: datetime | None = None
    published_raw: str | None = None
    date_quality: DateQuality = "absent"
    outlet: Outlet | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A feed document read: its entries in document order, and how many could not be used.

    `every` is how often the document says that it changes (RSS ttl, sy:update*); None when it does not say.
    """

    entries: tuple[Entry, ...]
    title: str = ""
    language: str | None = None
    skipped: int = 0
    every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that gave a tag: `words` is `field[start:end]` of the stored text, in code points.

    Those in the role of a term made the rule fire, those of company were needed beside it.
    """

    tag: str
    rule: str
    field: Field
    start: int
    end: int
    words: str
    role: Role = "term"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A tag that a text nearly got, the words that spoke for it, and what was missing.

    That is the company that the words need, more words or such in the title (they are but a hint), or that words which
    exclude the tag were not there.
    """

    tag: str
    missing: Missing
    words: str


@dataclass(frozen=True, slots=True)
class Tagging:
    """What a rulebook says of one text: its relevance, its tags in rulebook order, the points of each, and why.

    `near` are the tags that would have added a topic, had a little more spoken for them. `left_out` says of each tag
    how many words more gave it than `evidence` shows.
    """

    relevance: Relevance = "none"
    tags: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    scores: tuple[int, ...] = ()
    near: tuple[NearMiss, ...] = ()
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Poll:
    """One attempt to fetch a feed, as its row in `polls` will say it.

    `new`, `updated`, `skipped` and `left_out` (new, and too many for a day) count entries; `overlap` counts those that
    the document held when it was last read (None when it was not read now). `host` is who was asked, `requests` how
    often, redirects included.
    """

    outcome: Outcome
    status: int | None = None
    host: str = ""
    requests: int = 0
    size: int = 0
    elapsed: timedelta = timedelta()
    entries: int = 0
    new: int = 0
    updated: int = 0
    skipped: int = 0
    left_out: int = 0
    overlap: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did: polls by outcome, articles new and changed, and whether it was our own outage.

    `left` counts feeds that were not asked: in an outage, or because their turn has not come.
    """

    outcomes: Mapping[Outcome, int]
    new: int = 0
    updated: int = 0
    left: int = 0
    outage: bool = False
    retry_at: datetime | None = None

    @property
    def polls(self) -> int:
        """How many feeds were asked."""
        return sum(self.outcomes.values())

    @property
    def observed(self) -> int:
        """How many feeds answered with what they offer."""
        return sum(count for outcome, count in self.outcomes.items() if outcome.observed)


def utc_text(moment: datetime) -> str:
    """The stored form of a moment: UTC, whole seconds, `YYYY-MM-DDTHH:MM:SSZ`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_utc_text(text: str) -> datetime:
    """The moment that `utc_text` wrote; raises ValueError for anything else."""
    return datetime.fromisoformat(text)
