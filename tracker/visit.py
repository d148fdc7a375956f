"""One poll of one feed, from its address to its rows: fetched, read in time, identified, tagged and stored.

Whatever comes of it is one transaction: its articles, the poll, the feed's new state and its gaps together, or none.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tracker.analyse.rules import Rulebook
from tracker.analyse.urls import host
from tracker.collect import cadence, rhythm
from tracker.collect.cadence import Heard, Next
from tracker.collect.fetch import Fetcher
from tracker.collect.turns import Turns
from tracker.collect.worker import ParserPool
from tracker.errors import ChallengePage, CollectError, NotAFeed, ParseTimeout
from tracker.intake import take_in
from tracker.models import FeedState, Fetched, Parsed, Poll, Validators
from tracker.outcomes import Outcome
from tracker.store import feeds, gaps
from tracker.store.database import Database, Writer

_PAUSED = timedelta(hours=1)
"""How much later than planned a poll must come before the tracker itself is taken to have been off."""

_PARSE_FAILURES: dict[type[CollectError], Outcome] = {
    ChallengePage: Outcome.CHALLENGE,
    NotAFeed: Outcome.NOT_A_FEED,
    ParseTimeout: Outcome.PARSE_TIMEOUT,
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What polls work with; all of it outlives them. `zone` is that in whose days is counted."""

    fetcher: Fetcher
    parsers: ParserPool
    writer: Writer
    rules: Callable[[], Rulebook]
    turns: Turns
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class _Document:
    """A document that was fetched and read, and the hash of its bytes."""

    fetched: Fetched
    sha256: str
    parsed: Parsed


async def fetch(desk: Desk, state: FeedState, now: datetime) -> Fetched:
    """What the server says; it is asked for the whole document now and then, however unchanged it calls it."""
    validators = Validators() if cadence.wants_all(state, now) else state.validators
    return await desk.fetcher.fetch(state.address, validators)


async def read_and_store(desk: Desk, state: FeedState, fetched: Fetched, now: datetime) -> Poll:
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
    return await desk.writer.do(_store_document, state, _Document(fetched, digest, parsed), desk.rules(), now)


def store_unread(db: Database, state: FeedState, fetched: Fetched, now: datetime, *, outage: bool = False) -> Poll:
    """Store a poll whose document was not read: unchanged, or not to be had; not the feed's fault in an `outage`."""
    poll = _poll(state, fetched)
    if fetched.outcome.observed:
        state = _seen(db, _kept(state, fetched, now), 0, now, continuous=True)
        after = cadence.after_success(state, Heard(fetched.fresh_for), now)
    elif outage:
        after = cadence.after_outage(state, now)
    else:
        after = cadence.after_failure(state, fetched.outcome, fetched.retry_after, now)
        if after.failures >= 1:
            gaps.open_for(db, [state.id], "error")
            state = replace(state, moved_to=None)  # the declared address may answer again
    _record(db, state, poll, after, now)
    return poll


def _store_document(db: Database, state: FeedState, document: _Document, rulebook: Rulebook, now: datetime) -> Poll:
    """Store a document's entries, their tags, the poll and the feed's new state."""
    fetched, parsed = document.fetched, document.parsed
    taken = take_in(db, state, parsed.entries, rulebook, now)
    if state.shown and state.last_ok_at:
        burst = rhythm.rate(taken.fresh, now - state.last_ok_at)
        after = _seen(db, _kept(state, fetched, now), taken.fresh, now, continuous=taken.continuous)
    else:
        burst = 0.0
        after = _seen_first(db, _kept(state, fetched, now), parsed, now)
    shown = (
        taken.shown or state.shown
    )  # an empty document proves nothing; the next is held against the last that was not
    window = replace(after.rhythm, stated=parsed.every, window=len(shown))
    after = replace(after, body_sha256=document.sha256, shown=shown, rhythm=window)
    poll = replace(
        _poll(state, fetched),
        entries=len(parsed.entries),
        new=taken.new,
        updated=taken.updated,
        skipped=parsed.skipped,
        overlap=taken.overlap,
    )
    _record(db, after, poll, cadence.after_success(after, Heard(fetched.fresh_for, burst), now), now)
    return poll


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
    """The feed's state after a poll that saw it, with so many entries that it had never shown; its gaps are noted."""
    since = state.last_ok_at or now
    if not gaps.close(db, state.id, now, bridged=continuous) and not continuous:
        due = state.next_poll_at or now
        gaps.record(db, state.id, since, now, "paused" if now - due > _PAUSED else "overflow")
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
