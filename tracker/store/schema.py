"""The tables, indexes and views, as an append-only list of migrations; the only module that creates them."""

from sqlite_utils import Database, Migrations

migrations = Migrations("tracker")

_TABLES = """
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

_LABELS = """(SELECT json_group_array(t.label) FROM
        (SELECT tags.label FROM article_tags JOIN tags ON tags.id = article_tags.tag
         WHERE article_tags.article = a.id AND tags.facet = '{facet}' ORDER BY tags.position) AS t) AS {name}"""

_VIEWS = f"""
CREATE VIEW coverage AS
SELECT
    a.id,
    a.published_at,
    a.first_seen_at,
    s.name AS source,
    a.title,
    a.summary,
    a.relevance,
    (SELECT json_group_array(t.tag) FROM
        (SELECT article_tags.tag FROM article_tags JOIN tags ON tags.id = article_tags.tag
         WHERE article_tags.article = a.id ORDER BY tags.position) AS t) AS tags,
    {_LABELS.format(facet="theme", name="themes")},
    {_LABELS.format(facet="law", name="laws")},
    {_LABELS.format(facet="organisation", name="organisations")},
    {_LABELS.format(facet="person", name="people")},
    {_LABELS.format(facet="place", name="places")},
    a.url,
    a.author,
    a.language,
    s.kind,
    s.country,
    s.family,
    a.source AS source_id,
    a.last_seen_at,
    a.date_quality,
    (SELECT count(DISTINCT feed) FROM sightings WHERE sightings.article = a.id) AS feeds,
    (SELECT count(*) FROM revisions WHERE revisions.article = a.id AND title_changed) AS headline_changes,
    a.canonical_url,
    a.rulebook
FROM articles AS a JOIN sources AS s ON s.id = a.source;

CREATE VIEW feed_health AS
SELECT
    f.id,
    s.name AS source,
    f.url,
    CASE
        WHEN NOT f.declared THEN 'removed'
        WHEN f.last_poll_at IS NULL THEN 'never polled'
        WHEN f.last_outcome = 'gone' THEN 'gone'
        WHEN f.failures = 0 AND f.last_outcome IN ('dns-error', 'connection-error', 'timeout') THEN 'not reached'
        WHEN f.last_outcome NOT IN ('ok', 'not-modified', 'same-body') THEN 'failing'
        ELSE 'ok'
    END AS health,
    f.last_outcome,
    f.last_error,
    f.failures,
    f.last_poll_at,
    f.last_ok_at,
    f.last_new_at,
    f.next_poll_at,
    f.moved_to,
    (SELECT count(*) FROM polls WHERE polls.feed = f.id) AS polls,
    (SELECT count(*) FROM sightings WHERE sightings.feed = f.id) AS entries_seen,
    (SELECT count(*) FROM gaps WHERE gaps.feed = f.id) AS gaps,
    f.source AS source_id
FROM feeds AS f JOIN sources AS s ON s.id = f.source
WHERE f.url NOT LIKE 'import:%';

CREATE VIEW headline_changes AS
SELECT
    r.id,
    r.replaced_at,
    s.name AS source,
    r.title AS earlier_title,
    a.title AS latest_title,
    a.relevance,
    a.url,
    r.article
FROM revisions AS r JOIN articles AS a ON a.id = r.article JOIN sources AS s ON s.id = a.source
WHERE r.title_changed;
"""  # noqa: S608  built from constants above


@migrations()
def m001_tables_and_views(db: Database) -> None:
    """The first schema."""
    for statement in _statements(_TABLES + _VIEWS):
        db.execute(statement)


def known_migrations() -> set[str]:
    """The names of all migrations that this version can apply."""
    return {migration.name for migration in migrations.pending(Database(memory=True))}


def _statements(script: str) -> list[str]:
    """The statements of a script; executescript() would commit the migration's transaction half-way."""
    return [statement for part in script.split(";\n") if (statement := part.strip())]
