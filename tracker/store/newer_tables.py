"""What the migrations of schema.py from the fifth on make, as SQL. Append-only, as tables.py is."""

VERSIONS = """
ALTER TABLE revisions ADD COLUMN first_seen_at TEXT;
UPDATE revisions SET first_seen_at = coalesce(
    (SELECT max(earlier.replaced_at) FROM revisions AS earlier
        WHERE earlier.article = revisions.article AND earlier.id < revisions.id),
    (SELECT articles.first_seen_at FROM articles WHERE articles.id = revisions.article));
CREATE TABLE variants (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id),
    feed INTEGER NOT NULL REFERENCES feeds(id),
    title TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    other_feed INTEGER NOT NULL REFERENCES feeds(id),
    other_title TEXT NOT NULL,
    other_first_seen_at TEXT NOT NULL,
    other_last_seen_at TEXT NOT NULL,
    UNIQUE (article, feed, title, other_title)
) STRICT;
"""

JOBS = """
CREATE TABLE job_runs (
    id INTEGER PRIMARY KEY,
    job TEXT NOT NULL,
    due_at TEXT,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('running', 'done', 'failed', 'killed')),
    said TEXT
) STRICT;
CREATE INDEX job_runs_by_job ON job_runs(job, id);
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('digest', 'alert')),
    key TEXT NOT NULL UNIQUE,
    begun_at TEXT NOT NULL,
    ended_at TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('sending', 'sent', 'failed')),
    attempts INTEGER NOT NULL,
    said TEXT
) STRICT;
"""
