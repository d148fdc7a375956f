"""Copies and stories as rows: articles still to be grouped, and the result.

Call every function inside a transaction. An article without a story waits to be grouped. `grouped` is then 1 if it was
inside the scope, and 0 if it was only compared with those inside. CROSS JOIN makes SQLite query the search index first:
left to choose, it may start with all articles of a source and query the index for each.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Final

from tracker.analyse.folding import fold
from tracker.analyse.stories.clustering import Belonging
from tracker.analyse.stories.copies import Likeness
from tracker.analyse.stories.entity_overlap import SIGN_FACETS, Entities
from tracker.models import Scope, from_utc_text, utc_text
from tracker.store import counts
from tracker.store.appearance import BARE
from tracker.store.boilerplate import own_summaries
from tracker.store.conditions import WORDED_AT
from tracker.store.connection import Database
from tracker.store.floods import NOT_HELD
from tracker.store.rounds import ended_at

_AT_ONCE = 500  # articles read at once when all are counted

_MOST_OTHERS = 20
"""Most articles outside the scope that are compared with a new one inside it."""

_ELIGIBLE = f"(a.claimed = 0 AND {NOT_HELD})"

_IN_DEBATE = f"""((a.relevance <> 'none' OR EXISTS (SELECT 1 FROM near_misses AS n WHERE n.article = a.id)
    OR EXISTS (SELECT 1 FROM article_tags AS t JOIN tags AS g ON g.id = t.tag
        WHERE t.article = a.id AND g.facet IN ('law', 'organisation'))) AND {_ELIGIBLE})"""  # noqa: S608  our own text

SCOPES: Final[Mapping[Scope, str]] = {"debate": _IN_DEBATE, "all": _ELIGIBLE}
"""Conditions: the article `a` is grouped. In the debate are relevant articles, those that nearly are, and those that
name its laws and organisations. What only others say of a publisher's article, or is held of a flood, is never
grouped."""

AT: Final = "coalesce(a.worded_at, a.appeared_at, a.published_at, a.first_seen_at)"
"""When an article `a` appeared; from new words that brought it into the scope on, when it got these."""

_SEEN_AT = "coalesce(a.worded_at, a.appeared_at, iif(a.published_at IS NULL, a.first_seen_at, NULL))"
"""When a round found an article `a`, NULL if it is taken to have appeared at its date instead."""

_APPEARED = f"coalesce({ended_at(_SEEN_AT)}, {AT})"
"""When an article `a` appeared, as compared with others: all that a round found did so at its end."""

_ROWS = f"""SELECT a.id, canonical_url, source, coalesce(w.title, a.title) AS title,
coalesce(w.summary, a.summary) AS summary, author, language, {_APPEARED} AS at,
{ended_at(WORDED_AT)} AS seen, story,
(SELECT root FROM copies WHERE copies.article = a.id) AS root FROM articles AS a
LEFT JOIN earlier_words AS w ON w.id = (SELECT id FROM earlier_words WHERE article = a.id AND to_at > {WORDED_AT}
    ORDER BY to_at LIMIT 1)"""  # noqa: S608  our own text
"""Articles in the words by which they were grouped: those that replaced them later may be on another event."""


@dataclass(frozen=True, slots=True)
class Row:
    """An article as compared with others; `story` is None until it is grouped, `root` is what it copies, if any.

    `seen` is the end of the round in which its words were first seen.
    """

    id: int
    key: str
    source: str
    title: str
    summary: str
    author: str | None
    language: str | None
    at: datetime
    seen: datetime
    story: int | None
    root: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The articles of one round still to be grouped, in order of appearance, and those outside the scope, by id: their
    order does not matter, and rows that were stored together are updated at a third of the cost.

    `seen` is the end of the round; `uncounted` are those inside whose words are not yet counted.
    """

    seen: datetime
    inside: tuple[int, ...]
    outside: tuple[int, ...]
    uncounted: tuple[int, ...]


def next_round(db: Database, scope: Scope) -> Waiting | None:
    """Return the articles without a story of the earliest round that has any, in an order independent of arrival.

    None when every article has a story.
    """
    first = f"(SELECT min({WORDED_AT}) AS at FROM articles AS a WHERE story IS NULL)"  # noqa: S608  as below
    (seen,) = db.execute(f"SELECT {ended_at('at')} FROM {first}").fetchone()  # noqa: S608  fixed expressions
    if seen is None:
        return None
    found = db.execute(
        f"""SELECT id, coalesce(grouped, {SCOPES[scope]}), grouped IS NULL FROM articles AS a
        WHERE story IS NULL AND {WORDED_AT} <= ? ORDER BY {_APPEARED}, canonical_url""",  # noqa: S608  fixed expressions
        (seen,),
    ).fetchall()
    return Waiting(
        seen=from_utc_text(seen),
        inside=tuple(row[0] for row in found if row[1]),
        outside=tuple(sorted(row[0] for row in found if not row[1])),
        uncounted=tuple(row[0] for row in found if row[1] and row[2]),
    )


