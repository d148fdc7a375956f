"""The tables, as SQL, of the first migrations in steps.py. Complete: new SQL goes into later_tables.py."""

TABLES = """
CREATE TABLE sources (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    family TEXT NOT NULL,
    kind TEXT,
    country TEXT,
    language TEXT,
    declared INTEGER NOT NULL DEFAULT 1 CHECK (declared IN (0, 1))
) STRICT;

CREATE TABLE feeds (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL REFERENCES sources(id),
    every_seconds INTEGER,
    declared INTEGER NOT NULL DEFAULT 1 CHECK (declared IN (0, 1)),
    etag TEXT,
    last_modified TEXT,
    body_sha256 TEXT,
    moved_to TEXT,
    failures REAL NOT NULL DEFAULT 0,
    next_poll_at TEXT,
    last_poll_at TEXT,
    last_ok_at TEXT,
    last_new_at TEXT,
    last_outcome TEXT,
    last_error TEXT
) STRICT;
CREATE INDEX feeds_source ON feeds(source);

CREATE TABLE polls (
    id INTEGER PRIMARY KEY,
    feed INTEGER NOT NULL REFERENCES feeds(id),
    started_at TEXT NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    bytes INTEGER NOT NULL DEFAULT 0,
    ms INTEGER NOT NULL DEFAULT 0,
    entries INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    overlap INTEGER,
    charged REAL NOT NULL DEFAULT 0,
    error TEXT
) STRICT;
CREATE INDEX polls_feed ON polls(feed, started_at);
CREATE INDEX polls_started ON polls(started_at);

CREATE TABLE gaps (
    id INTEGER PRIMARY KEY,
    feed INTEGER NOT NULL REFERENCES feeds(id),
    from_at TEXT NOT NULL,
    to_at TEXT,
    reason TEXT NOT NULL CHECK (reason IN ('overflow', 'outage', 'error', 'paused'))
) STRICT;
CREATE INDEX gaps_feed ON gaps(feed, from_at);

CREATE TABLE rulebooks (
    hash TEXT PRIMARY KEY,
    applied_at TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE tags (
    id TEXT PRIMARY KEY,
    facet TEXT NOT NULL,
    label TEXT NOT NULL,
    about TEXT NOT NULL DEFAULT '',
    position INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    canonical_url TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES sources(id),
    title TEXT NOT NULL,
    summary TEXT NOT NULL DEFAULT '',
    author TEXT,
    language TEXT,
    published_at TEXT,
    published_raw TEXT,
    date_quality TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    relevance TEXT NOT NULL DEFAULT 'none',
    rulebook TEXT REFERENCES rulebooks(hash)
) STRICT;
CREATE INDEX articles_source ON articles(source, published_at);
CREATE INDEX articles_published ON articles(published_at);
CREATE INDEX articles_relevance ON articles(relevance, published_at);
CREATE INDEX articles_first_seen ON articles(first_seen_at);

CREATE TABLE links (
    canonical_url TEXT PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_article ON links(article);

CREATE TABLE sightings (
    feed INTEGER NOT NULL REFERENCES feeds(id),
    guid TEXT NOT NULL,
    article INTEGER NOT NULL REFERENCES articles(id),
    text_hash TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    PRIMARY KEY (feed, guid, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_article ON sightings(article);
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id),
    feed INTEGER NOT NULL REFERENCES feeds(id),
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    title_changed INTEGER NOT NULL CHECK (title_changed IN (0, 1)),
    seen_until TEXT NOT NULL,
    replaced_at TEXT NOT NULL
) STRICT;
CREATE INDEX revisions_article ON revisions(article);

CREATE TABLE article_tags (
    article INTEGER NOT NULL REFERENCES articles(id),
    tag TEXT NOT NULL REFERENCES tags(id),
    PRIMARY KEY (article, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_tags_tag ON article_tags(tag, article);

CREATE TABLE evidence (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id),
    tag TEXT NOT NULL REFERENCES tags(id),
    rule TEXT NOT NULL,
    field TEXT NOT NULL CHECK (field IN ('title', 'summary')),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    words TEXT NOT NULL
) STRICT;
CREATE INDEX evidence_article ON evidence(article);

CREATE VIRTUAL TABLE articles_fts USING fts5(
    title, summary, content="articles", content_rowid="id",
    tokenize="porter unicode61 remove_diacritics 2"
);
"""

