"""The page of one story: its texts by time with their copies, who covered it when, and corrections by hand."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from datasette.database import Database
from datasette.utils.asgi import NotFound, Response

from tracker.publish.labels import FACET
from tracker.publish.links import Links
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries import headlines, stories
from tracker.web.queries import story as data
from tracker.web.queries.story import Member, Place, TagCount
from tracker.web.version_history import headline_diff

_ARTICLES = 400
_HEADLINES = 100
_OPEN = 12
"""Texts of a story that are shown at once; the rest are folded."""

_BARS = 24
"""Columns of the small timeline."""


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

    @property
    def outlets(self) -> frozenset[str]:
        """The ids of the outlets that published it."""
        return frozenset(one.source_id for one in (self.member, *self.copies))


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


@page
async def story(datasette: Any, request: Any) -> Any:
    """Show a story, or redirect to where its articles are now."""
    db, _ = opened(datasette)
    number = int(request.url_vars["id"])
    place = await data.place(db, number) if number < 2**63 else None
    if place is None:
        raise NotFound("There is no story with this number.")
    if elsewhere := _elsewhere(Links(datasette.urls), number, place):
        return Response.redirect(elsewhere)
    return await html(datasette, request, "story.html", await _context(db, number, request.args.get("outlet") or None))


def _elsewhere(links: Links, number: int, place: Place) -> str | None:
    """Return the URL that replaces this one, of the merged story or the only article; None if current."""
    if place.story is None or not place.several:
        return links.article(number)
    if place.story != number:
        return links.story(place.story) + ("#by-hand" if place.merged else "")
    return None


async def _context(db: Database, number: int, outlet: str | None) -> dict[str, Any]:
    members = await data.members(db, number, _ARTICLES)
    changes = await headlines.of_story(db, number, _HEADLINES)
    every = texts(members)
    listed = [text for text in every if outlet is None or outlet in text.outlets]
    if not listed:
        raise NotFound("No article of this story is from that outlet.")
    return {
        "story": (await stories.stories(db, [number]))[number],
        "first": members[0],
        "shown": len(members),
        "texts": listed[:_OPEN],
        "folded": listed[_OPEN:],
        "outlets": dict(
            sorted({one.source_id: one.source for one in members}.items(), key=lambda each: each[1].casefold())
        ),
        "outlet": outlet,
        "pace": pace([member.at for member in members]),
        "owners": owners(members),
        "tags": _by_facet(await data.tag_counts(db, number)),
        "changes": [headline_diff(change) for change in changes],
        "hand_changes": await data.hand_changes(db, number),
    }


def _by_facet(tags: Sequence[TagCount]) -> dict[str, list[TagCount]]:
    """Group the tags by facet, in the order of FACET."""
    by_facet: dict[str, list[TagCount]] = defaultdict(list)
    for count in tags:
        by_facet[count.tag.facet].append(count)
    return {facet: by_facet[facet] for facet in (*FACET, *by_facet) if by_facet.get(facet)}


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


@dataclass(frozen=True, slots=True)
class Pace:
    """How many articles appeared in each of equally long steps, from the first article on."""

    counts: tuple[int, ...]
    step: timedelta


def pace(moments: Sequence[datetime]) -> Pace:
    """Return the articles per hour, or as many hours as make at most _BARS steps; `moments` must be in order."""
    hours = (moments[-1] - moments[0]) // timedelta(hours=1) + 1
    step = timedelta(hours=-(-hours // _BARS))
    counts = [0] * ((moments[-1] - moments[0]) // step + 1)
    for moment in moments:
        counts[(moment - moments[0]) // step] += 1
    return Pace(tuple(counts), step)


def owners(members: Sequence[Member]) -> tuple[Owner, ...]:
    """Return the owners who covered a story, by their first article; `members` must be in date order."""
    by_family: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        by_family[member.family].append(member)
    return tuple(
        Owner(family, tuple(dict.fromkeys(one.source for one in own)), len(own), own[0], own[0].at - members[0].at)
        for family, own in by_family.items()
    )


ROUTES = [(r"^/story/(?P<id>[0-9]{1,18})$", story)]
