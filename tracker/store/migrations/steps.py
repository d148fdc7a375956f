"""Tables and indexes, as an append-only list of migrations; the only module that creates them.

A new one is a function at the end, decorated by `@_migration`. Views need none: they are recreated after the last step,
and whenever views.py says otherwise than the database.
"""

from collections.abc import Callable, Iterable

from tracker.store import appearance, count_columns, sources
from tracker.store.connection import Database
from tracker.store.migrations import later_tables, tables, text_tables
from tracker.store.search_index import index_after
from tracker.store.views import VIEWS

_Step = Callable[[Database], None]

TABLE = "_sqlite_migrations"
"""The table of what was applied, as sqlite-utils keeps it."""

_SET = "tracker"
_STEPS: dict[str, _Step] = {}


def _migration(step: _Step) -> _Step:
    """Append a migration to the list, under its function's name."""
    _STEPS[step.__name__] = step
    return step


@_migration
def m001_tables_and_views(db: Database) -> None:
    """The first schema."""
    for statement in _statements(tables.TABLES):
        db.execute(statement)


@_migration
def m002_continuity(db: Database) -> None:
    """What a feed's document held when last read, its publishing rhythm, and open or bridged gaps."""
    for statement in _statements(tables.CONTINUITY):
        db.execute(statement)


@_migration
def m003_tagging(db: Database) -> None:
    """Scores and near misses of tags, the effect of each retagging, and tag quality from hand-coded samples."""
    for statement in _statements(tables.TAGGING):
        db.execute(statement)


@_migration
def m004_grouping(db: Database) -> None:
    """Copies and stories, why articles belong to them, and the term frequencies used to find them."""
    for statement in _statements(tables.GROUPING):
        db.execute(statement)


@_migration
def m005_versions(db: Database) -> None:
    """When each earlier version was first seen, and different headlines that two feeds of a source show at once."""
    for statement in _statements(later_tables.VERSIONS):
        db.execute(statement)


@_migration
def m006_counts(db: Database) -> None:
    """Counts by day, source and tag, the stale days, and the events of the policy timeline."""
    for statement in (*_statements(tables.COUNTS), *tables.SUMS):
        db.execute(statement)


@_migration
def m007_headlines(db: Database) -> None:
    """An index of changed headlines by time of change."""
    db.execute("CREATE INDEX revisions_headlines ON revisions(replaced_at) WHERE title_changed")


@_migration
def m008_relevant(db: Database) -> None:
    """An index of the relevant articles of each source, few among all."""
    db.execute("CREATE INDEX articles_relevant ON articles(source, published_at) WHERE relevance <> 'none'")


@_migration
def m009_jobs(db: Database) -> None:
    """Job runs with their outcomes, and deliveries."""
    for statement in _statements(later_tables.JOBS):
        db.execute(statement)


@_migration
def m010_earlier_words(db: Database) -> None:
    """Which words each article bore until when, to show the data as of any moment."""
    for statement in _statements(later_tables.EARLIER_WORDS):
        db.execute(statement)


@_migration
def m011_scheduled(db: Database) -> None:
    """When each job was added to the schedule."""
    for statement in _statements(later_tables.SCHEDULED):
        db.execute(statement)


@_migration
def m012_retention(db: Database) -> None:
    """Which articles lost their summary to age."""
    for statement in _statements(later_tables.RETENTION):
        db.execute(statement)


@_migration
def m013_alerts(db: Database) -> None:
    """Since when each alert watches for each recipient, and an index of failed deliveries."""
    for statement in _statements(later_tables.ALERTS):
        db.execute(statement)


@_migration
def m014_publishers(db: Database) -> None:
    """Where each source publishes, which source's wording an article has, and how other sources title it."""
    for statement in _statements(later_tables.PUBLISHERS):
        db.execute(statement)
    from tracker.store.migrations import repairs  # noqa: PLC0415  an old database alone needs them

    repairs.normalize_addresses(db)
    sources.place(db, [])
    repairs.reassign(db)


@_migration
def m015_claims(db: Database) -> None:
    """When articles with impossible dates appeared, and so the order within a story."""
    for statement in _statements(later_tables.CLAIMS):
        db.execute(statement)
    appearance.settle_all(db)


