"""Earlier titles and summaries as rows; call inside a transaction."""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, pairwise
from operator import itemgetter

from tracker.analyse.changes import Change, change, title_change
from tracker.analyse.compared_words import Version
from tracker.analyse.identity import Known
from tracker.analyse.running_pages import MANY_CHANGES, is_called_running
from tracker.models import utc_text
from tracker.store.boilerplate import own_summaries
from tracker.store.connection import Database

_WORDINGS = """
SELECT r.article, r.id, r.kind, r.title, r.summary, a.source FROM revisions AS r JOIN articles AS a ON a.id = r.article
UNION ALL SELECT id, NULL, NULL, title, summary, source FROM articles WHERE id IN (SELECT article FROM revisions)
ORDER BY 1, 2 NULLS LAST"""
"""The wordings of each article that has changed, the current one last."""


def keep(  # noqa: PLR0913  what a revision is made of
    db: Database, feed: int, earlier: Known, revised: Known, made: Change, between: tuple[datetime, datetime]
) -> None:
    """Store an article's earlier words as a revision, or count that they were replaced once more.

    They were replaced `between` the feed's last showing of them and now, and are taken to date from when the words
    before them were replaced.
    """
    known = {(row["title"], row["summary"]): row["id"] for row in _of(db, earlier.article)}
    seen_until, now = map(utc_text, between)
    if again := known.get((earlier.title, earlier.summary)):
        db.execute("UPDATE revisions SET again = again + 1, again_at = ? WHERE id = ?", (now, again))
        return
    db.execute(
        """INSERT INTO revisions (article, feed, title, summary, title_changed, seen_until, replaced_at, kind, words,
        first_seen_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, coalesce(
            (SELECT max(max(replaced_at, coalesce(again_at, ''))) FROM revisions WHERE article = ?1),
            (SELECT coalesce(stated_at, first_seen_at) FROM articles WHERE id = ?1))""",
        (
            earlier.article,
            feed,
            earlier.title,
            earlier.summary,
            title_change(earlier.title, revised.title) != "noise",
            seen_until,
            now,
            "flip-flop" if (revised.title, revised.summary) in known else made.kind,
            _listed(made),
        ),
    )


def changes_since(db: Database, article: int, moment: datetime) -> int:
    """Count the changes of an article's words since `moment`, and the headlines that feeds first showed beside its own
    since."""
    (number,) = db.execute(
        """SELECT (SELECT count(*) FROM earlier_words WHERE article = ?1 AND to_at > ?2)
        + (SELECT count(*) FROM variants WHERE article = ?1 AND first_seen_at > ?2)""",
        (article, utc_text(moment)),
    ).fetchone()
    return int(number)


def classify(db: Database, earlier: Known, revised: Known) -> Change:
    """Classify a change of an article's words, without what its source repeats under its articles."""
    before, after = own_summaries(db, [(one.source, one.summary) for one in (earlier, revised)])
    debate = db.execute("SELECT relevance <> 'none' FROM articles WHERE id = ?", (earlier.article,)).fetchone()[0]
    return change(Version(earlier.title, before), Version(revised.title, after), debate=bool(debate))


def note_running(db: Database, article: int, titles: Sequence[str]) -> None:
    """Mark an article's changes as those of a running page, if a title is called so or it has changed that often."""
    kinds = [row["kind"] for row in db.query("SELECT kind FROM revisions WHERE article = ?", (article,))]
    often = len(kinds) - kinds.count("trivial") >= MANY_CHANGES
    if often or "running" in kinds or any(map(is_called_running, titles)):
        db.execute("UPDATE revisions SET kind = 'running' WHERE article = ? AND kind <> 'trivial'", (article,))


def classify_again(db: Database) -> None:
    """Classify all stored changes as if they were made now; flip-flops, and those whose words were removed, stay."""
    for article, rows in groupby([*db.query(_WORDINGS)], key=itemgetter("article")):
        wordings = [*rows]
        for one, other in pairwise(wordings):
            earlier, later = (
                Known(article, row["title"], row["summary"], None, source=row["source"]) for row in (one, other)
            )
            made = classify(db, earlier, later)
            if one["kind"] in {"substantive", "reworded", "running"} and (
                made.kind != "noise" or (one["summary"] and other["summary"])
            ):
                kind = "trivial" if made.kind == "noise" else made.kind
                db.execute("UPDATE revisions SET kind = ?, words = ? WHERE id = ?", (kind, _listed(made), one["id"]))
        note_running(db, article, [row["title"] for row in wordings])


def keep_words(db: Database, earlier: Known, now: datetime) -> None:
    """Store the words an article bore until now, however trivial the change."""
    db.execute(
        """INSERT INTO earlier_words (article, title, summary, from_at, to_at) SELECT id, ?2, ?3,
        coalesce((SELECT max(to_at) FROM earlier_words WHERE article = ?1), stated_at, first_seen_at), ?4
        FROM articles WHERE id = ?1""",
        (earlier.article, earlier.title, earlier.summary, utc_text(now)),
    )


def _listed(made: Change) -> str:
    return json.dumps(made.words, ensure_ascii=False)


def _of(db: Database, article: int) -> list[dict[str, str]]:
    return list(db.query("SELECT id, title, summary FROM revisions WHERE article = ?", (article,)))
