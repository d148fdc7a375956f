"""Releases to download, file by file, and the digests of the last weeks as text."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from datasette.utils.asgi import NotFound

from tracker.analyse.days import Period, before, ended
from tracker.publish.release.published import published, released_file
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries.activity import earliest, site_reference_time
from tracker.web.settings import Site
from tracker.web.stream import Exchange, stream

_CHUNK: Final = 500_000
"""Bytes per chunk."""

_WEEKS: Final = 8


@page
async def releases(datasette: Any, request: Any) -> Any:
    """List the releases, the latest first, and the digests of the last weeks."""
    db, site = opened(datasette)
    folder = site.settings.releases
    context = {
        "releases": await asyncio.to_thread(published, folder) if folder else (),
        "weeks": _weeks(await site_reference_time(db, site), await earliest(db), site),
    }
    return await html(datasette, request, "releases.html", context)


def _weeks(now: datetime, first: datetime | None, site: Site) -> list[Period]:
    """Return the last weeks that are over and have data, the latest first."""
    weeks: list[Period] = []
    week = ended("weekly", now, site.zone)
    while first and first < week.to_at and len(weeks) < _WEEKS:
        weeks.append(week)
        week = before(week, site.zone)
    return weeks


class _Content:
    """The chunks of a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def next(self) -> bytes:
        """Return the next chunk; empty at the end."""
        return self._file.read(_CHUNK)

    def interrupt(self) -> None:
        """A read ends by itself."""

    def close(self) -> None:
        """Close the file."""
        self._file.close()


async def release_file(datasette: Any, request: Any, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    """Send one file of a release. Raises NotFound if there is none of this name."""
    reader, site = opened(datasette)
    path = _path(site.settings.releases, request.url_vars["version"], request.url_vars["name"])
    headers = [
        (b"content-type", b"application/octet-stream"),
        (b"content-disposition", f'attachment; filename="{path.name}"'.encode()),
        (b"content-length", b"%d" % path.stat().st_size),
    ]
    if request.method == "HEAD":
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
    else:
        await stream(reader, lambda: _Content(path.open("rb")), Exchange(receive, send), headers)


def _path(folder: Path | None, version: str, name: str) -> Path:
    path = released_file(folder, version, name) if folder else None
    if path is None:
        raise NotFound("There is no such file in a release.")
    return path


ROUTES = [
    (r"^/releases$", releases),
    (r"^/releases/(?P<version>[0-9A-Za-z][0-9A-Za-z._-]*)/(?P<name>[0-9A-Za-z._-]+)$", release_file),
]