CONTINUITY = """
ALTER TABLE feeds ADD COLUMN full_at TEXT;
ALTER TABLE feeds ADD COLUMN per_day REAL;
ALTER TABLE feeds ADD COLUMN usual_seconds INTEGER;
ALTER TABLE feeds ADD COLUMN stated_seconds INTEGER;
ALTER TABLE feeds ADD COLUMN shown TEXT NOT NULL DEFAULT '[]';
ALTER TABLE polls ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN requests INTEGER NOT NULL DEFAULT 1;
ALTER TABLE sightings ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
UPDATE feeds SET full_at = last_ok_at;
UPDATE feeds SET shown = (SELECT json_group_array(DISTINCT article) FROM sightings
    WHERE feed = feeds.id AND last_seen_at = (SELECT max(last_seen_at) FROM sightings WHERE feed = feeds.id))
    WHERE url NOT LIKE 'import:%';
CREATE INDEX articles_title ON articles(source, title);
DROP VIEW IF EXISTS feed_health;
CREATE TABLE gaps_002 (
    id INTEGER PRIMARY KEY,
    feed INTEGER NOT NULL REFERENCES feeds(id),
    from_at TEXT NOT NULL,
    to_at TEXT,
    reason TEXT NOT NULL CHECK (reason IN ('overflow', 'outage', 'error', 'paused', 'silent')),
    bridged INTEGER NOT NULL DEFAULT 0 CHECK (bridged IN (0, 1))
) STRICT;
INSERT INTO gaps_002 (id, feed, from_at, to_at, reason) SELECT id, feed, from_at, to_at, reason FROM gaps;
DROP TABLE gaps;
ALTER TABLE gaps_002 RENAME TO gaps;
CREATE INDEX gaps_feed ON gaps(feed, from_at);
CREATE UNIQUE INDEX gaps_open ON gaps(feed, reason = 'silent') WHERE to_at IS NULL;
"""

TAGGING = """
ALTER TABLE article_tags ADD COLUMN score INTEGER NOT NULL DEFAULT 0;
ALTER TABLE evidence ADD COLUMN role TEXT NOT NULL DEFAULT 'term' CHECK (role IN ('term', 'company'));
CREATE TABLE near_misses (
    article INTEGER NOT NULL REFERENCES articles(id),
    tag TEXT NOT NULL REFERENCES tags(id),
    missing TEXT NOT NULL CHECK (missing IN ('company', 'strength', 'exclusion')),
    words TEXT NOT NULL,
    PRIMARY KEY (article, tag, missing)
) STRICT, WITHOUT ROWID;
CREATE INDEX near_misses_tag ON near_misses(tag, article);
CREATE TABLE retaggings (
    id INTEGER PRIMARY KEY,
    retagged_at TEXT NOT NULL,
    rulebook TEXT NOT NULL REFERENCES rulebooks(hash),
    articles INTEGER NOT NULL
) STRICT;
CREATE TABLE retagging_changes (
    retagging INTEGER NOT NULL REFERENCES retaggings(id),
    tag TEXT NOT NULL,
    gained INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    gained_by TEXT NOT NULL,
    lost_by TEXT NOT NULL,
    PRIMARY KEY (retagging, tag)
) STRICT, WITHOUT ROWID;
CREATE TABLE samples (
    id INTEGER PRIMARY KEY,
    tag TEXT NOT NULL,
    drawn_at TEXT NOT NULL,
    rulebook TEXT NOT NULL,
    seed INTEGER NOT NULL
) STRICT;
CREATE TABLE sample_articles (
    sample INTEGER NOT NULL REFERENCES samples(id),
    article INTEGER NOT NULL REFERENCES articles(id),
    stratum TEXT NOT NULL CHECK (stratum IN ('tagged', 'near', 'rest')),
    stratum_size INTEGER NOT NULL,
    PRIMARY KEY (sample, article)
) STRICT, WITHOUT ROWID;
CREATE TABLE codings (
    sample INTEGER NOT NULL REFERENCES samples(id),
    article INTEGER NOT NULL REFERENCES articles(id),
    coder TEXT NOT NULL,
    answer INTEGER NOT NULL CHECK (answer IN (0, 1)),
    coded_at TEXT NOT NULL,
    PRIMARY KEY (sample, article, coder)
) STRICT, WITHOUT ROWID;
CREATE TABLE tag_quality (
    sample INTEGER PRIMARY KEY REFERENCES samples(id),
    tag TEXT NOT NULL,
    rulebook TEXT NOT NULL,
    measured_at TEXT NOT NULL,
    coded INTEGER NOT NULL,
    precision REAL,
    precision_low REAL,
    precision_high REAL,
    recall REAL,
    recall_low REAL,
    recall_high REAL,
    agreement REAL,
    kappa REAL,
    coders INTEGER NOT NULL
) STRICT;
CREATE INDEX tag_quality_tag ON tag_quality(tag, measured_at);
"""

