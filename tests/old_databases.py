"""Databases as earlier versions of the tracker left them, with rows in them."""

import sqlite3
from pathlib import Path

from tracker.store.database import Database
from tracker.store.migrations import steps

MIGRATIONS = steps.known()

_ROWS = """
INSERT INTO sources (id, name, family, kind) VALUES ('press', 'Press', 'press', 'national');
INSERT INTO feeds (url, source, last_ok_at) VALUES ('https://press.example/feed', 'press', '2025-01-02T00:00:00Z');
INSERT INTO polls (feed, started_at, outcome, entries, new) VALUES (1, '2025-01-02T00:00:00Z', 'ok', 3, 3);
INSERT INTO gaps (feed, from_at, to_at, reason)
VALUES (1, '2025-01-01T00:00:00Z', '2025-01-02T00:00:00Z', 'overflow');
INSERT INTO rulebooks VALUES ('abc', '2025-01-02T00:00:00Z', '[]');
INSERT INTO tags (id, facet, label) VALUES ('encryption', 'topic', 'Encryption');
"""

_ARTICLE = """
INSERT INTO articles (canonical_url, url, source, title, summary, published_at, date_quality, first_seen_at,
last_seen_at, relevance, rulebook) VALUES ('https://press.example/{0}', 'https://press.example/{0}', 'press',
'Encryption {0}', 'Words on keys {0}', '2025-01-01T10:00:00Z', 'stated', '2025-01-02T00:00:00Z',
'2025-01-02T00:00:00Z', 'encryption', 'abc');
INSERT INTO sightings (feed, guid, article, text_hash, first_seen_at, last_seen_at)
VALUES (1, 'g{0}', {0}, 'h', '2025-01-02T00:00:00Z', '2025-01-02T00:00:00Z');
INSERT INTO article_tags (article, tag) VALUES ({0}, 'encryption');
INSERT INTO evidence (article, tag, rule, field, start, "end", words)
VALUES ({0}, 'encryption', 'encryption', 'title', 0, 10, 'Encryption');
INSERT INTO revisions (article, feed, title, summary, title_changed, seen_until, replaced_at)
VALUES ({0}, 1, 'Earlier {0}', '', 1, '2025-01-02T00:00:00Z', '2025-01-02T00:00:00Z');
"""


def make_old(path: Path, last: str, articles: int = 3) -> Path:
    """A database with these articles, of the schema whose last migration is `last`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    db = Database(sqlite3.connect(path))
    later = MIGRATIONS[MIGRATIONS.index(last) + 1 :]
    steps.apply(db, stop_before=later)
    with db.conn:
        for statement in (_ROWS + "".join(_ARTICLE.format(n) for n in range(1, articles + 1))).split(";\n"):
            db.conn.execute(statement)
        db.conn.execute("INSERT INTO articles_fts (rowid, title, summary) SELECT id, title, summary FROM articles")
    db.conn.execute("PRAGMA journal_mode = wal")
    db.close()
    return path
