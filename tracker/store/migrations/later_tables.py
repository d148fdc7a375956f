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

# Of a headline that went back and forth before this table was there, only the first and the last stay are known.
EARLIER_WORDS = """
CREATE TABLE earlier_words (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id),
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    from_at TEXT NOT NULL,
    to_at TEXT NOT NULL
) STRICT;
CREATE INDEX earlier_words_article ON earlier_words(article, to_at);
WITH turns (article, at) AS (
    SELECT article, replaced_at FROM revisions UNION SELECT article, again_at FROM revisions WHERE again > 0
),
stays (article, title, summary, to_at) AS (
    SELECT article, title, summary, replaced_at FROM revisions
    UNION SELECT article, title, summary, again_at FROM revisions WHERE again > 0
)
INSERT INTO earlier_words (article, title, summary, from_at, to_at)
SELECT s.article, s.title, s.summary, coalesce(
    (SELECT max(t.at) FROM turns AS t WHERE t.article = s.article AND t.at < s.to_at), a.first_seen_at), s.to_at
FROM stays AS s JOIN articles AS a ON a.id = s.article ORDER BY s.to_at, s.article;
"""

RETENTION = """
ALTER TABLE articles ADD COLUMN summary_removed_at TEXT;
"""

# The index holds words as analyse.folding reduces them. Only what differs from the article's own is kept beside it: the
# index must be told exactly what it holds when that is to be taken out again.
FOLDED_WORDS = """
DROP TABLE articles_fts;
CREATE TABLE articles_fts_folded (
    article INTEGER PRIMARY KEY REFERENCES articles(id),
    title TEXT,
    summary TEXT
) STRICT;
CREATE VIEW articles_fts_words AS
SELECT a.id, coalesce(f.title, a.title) AS title, coalesce(f.summary, a.summary) AS summary
FROM articles AS a LEFT JOIN articles_fts_folded AS f ON f.article = a.id;
CREATE VIRTUAL TABLE articles_fts USING fts5(
    title, summary, content="articles_fts_words", content_rowid="id",
    tokenize="porter unicode61 remove_diacritics 2"
);
"""

CLAIMS = """
ALTER TABLE articles ADD COLUMN appeared_at TEXT;
DROP INDEX articles_ungrouped;
CREATE INDEX articles_ungrouped ON articles(coalesce(appeared_at, published_at, first_seen_at), canonical_url)
    WHERE story IS NULL;
"""

FLOODS = """
ALTER TABLE article_tags ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN new_per_day INTEGER;
ALTER TABLE polls ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;
CREATE TABLE floods (
    id INTEGER PRIMARY KEY,
    feed INTEGER NOT NULL REFERENCES feeds(id),
    from_at TEXT NOT NULL,
    to_at TEXT NOT NULL,
    articles INTEGER NOT NULL,
    left_out INTEGER NOT NULL,
    released_at TEXT
) STRICT;
CREATE INDEX floods_feed ON floods(feed, to_at);
"""
