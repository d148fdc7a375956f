"""A small database whose articles a test writes, with alerts on it; the outlets and texts are invented.

HOME is the time at which tests begin; before it the alerts have run once, so that what comes then is news.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database as Tables

from tracker.config.load import Config, load_text
from tracker.models import utc_text
from tracker.publish.alerts import job
from tracker.store.database import open_database

HOME = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

SOURCES = [("harbour", "national"), ("netzblick", "tech"), ("wire", "wire"), ("keys", "ngo")]

_SOURCE = "  - {{id: {0}, name: {0}, kind: {1}, country: GB, language: en, feeds: ['https://{0}.example/feed']}}"
HEAD = "settings: {contact: desk@example.org, timezone: Europe/London}\nsources:\n" + "\n".join(
    _SOURCE.format(*source) for source in SOURCES
)


@dataclass(slots=True)
class AlertDatabase:
    """A database and the alerts on it."""

    path: Path
    config: Config
    now: datetime = HOME
    articles: int = 0

    def run(self, now: datetime | None = None) -> str:
        """Let the alerts run."""
        self.now = now or self.now + 5 * MINUTE
        return job.run(self.config, self.path, self.now)

    def do(self, sql: str, *values: object) -> list[dict[str, Any]]:
        db = open_database(self.path)
        try:
            cursor = db.execute(sql, values)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor]
        finally:
            db.close()

    def article(
        self,
        title: str,
        *tags: str,
        story: int | None = None,
        source: str = "harbour",
        at: datetime | None = None,
        seen: datetime | None = None,
        **more: Any,
    ) -> int:
        """An article that came now, in a story of its own unless one is given; returns its number."""
        self.articles += 1
        number, seen = self.articles, seen or self.now
        row = {
            "id": number,
            "canonical_url": f"https://{source}.example/{number}",
            "url": more.get("url", f"https://{source}.example/{number}"),
            "source": source,
            "title": title,
            "summary": more.get("summary", ""),
            "language": more.get("language", "en"),
            "published_at": None if more.get("undated") else utc_text(at or seen),
            "date_quality": "absent" if more.get("undated") else "stated",
            "first_seen_at": utc_text(seen),
            "last_seen_at": utc_text(seen),
            "relevance": "encryption" if "encryption" in tags else "none",
        }
        db = open_database(self.path)
        with db.conn:
            Tables(db.conn)["articles"].insert(row)
            if story is None and not more.get("ungrouped"):
                Tables(db.conn)["stories"].insert(
                    {"id": number, "headline": number, "articles": 1, "sources": 1, "families": 1,
                     "first_at": utc_text(seen), "last_at": utc_text(seen)}
                )  # fmt: skip
            if not more.get("ungrouped"):
                db.execute("UPDATE articles SET story = ? WHERE id = ?", (story or number, number))
            feed = more.get("feed") or db.execute("SELECT id FROM feeds WHERE source = ?", (source,)).fetchone()[0]
            db.execute(
                "INSERT INTO sightings VALUES (?, ?, ?, '', ?, ?, 0)",
                (feed, f"g{number}", number, utc_text(seen), utc_text(seen)),
            )
            db.conn.executemany(
                "INSERT INTO article_tags (article, tag, score) VALUES (?, ?, 1)", [(number, tag) for tag in tags]
            )
            db.execute(
                "INSERT INTO articles_fts (rowid, title, summary) VALUES (?, ?, ?)", (number, title, row["summary"])
            )
        db.close()
        return number

    def move(self, article: int, story: int) -> None:
        """Put an article into a story, as grouping or somebody by hand does."""
        self.do("UPDATE articles SET story = ? WHERE id = ?", story, article)

    def deliveries(self) -> list[tuple[str, str, int]]:
        rows = self.do("SELECT key, outcome, attempts FROM deliveries ORDER BY key")
        return [(row["key"], row["outcome"], row["attempts"]) for row in rows]


def configuration(rest: str) -> Config:
    return load_text(f"{HEAD}\n{rest}", "feeds.yaml")


def alert_database(
    folder: Path, rest: str, *, begun: bool = True, tags: Sequence[str] = ("encryption", "nspcc", "meta")
) -> AlertDatabase:
    """A database whose feeds were polled for a month; its alerts have run once, if `begun`."""
    made = AlertDatabase(folder / "tracker.db", configuration(rest))
    db = open_database(made.path)
    with db.conn:
        for source, kind in SOURCES:
            Tables(db.conn)["sources"].insert({"id": source, "name": source.title(), "family": source, "kind": kind})
            feed = db.execute(
                "INSERT INTO feeds (url, source, last_poll_at, last_ok_at, last_outcome) VALUES (?, ?, ?, ?, 'ok')",
                (f"https://{source}.example/feed", source, utc_text(HOME), utc_text(HOME)),
            ).lastrowid
            for at in (HOME - 30 * DAY, HOME):
                db.execute("INSERT INTO polls (feed, started_at, outcome) VALUES (?, ?, 'ok')", (feed, utc_text(at)))
        for tag in tags:
            Tables(db.conn)["tags"].insert({"id": tag, "facet": "topic", "label": tag.title()})
    db.close()
    if begun and (made.config.alerts or made.config.operator_alerts):
        made.run(HOME)
    return made
