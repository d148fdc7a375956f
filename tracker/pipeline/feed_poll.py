"""One poll of one feed, from its address to its rows: fetched, read in time, identified, tagged and stored.

Whatever comes of it is one transaction: its articles, the poll, the feed's new state and its gaps together, or none.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tracker.analyse.tagging.rules import Rulebook
from tracker.analyse.urls import host
from tracker.collect import cadence, rhythm
from tracker.collect.cadence import Next, PollHints
from tracker.collect.fetch import Fetcher
from tracker.collect.politeness import PoliteQueue
from tracker.collect.worker import ParserPool
from tracker.errors import ChallengePage, CollectError, NotAFeed, ParseTimeout
from tracker.models import FeedState, Fetched, Parsed, Poll, Validators
from tracker.outcomes import Outcome
from tracker.pipeline.ingest import Ingested, ingest
from tracker.store import appearance, feeds, floods, gaps
from tracker.store.database import Database, Writer
from tracker.store.floods import Brought

_PAUSED = timedelta(hours=1)
"""How much later than planned a poll must come before the tracker itself is taken to have been off."""

_NOTHING_KNOWN = Validators()
_BLANK = b"\xef\xbb\xbf\0 \t\r\n"
"""Bytes of which a document that says nothing may be made: spaces, and what editors and buffers leave."""

_PARSE_FAILURES: dict[type[CollectError], Outcome] = {
    ChallengePage: Outcome.CHALLENGE,
    NotAFeed: Outcome.NOT_A_FEED,
    ParseTimeout: Outcome.PARSE_TIMEOUT,
}


@dataclass(frozen=True, slots=True)
class PollContext:
    """What polls work with; all of it outlives them. `zone` is that in whose days is counted."""

    fetcher: Fetcher
    parsers: ParserPool
    writer: Writer
    rules: Callable[[], Rulebook]
    turns: PoliteQueue
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class _Document:
    """A document that was fetched and read, and the hash of its bytes."""

    fetched: Fetched
    sha256: str
    parsed: Parsed


async def fetch(desk: PollContext, state: FeedState, now: datetime) -> Fetched:
    """What the server says; it is asked for the whole document now and then, however unchanged it calls it.

    Some caches send an empty document to whoever asks whether it has changed. They are asked again at once without
    that question, and not asked it the next time.
    """
    known = _NOTHING_KNOWN if cadence.wants_all(state, now) else state.validators
    first = await desk.fetcher.fetch(state.address, known)
    if known == _NOTHING_KNOWN or first.body is None or first.body.strip(_BLANK):
        return first
    again = await desk.fetcher.fetch(state.address, _NOTHING_KNOWN)
    return replace(
        again,
        validators=_NOTHING_KNOWN,
        requests=first.requests + again.requests,
        size=first.size + again.size,
        elapsed=first.elapsed + again.elapsed,
    )


async def read_and_store(desk: PollContext, state: FeedState, fetched: Fetched, now: datetime) -> Poll:
    """Parse what is new and store it; whatever else came back is stored as what it is."""
    body = fetched.body or b""
    digest = hashlib.sha256(body).hexdigest()
    if fetched.outcome is Outcome.OK and digest == state.body_sha256:
        fetched = replace(fetched, outcome=Outcome.SAME_BODY)
    if fetched.outcome is not Outcome.OK:
        return await desk.writer.do(store_unread, state, fetched, now)
    try:
        parsed = await desk.parsers.parse(body, fetched.url, fetched.content_type, now)
    except CollectError as error:
        outcome = _PARSE_FAILURES.get(type(error), Outcome.PARSE_ERROR)
        fetched = replace(fetched, outcome=outcome, error=str(error))
        return await desk.writer.do(store_unread, state, fetched, now)
    if parsed.skipped and not parsed.entries:
        return await desk.writer.do(store_unread, state, _unusable(fetched, parsed.skipped), now)
    return await desk.writer.do(_store_document, state, _Document(fetched, digest, parsed), desk.rules(), now)


def _unusable(fetched: Fetched, items: int) -> Fetched:
    """The answer as the failure that it is when its document has items, and not one of them can be used."""
    sentence = f"None of the {items} items of this feed has a usable link and words."
    if items == 1:
        sentence = "The only item of this feed has no usable link or no words."
    return replace(fetched, outcome=Outcome.UNUSABLE, error=sentence)


def store_unread(db: Database, state: FeedState, fetched: Fetched, now: datetime, *, outage: bool = False) -> Poll:
    """Store a poll that gave no entries: unchanged, or not to be had; not the feed's fault in an `outage`.

    After an answer that is neither the document nor a word that it has not changed, the next request asks for all
    of it: the fault may lie in how the server deals with the question.
    """
    poll = _poll(state, fetched)
    if fetched.outcome.observed:
        state = _seen(db, _kept(state, fetched, now), 0, now, continuous=True)
        after = cadence.after_success(state, PollHints(fetched.fresh_for), now)
    elif outage:
        after = cadence.after_outage(state, now)
    else:
        after = cadence.after_failure(state, fetched.outcome, fetched.retry_after, now)
        if fetched.outcome.answered:
            state = replace(state, validators=_NOTHING_KNOWN)
        if after.failures >= 1:
            gaps.open_for(db, [state.id], "error", now)
            state = replace(state, moved_to=None)  # the declared address may answer again
    _record(db, state, poll, after, now)
    return poll


def _store_document(db: Database, state: FeedState, document: _Document, rulebook: Rulebook, now: datetime) -> Poll:
    """Store a document's entries, their tags, the poll and the feed's new state."""
    fetched, parsed = document.fetched, document.parsed
    day = floods.brought(db, state.id, now)
    taken = ingest(db, replace(state, room=floods.room(state, day)), parsed.entries, rulebook, now)
    flooding = _note_flood(db, state, day, taken, now)
    kept = replace(_kept(state, fetched, now), body_sha256=document.sha256)
    if state.shown and state.last_ok_at:
        burst = rhythm.rate(taken.fresh, now - state.last_ok_at)
        if taken.shown or taken.left_out:
            after = _seen(db, kept, taken.fresh, now, continuous=taken.continuous and not taken.left_out)
        else:
            after = _seen_empty(db, kept, now)
    else:
        burst = 0.0
        after = _seen_first(db, kept, parsed, now)
    shown = taken.shown or state.shown
    after = replace(after, shown=shown, rhythm=replace(after.rhythm, stated=parsed.every, window=len(shown)))
    poll = replace(
        _poll(state, fetched),
        entries=len(parsed.entries),
        new=taken.new,
        updated=taken.updated,
        skipped=parsed.skipped,
        left_out=taken.left_out,
        overlap=taken.overlap,
    )
    _record(db, after, poll, cadence.after_success(after, PollHints(fetched.fresh_for, burst, flooding), now), now)
    appearance.settle(db, taken.shown)
    return poll


def _note_flood(db: Database, state: FeedState, day: Brought, taken: Ingested, now: datetime) -> bool:
    """Whether the feed floods, with what was taken in of it now; then that is noted."""
    new = day.first + day.new + taken.new
    flooding = taken.left_out > 0 or rhythm.is_flood(new, day.usual, state.feed.new_per_day)
    if flooding:
        floods.note(db, state.id, taken.new, taken.left_out, now)
    return flooding


def _poll(state: FeedState, fetched: Fetched) -> Poll:
    """The row that an answer leaves, before anything is known of the entries in it."""
    return Poll(
        fetched.outcome,
        fetched.status,
        host=host(state.address),
        requests=fetched.requests,
        size=fetched.size,
        elapsed=fetched.elapsed,
        error=fetched.error,
    )


def _kept(state: FeedState, fetched: Fetched, now: datetime) -> FeedState:
    """The feed's state with what the server gave for the next request."""
    return replace(
        state,
        validators=fetched.validators,
        moved_to=fetched.moved_to or state.moved_to,
        full_at=state.full_at if fetched.outcome is Outcome.NOT_MODIFIED else now,
    )


