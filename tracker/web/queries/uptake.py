"""Read which outlets took up what an actor published, after how long, and with which of its words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from datasette.database import Database

from tracker.analyse.figures import figures
from tracker.analyse.quotes.repeated import words_of
from tracker.models import utc_text
from tracker.store.appearance import APPEARED
from tracker.store.conditions import RELEASING
from tracker.web.queries.rows import ask, timed

_RELEASES: Final = f"""
SELECT a.id, a.title, a.summary, a.language, a.url, a.relevance, a.story, {APPEARED} AS shown_at,
    coalesce((SELECT root FROM copies WHERE copies.article = a.id), a.id) AS root
FROM articles AS a WHERE a.source = :source AND a.relevance <> 'none' AND {APPEARED} >= :since AND {APPEARED} < :before
ORDER BY shown_at DESC, a.id DESC LIMIT :most"""  # noqa: S608  our own text

# Embargoed releases are often in print before they are in the actor's own feed, so a day before counts, too.
_TAKEN: Final = f"""
WITH release AS MATERIALIZED (
    SELECT value ->> 0 AS id, value ->> 1 AS root, value ->> 2 AS story, value ->> 3 AS at FROM json_each(:releases)),
actor AS MATERIALIZED (
    SELECT s.id, s.name, s.family,
        (SELECT t.id FROM tags AS t WHERE t.id = s.id OR t.label = s.name COLLATE NOCASE LIMIT 1) AS tag
    FROM sources AS s WHERE s.id = :source),
found AS (
    SELECT r.id AS release, c.article, 'copy' AS how FROM release AS r JOIN copies AS c ON c.root = r.root
    UNION SELECT r.id, r.root, 'copy' FROM release AS r
    UNION SELECT r.id, o.article, 'quotation' FROM release AS r CROSS JOIN quotes AS q ON q.article = r.id
        CROSS JOIN quotes AS o ON o.same = q.same
    UNION SELECT r.id, m.id, 'story' FROM release AS r CROSS JOIN articles AS m ON m.story = r.story)
SELECT f.release, a.id AS article, max(f.how = 'copy') AS copy, max(f.how = 'quotation') AS quotation,
    EXISTS (SELECT 1 FROM article_tags AS g WHERE g.article = a.id AND g.tag = actor.tag)
        OR instr(lower(a.title || ' ' || a.summary), lower(actor.name)) AS named,
    a.title, a.summary, a.language, a.url, s.id AS source_id, s.name AS source, {APPEARED} AS shown_at
FROM found AS f CROSS JOIN release AS r ON r.id = f.release CROSS JOIN articles AS a ON a.id = f.article
    CROSS JOIN sources AS s ON s.id = a.source CROSS JOIN actor
WHERE coalesce(s.kind, '') NOT IN {RELEASING} AND coalesce(s.family, s.id) <> coalesce(actor.family, actor.id)
    AND {APPEARED} >= strftime('%Y-%m-%dT%H:%M:%SZ', r.at, '-1 day')
    AND {APPEARED} < strftime('%Y-%m-%dT%H:%M:%SZ', r.at, '+30 days')
GROUP BY f.release, a.id ORDER BY f.release, shown_at, a.id"""  # noqa: S608  our own text


@dataclass(frozen=True, slots=True)
class TakenUp:
    """An article of the press that took up a release; `copy`, `quotation` and `same_figures` say what it has of it.

    `after` is negative where it appeared before. `headline_kept` is the share of its headline's words that stand in the
    release's, from 0 to 1; None if it has no headline.
    """

    row: Mapping[str, Any]
    after: timedelta
    copy: bool
    quotation: bool
    same_figures: bool
    headline_kept: float | None


@dataclass(frozen=True, slots=True)
class Release:
    """What an actor published on the debate, and the articles that took it up, in order of time."""

    row: Mapping[str, Any]
    taken_up: tuple[TakenUp, ...]


async def releases(db: Database, source: str, interval: tuple[datetime, datetime] | None, most: int) -> list[Release]:
    """Return the latest releases of an actor in a time (UTC, None for all), each with the articles that took it up.

    An article takes up a release if it is a copy of it, repeats a statement that it quotes, or reports the same event
    within thirty days and names the actor or shares a figure.
    """
    since, before = interval or (None, None)
    span = {"since": _text(since, ""), "before": _text(before, "a")}
    rows = [timed(row) for row in await ask(db, _RELEASES, source=source, most=most, **span)]
    wanted = json.dumps([[row["id"], row["root"], row["story"], _text(row["shown_at"], "")] for row in rows])
    found: dict[int, list[TakenUp]] = {row["id"]: [] for row in rows}
    by_id = {row["id"]: row for row in rows}
    for row in map(timed, await ask(db, _TAKEN, source=source, releases=wanted)):
        if one := _taken_up(by_id[row["release"]], row):
            found[row["release"]].append(one)
    return [Release(row, tuple(found[row["id"]])) for row in rows]


def _taken_up(release: Mapping[str, Any], row: Mapping[str, Any]) -> TakenUp | None:
    """Return how an article took up a release; None if it only belongs to the same story."""
    after = row["shown_at"] - release["shown_at"]
    shared = bool(_figures(release) & _figures(row))
    worded = bool(row["copy"] or row["quotation"])
    if not worded and (after < timedelta(0) or not (row["named"] or shared)):
        return None
    kept = _kept(release["title"], row["title"])
    return TakenUp(row, after, bool(row["copy"]), bool(row["quotation"]), shared, kept)


def _figures(row: Mapping[str, Any]) -> frozenset[tuple[float, str]]:
    return figures(f"{row['title']} {row['summary']}")


def _kept(release: str, headline: str) -> float | None:
    known, words = set(words_of(release)), words_of(headline)
    return sum(word in known for word in words) / len(words) if words else None


def _text(moment: datetime | None, otherwise: str) -> str:
    return utc_text(moment) if moment else otherwise