@_migration
def m016_floods(db: Database) -> None:
    """What was left out for excess: words of a tag, new entries of a feed; and what is held."""
    for statement in _statements(later_tables.FLOODS):
        db.execute(statement)


@_migration
def m017_search(db: Database) -> None:
    """A search index of folded words; those that differ from the article's are stored."""
    for statement in _statements(later_tables.FOLDED_WORDS):
        db.execute(statement)
    index_after(db, 0)


@_migration
def m018_boilerplate(db: Database) -> None:
    """What each source repeats under its articles."""
    for statement in _statements(later_tables.BOILERPLATE):
        db.execute(statement)


@_migration
def m019_grouped(db: Database) -> None:
    """Which articles are grouped, the words by which they are found, and how common each word is."""
    for statement in _statements(later_tables.GROUPED):
        db.execute(statement)


@_migration
def m020_context(db: Database) -> None:
    """The context that a rule requires is called so in evidence and near misses too."""
    for statement in _statements(later_tables.CONTEXT):
        db.execute(statement)


@_migration
def m021_excluding(db: Database) -> None:
    """Which word ruled out a tag that an article narrowly missed."""
    for statement in _statements(later_tables.EXCLUDING):
        db.execute(statement)


@_migration
def m022_suggested_samples(db: Database) -> None:
    """Samples of articles that were suggested, not drawn at random; they measure nothing."""
    db.execute(
        "ALTER TABLE samples ADD COLUMN kind TEXT NOT NULL DEFAULT 'random' CHECK (kind IN ('random', 'suggested'))"
    )


@_migration
def m023_running_pages(db: Database) -> None:
    """Changes of running pages, such as live coverage, are a kind of their own."""
    for statement in _statements(later_tables.RUNNING):
        db.execute(statement)


@_migration
def m024_worded(db: Database) -> None:
    """Which articles only others have shown, and since when each has the words by which it is grouped."""
    for statement in _statements(later_tables.WORDED):
        db.execute(statement)


@_migration
def m025_unconditional(db: Database) -> None:
    """Which feeds' servers mishandle conditional requests."""
    db.execute("ALTER TABLE feeds ADD COLUMN unconditional INTEGER NOT NULL DEFAULT 0 CHECK (unconditional IN (0, 1))")


@_migration
def m026_cut_rounds(db: Database) -> None:
    """Which rounds were cut off, so that what continued them is grouped with them."""
    for statement in _statements(later_tables.CUT_ROUNDS):
        db.execute(statement)


@_migration
def m027_changes_left_out(db: Database) -> None:
    """In how many articles of a document words changed too often to be kept."""
    db.execute("ALTER TABLE polls ADD COLUMN changes_left_out INTEGER NOT NULL DEFAULT 0")


@_migration
def m028_reworded(db: Database) -> None:
    """Changes that put the same otherwise are a kind of their own; stored changes are classed anew."""
    for statement in _statements(later_tables.REWORDED):
        db.execute(statement)
    from tracker.store import revisions  # noqa: PLC0415  an old database alone needs it

    revisions.classify_again(db)


@_migration
def m029_unspaced(db: Database) -> None:
    """Words of Chinese and Japanese are found within a text; their articles are indexed anew."""
    from tracker.store import search_index  # noqa: PLC0415  an old database alone needs it

    search_index.index_unspaced_again(db)


@_migration
def m030_quotes(db: Database) -> None:
    """Who is quoted in titles and summaries; retagging fills it for what was stored before."""
    for statement in _statements(later_tables.QUOTES):
        db.execute(statement)


@_migration
def m031_relevant(db: Database) -> None:
    """How many articles of a day are relevant, whatever the topics are, and what these are called in sentences."""
    for statement in _statements(later_tables.RELEVANT):
        db.execute(statement)


@_migration
def m032_evidence(db: Database) -> None:
    """What is merely added to a headline no longer makes a change substantive; stored changes are classed anew."""
    from tracker.store import revisions  # noqa: PLC0415  an old database alone needs it

    revisions.classify_again(db)


