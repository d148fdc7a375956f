"""Manual corrections of stories: merges and splits, each recorded; call inside a transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.errors import UsageError
from tracker.models import utc_text
from tracker.store.appearance import APPEARED
from tracker.store.connection import Database
from tracker.store.grouping import keep_headline


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a story; `copy_of` is the article it copies, if any."""

    id: int
    at: str
    source: str
    title: str
    copy_of: int | None


def story_of(db: Database, article: int) -> int:
    """Return the story of an article.

    Raises UsageError when there is no such article, or it is not grouped yet.
    """
    row = next(db.query("SELECT story FROM articles WHERE id = ?", (article,)), None)
    if row is None:
        raise UsageError(f"there is no article {article}; its number is in the address of its page")
    if row["story"] is None:
        raise UsageError(f"article {article} is not grouped yet; that happens at the end of the next round")
    return int(row["story"])


def members(db: Database, story: int) -> list[Member]:
    """Return the articles of a story in order of appearance."""
    rows = db.query(
        f"""SELECT a.id, {APPEARED} AS at, s.name AS source, a.title,
        (SELECT root FROM copies WHERE article = a.id) AS copy_of
        FROM articles AS a JOIN sources AS s ON s.id = a.source WHERE a.story = ? ORDER BY at, a.canonical_url""",  # noqa: S608  our own text
        (story,),
    )
    return [Member(**row) for row in rows]


def merge(db: Database, into: int, other: int, now: datetime) -> int:
    """Move all articles of `other`'s story into `into`'s, and return how many.

    Raises UsageError when they are already in one story.
    """
    kept, gone = story_of(db, into), story_of(db, other)
    if kept == gone:
        raise UsageError(f"articles {into} and {other} are already in one story")
    moved = [member.id for member in members(db, gone)]
    _move(db, "merge", moved, (gone, kept), now)
    _link(db, gone, kept)
    return len(moved)


def split(db: Database, articles: Sequence[int], now: datetime) -> int:
    """Make these articles of one story, and their copies, a story of their own; return its number.

    Raises UsageError when they are of several stories, or include the article that began theirs.
    """
    stories = {story_of(db, article) for article in articles}
    if len(stories) != 1:
        raise UsageError("the articles are of several stories; split those of one at a time")
    (left,) = stories
    if left in articles:
        raise UsageError(f"article {left} began the story, which has its number; split the others from it instead")
    moved = [one.id for one in members(db, left) if one.id in articles or one.copy_of in articles]
    _move(db, "split", moved, (left, min(articles)), now)
    db.execute("DELETE FROM story_links WHERE article = ?", (min(articles),))
    return min(articles)


def _move(db: Database, kind: str, articles: Sequence[int], stories: tuple[int, int], now: datetime) -> None:
    """Move articles from one story to another, and record the change."""
    gone, kept = stories
    ids = json.dumps(articles)
    db.execute("UPDATE articles SET story = ? WHERE id IN (SELECT value FROM json_each(?))", (kept, ids))
    db.execute(
        "INSERT INTO story_changes (changed_at, kind, from_story, to_story, articles) VALUES (?, ?, ?, ?, ?)",
        (utc_text(now), kind, gone, kept, ids),
    )
    for story in stories:
        keep_headline(db, story, headline(db, story))


def headline(db: Database, story: int) -> int:
    """Return the article whose headline represents a story: the current one if it is still a member."""
    rows = db.query(
        """SELECT headline FROM stories JOIN articles AS a ON a.id = headline AND a.story = stories.id
        WHERE stories.id = ?""",
        (story,),
    )
    return int(next(rows, {"headline": story})["headline"])


def _link(db: Database, began: int, story: int) -> None:
    """Record why the article that began a story is now in another."""
    db.execute(
        "INSERT OR REPLACE INTO story_links (article, near, why, score) VALUES (?, ?, 'hand', 1.0)", (began, story)
    )
