"""Keep who is quoted in relevant articles, and which quotations repeat an earlier one."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tracker.analyse.tagging.rules import Rulebook
from tracker.models import FIELDS, Tagging
from tracker.store import counts
from tracker.store.connection import Database
from tracker.store.texts import bodies

if TYPE_CHECKING:
    from tracker.analyse.quotes.known_speakers import KnownSpeakers

_MARKS = re.compile("[\"“”„«»‘’‚']")
_COMPARED: Final = 30
"""Stored quotations that one is compared with: those that share most runs of words with it."""

_ALIKE = """
SELECT q.words, q.speaker, q.tag, q.same FROM quote_runs AS r JOIN quotes AS q ON q.id = r.quote
WHERE r.run IN (SELECT value FROM json_each(?)) GROUP BY q.id ORDER BY count(*) DESC, q.id LIMIT ?"""


class _Row(NamedTuple):
    """A quotation as stored, without what it repeats."""

    article: int
    field: str
    start: int
    end: int
    words: str
    speaker: str | None
    tag: str | None
    cue: str | None
    confidence: float


def keep(db: Database, taggings: Mapping[int, Tagging], rulebook: Rulebook) -> None:
    """Store the quotations in the relevant ones of these articles, in place of those stored before.

    A speaker gets a tag only if the article has it: a person's name alone may be a namesake's.
    """
    relevant = [article for article, tagging in taggings.items() if tagging.relevance != "none"]
    rows = db.query(
        "SELECT id, title, summary, language FROM articles WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(relevant),),
    )
    read = bodies(db, relevant)
    whole = [row | {"body": read.get(row["id"], "")} for row in rows]
    quoting = [row for row in whole if any(_MARKS.search(row[field]) for field in FIELDS)]
    found = {row["id"]: _found(row, set(taggings[row["id"]].tags), rulebook) for row in quoting}
    before = _stored(db, taggings)
    changed = [article for article in taggings if before.get(article, []) != found.get(article, [])]
    counts.mark_articles_stale(db, changed)
    _remove(db, changed)
    for article in changed:
        for one in found.get(article, ()):
            _insert(db, one)
    counts.mark_articles_stale(db, changed)


def recamp(db: Database, tags: Iterable[str]) -> None:
    """Let the articles that quote these people and organisations be counted again, whose camp has changed."""
    found = db.execute(
        "SELECT DISTINCT article FROM quotes WHERE tag IN (SELECT value FROM json_each(?))", (json.dumps([*tags]),)
    )
    counts.mark_articles_stale(db, [row[0] for row in found])


def compare_again(db: Database) -> None:
    """Find anew which of all stored quotations repeat an earlier one."""
    articles = [row[0] for row in db.execute("SELECT DISTINCT article FROM quotes ORDER BY article")]
    stored = _stored(db, articles)
    _remove(db, articles)
    for article in articles:
        for one in stored[article]:
            _insert(db, one)
    counts.mark_articles_stale(db, articles)


def _stored(db: Database, articles: Iterable[int]) -> dict[int, list[_Row]]:
    """Return the stored quotations of these articles, in the order of the texts."""
    stored: dict[int, list[_Row]] = defaultdict(list)
    for row in db.execute(
        """SELECT article, field, start, "end", words, speaker, tag, cue, confidence FROM quotes
        WHERE article IN (SELECT value FROM json_each(?)) ORDER BY id""",
        (json.dumps([*articles]),),
    ):
        stored[row[0]].append(_Row(*row))
    return stored


def _remove(db: Database, articles: Iterable[int]) -> None:
    """Remove the quotations of these articles."""
    from tracker.analyse.quotes.repeated import runs, words_of  # noqa: PLC0415  most polls bring no quotation

    gone = db.execute(
        "DELETE FROM quotes WHERE article IN (SELECT value FROM json_each(?)) RETURNING id, words",
        (json.dumps([*articles]),),
    ).fetchall()
    pairs = [(run, number) for number, words in gone for run in runs(words_of(words))]
    db.conn.executemany("DELETE FROM quote_runs WHERE run = ? AND quote = ?", pairs)


def _insert(db: Database, row: _Row) -> None:
    """Store a quotation and what it repeats."""
    from tracker.analyse.quotes.repeated import runs, words_of  # noqa: PLC0415  likewise

    words = words_of(row.words)
    told = runs(words)
    number = db.execute(
        """INSERT INTO quotes (article, field, start, "end", words, speaker, tag, cue, confidence, same)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (*row, _same(db, row, words, told)),
    ).lastrowid
    db.conn.executemany("INSERT OR IGNORE INTO quote_runs (run, quote) VALUES (?, ?)", [(run, number) for run in told])


def _same(db: Database, row: _Row, words: Sequence[str], told: Iterable[int]) -> str:
    """Return what a quotation has in common with those that it repeats: the words and speaker of the first one."""
    from tracker.analyse.quotes.repeated import likeness, words_of  # noqa: PLC0415  likewise

    who = _who(row.speaker, row.tag)
    best, same = 0.0, f"{' '.join(words)} — {who}"
    for other, speaker, tag, shared in db.execute(_ALIKE, (json.dumps([*told]), _COMPARED)):
        found = likeness(words, words_of(other), one_speaker=who == _who(speaker, tag) != "")
        if found > best:
            best, same = found, shared
    return same


def _who(speaker: str | None, tag: str | None) -> str:
    """Return what tells one speaker from others: the tag, or the last word of the name; empty if nobody is named."""
    return tag or (speaker or "").rpartition(" ")[2].casefold()


def _found(row: Mapping[str, Any], tags: set[str], rulebook: Rulebook) -> list[_Row]:
    """Return the quotations in an article's fields; what the body repeats of title or summary only once."""
    from tracker.analyse.quotes.extraction import quotations  # noqa: PLC0415  likewise
    from tracker.analyse.quotes.repeated import words_of  # noqa: PLC0415  likewise

    known = _known(rulebook)
    rows: list[_Row] = []
    brief: set[tuple[str, ...]] = set()
    for field in FIELDS:
        for one in quotations(row[field], row["language"]):
            tag = known.id_of(one.speaker) if one.speaker else None
            words = words_of(one.quote)
            if field == "body" and words in brief:
                continue
            brief.add(words)
            where = (row["id"], field, one.start, one.end)
            rows.append(_Row(*where, one.quote, one.speaker, tag if tag in tags else None, one.cue, one.confidence))
    return rows


@lru_cache(1)
def _known(rulebook: Rulebook) -> "KnownSpeakers":
    """Return the people and organisations of a rulebook."""
    from tracker.analyse.quotes.known_speakers import KnownSpeakers  # noqa: PLC0415  likewise

    return KnownSpeakers(rulebook.tags)
