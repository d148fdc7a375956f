"""Render a digest outline as an entry of the digests' Atom feed."""

from datetime import datetime

from tracker.publish import atom
from tracker.publish.digest import html
from tracker.publish.digest.links import Places
from tracker.publish.digest.outline import Outline
from tracker.publish.digest.wording import SUBJECT

KEPT = 30
"""Digests kept in the feed."""


def document(outline: Outline, until: datetime, places: Places, earlier: bytes | None = None) -> bytes:
    """Return the feed with this digest, on a period that ended `until`, and those an earlier document holds."""
    feed = atom.Feed(
        title=f"{SUBJECT}: digests",
        address=None,
        page=places.site,
        tags="",
        updated=until,
        id=atom.identity(f"{places.site or ''} digests"),
    )
    entry = atom.Entry(
        id=atom.identity(f"{places.site or ''} digest {outline.name}"),
        title=outline.subject,
        updated=until,
        page=places.site,
        author=feed.title,
        html=html.fragment(outline),
    )
    return atom.continued(feed, entry, earlier, KEPT)
