"""Whether the feeds fail or our own connection does, judged by which hosts answered; pure, `now` is an argument."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tracker.analyse.urls import host
from tracker.models import FeedState, Fetched

FEELERS = 20
"""Requests under way until one host is reached."""

_ENOUGH = 40
"""Silent hosts, where none was reached, after which asking more would only take time: twice the feelers."""

_LATELY = timedelta(days=1)
"""How long ago a host must have answered for its silence to say something of us while others answer."""


class Evidence:
    """What the hosts asked so far say of our connection.

    A host that took the connection shows that it works, even if nothing came of it; it says nothing more. Hosts that
    had been failing before say nothing, and those that did not answer lately only as long as nobody answers.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._familiar: dict[str, bool] = {}
        self._strangers: set[str] = set()
        self.reached = False

    def add(self, state: FeedState, fetched: Fetched) -> None:
        """Take into account what came of asking a feed."""
        asked = host(state.address)
        if not fetched.outcome.unreachable:
            self._familiar[asked] = self.reached = True
        elif fetched.requests:
            self.reached = True
        elif state.failures >= 1:
            return
        elif state.last_ok_at and self._now - state.last_ok_at <= _LATELY:
            self._familiar.setdefault(asked, False)
        else:
            self._strangers.add(asked)

    @property
    def answered(self) -> Mapping[str, bool]:
        """Each host that is evidence, and whether anything came back from it."""
        if any(self._familiar.values()):
            return self._familiar
        return {**dict.fromkeys(self._strangers, False), **self._familiar}

    @property
    def is_hopeless(self) -> bool:
        """Whether so many hosts were asked in vain that the others need not be."""
        return not self.reached and len(self.answered) >= _ENOUGH


def is_outage(answered: Mapping[str, bool]) -> bool:
    """True when so many hosts did not answer that the fault must be on our side.

    `answered` holds each host asked and whether anything came back. Fewer than three silent hosts say nothing about
    us; nor do twenty that share a provider, say, where three others answer and are more than a tenth.
    """
    answering = sum(answered.values())
    silent = len(answered) - answering
    most = silent > answering if answering < 3 else silent > 9 * answering
    return silent >= 3 and most


def feelers_first(states: Sequence[FeedState]) -> Sequence[FeedState]:
    """The feeds in their order, but before them some, from all over the list, that were well when they were last
    asked: whoever stands first in the line may be whoever has not answered for longest."""
    if len(states) <= FEELERS:
        return states
    well = [state for state in states if state.last_ok_at and not state.failures] or states
    first = well[:: -(-len(well) // FEELERS)]
    chosen = {state.id for state in first}
    return [*first, *(state for state in states if state.id not in chosen)]
