"""The content of one message to one recipient, as frozen values that every format is rendered from."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tracker.analyse.spikes import Spike
from tracker.models import from_utc_text
from tracker.publish.alerts.queries import Group
from tracker.store.appearance import APPEARED
from tracker.store.database import Database

_ARTICLES = f"""
SELECT a.id, a.title, a.url, a.canonical_url, a.language, a.relevance, {APPEARED} AS at,
    s.name AS source, s.id AS source_id,
    s.family, a.id = coalesce((SELECT headline FROM stories WHERE stories.id = a.story), a.id) AS heads
FROM articles AS a JOIN sources AS s ON s.id = a.source
WHERE {{which}} ORDER BY {APPEARED}, a.canonical_url LIMIT 500"""  # noqa: S608  our own text

_OF_STORY = _ARTICLES.format(which="a.story = ?")
_ALONE = _ARTICLES.format(which="a.id = ?")

_TAGS = """
SELECT DISTINCT t.id, t.label FROM article_tags AS c JOIN tags AS t ON t.id = c.tag
WHERE c.article IN (SELECT value FROM json_each(?)) AND t.facet <> 'noise' ORDER BY t.position"""


@dataclass(frozen=True, slots=True)
class Report:
    """One article as its publisher has it; `at` is its publication time, or when it was first seen if undated."""

    id: int
    title: str
    url: str
    language: str | None
    source: str
    source_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """A story or a single article: the number is the story's, or the article's where `story` is None.

    `head` represents it, `first` is the earliest report; `sources` are the names of all that reported on it.
    """

    story: int | None
    head: Report
    first: Report
    articles: int
    sources: tuple[str, ...]
    owners: int
    tags: tuple[tuple[str, str], ...]
    """Tags of the articles found: (id, label)."""


def news(db: Database, group: Group) -> News | None:
    """Return what is known of a group now; None when its articles are gone."""
    rows = list(db.query(_ALONE, (group.articles[0],)) if group.story is None else db.query(_OF_STORY, (group.story,)))
    if not rows:
        return None
    head = next((row for row in rows if row["heads"]), rows[0])
    return News(
        story=group.story if len(rows) > 1 else None,
        head=_report(head),
        first=_report(rows[0]),
        articles=len(rows),
        sources=tuple(dict.fromkeys(row["source"] for row in rows)),
        owners=len({row["family"] for row in rows}),
        tags=_tags(db, group.articles),
    )


def _tags(db: Database, articles: Sequence[int]) -> tuple[tuple[str, str], ...]:
    return tuple((row[0], row[1]) for row in db.execute(_TAGS, (json.dumps(articles),)))


def _report(row: dict[str, Any]) -> Report:
    names = ("id", "title", "url", "language", "source", "source_id")
    return Report(**{name: row[name] for name in names}, at=from_utc_text(row["at"]))


@dataclass(frozen=True, slots=True)
class Item:
    """A story or an article, and the alerts that found it; `keys` permanently identify what is sent with it."""

    news: News
    alerts: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spiked:
    """Far more articles than usual for a tag or search on one day, with the number of owners."""

    alert: str
    label: str
    day: date
    spike: Spike
    owners: int
    key: str
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem with the tracker itself: `subject` identifies it permanently; `over` says that it has ended."""

    subject: str
    said: str
    over: bool = False
    key: str = ""
    alert: str = ""
    """The alert that found it, if any."""


@dataclass(frozen=True, slots=True)
class Message:
    """Everything sent to one recipient at once. `more` stories are only counted."""

    recipient: str
    written_at: datetime
    items: tuple[Item, ...] = ()
    spikes: tuple[Spiked, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    more: int = 0
    further: tuple[str, ...] = ()
    """The keys of the stories that are only counted."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.items or self.spikes or self.troubles)

    @property
    def keys(self) -> tuple[str, ...]:
        """The permanent keys of everything sent with it."""
        inside = (key for item in self.items for key in item.keys)
        return (*inside, *(spiked.key for spiked in self.spikes), *(one.key for one in self.troubles), *self.further)

    @property
    def delivery(self) -> str:
        """Digits that identify this message and no other."""
        return digest_of(self.keys)

    def within(self, most: int) -> "Message":
        """Return the message limited to `most` stories, the rest counted."""
        rest = self.items[most:]
        further = (*self.further, *(key for item in rest for key in item.keys))
        return replace(self, items=self.items[:most], more=self.more + len(rest), further=further)


def digest_of(keys: Sequence[str]) -> str:
    """Hash keys to digits that reveal none of the names in them."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:32]
