"""Keep who is quoted in relevant articles."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tracker.analyse.folding import bare
from tracker.analyse.tagging.rules import Rulebook
from tracker.models import FIELDS, Tagging
from tracker.store.connection import Database
from tracker.store.texts import bodies

if TYPE_CHECKING:
    from tracker.analyse.quotes.known_speakers import KnownSpeakers

_MARKS = re.compile("[\"“”„«»‘’‚']")


def keep(db: Database, taggings: Mapping[int, Tagging], rulebook: Rulebook) -> None:
    """Store the quotations in the relevant ones of these articles, in place of those stored before.

    A speaker gets a tag only if the article has it: a person's name alone may be a namesake's.
    """
    db.execute("DELETE FROM quotes WHERE article IN (SELECT value FROM json_each(?))", (json.dumps([*taggings]),))
    relevant = json.dumps([article for article, tagging in taggings.items() if tagging.relevance != "none"])
    rows = db.query(
        "SELECT id, title, summary, language FROM articles WHERE id IN (SELECT value FROM json_each(?))", (relevant,)
    )
    read = bodies(db, [article for article, tagging in taggings.items() if tagging.relevance != "none"])
    whole = [row | {"body": read.get(row["id"], "")} for row in rows]
    quoting = [row for row in whole if any(_MARKS.search(row[field]) for field in FIELDS)]
    db.conn.executemany(
        """INSERT INTO quotes (article, field, start, "end", words, same, speaker, tag, cue, confidence)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [found for row in quoting for found in _found(row, set(taggings[row["id"]].tags), rulebook)],
    )


def _found(row: Mapping[str, Any], tags: set[str], rulebook: Rulebook) -> list[tuple[object, ...]]:
    """Return the quotations in an article's fields, as rows; what the body repeats of title or summary only once."""
    from tracker.analyse.quotes.extraction import quotations  # noqa: PLC0415  most polls bring no quotation

    known = _known(rulebook)
    rows: list[tuple[object, ...]] = []
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
