"""Read who is quoted most, and a speaker's statements, each with all articles that quote it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from datasette.database import Database

from tracker.store.conditions import COUNTED_AT
from tracker.web.queries.rows import ask, timed

_SPEAKERS: Final = "SELECT * FROM speakers ORDER BY quotations DESC, articles DESC, speaker LIMIT :most"
_COUNT: Final = "SELECT count(*) AS n FROM speakers"
_SPEAKER: Final = "SELECT * FROM speakers WHERE speaker = :name AND speaker_tag IS :tag"

_TAGGED: Final = "q.tag = :tag"
_NAMED: Final = "q.tag IS NULL AND q.speaker = :name"

_STATEMENTS: Final = f"""
WITH latest AS MATERIALIZED (
    SELECT q.same, max({COUNTED_AT}) AS at FROM quotes AS q JOIN articles AS a ON a.id = q.article
    WHERE {{whose}} GROUP BY q.same ORDER BY at DESC, q.same LIMIT :most)
SELECT q.id, q.same, q.words, q.cue, coalesce(t.label, q.speaker) AS speaker, q.article, a.title, a.language,
    a.relevance, s.id AS source_id, s.name AS source, {COUNTED_AT} AS published_at, c.root AS copy_of
FROM latest JOIN quotes AS q ON q.same = latest.same JOIN articles AS a ON a.id = q.article
    JOIN sources AS s ON s.id = a.source LEFT JOIN copies AS c ON c.article = a.id LEFT JOIN tags AS t ON t.id = q.tag
ORDER BY latest.at DESC, q.same, published_at, q.id"""  # noqa: S608  our own text


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said: its quotations in order of time, the first of them apart, and how many copies had it too."""

    first: Mapping[str, Any]
    later: tuple[Mapping[str, Any], ...]
    copies: int


async def most_quoted(db: Database, most: int) -> tuple[list[dict[str, Any]], int]:
    """Return those who are quoted most, and how many are quoted at all."""
    rows = [timed(row) for row in await ask(db, _SPEAKERS, most=most)]
    return rows, (await ask(db, _COUNT))[0]["n"]


async def one_speaker(db: Database, name: str, tag: str | None) -> dict[str, Any] | None:
    """Return the row of a speaker; None if nobody of that name and tag is quoted."""
    rows = await ask(db, _SPEAKER, name=name, tag=tag)
    return timed(rows[0]) if rows else None


async def statements(db: Database, name: str, tag: str | None, most: int) -> list[Statement]:
    """Return the statements of a speaker that were quoted last, the latest first."""
    sql = _STATEMENTS.format(whose=_TAGGED if tag else _NAMED)
    by_statement: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in await ask(db, sql, name=name, tag=tag, most=most):
        by_statement[row["same"]].append(timed(row))
    return [_statement(rows) for rows in by_statement.values()]


def _statement(rows: list[dict[str, Any]]) -> Statement:
    own = [row for row in rows if row["copy_of"] is None] or rows[:1]
    copies = len({row["article"] for row in rows} - {row["article"] for row in own})
    seen = {own[0]["article"]}
    later = []
    for row in own[1:]:
        if row["article"] not in seen:
            later.append(row)
        seen.add(row["article"])
    return Statement(own[0], tuple(later), copies)
