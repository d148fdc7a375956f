"""Store the poll of one feed: parse what was fetched, identify and tag its articles, and store them.

A poll is one transaction: its articles, the poll row, the feed's new state and its gaps are stored together or not at
all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.analyse.urls import host
from tracker.collect import cadence
from tracker.collect.cadence import Next, PollHints
from tracker.collect.conditional_fetch import NO_VALIDATORS, Fetching, digest
from tracker.collect.formats.sniff import ends_behind_item, is_complete, lacks_end
from tracker.collect.politeness import PoliteQueue
from tracker.collect.worker import Parsing
from tracker.errors import ChallengePage, CollectError, NotAFeed, ParseTimeout
from tracker.models import FeedState, Fetched, Parsed, Poll, Scope
from tracker.outcomes import Outcome
from tracker.store import feeds, floods, gaps
from tracker.store.database import Database
from tracker.store.floods import DayIntake
from tracker.store.writer import Writer

if TYPE_CHECKING:
    from tracker.analyse.tagging.rules import Rulebook
    from tracker.pipeline.ingest import Ingested

_PAUSED_AFTER = timedelta(hours=1)
"""How late a poll must be before the tracker itself is assumed to have been off."""

_PARSE_FAILURES: dict[type[CollectError], Outcome] = {
    ChallengePage: Outcome.CHALLENGE,
    NotAFeed: Outcome.NOT_A_FEED,
    ParseTimeout: Outcome.PARSE_TIMEOUT,
}


@dataclass(frozen=True, slots=True)
class PollContext:
    """What every poll needs; outlives any one of them.

    `zone` is the time zone for counting days, `scope` what is grouped.
    """

    fetcher: Fetching
    parsers: Parsing
    writer: Writer
    rules: Callable[[], "Rulebook"]
    queue: PoliteQueue[FeedState]
    zone: ZoneInfo
    scope: Scope = "debate"


@dataclass(frozen=True, slots=True)
class _Document:
    """A document, fetched and parsed, with the SHA-256 of its bytes."""

    fetched: Fetched
    sha256: str
    parsed: Parsed


async def read_and_store(context: PollContext, state: FeedState, fetched: Fetched, now: datetime) -> Poll:
    """Parse and store a changed document, or the part of it that came; store any other answer as its outcome.

    A document with its end counts as whole, even if its server announced more or never ended the response.
    """
    if fetched.outcome is not Outcome.OK and fetched.body and is_complete(fetched.body):
        fetched = replace(fetched, outcome=Outcome.OK, error=None)
    sha256 = digest(fetched)
    if fetched.outcome is Outcome.OK and sha256 == state.body_sha256:
        fetched = replace(fetched, outcome=Outcome.SAME_BODY)
    elif fetched.outcome is not Outcome.OK and fetched.body:
        return await _read_part(context, state, fetched, now)
    if fetched.outcome is not Outcome.OK:
        return await context.writer.do(store_unread, state, fetched, now)
    try:
        parsed = await context.parsers.parse(fetched.body or b"", fetched.url, fetched.content_type, now)
    except CollectError as error:
        outcome = _PARSE_FAILURES.get(type(error), Outcome.PARSE_ERROR)
        fetched = replace(fetched, outcome=outcome, error=str(error))
        return await context.writer.do(store_unread, state, fetched, now)
    if lacks_end(fetched.body or b""):
        part = _part(replace(fetched, error="The document breaks off before its end."), parsed)
        return await context.writer.do(_store_part, state, part, context.rules(), now)
    if parsed.skipped and not parsed.entries:
        return await context.writer.do(store_unread, state, _unusable(fetched, parsed.skipped), now)
    return await context.writer.do(_store_document, state, _Document(fetched, sha256, parsed), context.rules(), now)


async def _read_part(context: PollContext, state: FeedState, fetched: Fetched, now: datetime) -> Poll:
    """Store the entries in the part of a document that came before it broke off, or the failure if there are none."""
    try:
        parsed = await context.parsers.parse(fetched.body or b"", fetched.url, fetched.content_type, now)
    except CollectError:
        parsed = Parsed(())
    part = _part(fetched, parsed)
    if not part.parsed.entries:
        return await context.writer.do(store_unread, state, fetched, now)
    return await context.writer.do(_store_part, state, part, context.rules(), now)


def _part(fetched: Fetched, parsed: Parsed) -> _Document:
    """Return a document that was cut short, without its last entry unless that came whole."""
    whole = parsed.entries if ends_behind_item(fetched.body or b"") else parsed.entries[:-1]
    sentence = f"{fetched.error} Complete entries received before that: {len(whole)}."
    if not whole:
        sentence = f"{(fetched.error or '').rstrip('.')}; no entry came whole."
    return _Document(replace(fetched, outcome=Outcome.CUT_SHORT, error=sentence), "", replace(parsed, entries=whole))


def _unusable(fetched: Fetched, items: int) -> Fetched:
    """Return the answer as a failure: its document has items, but none is usable."""
    sentence = f"None of the {items} items of this feed is an article with a usable link and words."
    if items == 1:
        sentence = "The only item of this feed is no article with a usable link and words."
    return replace(fetched, outcome=Outcome.UNUSABLE, error=sentence)


def store_unread(db: Database, state: FeedState, fetched: Fetched, now: datetime, *, outage: bool = False) -> Poll:
    """Store a poll without entries: unchanged or failed; in an `outage`, the feed is not charged.

    After an answer that is neither a document nor "not modified", the next request is unconditional: the server may
    mishandle conditional ones.
    """
    poll = _poll(state, fetched)
    state = replace(state, unconditional=state.unconditional or fetched.unconditional)
    if fetched.outcome.observed:
        state = _after_success(db, _with_validators(state, fetched, now), 0, now, continuous=True)
        after = cadence.after_success(state, PollHints(fetched.fresh_for), now)
    elif outage:
        after = cadence.after_outage(state, now)
    else:
        after = cadence.after_failure(state, fetched.outcome, fetched.retry_after, now)
        if fetched.outcome.answered:
            state = replace(state, validators=NO_VALIDATORS)
        if after.failures >= 1:
            gaps.open_for(db, [state.id], "error", now)
            state = replace(state, moved_to=None)  # the declared address may answer again
    _record(db, state, poll, after, now)
    return poll


def _store_document(db: Database, state: FeedState, document: _Document, rulebook: "Rulebook", now: datetime) -> Poll:
    """Store a document's entries and tags, the poll, and the feed's new state."""
    from tracker.pipeline.ingest import ingest  # noqa: PLC0415  most rounds bring nothing new
    from tracker.store import appearance  # noqa: PLC0415  as above

    fetched, parsed = document.fetched, document.parsed
    day = floods.day_intake(db, state.id, now)
    ingested = ingest(db, replace(state, quota=floods.remaining_quota(state, day)), parsed.entries, rulebook, now)
    flooding = _note_flood(db, state, day, ingested, now)
    kept = replace(
        _with_validators(state, fetched, now),
        body_sha256=document.sha256,
        unconditional=state.unconditional or fetched.unconditional or (fetched.unchanged and ingested.fresh > 0),
    )
    if ingested.incomplete:
        kept = replace(kept, validators=NO_VALIDATORS, body_sha256=None)  # what was left out is to be read again
    if state.shown and state.last_ok_at:
        burst = cadence.rate(ingested.fresh, now - state.last_ok_at)
        if ingested.shown or ingested.left_out:
            after = _after_success(
                db, kept, ingested.fresh, now, continuous=ingested.continuous and not ingested.left_out
            )
        else:
            after = _after_empty_document(db, kept, now)
    else:
        burst = 0.0
        after = _after_first_document(db, kept, parsed, now)
    shown = ingested.shown or state.shown
    after = replace(after, shown=shown, rhythm=replace(after.rhythm, stated=parsed.every, window=len(shown)))
    poll = _with_entries(_poll(state, fetched), parsed, ingested)
    _record(db, after, poll, cadence.after_success(after, PollHints(fetched.fresh_for, burst, flooding), now), now)
    appearance.settle(db, ingested.shown)
    return poll


def _store_part(db: Database, state: FeedState, document: _Document, rulebook: "Rulebook", now: datetime) -> Poll:
    """Store the entries of a document that was cut short, and the poll as a failure.

    It proves nothing: the gap stays open, and the next document is compared with the last whole one.
    """
    from tracker.pipeline.ingest import ingest  # noqa: PLC0415  most rounds bring nothing new
    from tracker.store import appearance  # noqa: PLC0415  as above

    day = floods.day_intake(db, state.id, now)
    quota = floods.remaining_quota(state, day)
    ingested = ingest(db, replace(state, quota=quota, shown=()), document.parsed.entries, rulebook, now)
    _note_flood(db, state, day, ingested, now)
    gaps.open_for(db, [state.id], "error", now)
    if ingested.fresh:
        gaps.end_silence(db, state.id, now)
    poll = replace(_with_entries(_poll(state, document.fetched), document.parsed, ingested), overlap=None)
    after = cadence.after_failure(replace(state, failures=0.0), poll.outcome, None, now)
    kept = replace(state, validators=NO_VALIDATORS, last_new_at=now if ingested.fresh else state.last_new_at)
    _record(db, kept, poll, after, now)
    appearance.settle(db, ingested.shown)
    return poll


def _with_entries(poll: Poll, parsed: Parsed, ingested: "Ingested") -> Poll:
    """Return the poll row with its entries counted."""
    return replace(
        poll,
        entries=len(parsed.entries),
        new=ingested.new,
        updated=ingested.updated,
        skipped=parsed.skipped,
        left_out=ingested.left_out,
        changes_left_out=ingested.changes_left_out,
        overlap=ingested.overlap,
    )


def _note_flood(db: Database, state: FeedState, day: DayIntake, ingested: "Ingested", now: datetime) -> bool:
    """Decide whether the feed floods, counting what was just ingested, and record a flood."""
    new = day.first + day.new + ingested.new
    flooding = ingested.left_out > 0 or cadence.is_flood(new, day.usual, state.feed.new_per_day)
    if flooding:
        floods.note(db, state.id, ingested.new, ingested.left_out, now)
    return flooding


def _poll(state: FeedState, fetched: Fetched) -> Poll:
    """Return the poll row for an answer, before its entries are counted."""
    return Poll(
        fetched.outcome,
        fetched.status,
        host=host(state.address),
        requests=fetched.requests,
        size=fetched.size,
        elapsed=fetched.elapsed,
        error=fetched.error,
    )


def _with_validators(state: FeedState, fetched: Fetched, now: datetime) -> FeedState:
    """Return the feed's state with the validators and address for the next request."""
    return replace(
        state,
        validators=fetched.validators,
        moved_to=fetched.moved_to or state.moved_to,
        full_at=state.full_at if fetched.outcome is Outcome.NOT_MODIFIED else now,
    )


