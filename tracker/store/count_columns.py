"""The tables of counts that have a column for each topic: source_days and, summed over all sources, days.

They are derived, so when the topics change, both are made anew and every day is counted again. The column of a topic
has its id, with underscores for hyphens, and counts the articles on that topic alone.
"""

from collections.abc import Sequence
from datetime import date

from tracker.store.connection import Database

_OTHERS = frozenset({"day", "source", "articles", "both_topics", "observed"})


def topics_counted(db: Database) -> list[str]:
    """Return the topics that have a column, in its order."""
    columns = [row["name"] for row in db.query("PRAGMA table_info(source_days)")]  # without generated ones
    return [name.replace("_", "-") for name in columns if name not in _OTHERS]


def column_of(topic: str) -> str:
    """Return the column of a topic, quoted for SQL."""
    return f'"{topic.replace("-", "_")}"'


def fit(db: Database, topics: Sequence[str]) -> None:
    """Give the tables the columns of these topics and forget all counts, unless they have them; call inside a
    transaction."""
    if topics_counted(db) == list(topics):
        return
    for statement in _remade([column_of(topic) for topic in topics]):
        db.execute(statement)


def _remade(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the statements that make both tables anew, empty, with these columns of topics."""
    summed = ["articles", "both_topics", *columns]
    numbers = "".join(f"{name} INTEGER NOT NULL DEFAULT 0, " for name in summed)
    relevant = f"relevant INTEGER GENERATED ALWAYS AS ({' + '.join(['both_topics', *columns])}) VIRTUAL"
    add, take = _added(summed), _taken(summed)
    return (
        "DROP TABLE source_days",
        "DROP TABLE days",
        f"""CREATE TABLE source_days (day TEXT NOT NULL, source TEXT NOT NULL REFERENCES sources(id), {numbers}
        observed REAL, {relevant}, PRIMARY KEY (day, source)) STRICT, WITHOUT ROWID""",
        *index_by_source(columns),
        "CREATE INDEX source_days_both ON source_days(day, source, both_topics) WHERE both_topics > 0",
        f"""CREATE TABLE days (day TEXT PRIMARY KEY, {numbers} seen REAL NOT NULL, watched INTEGER NOT NULL, {relevant})
        STRICT, WITHOUT ROWID""",
        f"CREATE TRIGGER source_days_insert AFTER INSERT ON source_days BEGIN {add} END",
        f"CREATE TRIGGER source_days_update AFTER UPDATE ON source_days BEGIN {take} {add} END",
        f"CREATE TRIGGER source_days_delete AFTER DELETE ON source_days BEGIN {take} END",
        "DELETE FROM countings",
    )


def index_by_source(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the statements that index a source's days with all their numbers, given the columns of the topics."""
    numbers = ", ".join(("observed", "articles", "both_topics", *columns))
    return (
        "DROP INDEX IF EXISTS source_days_source",
        f"CREATE INDEX source_days_source ON source_days(source, day, {numbers})",
    )


def relevant_by_source(db: Database, first: date, last: date) -> dict[str, tuple[int, int]]:
    """Return the relevant and all articles of each source from the first to the last day, by source id.

    The column `relevant` cannot be read from the index, so its sum is written out.
    """
    relevant = " + ".join(("both_topics", *map(column_of, topics_counted(db))))
    rows = db.execute(
        f"""SELECT d.source, sum({relevant}), sum(articles) FROM sources AS s CROSS JOIN source_days AS d
        ON d.source = s.id AND d.day BETWEEN ? AND ? GROUP BY s.id""",  # noqa: S608  names of columns
        (str(first), str(last)),
    )
    return {source: (matching, total) for source, matching, total in rows}


def _added(numbers: Sequence[str]) -> str:
    """Return the statement of a trigger that adds a new row to its day."""
    new = ", ".join(f"NEW.{name}" for name in numbers)
    sums = ", ".join(f"{name} = {name} + excluded.{name}" for name in (*numbers, "seen", "watched"))
    return f"""INSERT INTO days (day, {", ".join(numbers)}, seen, watched)
        VALUES (NEW.day, {new}, ifnull(NEW.observed, 0), NEW.observed IS NOT NULL)
        ON CONFLICT DO UPDATE SET {sums};"""  # noqa: S608  names of columns


def _taken(numbers: Sequence[str]) -> str:
    """Return the statement of a trigger that takes an old row from its day."""
    sums = ", ".join(f"{name} = {name} - OLD.{name}" for name in numbers)
    return f"""UPDATE days SET {sums}, seen = seen - ifnull(OLD.observed, 0),
        watched = watched - (OLD.observed IS NOT NULL) WHERE day = OLD.day;"""  # noqa: S608  names of columns
