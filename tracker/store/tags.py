"""The rulebook as rows, and its re-application to every stored article."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from tracker.analyse.rules import Rulebook
from tracker.models import utc_text
from tracker.store import articles
from tracker.store.feeds import as_list

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """What re-tagging changed: how many articles there are, and for each tag how many gained and lost it."""

    articles: int
    gained: Counter[str]
    lost: Counter[str]
    relevance: Counter[tuple[str, str]]

    @property
    def tags(self) -> list[str]:
        """The tags that some article gained or lost, most changed first."""
        return [tag for tag, _ in (self.gained + self.lost).most_common()]


def apply_rulebook(db: Database, rulebook: Rulebook, now: datetime) -> None:
    """Make the rulebook and its tags known to the database, if another was applied last; inside a transaction."""
    last = next(db.query("SELECT hash FROM rulebooks ORDER BY applied_at DESC LIMIT 1"), None)
    if last is not None and last["hash"] == rulebook.hash:
        return
    db.execute(
        """INSERT INTO rulebooks (hash, applied_at, text) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET applied_at = excluded.applied_at""",
        (rulebook.hash, utc_text(now), rulebook.text),
    )
    articles.declare_tags(db, rulebook, {tag.id for tag in rulebook.tags})


def retag(
    db: Database, rulebook: Rulebook, now: datetime, progress: Callable[[int], None] = lambda _: None
) -> Difference:
    """Make the tags of all articles what the rulebook says, and return the difference; inside a transaction.

    `progress` hears of each batch how many articles it held. Tags that no rule gives any more are removed.
    """
    apply_rulebook(db, rulebook, now)
    gained: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    relevance: Counter[tuple[str, str]] = Counter()
    total = 0
    for rows in _batches(db):
        before = _tags_of(db, rows[0]["id"], rows[-1]["id"])
        after = {row["id"]: rulebook.tag(row["title"], row["summary"], row["language"]) for row in rows}
        for row in rows:
            old, new = before[row["id"]], set(after[row["id"]].tags)
            gained.update(new - old)
            lost.update(old - new)
            if row["relevance"] != after[row["id"]].relevance:
                relevance[row["relevance"], after[row["id"]].relevance] += 1
        articles.tag(db, after, rulebook)
        total += len(rows)
        progress(len(rows))
    db.execute(
        "DELETE FROM tags WHERE id NOT IN (SELECT value FROM json_each(?))",
        (as_list(tag.id for tag in rulebook.tags),),
    )
    return Difference(total, gained, lost, relevance)


def count_articles(db: Database) -> int:
    """How many articles there are to tag."""
    return int(next(db.query("SELECT count(*) AS n FROM articles"))["n"])


def _batches(db: Database) -> Iterator[list[dict[str, Any]]]:
    last = 0
    while rows := list(
        db.query(
            "SELECT id, title, summary, language, relevance FROM articles WHERE id > ? ORDER BY id LIMIT ?",
            (last, _BATCH),
        )
    ):
        yield rows
        last = rows[-1]["id"]


def _tags_of(db: Database, first: int, last: int) -> dict[int, set[str]]:
    tags: dict[int, set[str]] = defaultdict(set)
    for row in db.query("SELECT article, tag FROM article_tags WHERE article BETWEEN ? AND ?", (first, last)):
        tags[row["article"]].add(row["tag"])
    return tags
