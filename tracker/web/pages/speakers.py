"""The page of who is quoted most, and the page of one speaker with every quotation."""

from typing import Any, Final

from datasette.utils.asgi import NotFound

from tracker.publish.links import Links
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries.rows import ask, timed

UNBOUNDED = True
"""Visitors make up names."""

_MOST: Final = 200
"""Speakers, or quotations of one, that a page shows; the CSV has all."""

_SPEAKERS: Final = """
SELECT *, count(*) OVER () AS total FROM speakers ORDER BY quotations DESC, articles DESC, speaker LIMIT :most"""
_SPEAKER: Final = "SELECT * FROM speakers WHERE speaker = :name AND speaker_tag IS :tag"
_QUOTATIONS: Final = """
SELECT q.*, a.title FROM quotations AS q JOIN articles AS a ON a.id = q.article
WHERE iif(:tag IS NULL, q.speaker = :name AND q.speaker_tag IS NULL, q.speaker_tag = :tag)
ORDER BY q.published_at DESC, q.id DESC LIMIT :most"""


@page
async def speakers(datasette: Any, request: Any) -> Any:
    """Show those who are quoted most, or with a `name` the quotations of that speaker."""
    if "name" in request.args:
        return await _speaker(datasette, request)
    db, _ = opened(datasette)
    rows = [timed(row) for row in await ask(db, _SPEAKERS, most=_MOST)]
    return await html(datasette, request, "speakers.html", {"rows": rows})


async def _speaker(datasette: Any, request: Any) -> Any:
    """Show one speaker's quotations, newest first."""
    db, _ = opened(datasette)
    who = {"name": request.args["name"], "tag": request.args.get("tag") or None}
    found = await ask(db, _SPEAKER, **who)
    if not found:
        raise NotFound("Nobody of that name is quoted in a relevant article.")
    rows = [timed(row) for row in await ask(db, _QUOTATIONS, **who, most=_MOST)]
    filters = {"speaker_tag": who["tag"]} if who["tag"] else {"speaker": who["name"], "speaker_tag__isblank": "1"}
    table = Links(datasette.urls).table("quotations", ".csv", _dl="on", **filters)
    return await html(datasette, request, "speaker.html", {"speaker": timed(found[0]), "rows": rows, "csv": table})


ROUTES = [(r"^/speakers$", speakers)]
