"""The tables of counts, as SQL, of one migration in steps.py. Complete: new SQL goes into later_tables.py."""

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

_ADD = """
INSERT INTO days (day, articles, both_topics, encryption, child_safety, seen, watched)
VALUES (NEW.day, NEW.articles, NEW.both_topics, NEW.encryption, NEW.child_safety, ifnull(NEW.observed, 0),
    NEW.observed IS NOT NULL)
ON CONFLICT DO UPDATE SET articles = articles + excluded.articles, both_topics = both_topics + excluded.both_topics,
    encryption = encryption + excluded.encryption, child_safety = child_safety + excluded.child_safety,
    seen = seen + excluded.seen, watched = watched + excluded.watched;"""

_TAKE = """
UPDATE days SET articles = articles - OLD.articles, both_topics = both_topics - OLD.both_topics,
    encryption = encryption - OLD.encryption, child_safety = child_safety - OLD.child_safety,
    seen = seen - ifnull(OLD.observed, 0), watched = watched - (OLD.observed IS NOT NULL) WHERE day = OLD.day;"""

# Triggers contain semicolons, so each statement is an item of its own.
SUMS = (
    """CREATE TABLE days (
    day TEXT PRIMARY KEY,
    articles INTEGER NOT NULL,
    both_topics INTEGER NOT NULL,
    encryption INTEGER NOT NULL,
    child_safety INTEGER NOT NULL,
    seen REAL NOT NULL,
    watched INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    f"CREATE TRIGGER source_days_insert AFTER INSERT ON source_days BEGIN {_ADD} END",
    f"CREATE TRIGGER source_days_update AFTER UPDATE ON source_days BEGIN {_TAKE} {_ADD} END",
    f"CREATE TRIGGER source_days_delete AFTER DELETE ON source_days BEGIN {_TAKE} END",
)
"""The sums of source_days over all sources, kept by triggers: a page over years would add up half a million rows.
`seen` sums the observed shares, `watched` counts the sources that have one."""
