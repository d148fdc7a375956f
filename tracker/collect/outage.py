"""Distinguish failing feeds from an outage of our own connection, by which hosts answered; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tracker.analyse.urls import host
from tracker.models import FeedState, Fetched

PROBES = 20
"""Most concurrent requests until one host is reached."""

_ENOUGH = 40
"""Silent hosts, with none reached, after which to stop asking: twice the probes."""

_LOST = 10
"""Silent hosts in a row, all asked after the last contact, that prove our connection was lost since: fewer may share a
provider."""

_RECENTLY = timedelta(days=1)
"""How recently a host must have answered for its silence to count against us while others answer."""


class Evidence:
    """What the hosts asked so far reveal about our connection.

    A host that accepted the connection proves that it works, even if nothing else came; it counts for nothing more.
    Hosts that were already failing do not count, and those that did not answer lately count only as long as nobody
    answers. `contacts` counts the requests that reached a host so far.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._known: dict[str, bool] = {}
        self._unknown: set[str] = set()
        self._silent_since: set[str] = set()
        self.contacts = 0

    def add(self, state: FeedState, fetched: Fetched, contacts: int) -> None:
        """Add the result of asking a feed; `contacts` is their number when the feed was asked."""
        asked = host(state.address)
        if fetched.requests or not fetched.outcome.unreachable:
            self._silent_since.clear()
            self.contacts += 1
        if not fetched.outcome.unreachable:
            self._known[asked] = True
        elif fetched.requests or state.failures >= 1:
            return
        elif state.last_ok_at and self._now - state.last_ok_at <= _RECENTLY:
            self._known.setdefault(asked, False)
            if contacts == self.contacts:
                self._silent_since.add(asked)
        else:
            self._unknown.add(asked)

    @property
    def reached(self) -> bool:
        """Whether any host was reached."""
        return self.contacts > 0

    @property
    def lost(self) -> bool:
        """Whether our connection was lost after the last contact. Hosts asked before it, which may hang for long, prove
        nothing."""
        return self.reached and len(self._silent_since) >= _LOST

    @property
    def answered(self) -> Mapping[str, bool]:
        """Each host that counts, and whether it answered."""
        if any(self._known.values()):
            return self._known
        return {**dict.fromkeys(self._unknown, False), **self._known}

    @property
    def is_hopeless(self) -> bool:
        """Whether so many hosts were asked in vain that the rest can be skipped."""
        return not self.reached and len(self.answered) >= _ENOUGH


def is_outage(answered: Mapping[str, bool]) -> bool:
    """Decide whether so many hosts are silent that the fault must be ours.

    `answered` holds each host asked and whether it answered. Fewer than three silent hosts prove nothing; nor do twenty
    that share a provider, say, if at least three others answer and are more than a tenth.
    """
    answering = sum(answered.values())
    silent = len(answered) - answering
    most = silent > answering if answering < 3 else silent > 9 * answering
    return silent >= 3 and most


def probes_first(states: Sequence[FeedState]) -> Sequence[FeedState]:
    """Reorder feeds to start with a sample, from across the list, of feeds that were healthy when last polled: the
    front of the line may be whichever has not answered for longest.
    """
    if len(states) <= PROBES:
        return states
    well = [state for state in states if state.last_ok_at and not state.failures] or states
    first = well[:: -(-len(well) // PROBES)]
    chosen = {state.id for state in first}
    return [*first, *(state for state in states if state.id not in chosen)]
