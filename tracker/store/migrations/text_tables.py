"""Tables of full texts, with evidence and quotations that stand in a body, and of who is quoted."""

TEXTS = """
CREATE TABLE texts (
    article INTEGER PRIMARY KEY REFERENCES articles(id),
    outcome TEXT NOT NULL,
    error TEXT,
    asked_at TEXT NOT NULL,
    next_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    read_at TEXT,
    sha256 TEXT,
    characters INTEGER,
    words INTEGER,
    etag TEXT,
    last_modified TEXT
) STRICT;
CREATE INDEX texts_next ON texts(next_at) WHERE next_at IS NOT NULL;
CREATE TABLE evidence_full (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id),
    tag TEXT NOT NULL REFERENCES tags(id),
    rule TEXT NOT NULL,
    field TEXT NOT NULL CHECK (field IN ('title', 'summary', 'body')),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    words TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT 'term' CHECK (role IN ('term', 'context')),
    passage TEXT
) STRICT;
INSERT INTO evidence_full SELECT id, article, tag, rule, field, start, "end", words, role, NULL FROM evidence;
DROP TABLE evidence;
ALTER TABLE evidence_full RENAME TO evidence;
CREATE INDEX evidence_article ON evidence(article);
CREATE TABLE quotes_full (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id),
    field TEXT NOT NULL CHECK (field IN ('title', 'summary', 'body')),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    words TEXT NOT NULL,
    same TEXT NOT NULL,
    speaker TEXT,
    tag TEXT REFERENCES tags(id),
    cue TEXT,
    confidence REAL NOT NULL
) STRICT;
INSERT INTO quotes_full SELECT * FROM quotes;
DROP TABLE quotes;
ALTER TABLE quotes_full RENAME TO quotes;
CREATE INDEX quotes_article ON quotes(article);
CREATE INDEX quotes_tag ON quotes(tag) WHERE tag IS NOT NULL;
CREATE INDEX quotes_speaker ON quotes(speaker) WHERE speaker IS NOT NULL;
CREATE INDEX quotes_same ON quotes(same);
"""

CAMPS = """
ALTER TABLE tags ADD COLUMN camp TEXT NOT NULL DEFAULT '';
CREATE TABLE camp_days (
    day TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES sources(id),
    camp TEXT NOT NULL,
    articles INTEGER NOT NULL,
    PRIMARY KEY (day, source, camp)
) STRICT, WITHOUT ROWID;
DELETE FROM countings;
"""

SPEAKERS = """
DROP VIEW IF EXISTS speakers;
CREATE TABLE speaker_counts (
    tag TEXT NOT NULL,
    speaker TEXT NOT NULL,
    quotations INTEGER NOT NULL DEFAULT 0,
    articles INTEGER NOT NULL DEFAULT 0,
    copies INTEGER NOT NULL DEFAULT 0,
    sources INTEGER NOT NULL DEFAULT 0,
    first_at TEXT,
    last_at TEXT,
    stale INTEGER NOT NULL DEFAULT 1 CHECK (stale IN (0, 1)),
    PRIMARY KEY (tag, speaker)
) STRICT, WITHOUT ROWID;
CREATE INDEX speaker_counts_stale ON speaker_counts(stale) WHERE stale = 1;
CREATE INDEX speaker_counts_most ON speaker_counts(quotations DESC, articles DESC);
CREATE TABLE quote_runs (
    run INTEGER NOT NULL,
    quote INTEGER NOT NULL,
    PRIMARY KEY (run, quote)
) STRICT, WITHOUT ROWID;
"""
