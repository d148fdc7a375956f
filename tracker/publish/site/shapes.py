"""What the pages show, as frozen values: all that templates ever get of the database."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from tracker.models import Evidence, Facet, Missing, Relevance
from tracker.publish.site.weeks import Week


@dataclass(frozen=True, slots=True)
class Totals:
    """What is stored: articles, the sources they came from, the first sighting, the last activity and success."""

    articles: int
    sources: int
    since: datetime | None
    last_activity: datetime | None
    last_ok: datetime | None


@dataclass(frozen=True, slots=True)
class Recent:
    """Articles published in an interval: all that carry a topic, and those that carry both."""

    relevant: int
    both: int


@dataclass(frozen=True, slots=True)
class WeekCount:
    """Relevant articles published in a week; when it was not observed the counts are only what is known."""

    week: Week
    both: int
    encryption: int
    child_safety: int
    observed: bool

    @property
    def total(self) -> int:
        """All relevant articles of the week."""
        return self.both + self.encryption + self.child_safety


@dataclass(frozen=True, slots=True)
class Tag:
    """A label that an article carries."""

    id: str
    label: str
    facet: Facet


@dataclass(frozen=True, slots=True)
class TagCount:
    """How many relevant articles carry a tag."""

    tag: Tag
    articles: int


@dataclass(frozen=True, slots=True)
class SourceCount:
    """How many of the articles of a source are relevant."""

    id: str
    name: str
    relevant: int
    all: int


@dataclass(frozen=True, slots=True)
class Article:
    """An article as a list shows it; `url` is as the feed gave it and may be anything."""

    id: int
    title: str
    summary: str
    url: str
    source: str
    source_id: str
    language: str | None
    author: str | None
    relevance: Relevance
    published_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    date_quality: str
    published_raw: str | None
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Weight:
    """The points of an article's tag, and the tag's precision in the newest coded sample; None where there is none."""

    score: int
    precision: float | None
    precision_low: float | None
    precision_high: float | None


@dataclass(frozen=True, slots=True)
class Given:
    """A tag of an article with everything that gave it; no evidence means another tag implies it."""

    tag: Tag
    evidence: tuple[Evidence, ...]
    weight: Weight


@dataclass(frozen=True, slots=True)
class Nearly:
    """A tag that an article nearly got, what was missing, and the words that spoke for it."""

    tag: Tag
    missing: Missing
    words: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """An article seen in a feed, first and last."""

    source: str
    feed: str
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier title and summary of an article, first seen, last seen and first replaced at these times.

    `first_seen_at` is None where it is not known.
    """

    title: str
    summary: str
    title_changed: bool
    first_seen_at: datetime | None
    seen_until: datetime
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class AtOnce:
    """A headline of an article in a feed while another feed showed another; each with when it was seen."""

    title: str
    feed: str
    first_seen_at: datetime
    last_seen_at: datetime
    other_title: str
    other_feed: str
    other_first_seen_at: datetime
    other_last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class HeadlineChange:
    """A title that was replaced, and the title now."""

    article: int
    source: str
    language: str | None
    earlier: str
    now: str
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How a feed is doing, and `why` in words, empty when nothing is the matter; times are None when it never happened.

    `continuity` is how much of the last month in which it was polled it was seen, in per cent; None where nobody knows.
    """

    id: int
    source: str
    url: str
    health: str
    why: str
    continuity: float | None
    last_ok_at: datetime | None
    last_new_at: datetime | None
    gaps: int

    @property
    def host(self) -> str:
        """The host that serves the feed, for people."""
        return urlsplit(self.url).netloc or self.url


@dataclass(frozen=True, slots=True)
class Gap:
    """An interval in which a feed was not seen; `to_at` None means it is still open.

    `bridged` says that the feed, seen again, still showed what it had shown before: nothing was missed.
    """

    source: str
    feed: str
    from_at: datetime
    to_at: datetime | None
    reason: str
    bridged: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """How many gaps there were in which entries may have been missed, and of how many feeds."""

    gaps: int
    feeds: int