@_migration
def m033_unspaced_asia(db: Database) -> None:
    """Words of Korean, Thai, Lao, Khmer and Burmese are found within a text, too."""
    from tracker.store import search_index  # noqa: PLC0415  an old database alone needs it

    search_index.index_unspaced_again(db)


@_migration
def m034_texts(db: Database) -> None:
    """Which full texts were asked for and read; evidence and quotations may stand in a body."""
    for statement in _statements(text_tables.TEXTS):
        db.execute(statement)


@_migration
def m035_camps(db: Database) -> None:
    """For which side a person or organisation speaks, and how many articles quote each side; days are counted anew."""
    for statement in _statements(text_tables.CAMPS):
        db.execute(statement)


@_migration
def m036_indexes_of_pages(db: Database) -> None:
    """Indexes of what pages read: the numbers of days, relevant articles by sighting, and what refers to an article."""
    for statement in count_columns.index_by_source(
        [count_columns.column_of(one) for one in count_columns.topics_counted(db)]
    ):
        db.execute(statement)
    for statement in _statements(later_tables.INDEXES_OF_PAGES):
        db.execute(statement)


@_migration
def m037_speakers(db: Database) -> None:
    """How often each speaker is quoted, and by which words quotations of the same statement are found."""
    for statement in _statements(text_tables.SPEAKERS):
        db.execute(statement)
    from tracker.store import quotes  # noqa: PLC0415  an old database alone needs it

    quotes.compare_again(db)


def known() -> list[str]:
    """Return the names of all migrations this version can apply, in order."""
    return list(_STEPS)


def applied(db: Database) -> list[str]:
    """Return the names of the migrations that were applied, in order; none if the database is not the tracker's."""
    if not list(db.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (TABLE,))):
        return []
    rows = db.query(f"SELECT name FROM {TABLE} WHERE migration_set = ? ORDER BY rowid", (_SET,))  # noqa: S608  a constant
    return [row["name"] for row in rows]


def pending(db: Database) -> list[str]:
    """Return the names of the migrations that a database lacks, in order."""
    done = {*applied(db)}
    return [name for name in _STEPS if name not in done]


def current(db: Database) -> bool:
    """Return whether tables and views are as this version wants them."""
    return not pending(db) and not _stale_views(db)


def apply(db: Database, *, stop_before: str | Iterable[str] = ()) -> None:
    """Apply the pending migrations in order, each in a transaction, up to the first one named in `stop_before`; without
    one, make the views too."""
    if pending(db):
        _remove_views(db)  # SQLite checks them against every table that is renamed
        _migrate(db, stop_before)
    if not stop_before:
        _make_views(db)


def _migrate(db: Database, stop_before: str | Iterable[str]) -> None:
    from sqlite_utils import Database as Full  # noqa: PLC0415  half of a command's start, needed only for an upgrade
    from sqlite_utils import Migrations  # noqa: PLC0415  likewise

    migrations = Migrations(_SET)
    for name, step in _STEPS.items():
        migrations(name=name)(lambda full, step=step: step(Database(full.conn)))
    migrations.apply(Full(db.conn), stop_before=stop_before)


def _stale_views(db: Database) -> list[str]:
    """Return the views that the database lacks or has in other words than views.py, in order."""
    stored = {row["name"]: row["sql"] for row in db.query("SELECT name, sql FROM sqlite_master WHERE type = 'view'")}
    return [name for name in VIEWS if stored.get(name) != _create(name)]


def _make_views(db: Database) -> None:
    """Make every view as in views.py; readers see all of the old ones or all of the new."""
    db.execute("BEGIN IMMEDIATE")
    for name in _stale_views(db):
        db.execute(f"DROP VIEW IF EXISTS {name}")
        db.execute(_create(name))
    db.execute("COMMIT")


def _remove_views(db: Database) -> None:
    """Remove every view of ours; those that a user added stay."""
    for name in VIEWS:
        db.execute(f"DROP VIEW IF EXISTS {name}")


def _create(name: str) -> str:
    """Return the statement as SQLite stores it."""
    return f"CREATE VIEW {name} AS {VIEWS[name]}".rstrip()


def _statements(script: str) -> list[str]:
    """Split a script into statements; executescript() would commit the migration's transaction halfway."""
    return [statement for part in script.split(";\n") if (statement := part.strip())]
