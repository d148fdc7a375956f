"""Whether a feed's document proves that nothing fell out of it unseen since it was last read; pure.

A document is a window: new entries come in and the oldest leave. If it still shows one of those that were the newest
last time, nothing can have passed through unseen. An entry that stays on top for weeks proves nothing, however long it
has been there; so not any shared entry counts.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Before:
    """An article that the document held when it was last read; `published` is None when no date is known."""

    article: int
    published: datetime | None


def is_continuous(before: Sequence[Before], now: Sequence[int], new: Set[int]) -> bool:
    """Whether `now`, the articles of the document in its order, of which some are `new`, follows on from `before`.

    Where nothing is new, or nothing was there before, nothing was missed.
    """
    if not before or not new:
        return True
    here = set(now)
    survivors = {item.article for item in before if item.article in here}
    if 2 * len(survivors) >= len(before):
        return True
    if all(item.published for item in before):
        return _newest_stayed(before, survivors)
    return _stands_below_the_new(now, new, survivors)


def _newest_stayed(before: Sequence[Before], survivors: Set[int]) -> bool:
    """Whether some entry stayed together with at least half of those that were newer.

    Where entries leave oldest first, the newest stay; single ones may be withdrawn. One that stays while most newer
    ones have gone is kept by hand.
    """
    newest_first = sorted(before, key=lambda item: (item.published, item.article), reverse=True)
    stayed = 0
    for rank, item in enumerate(newest_first, 1):
        stayed += item.article in survivors
        if item.article in survivors and 2 * stayed >= rank:
            return True
    return False


def _stands_below_the_new(now: Sequence[int], new: Set[int], survivors: Set[int]) -> bool:
    """Whether some old entry stands below all new ones, as it does where new ones are put on top."""
    last_new = max(place for place, article in enumerate(now) if article in new)
    return any(article in survivors for article in now[last_new + 1 :])
