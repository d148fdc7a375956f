"""The SQL of the migrations in steps.py from the fifth on. Append-only: new SQL goes at the end."""

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

# If a headline went back and forth before this table existed, only its first and last periods are known.
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

# The index holds words folded by analyse.folding. Folded words that differ from the article's own are stored, because
# removing words from the index takes exactly what it holds.
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

SCHEDULED = """
CREATE TABLE jobs (
    job TEXT PRIMARY KEY,
    schedule TEXT NOT NULL,
    since_at TEXT NOT NULL
) STRICT;
CREATE INDEX job_runs_by_due ON job_runs(job, due_at);
"""

ALERTS = """
CREATE TABLE alert_watches (
    alert TEXT NOT NULL,
    recipient TEXT NOT NULL,
    meaning TEXT NOT NULL,
    since TEXT NOT NULL,
    ran_at TEXT NOT NULL,
    PRIMARY KEY (alert, recipient)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_failed ON deliveries(key) WHERE outcome = 'failed';
"""

PUBLISHERS = """
ALTER TABLE articles ADD COLUMN stated_by INTEGER REFERENCES feeds(id);
ALTER TABLE articles ADD COLUMN stated_at TEXT;
CREATE INDEX articles_stated ON articles(stated_at) WHERE stated_at IS NOT NULL;
CREATE TABLE domains (
    host TEXT NOT NULL,
    path TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES sources(id),
    declared INTEGER NOT NULL CHECK (declared IN (0, 1)),
    PRIMARY KEY (host, path, source, declared)
) STRICT, WITHOUT ROWID;
CREATE TABLE citations (
    article INTEGER NOT NULL REFERENCES articles(id),
    feed INTEGER NOT NULL REFERENCES feeds(id),
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    PRIMARY KEY (article, feed, title)
) STRICT, WITHOUT ROWID;
CREATE TABLE takeovers (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id),
    taken_at TEXT NOT NULL,
    from_source TEXT NOT NULL REFERENCES sources(id),
    from_feed INTEGER REFERENCES feeds(id),
    source TEXT NOT NULL REFERENCES sources(id),
    feed INTEGER NOT NULL REFERENCES feeds(id),
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    author TEXT,
    language TEXT,
    published_at TEXT
) STRICT;
CREATE INDEX takeovers_article ON takeovers(article);
CREATE INDEX articles_untagged ON articles(id) WHERE rulebook IS NULL;
UPDATE articles SET stated_by = (
    SELECT s.feed FROM sightings AS s JOIN feeds AS f ON f.id = s.feed JOIN articles AS a ON a.id = s.article
    WHERE s.article = articles.id ORDER BY f.source <> a.source, s.first_seen_at, s.feed LIMIT 1);
"""

BOILERPLATE = """
CREATE TABLE boilerplate (
    source TEXT NOT NULL REFERENCES sources(id),
    passage TEXT NOT NULL,
    learned_at TEXT NOT NULL,
    PRIMARY KEY (source, passage)
) STRICT, WITHOUT ROWID;
"""

GROUPED = """
ALTER TABLE articles ADD COLUMN grouped INTEGER CHECK (grouped IN (0, 1));
DROP INDEX articles_ungrouped;
CREATE INDEX articles_ungrouped ON articles(first_seen_at, coalesce(appeared_at, published_at, first_seen_at),
    canonical_url) WHERE story IS NULL;
CREATE INDEX articles_grouped ON articles(source, coalesce(appeared_at, published_at, first_seen_at))
    WHERE grouped = 1;
CREATE TABLE grouped_words (
    feature INTEGER NOT NULL,
    article INTEGER NOT NULL,
    PRIMARY KEY (feature, article)
) STRICT, WITHOUT ROWID;
CREATE TABLE term_days (
    term TEXT PRIMARY KEY,
    days INTEGER NOT NULL,
    recent INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
DELETE FROM term_countings;
UPDATE articles SET grouped = relevance <> 'none'
    OR EXISTS (SELECT 1 FROM near_misses AS n WHERE n.article = articles.id)
    OR EXISTS (SELECT 1 FROM article_tags AS t JOIN tags AS g ON g.id = t.tag
        WHERE t.article = articles.id AND g.facet IN ('law', 'organisation'))
    WHERE story IS NOT NULL;
"""

CONTEXT = """
CREATE TABLE evidence_020 (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id),
    tag TEXT NOT NULL REFERENCES tags(id),
    rule TEXT NOT NULL,
    field TEXT NOT NULL CHECK (field IN ('title', 'summary')),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    words TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT 'term' CHECK (role IN ('term', 'context'))
) STRICT;
INSERT INTO evidence_020 SELECT id, article, tag, rule, field, start, "end", words,
    iif(role = 'company', 'context', role) FROM evidence;
DROP TABLE evidence;
ALTER TABLE evidence_020 RENAME TO evidence;
CREATE INDEX evidence_article ON evidence(article);
CREATE TABLE near_misses_020 (
    article INTEGER NOT NULL REFERENCES articles(id),
    tag TEXT NOT NULL REFERENCES tags(id),
    missing TEXT NOT NULL CHECK (missing IN ('context', 'strength', 'exclusion')),
    words TEXT NOT NULL,
    PRIMARY KEY (article, tag, missing)
) STRICT, WITHOUT ROWID;
INSERT INTO near_misses_020 SELECT article, tag, iif(missing = 'company', 'context', missing), words FROM near_misses;
DROP TABLE near_misses;
ALTER TABLE near_misses_020 RENAME TO near_misses;
CREATE INDEX near_misses_tag ON near_misses(tag, article);
"""

