"""Import articles from a file through the same pipeline as polled ones, under the sources they name."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from tracker.analyse.names import slug_of
from tracker.analyse.urls import canonical
from tracker.collect.import_rows import ImportLine
from tracker.config.load import Config
from tracker.models import Entry, Poll, Source
from tracker.outcomes import Outcome
from tracker.pipeline.grouping import group_waiting
from tracker.pipeline.ingest import Ingested, ingest
from tracker.store import appearance, articles, counts, feeds, rounds, search_index, sources, tags, texts
from tracker.store.database import Database, transaction
from tracker.store.texts import TextAttempt

_BATCH = 500  # lines per transaction: commits are negligible, and the site can go on reading


@dataclass(slots=True)
class Imported:
    """Result of an import: counts of new, changed and already known entries, and the unusable lines."""

    new: int = 0
    updated: int = 0
    known: int = 0
    problems: list[ImportLine] = field(default_factory=list)

    def add(self, entries: int, ingested: Ingested) -> None:
        """Count stored entries."""
        self.new += ingested.new
        self.updated += ingested.updated
        self.known += entries - ingested.new - ingested.updated


def import_articles(
    db: Database, lines: Iterable[ImportLine], config: Config, now: datetime, progress: Callable[[int], None]
) -> Imported:
    """Store the articles of a file as of `now`, 500 lines at a time; call `progress` with each batch's size.

    A source is matched by its id or name in feeds.yaml; any other is added under its name, without a kind.
    """
    with transaction(db):
        feeds.declare(db, config.sources, config.feeds)
    imported = Imported()
    read = iter(lines)
    while batch := list(islice(read, _BATCH)):
        groups: dict[str, list[ImportLine]] = defaultdict(list)
        for line in batch:
            if line.entry is None:
                imported.problems.append(line)
            else:
                groups[line.source].append(line)
        with transaction(db):
            for name, lines_of in groups.items():
                entries = [line.entry for line in lines_of if line.entry]
                imported.add(len(entries), _import(db, _source(name, config), entries, config, now))
                _keep_texts(db, lines_of, config, now)
            search_index.index(db)
        progress(len(batch))
    with transaction(db):
        rounds.end(db, now)
    group_waiting(db, config.group, now)
    _count(db, ZoneInfo(config.timezone), now)
    return imported


def _count(db: Database, zone: ZoneInfo, now: datetime) -> None:
    """Update the daily counts, as after a round."""
    left = 1
    while left:
        with transaction(db):
            left = counts.step(db, zone, now)


def _import(db: Database, source: Source, entries: list[Entry], config: Config, now: datetime) -> Ingested:
    """Store the entries of one source; of several with one address, the last line wins."""
    sources.add_undeclared(db, source)
    state = feeds.import_feed(db, source.id)
    unique = list({canonical(entry.url) or entry.url: entry for entry in entries}.values())
    ingested = ingest(db, state, unique[::-1], config.rulebook, now)
    poll = Poll(Outcome.IMPORTED, entries=len(entries), new=ingested.new, updated=ingested.updated)
    feeds.record_poll(db, state.id, poll, 0.0, now)
    feeds.record_state(db, state, poll, now)
    appearance.settle(db, ingested.shown)
    return ingested


def _keep_texts(db: Database, lines: Iterable[ImportLine], config: Config, now: datetime) -> None:
    """Store the full texts of articles just imported, and the tags that these add."""
    given = {line.entry.url: line.text for line in lines if line.entry and line.text}
    known = articles.known_by_key(db, [canonical(url) or url for url in given])
    changed = []
    for url, text in given.items():
        if found := known.get(canonical(url) or url):
            texts.note(db, found.article, TextAttempt(Outcome.IMPORTED), now)
            if texts.keep(db, found.article, text, now):
                changed.append(found.article)
    if changed:
        tags.tag_again(db, changed, config.rulebook)


def _source(name: str, config: Config) -> Source:
    for source in config.sources:
        if name in {source.id, source.name}:
            return source
    slug = slug_of(name)
    return Source(slug, name, slug)
