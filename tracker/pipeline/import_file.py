"""Articles from a file take the same way as polled ones, in the name of the sources that they state."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from tracker.analyse.slugs import slug_of
from tracker.analyse.urls import canonical
from tracker.collect.jsonl import Line, read_lines
from tracker.config.load import Config
from tracker.models import Entry, Poll, Source
from tracker.outcomes import Outcome
from tracker.pipeline.grouping import Grouper
from tracker.pipeline.ingest import Ingested, ingest
from tracker.store import appearance, articles, counts, feeds, sources
from tracker.store.database import Database, transaction

_BATCH = 500  # lines a transaction; enough that commits do not count, few enough that the site goes on reading


@dataclass(slots=True)
class Imported:
    """What became of a file: entries new, changed and already known, and the lines that could not be used."""

    new: int = 0
    updated: int = 0
    known: int = 0
    problems: list[Line] = field(default_factory=list)

    def add(self, entries: int, taken: Ingested) -> None:
        """Count some entries that are stored."""
        self.new += taken.new
        self.updated += taken.updated
        self.known += entries - taken.new - taken.updated


def import_articles(
    db: Database, lines: Iterable[str], config: Config, now: datetime, progress: Callable[[int], None]
) -> Imported:
    """Store the articles of JSON lines as of `now`, some hundred lines at a time; `progress` hears of each batch.

    A source is meant by its id or its name in feeds.yaml; any other is added under its name, without a kind.
    """
    with transaction(db):
        feeds.declare(db, config.sources, config.feeds)
    done = Imported()
    read = read_lines(lines, now)
    while batch := list(islice(read, _BATCH)):
        groups: dict[str, list[Entry]] = defaultdict(list)
        for line in batch:
            if line.entry is None:
                done.problems.append(line)
            else:
                groups[line.source].append(line.entry)
        with transaction(db):
            for name, entries in groups.items():
                done.add(len(entries), _import(db, _source(name, config), entries, config, now))
            articles.index(db)
        progress(len(batch))
    _group(db, now)
    _count(db, ZoneInfo(config.timezone), now)
    return done


def _group(db: Database, now: datetime) -> None:
    """Find copies and stories among what is new, as after a round."""
    grouper, left = Grouper(), 1
    while left:
        with transaction(db):
            left = grouper.step(db, now)


def _count(db: Database, zone: ZoneInfo, now: datetime) -> None:
    """Count the days on which something is new, as after a round."""
    left = 1
    while left:
        with transaction(db):
            left = counts.step(db, zone, now)


def _import(db: Database, source: Source, entries: list[Entry], config: Config, now: datetime) -> Ingested:
    """Store the entries of one source; those of one address only once, as the last line has it."""
    sources.add_undeclared(db, source)
    state = feeds.import_feed(db, source.id)
    unique = list({canonical(entry.url) or entry.url: entry for entry in entries}.values())
    taken = ingest(db, state, unique[::-1], config.rulebook, now)
    poll = Poll(Outcome.IMPORTED, entries=len(entries), new=taken.new, updated=taken.updated)
    feeds.record_poll(db, state.id, poll, 0.0, now)
    feeds.record_state(db, state, poll, now)
    appearance.settle(db, taken.shown)
    return taken


def _source(name: str, config: Config) -> Source:
    for source in config.sources:
        if name in {source.id, source.name}:
            return source
    slug = slug_of(name)
    return Source(slug, name, slug)