def _after_success(db: Database, state: FeedState, fresh: int, now: datetime, *, continuous: bool) -> FeedState:
    """Return the feed's state after a successful poll with `fresh` never-seen entries; record or close its gap."""
    since = state.last_ok_at or now
    if not gaps.close(db, state.id, now, bridged=continuous) and not continuous:
        due = state.next_poll_at or now
        gaps.record(db, state.id, since, now, "paused" if now - due > _PAUSED_AFTER else "overflow")
    return _after_observation(db, state, fresh, now)


def _after_empty_document(db: Database, state: FeedState, now: datetime) -> FeedState:
    """Return the feed's state after an empty document from a feed that had entries: it proves nothing either way.

    A gap stays open from the last document with entries to the next one, which is compared with it. The next request is
    unconditional: "unchanged" would prove nothing.
    """
    gaps.open_for(db, [state.id], "overflow", now)
    return _after_observation(db, replace(state, validators=NO_VALIDATORS, body_sha256=None), 0, now)


def _after_observation(db: Database, state: FeedState, fresh: int, now: datetime) -> FeedState:
    """Return the feed's state after a poll that found `fresh` never-seen entries; start or end its silence."""
    since = state.last_ok_at or now
    waited = now - state.last_new_at if state.last_new_at else None
    after = cadence.after_look(state.rhythm, fresh, now - since, waited)
    if fresh:
        gaps.end_silence(db, state.id, now)
    elif state.last_new_at and now > cadence.silent_after(after, state.last_new_at):
        gaps.warn_of_silence(db, state.id, state.last_new_at)
    return replace(state, rhythm=after, last_ok_at=now, last_new_at=now if fresh else state.last_new_at)


def _after_first_document(db: Database, state: FeedState, parsed: Parsed, now: datetime) -> FeedState:
    """Return the feed's state after its first document, whose newest entry is as old as its date says."""
    gaps.close(db, state.id, now, bridged=True)
    dates = [entry.published for entry in parsed.entries if entry.published and entry.published <= now]
    last_new_at = (max(dates) if dates else now) if parsed.entries else None
    first = cadence.first_look(dates, len(parsed.entries), now)
    return replace(state, rhythm=first, last_ok_at=now, last_new_at=last_new_at)


def _record(db: Database, state: FeedState, poll: Poll, after: Next, now: datetime) -> None:
    """Store the poll, and the feed's state including its next poll."""
    feeds.record_poll(db, state.id, poll, after.charged, now)
    feeds.record_state(db, replace(state, failures=after.failures, next_poll_at=after.at), poll, now)
