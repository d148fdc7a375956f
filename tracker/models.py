"""The tracker's core data types, frozen; every other module takes and returns these.

Times are timezone-aware UTC datetimes, durations are timedelta, text is plain text unless a field says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, Self, get_args

from tracker.errors import UsageError
from tracker.outcomes import Outcome, PageOutcome

# fmt: off
Kind = Literal[
    "national", "tabloid", "broadcaster", "tech", "trade", "wire", "local",
    "ngo", "government", "police", "company", "research", "aggregator",
]
# fmt: on
"""The type of publisher a source is."""

Facet = Literal["topic", "theme", "law", "organisation", "person", "place", "noise"]
"""The type of thing a tag names."""

Relevance = str
"""Which of the debate's topics an article is about: a topic's id if one, `BOTH` if more, or `NO_TOPIC`."""

BOTH: Final[Relevance] = "both"
NO_TOPIC: Final[Relevance] = "none"

Scope = Literal["debate", "all"]
"""What is grouped into stories: what is in or near the debate, or everything."""

Field = Literal["title", "summary", "body"]
"""The article fields that rules search for terms; the body is the full text, which is never published."""

Role = Literal["term", "context"]
"""Whether matched words are a term of the rule or the context it requires."""

Missing = Literal["context", "strength", "exclusion"]
"""Why matched words did not yield a tag."""

FileFormatName = Literal["csv", "jsonl", "parquet", "xlsx"]
ListStyle = Literal["json", "text"]
TEXT_FORMATS: Final[frozenset[FileFormatName]] = frozenset({"csv", "jsonl"})
"""Formats of plain text, which can be compressed and appended to."""

DateQuality = Literal["stated", "day", "repaired", "absent", "implausible"]
"""How far to trust published_at: as stated by the feed, a day without a time, partly guessed, missing, or out of
range."""

KINDS: tuple[Kind, ...] = get_args(Kind)
FACETS: tuple[Facet, ...] = get_args(Facet)
FIELDS: tuple[Field, ...] = get_args(Field)

PASSAGE_WORDS: Final = 25
"""Most words of a full text that are shown around what gave a tag."""

SUBJECT_FACETS: tuple[Facet, ...] = ("law", "person", "organisation", "theme", "place")
"""Facets of tags that say more of an article than its topics, the most telling first."""

RELEASING_KINDS: tuple[Kind, ...] = ("ngo", "government", "police", "company")
"""Kinds of source whose own texts the press reprints."""


@dataclass(frozen=True, slots=True)
class Source:
    """A publishing outlet or organisation; `kind`, `country` and `language` are None if undeclared.

    `family` is the owner; sources of one family count once. `country` is ISO 3166-1 alpha-2 (or EU, INT), `language`
    ISO 639-1. `domains` are where it publishes besides the hosts of its feeds: hosts, with a path if the host is
    shared. `full_text`: the pages of its relevant articles are read.
    """

    id: str
    name: str
    family: str
    kind: Kind | None = None
    country: str | None = None
    language: str | None = None
    domains: tuple[str, ...] = ()
    full_text: bool = False


NEW_PER_DAY = 1000
"""Default limit on new entries accepted from a feed per day: as many as a news sitemap may list for two days, and four
times the busiest day in the feeds of ten papers followed for months."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A subscribed feed of a source; `every` None means the default polling interval.

    `new_per_day` limits the new entries accepted per day, not counting those of the first document. `${NAME}` in `url`
    is replaced from the environment, for the request only.
    """

    url: str
    source: str
    every: timedelta | None = None
    new_per_day: int = NEW_PER_DAY


@dataclass(frozen=True, slots=True)
class Validators:
    """The validators a server sent for conditional requests, byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a feed publishes, as estimated from earlier polls.

    `per_day` is a decaying mean of new entries a day, `usual` the typical time between two, `stated` the update
    interval the document declares; each None while unknown. `window` is how many entries the document holds.
    """

    per_day: float | None = None
    usual: timedelta | None = None
    stated: timedelta | None = None
    window: int = 0


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed and the state left by earlier polls: which decides the next one.

    `shown` are the ids of the articles in its document at the last read. `full_at` is when it was last sent in full.
    `unconditional`: its server mishandles conditional requests, so none is sent.
    `kind` is its source's. `quota` is how many new entries may still be accepted, None for any number.
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
    unconditional: bool = False
    rhythm: Rhythm = Rhythm()
    shown: tuple[int, ...] = ()
    quota: int | None = None
    last_outcome: Outcome | None = None

    @property
    def address(self) -> str:
        """The URL to request: the target of a permanent redirect, else the declared one."""
        return self.moved_to or self.feed.url

    @property
    def source(self) -> str:
        """The id of its source."""
        return self.feed.source

    @property
    def cut_off(self) -> bool:
        """Whether the last poll failed because nothing was reachable, which is not the feed's fault."""
        return self.last_outcome is not None and self.last_outcome.unreachable and not self.failures

    @property
    def failing(self) -> bool:
        """Whether the last poll failed through the feed's own fault."""
        return self.last_outcome is not None and not self.last_outcome.observed and not self.cut_off


