"""Read the demo's feeds: fictional sources whose entries, written for the project, follow real dated events."""

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final, Literal

from tracker.config.yaml_positions import read
from tracker.models import Source

SHIPPED: Final = files("tracker.demo") / "feeds"

Trouble = Literal["http-503", "gone", "html", "malformed", "frozen"]


@dataclass(frozen=True, slots=True)
class Version:
    """The text of an entry from `since` on."""

    since: datetime
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class DemoEntry:
    """An entry; `published` is None if the feed states no date, and `versions` are oldest first."""

    link: str
    author: str | None
    published: datetime | None
    versions: tuple[Version, ...]

    def at(self, now: datetime) -> Version | None:
        """Return the version at a moment; None before the entry appears."""
        shown = [version for version in self.versions if version.since <= now]
        return shown[-1] if shown else None


@dataclass(frozen=True, slots=True)
class DemoFeed:
    """A source's only feed: its entries, oldest first, of which it shows the `window` newest."""

    source: Source
    path: str
    format: Literal["rss", "atom", "rdf"]
    window: int
    troubles: tuple[tuple[datetime, datetime | None, Trouble], ...]
    entries: tuple[DemoEntry, ...]

    def shown(self, now: datetime) -> list[tuple[DemoEntry, Version]]:
        """Return the entries in the document at a moment, newest first."""
        frozen = next((since for since, until, what in self._at(now) if what == "frozen"), now)
        visible = [(entry, version) for entry in self.entries if (version := entry.at(frozen))]
        return visible[-self.window :][::-1]

    def trouble(self, now: datetime) -> Trouble | None:
        """Return what is wrong with the feed at a moment; None if nothing is."""
        return next((what for _, _, what in self._at(now)), None)

    def moments(self) -> list[datetime]:
        """Return the moments at which the document changes."""
        return [version.since for entry in self.entries for version in entry.versions]

    def _at(self, now: datetime) -> list[tuple[datetime, datetime | None, Trouble]]:
        return [one for one in self.troubles if one[0] <= now and (one[1] is None or now < one[1])]


def demo_feeds(folder: Traversable = SHIPPED) -> list[DemoFeed]:
    """Return all feeds of a demo, in order of their source ids."""
    documents = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    return [_feed(read(item.read_text(encoding="utf-8"), item.name).value) for item in documents]


def _feed(value: dict[str, Any]) -> DemoFeed:
    source, feed = value["source"], value["feed"]
    entries: list[DemoEntry] = []
    for item in value["entries"]:
        entries.append(_entry(item, entries[-1].versions[0].since if entries else None))
    return DemoFeed(
        source=Source(**{"family": source["id"], **source}),
        path=feed["path"],
        format=feed["format"],
        window=feed["window"],
        troubles=tuple(
            (_moment(one["from"]), _moment(one["to"]) if "to" in one else None, one["what"])
            for one in feed.get("trouble") or []
        ),
        entries=tuple(entries),
    )


def _entry(item: dict[str, Any], before: datetime | None) -> DemoEntry:
    """Build an entry; one without a date appears together with the one before it."""
    published = _moment(item["published"]) if item.get("published") else None
    since = published or before
    if since is None:
        raise ValueError(f"the first entry of a demo feed needs a date: {item['link']}")
    versions = [Version(since, item["title"], item.get("summary") or "")]
    for change in item.get("revised") or []:
        last = versions[-1]
        versions.append(
            Version(_moment(change["at"]), change.get("title", last.title), change.get("summary", last.summary))
        )
    return DemoEntry(item["link"], item.get("author"), published, tuple(versions))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
