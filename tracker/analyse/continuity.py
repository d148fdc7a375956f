"""Decide whether a feed's document proves that no entry was missed since its last read; pure.

A document is a window: new entries come in and the oldest leave. If one of the newest entries of last time is still in
it, nothing passed through unseen. An entry pinned on top for weeks proves nothing, so not just any shared entry counts.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Before:
    """An article in the document at its last read; `published` is None if unknown."""

    article: int
    published: datetime | None


def is_continuous(before: Sequence[Before], now: Sequence[int], new: Set[int]) -> bool:
    """Decide whether `now`, the document's articles in order, some of them `new`, follows on from `before`.

    If nothing is new, or nothing was there before, nothing was missed.
    """
    if not before or not new:
        return True
    here = set(now)
    survivors = {item.article for item in before if item.article in here}
    if 2 * len(survivors) >= len(before):
        return True
    if all(item.published for item in before):
        return _newest_stayed(before, survivors)
    return _is_below_new(now, new, survivors)


def _newest_stayed(before: Sequence[Before], survivors: Set[int]) -> bool:
    """Decide whether some entry stayed along with at least half of those newer than it.

    If entries leave oldest first, the newest stay; single ones may be withdrawn. An entry that stays while most newer
    ones have gone is pinned.
    """
    newest_first = sorted(before, key=lambda item: (item.published, item.article), reverse=True)
    stayed = 0
    for rank, item in enumerate(newest_first, 1):
        stayed += item.article in survivors
        if item.article in survivors and 2 * stayed >= rank:
            return True
    return False


def _is_below_new(now: Sequence[int], new: Set[int], survivors: Set[int]) -> bool:
    """Decide whether some old entry is below all new ones, as when new ones are added on top."""
    last_new = max(place for place, article in enumerate(now) if article in new)
    return any(article in survivors for article in now[last_new + 1 :])
