"""The rulebook as rows, and the re-application of the rules to every stored article."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracker.analyse.debate import Debate, Topic
from tracker.analyse.tagging.rules import Rulebook
from tracker.models import Tagging, utc_text
from tracker.store import articles, count_columns, counts, quotes, regrouping
from tracker.store.boilerplate import own_summaries
from tracker.store.connection import Database
from tracker.store.feeds import as_list
from tracker.store.texts import bodies

_BATCH = 1000


EXAMPLES = 5
"""Articles kept as examples of a gained and of a lost tag, each."""


@dataclass(slots=True)
class Change:
    """How many articles gained, lost and have a tag, with the ids of the first that gained or lost it."""

    gained: int = 0
    lost: int = 0
    gained_by: list[int] = field(default_factory=list)
    lost_by: list[int] = field(default_factory=list)
    now: int = 0

    def note(self, article: int, *, before: bool, after: bool) -> None:
        """Count an article that had the tag before, or has it after."""
        self.now += after
        if after and not before:
            self.gained += 1
            self.gained_by += [article] * (self.gained <= EXAMPLES)
        elif before and not after:
            self.lost += 1
            self.lost_by += [article] * (self.lost <= EXAMPLES)


@dataclass(slots=True)
class Difference:
    """What retagging changed: the number of articles, and the change in each tag and in relevance."""

    articles: int = 0
    by_tag: dict[str, Change] = field(default_factory=lambda: defaultdict(Change))
    relevance: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def changes(self) -> dict[str, Change]:
        """The tags that any article gained or lost, most changed first."""
        changed = [(tag, change) for tag, change in self.by_tag.items() if change.gained or change.lost]
        return dict(sorted(changed, key=lambda item: (-item[1].gained - item[1].lost, item[0])))

    @property
    def examples(self) -> list[int]:
        """The articles kept as examples."""
        return [one for change in self.changes.values() for one in (*change.gained_by, *change.lost_by)]

    def note(self, article: int, before: set[str], after: set[str]) -> None:
        """Count an article's tags before and after."""
        for tag in before | after:
            self.by_tag[tag].note(article, before=tag in before, after=tag in after)


def debate(db: Database) -> Debate:
    """Return the topics of the rulebook applied last, in its order."""
    rows = db.query(
        "SELECT id, coalesce(nullif(noun, ''), label) AS noun FROM tags WHERE facet = 'topic' ORDER BY position"
    )
    return Debate(tuple(Topic(**row) for row in rows))


def apply_rulebook(db: Database, rulebook: Rulebook, now: datetime) -> None:
    """Store the rulebook and its tags unless it was the last one applied; call inside a transaction."""
    last = next(db.query("SELECT hash FROM rulebooks ORDER BY applied_at DESC LIMIT 1"), None)
    if last is not None and last["hash"] == rulebook.hash:
        return
    db.execute(
        """INSERT INTO rulebooks (hash, applied_at, text) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET applied_at = excluded.applied_at""",
        (rulebook.hash, utc_text(now), rulebook.text),
    )
    camps = dict(db.execute("SELECT id, camp FROM tags").fetchall())
    articles.declare_tags(db, rulebook, {tag.id for tag in rulebook.tags})
    quotes.recamp(db, [tag.id for tag in rulebook.tags if camps.get(tag.id, "") != tag.camp])
    count_columns.fit(db, rulebook.topics)


def retag(
    db: Database, rulebook: Rulebook, now: datetime, progress: Callable[[int], None] = lambda _: None
) -> Difference:
    """Retag all articles by the rulebook and store the difference; call inside a transaction.

    `progress` is called with the size of each batch. Tags no longer in any rule are removed.
    """
    apply_rulebook(db, rulebook, now)
    difference = Difference()
    for tagging, changed in _retagged(db, rulebook, difference, progress):
        counts.mark_articles_stale(db, changed)
        articles.tag(db, tagging, rulebook)
    db.execute(
        "DELETE FROM tags WHERE id NOT IN (SELECT value FROM json_each(?))",
        (as_list(tag.id for tag in rulebook.tags),),
    )
    _record(db, difference, rulebook, now)
    return difference


