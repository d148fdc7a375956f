"""A paper as an entry of the Atom feed of digests."""

from datetime import datetime

from tracker.publish import atom
from tracker.publish.digest import html
from tracker.publish.digest.links import Places
from tracker.publish.digest.outline import Outline
from tracker.publish.digest.wording import SUBJECT

KEPT = 30
"""How many digests the feed holds."""


def document(paper: Outline, until: datetime, places: Places, earlier: bytes | None = None) -> bytes:
    """The feed with this paper, on a period that ended `until`, and those that an earlier document of it holds."""
    feed = atom.Feed(
        title=f"{SUBJECT}: digests",
        address=None,
        page=places.site,
        tags="",
        updated=until,
        id=atom.identity(f"{places.site or ''} digests"),
    )
    entry = atom.Entry(
        id=atom.identity(f"{places.site or ''} digest {paper.name}"),
        title=paper.subject,
        updated=until,
        page=places.site,
        author=feed.title,
        html=html.fragment(paper),
    )
    return atom.continued(feed, entry, earlier, KEPT)
