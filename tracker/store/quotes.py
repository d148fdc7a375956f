"""Keep who is quoted in relevant articles."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tracker.analyse.folding import bare
from tracker.analyse.tagging.rules import Rulebook
from tracker.models import FIELDS, Tagging
from tracker.store import counts
from tracker.store.connection import Database
from tracker.store.texts import bodies

if TYPE_CHECKING:
    from tracker.analyse.quotes.known_speakers import KnownSpeakers

_MARKS = re.compile("[\"“”„«»‘’‚']")


def keep(db: Database, taggings: Mapping[int, Tagging], rulebook: Rulebook) -> None:
    """Store the quotations in the relevant ones of these articles, in place of those stored before.

    A speaker gets a tag only if the article has it: a person's name alone may be a namesake's.
    """
    before = _removed(db, taggings)
    relevant = json.dumps([article for article, tagging in taggings.items() if tagging.relevance != "none"])
    rows = db.query(
        "SELECT id, title, summary, language FROM articles WHERE id IN (SELECT value FROM json_each(?))", (relevant,)
    )
    read = bodies(db, [article for article, tagging in taggings.items() if tagging.relevance != "none"])
    whole = [row | {"body": read.get(row["id"], "")} for row in rows]
    quoting = [row for row in whole if any(_MARKS.search(row[field]) for field in FIELDS)]
    found = [one for row in quoting for one in _found(row, set(taggings[row["id"]].tags), rulebook)]
    db.conn.executemany(
        """INSERT INTO quotes (article, field, start, "end", words, same, speaker, tag, cue, confidence)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        found,
    )
    counts.mark_articles_stale(db, {article for article, _ in before ^ {(one[0], one[7]) for one in found}})


def recamp(db: Database, tags: Iterable[str]) -> None:
    """Let the articles that quote these people and organisations be counted again, whose camp has changed."""
    found = db.execute(
        "SELECT DISTINCT article FROM quotes WHERE tag IN (SELECT value FROM json_each(?))", (json.dumps([*tags]),)
    )
    counts.mark_articles_stale(db, [row[0] for row in found])


def _removed(db: Database, articles: Iterable[int]) -> set[tuple[int, str | None]]:
    """Remove the quotations of these articles; return each article with each tag that it quoted."""
    gone = db.execute(
        "DELETE FROM quotes WHERE article IN (SELECT value FROM json_each(?)) RETURNING article, tag",
        (json.dumps([*articles]),),
    )
    return {(row[0], row[1]) for row in gone.fetchall()}


def _found(row: Mapping[str, Any], tags: set[str], rulebook: Rulebook) -> list[tuple[Any, ...]]:
    """Return the quotations in an article's fields, as rows; what the body repeats of title or summary only once."""
    from tracker.analyse.quotes.extraction import quotations  # noqa: PLC0415  most polls bring no quotation

    known = _known(rulebook)
    rows: list[tuple[Any, ...]] = []
    brief: set[str] = set()
    for field in FIELDS:
        for one in quotations(row[field], row["language"]):
            tag = known.id_of(one.speaker) if one.speaker else None
            same = " ".join(bare(word) for word in re.findall(r"\w+", one.quote.casefold()))
            if field == "body" and same in brief:
                continue
            brief.add(same)
            rest = (one.quote, same, one.speaker, tag if tag in tags else None, one.cue, one.confidence)
            rows.append((row["id"], field, one.start, one.end, *rest))
    return rows


@lru_cache(1)
def _known(rulebook: Rulebook) -> "KnownSpeakers":
    """Return the people and organisations of a rulebook."""
    from tracker.analyse.quotes.known_speakers import KnownSpeakers  # noqa: PLC0415  likewise

    return KnownSpeakers(rulebook.tags)
