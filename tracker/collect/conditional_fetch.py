"""Fetch a feed with a conditional request, and cope with servers that mishandle those."""

import hashlib
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from tracker.collect import cadence
from tracker.models import FeedState, Fetched, Validators
from tracker.outcomes import Outcome

NO_VALIDATORS = Validators()

_MISHANDLED = frozenset({400, 404, 405, 406, 412, 416, 500, 501})
"""Errors that some servers answer to conditional requests only; others say that the server is overloaded or refuses."""

_BLANK_BYTES = b"\xef\xbb\xbf\0 \t\r\n"
"""Bytes that an empty document may consist of: white space, and what editors and buffers leave behind."""


class Fetching(Protocol):
    """What fetches documents, as collect.fetch.Fetcher does."""

    async def fetch(self, url: str, validators: Validators = NO_VALIDATORS) -> Fetched:
        """Return the document at `url`, or why it could not be fetched."""


async def fetch_feed(fetcher: Fetching, state: FeedState, now: datetime) -> Fetched:
    """Fetch a feed conditionally, or in full: now and then, and where its server mishandles conditional requests.

    A server that answers a conditional request with an error or an empty document is asked again at once, in full. One
    that calls every document unchanged is found out by a full request: if the document has changed, the server is asked
    whether it has.
    """
    ask, known = fetcher.fetch, state.validators
    whole = known == NO_VALIDATORS or state.unconditional or cadence.wants_all(state, now)
    first = await ask(state.address, NO_VALIDATORS if whole else known)
    if not whole and _is_mishandled(first):
        again = await ask(state.address, NO_VALIDATORS)
        return replace(_with_costs(again, first), unconditional=again.outcome is Outcome.OK)
    is_new = first.outcome is Outcome.OK and digest(first) != state.body_sha256
    if whole and known != NO_VALIDATORS and is_new and state.last_outcome is Outcome.NOT_MODIFIED:
        check = await ask(state.address, known)
        return replace(_with_costs(first, check), unchanged=check.outcome is Outcome.NOT_MODIFIED)
    return replace(first, unconditional=whole and first.status == HTTPStatus.NOT_MODIFIED)


def _is_mishandled(fetched: Fetched) -> bool:
    """Decide whether the response to a conditional request suggests that a full request may do better."""
    if fetched.outcome is Outcome.OK:
        return not (fetched.body or b"").strip(_BLANK_BYTES)
    return fetched.outcome is Outcome.HTTP_ERROR and fetched.status in _MISHANDLED


def _with_costs(fetched: Fetched, other: Fetched) -> Fetched:
    """Return the result with the costs of another request for the same feed."""
    return replace(
        fetched,
        requests=fetched.requests + other.requests,
        size=fetched.size + other.size,
        elapsed=fetched.elapsed + other.elapsed,
    )


def digest(fetched: Fetched) -> str:
    """Return the SHA-256 of a document."""
    return hashlib.sha256(fetched.body or b"").hexdigest()