EXCLUDING = """
ALTER TABLE near_misses ADD COLUMN excluding TEXT NOT NULL DEFAULT '';
"""

RUNNING = """
CREATE TABLE revisions_023 (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id),
    feed INTEGER NOT NULL REFERENCES feeds(id),
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    title_changed INTEGER NOT NULL CHECK (title_changed IN (0, 1)),
    seen_until TEXT NOT NULL,
    replaced_at TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'substantive'
        CHECK (kind IN ('trivial', 'substantive', 'flip-flop', 'running')),
    words TEXT NOT NULL DEFAULT '[]',
    again INTEGER NOT NULL DEFAULT 0,
    again_at TEXT,
    first_seen_at TEXT
) STRICT;
INSERT INTO revisions_023 SELECT id, article, feed, title, summary, title_changed, seen_until, replaced_at, kind,
    words, again, again_at, first_seen_at FROM revisions;
DROP TABLE revisions;
ALTER TABLE revisions_023 RENAME TO revisions;
CREATE INDEX revisions_article ON revisions(article);
CREATE INDEX revisions_headlines ON revisions(replaced_at) WHERE title_changed;
"""

WORDED = """
ALTER TABLE articles ADD COLUMN claimed INTEGER NOT NULL DEFAULT 0 CHECK (claimed IN (0, 1));
ALTER TABLE articles ADD COLUMN worded_at TEXT;
DROP INDEX articles_ungrouped;
CREATE INDEX articles_ungrouped ON articles(coalesce(worded_at, stated_at, first_seen_at)) WHERE story IS NULL;
CREATE INDEX articles_worded ON articles(worded_at) WHERE worded_at IS NOT NULL;
DROP INDEX articles_grouped;
CREATE INDEX articles_grouped ON articles(source, coalesce(worded_at, appeared_at, published_at, first_seen_at))
    WHERE grouped = 1;
"""

CUT_ROUNDS = """
CREATE TABLE cut_rounds (
    id INTEGER PRIMARY KEY,
    from_at TEXT NOT NULL,
    to_at TEXT
) STRICT;
"""

REWORDED = """
CREATE TABLE revisions_028 (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id),
    feed INTEGER NOT NULL REFERENCES feeds(id),
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    title_changed INTEGER NOT NULL CHECK (title_changed IN (0, 1)),
    seen_until TEXT NOT NULL,
    replaced_at TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'substantive'
        CHECK (kind IN ('trivial', 'substantive', 'flip-flop', 'running', 'reworded')),
    words TEXT NOT NULL DEFAULT '[]',
    again INTEGER NOT NULL DEFAULT 0,
    again_at TEXT,
    first_seen_at TEXT
) STRICT;
INSERT INTO revisions_028 SELECT id, article, feed, title, summary, title_changed, seen_until, replaced_at, kind,
    words, again, again_at, first_seen_at FROM revisions;
DROP TABLE revisions;
ALTER TABLE revisions_028 RENAME TO revisions;
CREATE INDEX revisions_article ON revisions(article);
CREATE INDEX revisions_headlines ON revisions(replaced_at) WHERE title_changed;
"""

QUOTES = """
CREATE TABLE quotes (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id),
    field TEXT NOT NULL CHECK (field IN ('title', 'summary')),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    words TEXT NOT NULL,
    same TEXT NOT NULL,
    speaker TEXT,
    tag TEXT REFERENCES tags(id),
    cue TEXT,
    confidence REAL NOT NULL
) STRICT;
CREATE INDEX quotes_article ON quotes(article);
CREATE INDEX quotes_tag ON quotes(tag) WHERE tag IS NOT NULL;
CREATE INDEX quotes_speaker ON quotes(speaker) WHERE speaker IS NOT NULL;
CREATE INDEX quotes_same ON quotes(same);
"""

RELEVANT = """
ALTER TABLE source_days
    ADD COLUMN relevant INTEGER GENERATED ALWAYS AS (both_topics + encryption + child_safety) VIRTUAL;
ALTER TABLE days ADD COLUMN relevant INTEGER GENERATED ALWAYS AS (both_topics + encryption + child_safety) VIRTUAL;
ALTER TABLE tags ADD COLUMN noun TEXT NOT NULL DEFAULT '';
UPDATE tags SET noun = CASE id WHEN 'encryption' THEN 'encryption' ELSE 'child safety' END
WHERE id IN ('encryption', 'child-safety');
"""

INDEXES_OF_PAGES = """
DROP INDEX tag_days_day;
CREATE INDEX tag_days_day ON tag_days(day, tag, source, articles);
DROP INDEX articles_undated;
CREATE INDEX articles_undated ON articles(first_seen_at, relevance) WHERE published_at IS NULL;
CREATE INDEX articles_relevant_seen ON articles(first_seen_at) WHERE relevance <> 'none';
CREATE INDEX stories_headline ON stories(headline);
CREATE INDEX story_links_near ON story_links(near);
"""