GROUPING = """
ALTER TABLE articles ADD COLUMN story INTEGER REFERENCES articles(id);
ALTER TABLE articles ADD COLUMN agency TEXT;
CREATE INDEX articles_story ON articles(story) WHERE story IS NOT NULL;
CREATE INDEX articles_ungrouped ON articles(coalesce(published_at, first_seen_at), canonical_url) WHERE story IS NULL;
ALTER TABLE revisions ADD COLUMN kind TEXT NOT NULL DEFAULT 'substantive'
    CHECK (kind IN ('trivial', 'substantive', 'flip-flop'));
ALTER TABLE revisions ADD COLUMN words TEXT NOT NULL DEFAULT '[]';
ALTER TABLE revisions ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
ALTER TABLE revisions ADD COLUMN again_at TEXT;
CREATE TABLE copies (
    article INTEGER PRIMARY KEY REFERENCES articles(id),
    root INTEGER NOT NULL REFERENCES articles(id),
    why TEXT NOT NULL CHECK (why IN ('text', 'title', 'excerpt')),
    score REAL NOT NULL,
    found_at TEXT NOT NULL
) STRICT;
CREATE INDEX copies_root ON copies(root);
CREATE TABLE stories (
    id INTEGER PRIMARY KEY REFERENCES articles(id),
    headline INTEGER NOT NULL REFERENCES articles(id),
    articles INTEGER NOT NULL,
    sources INTEGER NOT NULL,
    families INTEGER NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL
) STRICT;
CREATE INDEX stories_last ON stories(last_at);
CREATE TABLE story_links (
    article INTEGER PRIMARY KEY REFERENCES articles(id),
    near INTEGER NOT NULL REFERENCES articles(id),
    why TEXT NOT NULL CHECK (why IN ('words', 'names', 'hand')),
    score REAL NOT NULL
) STRICT;
CREATE TABLE story_changes (
    id INTEGER PRIMARY KEY,
    changed_at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('merge', 'split')),
    from_story INTEGER NOT NULL,
    to_story INTEGER NOT NULL,
    articles TEXT NOT NULL
) STRICT;
CREATE TABLE term_counts (
    term TEXT PRIMARY KEY,
    articles INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE term_countings (
    id INTEGER PRIMARY KEY,
    counted_at TEXT NOT NULL,
    articles INTEGER NOT NULL,
    wording INTEGER NOT NULL
) STRICT;
"""

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
