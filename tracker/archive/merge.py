"""Store captures in time order, each as the poll that it would have been."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from tracker.archive import parts
from tracker.archive.parsing import Part
from tracker.archive.parts import ParsedCapture
from tracker.collect.conditional_fetch import NO_VALIDATORS
from tracker.collect.politeness import Politeness, PoliteQueue
from tracker.collect.worker import Parsing
from tracker.config.poll_config import PollConfig
from tracker.models import FeedState, Fetched, Parsed, Validators
from tracker.outcomes import Outcome
from tracker.pipeline.feed_poll import PollContext
from tracker.pipeline.round import named_feeds, open_poll_context, run_round
from tracker.store import feeds
from tracker.store.database import exclusive


@dataclass(slots=True)
class Merged:
    """The result of a merge.

    `stored` counts captures, `known` those merged before, `new` and `updated` articles. `too_late` counts, per feed,
    captures from before the database's first poll of it, which are not stored.
    """

    stored: int = 0
    known: int = 0
    new: int = 0
    updated: int = 0
    too_late: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Archive:
    """Stands for the web and the parser: answers every request with the present capture, and knows its entries."""

    parsers: Parsing
    present: ParsedCapture | None = None

    async def fetch(self, url: str, validators: Validators = NO_VALIDATORS) -> Fetched:  # noqa: ARG002  of a Fetching
        """Return the present capture; an archive does not say with which status it came."""
        assert self.present is not None  # noqa: S101  set before each round
        body = self.present.capture.body
        return Fetched(Outcome.OK, url, status=200, body=body, size=len(body))

    async def parse(self, body: bytes, url: str, content_type: str | None, now: datetime) -> Parsed:
        """Return the entries that the worker found, or parse what it left."""
        if self.present is not None and self.present.parsed is not None:
            return self.present.parsed
        return await self.parsers.parse(body, url, content_type, now)


async def merge(config: PollConfig, db: Path, found: Sequence[Part], progress: Callable[[int], object]) -> Merged:
    """Store the captures of all parts in time order, each as a round at its time; call `progress` after each.

    A capture that is no later than the last poll of its feed was merged before, so that an interrupted merge is
    continued by merging again. Raises Locked when a round is running.
    """
    merged = Merged()
    with exclusive(db):
        async with open_poll_context(config, db) as polling:
            archive = _Archive(polling.parsers)
            queue = PoliteQueue[FeedState](Politeness(pause=timedelta()))
            context = replace(polling, fetcher=archive, parsers=archive, queue=queue)
            polled = {
                part.history.feed: await context.writer.do(feeds.first_and_last_poll, part.history.feed)
                for part in found
            }
            for url, row in _in_time_order(found):
                if not _sort_out(merged, url, row.capture.at, polled[url]):
                    await _store(context, archive, url, row, merged)
                progress(1)
    return merged


def _in_time_order(found: Sequence[Part]) -> Iterator[tuple[str, ParsedCapture]]:
    """Yield the captures of all parts, each with its feed, earliest first."""
    series = [((part.history.feed, row) for row in parts.read(part.address)) for part in found]
    return heapq.merge(*series, key=lambda one: (one[1].capture.at, one[0]))


def _sort_out(merged: Merged, url: str, at: datetime, polled: tuple[datetime, datetime] | None) -> bool:
    """Count a capture that is not to be stored; return whether it was one. `polled` as before the merge."""
    if polled is None or at > polled[1]:
        return False
    if at < polled[0]:
        merged.too_late[url] = merged.too_late.get(url, 0) + 1
    else:
        merged.known += 1
    return True


async def _store(context: PollContext, archive: _Archive, url: str, row: ParsedCapture, merged: Merged) -> None:
    """Store one capture as a round in which only its feed was polled."""
    archive.present = row
    done = await run_round(context, await named_feeds(context, [url]), row.capture.at)
    merged.stored += 1
    merged.new += done.new
    merged.updated += done.updated
