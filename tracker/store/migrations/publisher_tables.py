"""What the migration that ties articles to their publishers makes, as SQL. Append-only, as tables.py is."""

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
