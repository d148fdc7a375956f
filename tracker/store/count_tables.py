"""The tables of what is counted, as SQL: what a migration of schema.py makes. Append-only."""

COUNTS = """
CREATE INDEX articles_undated ON articles(first_seen_at) WHERE published_at IS NULL;
CREATE TABLE source_days (
    day TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES sources(id),
    articles INTEGER NOT NULL DEFAULT 0,
    both_topics INTEGER NOT NULL DEFAULT 0,
    encryption INTEGER NOT NULL DEFAULT 0,
    child_safety INTEGER NOT NULL DEFAULT 0,
    observed REAL,
    PRIMARY KEY (day, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_days_source ON source_days(source, day);
CREATE INDEX source_days_both ON source_days(day, source, both_topics) WHERE both_topics > 0;
CREATE TABLE tag_days (
    tag TEXT NOT NULL,
    day TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES sources(id),
    articles INTEGER NOT NULL,
    PRIMARY KEY (tag, day, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_days_day ON tag_days(day);
CREATE INDEX tag_days_source ON tag_days(source, day, tag, articles);
CREATE TABLE stale_days (
    day TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE stale_sources (
    source TEXT PRIMARY KEY REFERENCES sources(id),
    day TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE watches (
    feed INTEGER PRIMARY KEY REFERENCES feeds(id),
    source TEXT NOT NULL REFERENCES sources(id),
    from_at TEXT NOT NULL,
    to_at TEXT NOT NULL
) STRICT;
CREATE INDEX watches_source ON watches(source);
CREATE TABLE countings (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    zone TEXT NOT NULL,
    counted_at TEXT NOT NULL,
    watched_until TEXT,
    last_gap INTEGER NOT NULL DEFAULT 0,
    open_gaps TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE TABLE events (
    day TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    tag TEXT,
    PRIMARY KEY (day, title)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_tag ON events(tag, day);
"""
