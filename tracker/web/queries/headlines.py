"""Read headline changes, each with the headline that followed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from datasette.database import Database

from tracker.models import Relevance, utc_text
from tracker.store.conditions import COUNTED_AT
from tracker.web.queries.rows import ask, timed

REACH = 10_000
"""Maximum changes examined for one page: those that pass a filter may be rare."""

_NEAR = 500
"""Changes examined first: of a common kind they hold enough."""

_COLUMNS = f"""
SELECT r.id, r.article, s.name AS source, s.id AS source_id, a.language, a.relevance, a.url, r.title AS earlier,
    coalesce((SELECT title FROM revisions WHERE article = r.article AND id > r.id ORDER BY id LIMIT 1), a.title)
        AS later, r.seen_until, r.replaced_at, {COUNTED_AT} AS published_at,
    r.kind, r.words, r.again, r.again_at"""  # noqa: S608  our own text

_WITHIN = """r.title_changed AND r.replaced_at >= :since AND r.replaced_at <= :until
    AND (r.replaced_at < :until OR r.id < :before)"""

_FILTERED = """a.relevance IN (SELECT value FROM json_each(:relevances))
    AND (:source IS NULL OR a.source = :source) AND iif(:kind IS NULL, r.kind <> 'running', r.kind = :kind)
    AND (NOT :stance OR r.words <> '[]')
ORDER BY r.replaced_at DESC, r.id DESC LIMIT :limit"""

_NAMED = f"""{_COLUMNS} FROM found AS r CROSS JOIN articles AS a ON a.id = r.article
    JOIN sources AS s ON s.id = a.source ORDER BY r.replaced_at DESC, r.id DESC"""

# The newest changes by index, up to the limit, and those of them that pass the filter.
_LATEST = f"""
WITH latest AS (SELECT * FROM revisions AS r WHERE {_WITHIN} ORDER BY r.replaced_at DESC, r.id DESC LIMIT :reach),
    found AS (SELECT r.* FROM latest AS r CROSS JOIN articles AS a ON a.id = r.article WHERE {_FILTERED})
{_NAMED}"""  # noqa: S608  our own text

_OF_SOURCE = f"""
WITH found AS (SELECT r.* FROM articles AS a CROSS JOIN revisions AS r ON r.article = a.id
    WHERE a.source = :source AND {_WITHIN} AND {_FILTERED})
{_NAMED}"""  # noqa: S608  our own text

_OF_STORY = f"""
{_COLUMNS} FROM articles AS a CROSS JOIN revisions AS r ON r.article = a.id JOIN sources AS s ON s.id = a.source
WHERE a.story = :story AND r.title_changed ORDER BY r.replaced_at DESC, r.id DESC LIMIT :limit"""

_REACHED = f"""
SELECT r.id, r.replaced_at FROM revisions AS r WHERE {_WITHIN}
ORDER BY r.replaced_at DESC, r.id DESC LIMIT 1 OFFSET :reach - 1"""  # noqa: S608  our own text

_FROM = "SELECT replaced_at FROM revisions WHERE id = :id"

_SOURCE = "SELECT name FROM sources WHERE id = :source"
_IS_LARGE = "SELECT 1 FROM articles WHERE source = :source LIMIT 1 OFFSET :few"
_FEW = 10_000
"""Up to this many articles of a source are looked up one by one; a larger source is assumed to have a recent change."""


@dataclass(frozen=True, slots=True)
class HeadlineChange:
    """A headline that was replaced, and its successor.

    `words` are the words of the debate's argument that were added ("+") or removed ("-"); `again` is how many more
    times the earlier headline was replaced, last at `again_at`.
    """

    id: int
    article: int
    source: str
    source_id: str
    language: str | None
    relevance: Relevance
    url: str
    earlier: str
    later: str
    seen_until: datetime
    replaced_at: datetime
    published_at: datetime
    kind: str
    words: tuple[str, ...]
    again: int
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Filter of changes: relevances of the article, kind (None: any but running pages), source, interval.

    `stance` keeps only changes that add or remove words of the debate's argument; `until` is exclusive.
    """

    relevances: Sequence[Relevance]
    kind: str | None
    stance: bool
    source: str | None
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class HeadlineChanges:
    """Some changes, newest first; `further` is the change from which to continue, None at the end.

    `reached` is the time of the oldest change examined, if the search stopped before the page was full.
    """

    changes: tuple[HeadlineChange, ...]
    further: int | None
    reached: datetime | None


async def changed(db: Database, wanted: ChangeFilter, before: int | None, limit: int) -> HeadlineChanges:
    """Return the matching changes, newest first, older than the change with id `before`."""
    parameters = await _parameters(db, wanted, before)
    whole = wanted.source is not None and not await ask(db, _IS_LARGE, source=wanted.source, few=_FEW)
    rows: list[dict[str, Any]] = []
    for reach in (REACH,) if whole else (min(_NEAR, REACH), REACH):
        if len(rows) <= limit:
            statement = _OF_SOURCE if whole else _LATEST
            rows = await ask(db, statement, **parameters | {"reach": reach}, limit=limit + 1)
    found = tuple(_change(row) for row in rows[:limit])
    if len(rows) > limit:
        return HeadlineChanges(found, found[-1].id, None)
    if not whole and (ends := await ask(db, _REACHED, **parameters)):
        end = timed(ends[0])
        return HeadlineChanges(found, end["id"], end["replaced_at"])
    return HeadlineChanges(found, None, None)


async def of_story(db: Database, story: int, limit: int) -> tuple[HeadlineChange, ...]:
    """Return the changed headlines of a story's articles, newest first."""
    return tuple(_change(row) for row in await ask(db, _OF_STORY, story=story, limit=limit))


async def source_name(db: Database, source: str) -> str | None:
    """Return a source's name; None if the id is unknown."""
    rows = await ask(db, _SOURCE, source=source)
    return str(rows[0]["name"]) if rows else None


async def _parameters(db: Database, wanted: ChangeFilter, before: int | None) -> dict[str, Any]:
    """Return the parameters of the statements."""
    until, number = (utc_text(wanted.until) if wanted.until else "9999"), 0
    if before is not None and (rows := await ask(db, _FROM, id=before)):
        until, number = rows[0]["replaced_at"], before
    return {
        "relevances": json.dumps(wanted.relevances),
        "kind": wanted.kind,
        "stance": wanted.stance,
        "source": wanted.source,
        "since": utc_text(wanted.since) if wanted.since else "",
        "until": until,
        "before": number,
        "reach": REACH,
    }


def _change(row: dict[str, Any]) -> HeadlineChange:
    return HeadlineChange(**timed(row | {"words": tuple(json.loads(row["words"]))}))
