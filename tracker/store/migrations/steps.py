"""The tables and indexes, as an append-only list of migrations; the only module that creates them, and the views."""

from sqlite_utils import Database, Migrations

from tracker.store import appearance, sources
from tracker.store.articles import index_after
from tracker.store.migrations import (
    alert_tables,
    job_tables,
    later_tables,
    publisher_tables,
    repairs,
    tables,
)
from tracker.store.migrations.count_tables import COUNTS, SUMS
from tracker.store.views import VIEWS

migrations = Migrations("tracker")


@migrations()
def m001_tables_and_views(db: Database) -> None:
    """The first schema."""
    for statement in _statements(tables.TABLES):
        db.execute(statement)


@migrations()
def m002_continuity(db: Database) -> None:
    """What a feed's document held when last read, how it publishes, and gaps that are open or bridged."""
    for statement in _statements(tables.CONTINUITY):
        db.execute(statement)


@migrations()
def m003_tagging(db: Database) -> None:
    """Scores and near misses of tags, what each retagging changed, and how good tags are by hand-coded samples."""
    for statement in _statements(tables.TAGGING):
        db.execute(statement)


@migrations()
def m004_grouping(db: Database) -> None:
    """Copies and stories, why articles belong to them, and how often the words stand by which they are found."""
    for statement in _statements(tables.GROUPING):
        db.execute(statement)


@migrations()
def m005_versions(db: Database) -> None:
    """When each earlier version was first seen, and headlines that two feeds of one source show at once."""
    for statement in _statements(later_tables.VERSIONS):
        db.execute(statement)


@migrations()
def m006_counts(db: Database) -> None:
    """What is counted by day, source and tag, which days are stale, and the events of the policy timeline."""
    for statement in (*_statements(COUNTS), *SUMS):
        db.execute(statement)
    _make_views(db)


@migrations()
def m007_headlines(db: Database) -> None:
    """An index of changed headlines by when they changed."""
    db.execute("CREATE INDEX revisions_headlines ON revisions(replaced_at) WHERE title_changed")


@migrations()
def m008_relevant(db: Database) -> None:
    """An index of the relevant articles of each source, which are few among all."""
    db.execute("CREATE INDEX articles_relevant ON articles(source, published_at) WHERE relevance <> 'none'")


@migrations()
def m009_jobs(db: Database) -> None:
    """When which job ran and what came of it, and what was sent."""
    for statement in _statements(later_tables.JOBS):
        db.execute(statement)


@migrations()
def m010_earlier_words(db: Database) -> None:
    """Which words each article bore until when, so that the data can be seen as it stood at a moment."""
    for statement in _statements(later_tables.EARLIER_WORDS):
        db.execute(statement)
    _make_views(db)


@migrations()
def m011_scheduled(db: Database) -> None:
    """Since when each job is in the schedule."""
    for statement in _statements(job_tables.SCHEDULED):
        db.execute(statement)


@migrations()
def m012_retention(db: Database) -> None:
    """Of which articles the summary was removed because it was old."""
    for statement in _statements(later_tables.RETENTION):
        db.execute(statement)


@migrations()
def m013_alerts(db: Database) -> None:
    """Since when each alert watches for each of its recipients, and what could not be sent."""
    for statement in _statements(alert_tables.ALERTS):
        db.execute(statement)


@migrations()
def m014_publishers(db: Database) -> None:
    """Where sources publish, whose words an article bears, and what others call it."""
    for statement in _statements(publisher_tables.PUBLISHERS):
        db.execute(statement)
    repairs.encode_alike(db)
    sources.place(db, [])
    repairs.give_back(db)
    _make_views(db)


@migrations()
def m015_claims(db: Database) -> None:
    """When articles appeared whose dates cannot be right, and so in which order those of a story came."""
    for statement in _statements(later_tables.CLAIMS):
        db.execute(statement)
    appearance.settle_all(db)
    _make_views(db)


@migrations()
def m016_floods(db: Database) -> None:
    """What was left out where there was too much of it: words of a tag, new entries of a feed; and what is held."""
    for statement in _statements(later_tables.FLOODS):
        db.execute(statement)
    _make_views(db)


@migrations()
def m017_search(db: Database) -> None:
    """The search index holds letters as people type them; what it holds differently from the articles is kept."""
    for statement in _statements(later_tables.FOLDED_WORDS):
        db.execute(statement)
    index_after(db, 0)
    _make_views(db)


def _make_views(db: Database) -> None:
    """The views as views.py has them; the last migration that changes a table or a view makes them all anew."""
    for name, query in VIEWS.items():
        db.execute(f"DROP VIEW IF EXISTS {name}")
        db.execute(f"CREATE VIEW {name} AS {query}")


def known_migrations() -> set[str]:
    """The names of all migrations that this version can apply."""
    return {migration.name for migration in migrations.pending(Database(memory=True))}


def _statements(script: str) -> list[str]:
    """The statements of a script; executescript() would commit the migration's transaction half-way."""
    return [statement for part in script.split(";\n") if (statement := part.strip())]