def rows(db: Database, articles: Iterable[int]) -> list[Row]:
    """Return these articles, ordered by id."""
    found = db.query(
        f"{_ROWS} WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY a.id",  # noqa: S608  our own text
        (json.dumps(list(articles)),),
    )
    return _rows(db, found)


def counted_on(db: Database, source: str, day: date) -> list[Row]:
    """Return the articles of a source that appeared on a day (UTC) and whose words are counted."""
    found = db.query(
        f"{_ROWS} WHERE grouped = 1 AND source = ? AND {AT} >= ? AND {AT} < ?",
        (source, str(day), str(day + timedelta(days=1))),
    )
    return _rows(db, found)


def all_counted(db: Database) -> Iterator[Row]:
    """Yield the articles whose words are counted, round by round."""
    found = db.query(f"{_ROWS} WHERE grouped = 1 ORDER BY {WORDED_AT}")
    while batch := _rows(db, islice(found, _AT_ONCE)):
        yield from batch


def mark_counted(db: Database, articles: Iterable[int]) -> None:
    """Record that these articles are inside the scope, and their words counted."""
    db.conn.executemany("UPDATE articles SET grouped = 1 WHERE id = ?", ((one,) for one in articles))


def members(db: Database, story: int, most: int) -> list[int]:
    """Return the latest `most` articles of a story that are not copies, in order of appearance."""
    found = db.query(
        f"""SELECT id FROM articles AS a WHERE story = ? AND id NOT IN (SELECT article FROM copies)
        ORDER BY {_APPEARED} DESC, canonical_url DESC LIMIT ?""",  # noqa: S608  a fixed expression
        (story, most),
    )
    return [row["id"] for row in found][::-1]


def first_id_since(db: Database, moment: datetime) -> int:
    """Return the id of the first article seen since `moment`; nothing published since has a lower one."""
    found = db.query(
        "SELECT id FROM articles WHERE first_seen_at >= ? ORDER BY first_seen_at, id LIMIT 1", (utc_text(moment),)
    )
    return int(next(found, {"id": 1 << 62})["id"])


def late_ids(db: Database, moment: datetime, below: int) -> list[int]:
    """Return the grouped articles with ids below `below` that have had their words only since `moment`."""
    found = db.execute(
        """SELECT id FROM articles WHERE stated_at >= ?1 AND id < ?2 AND grouped = 1
        UNION SELECT id FROM articles WHERE worded_at >= ?1 AND id < ?2 AND grouped = 1""",
        (utc_text(moment), below),
    )
    return [row[0] for row in found]


def first_id_after(db: Database, moment: datetime) -> int:
    """Return the id of the first article seen after `moment`."""
    found = db.query(
        "SELECT id FROM articles WHERE first_seen_at > ? ORDER BY first_seen_at, id LIMIT 1", (utc_text(moment),)
    )
    return int(next(found, {"id": 1 << 62})["id"])


def last_compared(db: Database) -> int:
    """Return the id of the newest article outside the scope that was compared with those inside; 0 if there is none."""
    found = db.execute("SELECT id FROM articles WHERE grouped = 0 ORDER BY id DESC LIMIT 1").fetchone()
    return found[0] if found else 0


def others_quoting(db: Database, phrases: Iterable[str], between: range) -> list[int]:
    """Return the articles outside the scope, no copies yet, with ids in this range and one of these phrases."""
    wanted = " OR ".join(map(_phrase, phrases))
    found = db.execute(
        """SELECT a.id FROM articles_fts CROSS JOIN articles AS a ON a.id = articles_fts.rowid
        WHERE articles_fts MATCH ? AND articles_fts.rowid >= ? AND articles_fts.rowid < ?
        AND a.grouped = 0 AND a.story = a.id ORDER BY a.id DESC LIMIT ?""",
        (wanted or '""', between.start, between.stop, _MOST_OTHERS),
    )
    return [row[0] for row in found]


