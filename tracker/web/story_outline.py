"""Arrange a story's articles for display: copies under their text, outlets under their owner; pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.web.queries.story import Member


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a story and its copies by date; `after` is the time since the story's first text.

    The text is the one all the copies repeat; a copy may have an earlier date.
    """

    member: Member
    copies: tuple[Member, ...]
    after: timedelta

    @property
    def owners(self) -> int:
        """Number of owners that published it."""
        return len({one.family for one in (self.member, *self.copies)})


@dataclass(frozen=True, slots=True)
class Owner:
    """One owner's coverage of a story; `after` is the time from the story's first article to the owner's first."""

    family: str
    outlets: tuple[str, ...]
    articles: int
    first: Member
    after: timedelta

    @property
    def is_itself(self) -> bool:
        """Whether the owner is the outlet itself, so that there is nothing to show about it."""
        return self.family == self.first.source_id


def texts(members: Sequence[Member]) -> tuple[Text, ...]:
    """Return a story's texts by their earliest date; `members` must be in date order.

    A copy whose original is not among the members, such as one moved by hand, counts as a text.
    """
    by_id = {member.id: member for member in members}
    copies: dict[int, list[Member]] = defaultdict(list)
    order: dict[int, datetime] = {}
    for member in members:
        root = member.root if member.root in by_id else None
        order.setdefault(root or member.id, member.at)
        if root:
            copies[root].append(member)
    first = members[0].at if members else None
    return tuple(Text(by_id[one], tuple(copies[one]), at - (first or at)) for one, at in order.items())


def owners(members: Sequence[Member]) -> tuple[Owner, ...]:
    """Return the owners who covered a story, by their first article; `members` must be in date order."""
    by_family: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        by_family[member.family].append(member)
    return tuple(
        Owner(family, tuple(dict.fromkeys(one.source for one in own)), len(own), own[0], own[0].at - members[0].at)
        for family, own in by_family.items()
    )