@dataclass(frozen=True, slots=True)
class Fetched:
    """The result of one request, redirects followed.

    `body` is the document with Outcome.OK; with a failure the part of it that came, None if nothing did.
    `size` counts bytes on the wire, `requests` all requests sent, redirects included; `elapsed` runs from the first
    byte sent to the last read. `url` is where the document was found, `moved_to` where permanent redirects alone led
    (None: not moved). `retry_after` is what a 429 or 503 asked for, as a wait or a time; `fresh_for` how long the
    response may be cached (Cache-Control or Expires; None: not stated). `error` is a sentence for people.
    `unconditional`: the server mishandles conditional requests. `unchanged`: it calls this new document unchanged.
    """

    outcome: Outcome
    url: str
    status: int | None = None
    body: bytes | None = field(default=None, repr=False)
    content_type: str | None = None
    validators: Validators = Validators()
    moved_to: str | None = None
    retry_after: timedelta | datetime | None = None
    fresh_for: timedelta | None = None
    size: int = 0
    requests: int = 0
    elapsed: timedelta = timedelta()
    error: str | None = None
    unconditional: bool = False
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Outlet:
    """The publisher an aggregator names for an entry; `url` is its site, None if not given."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A feed item as stated by the feed, sanitised: plain text, absolute http(s) link.

    `guid` is the feed's own id, or a substitute for a missing one, unique within its document. `published` is None when
    absent or unreadable; `published_raw` is what the feed wrote. `outlet` is the publisher if that is not the feed's
    own source.
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
    """A parsed feed document: its entries in document order, and how many were unusable.

    `every` is the update interval the document declares (RSS ttl, sy:update*); None if it declares none.
    """

    entries: tuple[Entry, ...]
    title: str = ""
    language: str | None = None
    skipped: int = 0
    every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page, one paragraph a line, or why there is none, in a sentence; `published` is YYYY-MM-DD."""

    outcome: PageOutcome
    text: str = ""
    author: str | None = None
    error: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that led to a tag: `words` is `field[start:end]` of the stored text, in code points.

    Words in the role of term fired the rule; those of context are the context required beside it. `passage` are the
    words around them, at most PASSAGE_WORDS, None in title and summary.
    """

    tag: str
    rule: str
    field: Field
    start: int
    end: int
    words: str
    role: Role = "term"
    passage: str | None = None


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A tag that a text nearly got, the words in its favour, and what was missing.

    Missing is context (the context that the words need), strength (hints need more words, or one in the title), or
    exclusion: words that exclude the tag are there, the first of which is `excluding`.
    """

    tag: str
    missing: Missing
    words: str
    excluding: str = ""


@dataclass(frozen=True, slots=True)
class Tagging:
    """A rulebook's verdict on one text: relevance, tags in rulebook order, points per tag, and the evidence.

    `near` are tags that would have added a topic with slightly more evidence. `left_out` counts, per tag, the matches
    that `evidence` omits.
    """

    relevance: Relevance = "none"
    tags: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    scores: tuple[int, ...] = ()
    near: tuple[NearMiss, ...] = ()
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Poll:
    """One attempt to fetch a feed, as recorded in its row in `polls`.

    `new`, `updated`, `skipped` and `left_out` (new, but over the daily limit) count entries; `changes_left_out` counts
    articles whose changed words are not kept because they change too often; `overlap` counts entries already in the
    document at its last read (None if it was not read this time). `host` is who was asked, `requests` how often,
    redirects included.
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
    changes_left_out: int = 0
    overlap: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """The result of one polling round: polls by outcome, new and changed articles, and whether the outage was ours.

    `left` counts feeds not polled: because of an outage, or because their turn has not come.
    """

    outcomes: Mapping[Outcome, int]
    new: int = 0
    updated: int = 0
    left: int = 0
    outage: bool = False
    retry_at: datetime | None = None

    @property
    def polls(self) -> int:
        """Number of feeds polled."""
        return sum(self.outcomes.values())

    @property
    def observed(self) -> int:
        """Number of feeds whose content was observed."""
        return sum(count for outcome, count in self.outcomes.items() if outcome.observed)


def utc_text(moment: datetime) -> str:
    """Format a moment for storage: UTC, whole seconds, `YYYY-MM-DDTHH:MM:SSZ`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_utc_text(text: str) -> datetime:
    """Parse what `utc_text` wrote; raises ValueError for anything else."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How to write a file. `excel` puts a byte order mark before a CSV, by which spreadsheets recognise UTF-8.

    `lists` is how CSV writes lists: as JSON, or as the text `a; b`. `line_end` is that of CSV.
    """

    name: FileFormatName = "csv"
    packed: bool = False
    excel: bool = False
    lists: ListStyle = "json"
    line_end: str = "\r\n"

    @property
    def extension(self) -> str:
        """The extension of such files, with its dot."""
        return f".{self.name}" + (".gz" if self.packed else "")

    @property
    def contradiction(self) -> str | None:
        """Why its options do not go together; None if they do."""
        if self.packed and self.name not in TEXT_FORMATS:
            return f"{self.name} files are already compressed; leave out gzip"
        if self.excel and self.name != "csv":
            return f"excel applies only to CSV; leave it out for {self.name}"
        if self.lists == "text" and self.name not in {"csv", "xlsx"}:
            return f"lists as text are for spreadsheets; {self.name} has real lists"
        return None

    def checked(self) -> Self:
        """Return itself. Raises UsageError when its options do not go together."""
        if self.contradiction:
            raise UsageError(self.contradiction)
        return self
