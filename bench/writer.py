"""Commits a poll's worth of articles every second, as `python -m bench.writer FILE`, until its input ends.

What a round does after its polls (the search index, copies and stories) is done after each of them here.
"""

import random
import select
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from zoneinfo import ZoneInfo

from bench import prose
from bench.documents import SEED
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.models import Entry, FeedState, Poll
from tracker.outcomes import Outcome
from tracker.pipeline.grouping import Grouper
from tracker.pipeline.ingest import ingest
from tracker.store import counts, feeds, search_index
from tracker.store.database import Database, opened, transaction

_EVERY = 1.0
_NEW = 4  # entries of a poll, of which one in ten is about the debate


def main(path: Path) -> None:
    rulebook = built_in_rulebook()
    with opened(path) as db:
        due, number = cycle(feeds.declared(db)), 0
        print("ready", flush=True)
        while not _told_to_end(_EVERY):
            now, state, number = datetime.now(UTC), next(due), number + 1
            with transaction(db):
                taken = ingest(db, state, list(entries(state, number, now)), rulebook, now)
                record(db, replace(state, last_ok_at=now, last_new_at=now), taken.new, now)
            with transaction(db):
                search_index.index(db)
                Grouper().step(db, now)
                counts.step(db, ZoneInfo("UTC"), now)
    print(number)


def _told_to_end(seconds: float) -> bool:
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    return bool(ready)


def entries(state: FeedState, number: int, now: datetime) -> Iterator[Entry]:
    """The new entries of a feed's document; another `number` gives others."""
    dice = random.Random(SEED + number)
    for n in range(_NEW):
        title, summary = prose.article(dice, on_topic=dice.random() < 0.1)
        url = state.feed.url.replace("feed.xml", f"new/{number}-{n}")
        stated = now - timedelta(minutes=n)
        yield Entry(url, url, title, summary, published=stated, published_raw=str(stated), date_quality="stated")


def record(db: Database, state: FeedState, new: int, now: datetime) -> None:
    """Store that a feed was polled."""
    poll = Poll(Outcome.OK, 200, requests=1, size=40_000, entries=_NEW, new=new)
    feeds.record_poll(db, state.id, poll, 0.0, now)
    feeds.record_state(db, replace(state, next_poll_at=now + timedelta(hours=1)), poll, now)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
