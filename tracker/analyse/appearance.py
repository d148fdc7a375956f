"""When an article appeared: what its date claims, weighed against when we first saw it; pure.

What a feed did not show when we looked was not published in it by then. A date that says so is a claim, and buys no
place before others.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

DELAY: Final = timedelta(hours=1)
"""How long before the last look without it an article may be dated and be believed: caches, embargoes, editors.

Of 5,900 new articles in the feeds of four papers, between 0.4 and 1.8 % were dated more than an hour before the last
look, and up to 3 % within that hour. Feeds of front pages, to which articles are moved later, have 5 to 14 %: there
it is true that an article was not to be seen before.
"""


@dataclass(frozen=True, slots=True)
class Stated:
    """The date of an article; `whole_day` where it names a day by its midnight, and no time."""

    at: datetime
    whole_day: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """When the feeds of its source, or of who speaks for it, first showed an article; and the last look without it.

    `unseen_at` is None where there was no such look: then the article may have been there for any time. What was
    missed after it, in a gap, was published after it.
    """

    first_at: datetime
    unseen_at: datetime | None = None


def appeared(stated: Stated | None, seen: Seen) -> datetime:
    """When an article counts as published where it is put in order with others.

    That is its date. It is when the article was first seen where it has no date, or one that lies in the future, or
    before the feed was last seen without the article; and where the date is but a day, and the feed was watched.
    """
    if stated is None or stated.at > seen.first_at:
        return seen.first_at
    if seen.unseen_at is None:
        return stated.at
    if stated.whole_day or stated.at < seen.unseen_at - DELAY:
        return seen.first_at
    return stated.at