def preview_retag(db: Database, rulebook: Rulebook, progress: Callable[[int], None] = lambda _: None) -> Difference:
    """Return what `retag` would change, and store nothing."""
    difference = Difference()
    for _ in _retagged(db, rulebook, difference, progress):
        pass
    return difference


def _retagged(
    db: Database, rulebook: Rulebook, difference: Difference, progress: Callable[[int], None]
) -> Iterator[tuple[dict[int, Tagging], list[int]]]:
    """Tag all articles by the rulebook and note the `difference`; yield the tagging of each batch, and those that
    changed."""
    for rows in _batches(db):
        before = _tags_of(db, rows[0]["id"], rows[-1]["id"])
        after = _tagged(db, rows, rulebook)
        changed = []
        for row in rows:
            tags, tagging = before[row["id"]], after[row["id"]]
            difference.note(row["id"], tags, set(tagging.tags))
            if row["relevance"] != tagging.relevance:
                difference.relevance[row["relevance"], tagging.relevance] += 1
            if row["relevance"] != tagging.relevance or tags != set(tagging.tags):
                changed.append(row["id"])
        difference.articles += len(rows)
        yield after, changed
        progress(len(rows))


def tag_again(db: Database, wanted: Iterable[int], rulebook: Rulebook) -> None:
    """Tag these articles, as when a full text of theirs was read."""
    rows = list(
        db.query(
            """SELECT id, source, title, summary, language FROM articles
            WHERE id IN (SELECT value FROM json_each(?))""",
            (json.dumps(list(wanted)),),
        )
    )
    counts.mark_articles_stale(db, [row["id"] for row in rows])
    articles.tag(db, _tagged(db, rows, rulebook), rulebook)
    counts.mark_articles_stale(db, [row["id"] for row in rows])


def tag_untagged(db: Database, rulebook: Callable[[], Rulebook], now: datetime) -> None:
    """Tag the articles whose words a database repair changed; the rulebook is loaded only if there are any."""
    rows = list(db.query("SELECT id, source, title, summary, language FROM articles WHERE rulebook IS NULL"))
    if rows:
        book = rulebook()
        apply_rulebook(db, book, now)
        articles.tag(db, _tagged(db, rows, book), book)
        counts.mark_articles_stale(db, [row["id"] for row in rows])
        regrouping.reconsider(db, [row["id"] for row in rows])


def titles_of(db: Database, wanted: Iterable[int]) -> dict[int, str]:
    """Return the titles of these articles by id."""
    rows = db.query(
        "SELECT id, title FROM articles WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(wanted)),)
    )
    return {row["id"]: row["title"] for row in rows}


def _record(db: Database, difference: Difference, rulebook: Rulebook, now: datetime) -> None:
    """Store what a retagging changed."""
    done = db.execute(
        "INSERT INTO retaggings (retagged_at, rulebook, articles) VALUES (?, ?, ?)",
        (utc_text(now), rulebook.hash, difference.articles),
    ).lastrowid
    db.conn.executemany(
        """INSERT INTO retagging_changes (retagging, tag, gained, lost, gained_by, lost_by)
        VALUES (?, ?, ?, ?, ?, ?)""",
        [
            (done, tag, change.gained, change.lost, json.dumps(change.gained_by), json.dumps(change.lost_by))
            for tag, change in difference.changes.items()
        ],
    )


def count_articles(db: Database) -> int:
    """Return how many articles there are to tag."""
    return int(next(db.query("SELECT count(*) AS n FROM articles"))["n"])


def _tagged(db: Database, rows: list[dict[str, Any]], rulebook: Rulebook) -> dict[int, Tagging]:
    """Return the rulebook's verdict on these articles, their sources' boilerplate left out."""
    summaries = own_summaries(db, [(row["source"], row["summary"]) for row in rows])
    read = bodies(db, [row["id"] for row in rows])
    return {
        row["id"]: rulebook.tag_whole(row["title"], summary, read.get(row["id"], ""), row["language"])
        for row, summary in zip(rows, summaries, strict=True)
    }


def _batches(db: Database) -> Iterator[list[dict[str, Any]]]:
    last = 0
    while rows := list(
        db.query(
            "SELECT id, source, title, summary, language, relevance FROM articles WHERE id > ? ORDER BY id LIMIT ?",
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
