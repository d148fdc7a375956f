"""Copies and stories as rows: articles still to be grouped, their candidates, and the result.

Call every function inside a transaction. Candidates come from the search index, so nothing else is stored for them or
rebuilt after a restart. CROSS JOIN makes SQLite query the index first: left to choose, it may start with all articles
of a source and query the index for each.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tracker.analyse.folding import fold
from tracker.analyse.stories.clustering import Belonging
from tracker.analyse.stories.copies import Likeness
from tracker.analyse.stories.entity_overlap import FACETS, Entities
from tracker.models import from_utc_text, utc_text
from tracker.store.appearance import BARE
from tracker.store.connection import Database

_NEWEST = 300
"""Most tagged articles to compare with; a tag on more within two days says little about one event."""

_COLUMNS = f"id, canonical_url, source, title, summary, author, language, {BARE} AS at, first_seen_at, story"


@dataclass(frozen=True, slots=True)
class Row:
    """An article as compared with others; `story` is None until it is grouped, `root` is what it copies, if any."""

    id: int
    key: str
    source: str
    title: str
    summary: str
    author: str | None
    language: str | None
    at: datetime
    first_seen: datetime
    story: int | None
    root: int | None = None


def ungrouped(db: Database, limit: int) -> list[Row]:
    """Return articles without a story, in an order independent of their arrival."""
    rows = db.query(
        f"SELECT {_COLUMNS} FROM articles WHERE story IS NULL ORDER BY {BARE}, canonical_url LIMIT ?",  # noqa: S608  fixed columns
        (limit,),
    )
    return [_row(row) for row in rows]


def ids_ungrouped(db: Database) -> set[int]:
    """Return the ids of articles without a story."""
    return {row[0] for row in db.execute("SELECT id FROM articles WHERE story IS NULL")}


def rows(db: Database, articles: Iterable[int]) -> list[Row]:
    """Return these articles, ordered by id."""
    found = db.query(
        f"""SELECT {_COLUMNS}, (SELECT root FROM copies WHERE article = articles.id) AS root FROM articles
        WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id""",  # noqa: S608  fixed columns
        (json.dumps(list(articles)),),
    )
    return [_row(row) for row in found]


def members(db: Database, story: int, most: int) -> list[int]:
    """Return the latest `most` articles of a story that are not copies, in order of appearance."""
    found = db.query(
        f"""SELECT id FROM articles WHERE story = ? AND id NOT IN (SELECT article FROM copies)
        ORDER BY {BARE} DESC, canonical_url DESC LIMIT ?""",  # noqa: S608  a fixed expression
        (story, most),
    )
    return [row["id"] for row in found][::-1]


def first_id_since(db: Database, moment: datetime) -> int:
    """Return the id of the first article seen since `moment`; nothing published since has a lower one."""
    found = db.query(
        "SELECT id FROM articles WHERE first_seen_at >= ? ORDER BY first_seen_at, id LIMIT 1", (utc_text(moment),)
    )
    return int(next(found, {"id": 1 << 62})["id"])


def holding(db: Database, word: str, article: Row, reach: timedelta, first: int) -> list[int]:
    """Return the articles from `first` on that contain a word or its stem.

    One stored long after publication, such as an import, is compared with those of its own days.
    """
    if article.first_seen - article.at <= reach:
        found = db.conn.execute(  # runs a dozen times per article; the library's own execute() takes a tenth longer
            "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? AND rowid >= ?", (_phrase(word), first)
        )
    else:
        found = db.execute(
            f"""SELECT articles.id FROM articles_fts CROSS JOIN articles ON articles.id = articles_fts.rowid
            WHERE articles_fts MATCH ? AND {BARE} BETWEEN ? AND ?""",  # noqa: S608  a fixed expression
            (_phrase(word), utc_text(article.at - reach), utc_text(article.at + reach)),
        )
    return [row[0] for row in found]


def carrying(db: Database, tag: str, article: Row, reach: timedelta, first: int) -> list[int]:
    """Return the newest articles from `first` on that carry a tag; a late one is compared as in holding().

    The limit keeps a flood of tagged articles from costing each more than a busy day does.
    """
    if article.first_seen - article.at <= reach:
        found = db.execute(
            "SELECT article FROM article_tags WHERE tag = ? AND article >= ? ORDER BY article DESC LIMIT ?",
            (tag, first, _NEWEST),
        )
    else:
        found = db.execute(
            f"""SELECT articles.id FROM articles JOIN article_tags ON article_tags.article = articles.id
            WHERE article_tags.tag = ? AND {BARE} BETWEEN ? AND ?""",  # noqa: S608  a fixed expression
            (tag, utc_text(article.at - reach), utc_text(article.at + reach)),
        )
    return [row[0] for row in found]


def entities(db: Database, articles: Iterable[int]) -> dict[int, Entities]:
    """Return the tags of these articles that point to an event, with the words that gave them."""
    found: dict[int, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in db.execute(
        """SELECT e.article, t.facet, t.id, e.words FROM evidence AS e JOIN tags AS t ON t.id = e.tag
        WHERE e.article IN (SELECT value FROM json_each(?)) AND t.facet IN (SELECT value FROM json_each(?))""",
        (json.dumps(list(articles)), json.dumps(FACETS)),
    ):
        found[row[0]][row[1], row[2]].append(row[3])
    return dict(found)


def uses(db: Database, sentence: str, source: str, first: int) -> int:
    """Count the texts of a source from `first` on that contain a sentence; 4 means more than 3."""
    found = db.query(
        """SELECT count(*) AS n FROM (SELECT 1 FROM articles_fts CROSS JOIN articles ON articles.id = articles_fts.rowid
        WHERE articles_fts MATCH ? AND articles_fts.rowid >= ? AND articles.source = ? LIMIT 4)""",
        (f"summary : {_phrase(sentence)}", first, source),
    )
    return int(next(found)["n"])


def days_of_title(db: Database, title: str, first: int) -> int:
    """Count the days since article `first` on which a title was used, alone or within another."""
    found = db.query(
        f"""SELECT count(DISTINCT substr({BARE}, 1, 10)) AS n
        FROM articles_fts CROSS JOIN articles ON articles.id = articles_fts.rowid
        WHERE articles_fts MATCH ? AND articles_fts.rowid >= ?""",  # noqa: S608  a fixed expression
        (f"title : {_phrase(title)}", first),
    )
    return int(next(found)["n"])


def keep_copy(db: Database, article: int, root: int, found: Likeness, now: datetime) -> None:
    """Record that an article is a copy of another, and why."""
    db.execute(
        "INSERT INTO copies (article, root, why, score, found_at) VALUES (?, ?, ?, ?, ?)",
        (article, root, found.why, round(found.score, 3), utc_text(now)),
    )


def keep_story(db: Database, article: int, story: int, agency: str | None) -> None:
    """Record the story an article belongs to, and the agency it names."""
    db.execute("UPDATE articles SET story = ?, agency = ? WHERE id = ?", (story, agency, article))


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
    """Return when terms were last counted, in how many articles and by which analyse.wording; None if never."""
    return next(db.query("SELECT * FROM term_countings ORDER BY id DESC LIMIT 1"), None)


def count_terms(db: Database, version: int, now: datetime) -> None:
    """Recount how many articles contain each stem of the search index; stems in only one article are left out."""
    db.execute("DELETE FROM term_counts")
    db.execute("CREATE VIRTUAL TABLE temp.term_rows USING fts5vocab(main, articles_fts, row)")
    db.execute("INSERT INTO term_counts (term, articles) SELECT term, doc FROM temp.term_rows WHERE doc > 1")
    db.execute("DROP TABLE temp.term_rows")
    db.execute("INSERT INTO term_counts (term, articles) SELECT 'tag:' || tag, count(*) FROM article_tags GROUP BY tag")
    db.execute(
        """INSERT INTO term_countings (counted_at, articles, wording)
        SELECT ?, coalesce(max(id), 0), ? FROM articles_fts_docsize""",
        (utc_text(now), version),
    )


def term_counts(db: Database, terms: Iterable[str]) -> Counter[str]:
    """Return how many articles contained each stem at the last count, if more than one."""
    found = db.execute(
        "SELECT term, articles FROM term_counts WHERE term IN (SELECT value FROM json_each(?))",
        (json.dumps(list(terms), ensure_ascii=False),),
    )
    return Counter(dict(found.fetchall()))


def tag_count(db: Database, tag: str) -> int:
    """Return how many articles carried a tag at the last count; for a newer tag, how many do now, up to a limit."""
    counted = term_counts(db, [f"tag:{tag}"])
    now = "SELECT count(*) AS n FROM (SELECT 1 FROM article_tags WHERE tag = ? LIMIT 5000)"
    return counted[f"tag:{tag}"] or int(next(db.query(now, (tag,)))["n"])


def indexed(db: Database) -> int:
    """Return how many articles the search index holds: all up to the last, as none is ever removed."""
    return int(next(db.query("SELECT coalesce(max(id), 0) AS n FROM articles_fts_docsize"))["n"])


def _phrase(words: str) -> str:
    """Quote words for FTS5, folded as the index holds them."""
    return '"' + fold(words).replace('"', " ") + '"'


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
        first_seen=from_utc_text(row["first_seen_at"]),
        story=row["story"],
        root=row.get("root"),
    )
