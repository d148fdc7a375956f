"""Undo grouping, so that articles are regrouped in the next pass; call inside a transaction.

What was put right by hand stays: no article of such a story is touched.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from tracker.analyse.stories.copies import COPY_WINDOW
from tracker.models import Scope
from tracker.store import counts, grouped_words, stories
from tracker.store.appearance import BARE
from tracker.store.conditions import STATED_AT, WORDED_AT
from tracker.store.connection import Database
from tracker.store.grouping import SCOPES, keep_headline
from tracker.store.rounds import begun_at

_PLACED = "(SELECT from_story FROM story_changes UNION SELECT to_story FROM story_changes)"

# An article outside the scope is compared anew if it is a copy, or if one whose scope changed may be its original.
_SINCE = f"""
SELECT id FROM articles AS a WHERE story IS NOT NULL AND story NOT IN {_PLACED} AND {WORDED_AT} >= :since
    AND (grouped = 1 OR EXISTS (SELECT 1 FROM copies WHERE article = a.id)
        OR id IN (SELECT value FROM json_each(:changed))
        OR substr({BARE}, 1, 10) IN (SELECT value FROM json_each(:days)))"""  # noqa: S608  our own text


def regroup(db: Database, scope: Scope) -> int:
    """Let all articles since the round of the first whose scope changed be grouped as if it had been so from the start.

    Returns how many changed.
    """
    changed = db.execute(
        f"""SELECT id, {begun_at(WORDED_AT)}, substr({BARE}, 1, 10) FROM articles AS a
        WHERE story IS NOT NULL AND story NOT IN {_PLACED} AND coalesce(grouped, 0) <> {SCOPES[scope]}"""  # noqa: S608  our own text
    ).fetchall()
    if changed:
        wanted = {
            "since": min(row[1] for row in changed),
            "changed": json.dumps([row[0] for row in changed]),
            "days": json.dumps(sorted(_days_near({row[2] for row in changed}))),
        }
        reset(db, [row[0] for row in db.execute(_SINCE, wanted)])
        db.execute("UPDATE articles SET grouped = NULL WHERE story IS NULL")
        grouped_words.forget(db)
    return len(changed)


def reset(db: Database, articles: Sequence[int]) -> None:
    """Let these articles be regrouped; those later found to copy them are again compared with all."""
    ids = json.dumps(articles)
    these = "(SELECT value FROM json_each(:ids))"
    touched = [row[0] for row in db.execute(f"SELECT DISTINCT story FROM articles WHERE id IN {these}", {"ids": ids})]  # noqa: S608  our own text
    for statement in (
        f"""UPDATE articles SET story = id WHERE grouped = 0
            AND id IN (SELECT article FROM copies WHERE root IN {these})""",  # noqa: S608  our own text
        f"DELETE FROM copies WHERE article IN {these} OR root IN {these}",  # noqa: S608  our own text
        f"DELETE FROM story_links WHERE article IN {these}",  # noqa: S608  our own text
        f"UPDATE articles SET story = NULL WHERE id IN {these}",  # noqa: S608  our own text
    ):
        db.execute(statement, {"ids": ids})
    counts.mark_articles_stale(db, articles)
    grouped_words.remove(db, articles)
    for story in touched:
        keep_headline(db, story, stories.headline(db, story))


def reconsider(db: Database, articles: Iterable[int]) -> None:
    """Let those of these articles be grouped that their tags now bring into the scope.

    One whose words have changed since its publisher stated it is grouped with the articles of the round that brought
    them, any other with those of its own round.
    """
    db.execute(
        f"""UPDATE articles AS a SET story = NULL, grouped = NULL, worded_at = (SELECT max(to_at) FROM earlier_words
            WHERE article = a.id AND to_at > {STATED_AT})
        WHERE id IN (SELECT value FROM json_each(?)) AND grouped = 0 AND story = id AND {SCOPES["debate"]}""",  # noqa: S608  our own text
        (json.dumps([*articles]),),
    )


def _days_near(days: Iterable[str]) -> set[str]:
    """Return all days on which a copy of something from one of these days may have appeared."""
    reach = range(-COPY_WINDOW.days - 1, COPY_WINDOW.days + 2)
    return {str(date.fromisoformat(day) + timedelta(days=n)) for day in days for n in reach}