def entities(db: Database, articles: Iterable[int]) -> dict[int, Entities]:
    """Return the tags of these articles that point to an event, with the words that gave them."""
    found: dict[int, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in db.execute(
        """SELECT e.article, t.facet, t.id, e.words FROM evidence AS e JOIN tags AS t ON t.id = e.tag
        WHERE e.article IN (SELECT value FROM json_each(?)) AND t.facet IN (SELECT value FROM json_each(?))""",
        (json.dumps(list(articles)), json.dumps(SIGN_FACETS)),
    ):
        found[row[0]][row[1], row[2]].append(row[3])
    return dict(found)


def days_of_title(db: Database, title: str, between: range) -> int:
    """Count the days on which articles with ids in this range used a title, alone or within another."""
    found = db.query(
        f"""SELECT count(DISTINCT substr({BARE}, 1, 10)) AS n
        FROM articles_fts CROSS JOIN articles ON articles.id = articles_fts.rowid
        WHERE articles_fts MATCH ? AND articles_fts.rowid >= ? AND articles_fts.rowid < ?""",  # noqa: S608  a fixed expression
        (f"title : {_phrase(title)}", between.start, between.stop),
    )
    return int(next(found)["n"])


def keep_copy(db: Database, article: int, root: int, found: Likeness, now: datetime) -> None:
    """Record that an article is a copy of another, and why."""
    db.execute(
        "INSERT INTO copies (article, root, why, score, found_at) VALUES (?, ?, ?, ?, ?)",
        (article, root, found.why, round(found.score, 3), utc_text(now)),
    )
    counts.mark_articles_stale(db, [article])


def keep_story(db: Database, article: int, story: int) -> None:
    """Record the story an article belongs to."""
    db.execute("UPDATE articles SET story = ? WHERE id = ?", (story, article))


def keep_alone(db: Database, agencies: Iterable[tuple[int, str | None]]) -> None:
    """Record that these articles are outside the scope, each a story of its own, and the agency each names, if any."""
    db.conn.executemany("UPDATE articles SET story = id, grouped = 0, agency = ?2 WHERE id = ?1", agencies)


def keep_agencies(db: Database, agencies: Iterable[tuple[int, str | None]]) -> None:
    """Record the agency that each of these articles names, None if it names none."""
    db.conn.executemany(
        "UPDATE articles SET agency = ?2 WHERE id = ?1 AND agency IS NOT ?2",
        agencies,
    )


def keep_link(db: Database, article: int, belonging: Belonging, why: str) -> None:
    """Record why an article joins its story."""
    db.execute(
        "INSERT INTO story_links (article, near, why, score) VALUES (?, ?, ?, ?)",
        (article, belonging.near, why, round(belonging.score, 3)),
    )


def keep_headline(db: Database, story: int, headline: int) -> None:
    """Recompute a story's row from its articles; `headline` is the article whose title represents it.

    A story of one article has no row.
    """
    db.execute("DELETE FROM stories WHERE id = ?", (story,))
    db.execute(
        f"""INSERT INTO stories (id, headline, articles, sources, families, first_at, last_at)
        SELECT story, ?, count(*), count(DISTINCT source), count(DISTINCT family), min({BARE}), max({BARE})
        FROM articles JOIN sources ON sources.id = articles.source
        WHERE story = ? GROUP BY story HAVING count(*) > 1""",  # noqa: S608  a fixed expression
        (headline, story),
    )


def counted(db: Database) -> Mapping[str, Any] | None:
    """Return when terms were last counted, in how many articles and by which word_features.VERSION; None if never."""
    return next(db.query("SELECT * FROM term_countings ORDER BY id DESC LIMIT 1"), None)


def count_terms(db: Database, version: int, now: datetime) -> None:
    """Recount for the search how many articles contain each stem of its index; those in only one are left out."""
    db.execute("DELETE FROM term_counts")
    db.execute("CREATE VIRTUAL TABLE temp.term_rows USING fts5vocab(main, articles_fts, row)")
    db.execute("INSERT INTO term_counts (term, articles) SELECT term, doc FROM temp.term_rows WHERE doc > 1")
    db.execute("DROP TABLE temp.term_rows")
    db.execute(
        """INSERT INTO term_countings (counted_at, articles, wording)
        SELECT ?, coalesce(max(id), 0), ? FROM articles_fts_docsize""",
        (utc_text(now), version),
    )


def last_id(db: Database) -> int:
    """Return the id of the newest article in the search index: how many there are, as none is ever removed."""
    return int(next(db.query("SELECT coalesce(max(id), 0) AS n FROM articles_fts_docsize"))["n"])


def _phrase(words: str) -> str:
    """Quote words for FTS5, folded as the index holds them."""
    return '"' + fold(words).replace('"', " ") + '"'


def _rows(db: Database, found: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return rows with their sources' boilerplate blanked."""
    rows = [_row(row) for row in found]
    summaries = own_summaries(db, [(row.source, row.summary) for row in rows])
    return [row if own == row.summary else replace(row, summary=own) for row, own in zip(rows, summaries, strict=True)]


def _row(row: Mapping[str, Any]) -> Row:
    return Row(
        id=row["id"],
        key=row["canonical_url"],
        source=row["source"],
        title=row["title"],
        summary=row["summary"],
        author=row["author"],
        language=row["language"],
        at=from_utc_text(row["at"]),
        seen=from_utc_text(row["seen"]),
        story=row["story"],
        root=row["root"],
    )
