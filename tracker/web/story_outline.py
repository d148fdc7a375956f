"""Puts the articles of a story in order for people: copies under their text, outlets under their owner; pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.web.queries.story import Member


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a story and the copies of it in the order of their dates; `after` is how long after the first text.

    The text is the one that all the copies were found to repeat; a copy may bear an earlier date than it.
    """

    member: Member
    copies: tuple[Member, ...]
    after: timedelta

    @property
    def owners(self) -> int:
        """How many owners printed it."""
        return len({one.family for one in (self.member, *self.copies)})


@dataclass(frozen=True, slots=True)
class Owner:
    """What one owner's outlets had of a story, and how long after the first of all articles they began."""

    family: str
    outlets: tuple[str, ...]
    articles: int
    first: Member
    after: timedelta

    @property
    def is_itself(self) -> bool:
        """Whether the owner is the outlet: then there is nothing to tell of it."""
        return self.family == self.first.source_id


def texts(members: Sequence[Member]) -> tuple[Text, ...]:
    """The texts of a story by their earliest date; of members in the order of their dates.

    A copy whose text is not among the members, as one that was put elsewhere by hand, is a text.
    """
    here = {member.id: member for member in members}
    copies: dict[int, list[Member]] = defaultdict(list)
    order: dict[int, datetime] = {}
    for member in members:
        root = member.root if member.root in here else None
        order.setdefault(root or member.id, member.at)
        if root:
            copies[root].append(member)
    first = members[0].at if members else None
    return tuple(Text(here[one], tuple(copies[one]), at - (first or at)) for one, at in order.items())


def owners(members: Sequence[Member]) -> tuple[Owner, ...]:
    """The owners whose outlets told a story, by when each began; of members in the order of their dates."""
    of: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        of[member.family].append(member)
    return tuple(
        Owner(family, tuple(dict.fromkeys(one.source for one in its)), len(its), its[0], its[0].at - members[0].at)
        for family, its in of.items()
    )