def _seen(db: Database, state: FeedState, fresh: int, now: datetime, *, continuous: bool) -> FeedState:
    """The feed's state after a poll that saw it, with so many entries that it had never shown; its gap is noted."""
    since = state.last_ok_at or now
    if not gaps.close(db, state.id, now, bridged=continuous) and not continuous:
        due = state.next_poll_at or now
        gaps.record(db, state.id, since, now, "paused" if now - due > _PAUSED else "overflow")
    return _looked(db, state, fresh, now)


def _seen_empty(db: Database, state: FeedState, now: datetime) -> FeedState:
    """The feed's state after a document without entries where there had been some: it proves nothing either way.

    A gap is open from the last document that had entries to the next, which is held against it. What is empty is not
    asked whether it has changed: "unchanged" would be no proof.
    """
    gaps.open_for(db, [state.id], "overflow", now)
    return _looked(db, replace(state, validators=_NOTHING_KNOWN, body_sha256=None), 0, now)


def _looked(db: Database, state: FeedState, fresh: int, now: datetime) -> FeedState:
    """The feed's state after a look that found so many entries that it had never shown; its silence is noted."""
    since = state.last_ok_at or now
    waited = now - state.last_new_at if state.last_new_at else None
    after = rhythm.after_look(state.rhythm, fresh, now - since, waited)
    if fresh:
        gaps.end_silence(db, state.id, now)
    elif state.last_new_at and now > rhythm.silent_after(after, state.last_new_at):
        gaps.warn_of_silence(db, state.id, state.last_new_at)
    return replace(state, rhythm=after, last_ok_at=now, last_new_at=now if fresh else state.last_new_at)


def _seen_first(db: Database, state: FeedState, parsed: Parsed, now: datetime) -> FeedState:
    """The feed's state after the first document that may hold anything; its newest entry is as old as it says."""
    gaps.close(db, state.id, now, bridged=True)
    dates = [entry.published for entry in parsed.entries if entry.published and entry.published <= now]
    last_new_at = (max(dates) if dates else now) if parsed.entries else None
    look = rhythm.first_look(dates, len(parsed.entries), now)
    return replace(state, rhythm=look, last_ok_at=now, last_new_at=last_new_at)


def _record(db: Database, state: FeedState, poll: Poll, after: Next, now: datetime) -> None:
    """Store the poll, and the feed's state with what it means for the next one."""
    feeds.record_poll(db, state.id, poll, after.charged, now)
    feeds.record_state(db, replace(state, failures=after.failures, next_poll_at=after.at), poll, now)
