"""The boilerplate of each source, learned from its documents: passages it repeats under its articles.

Call every function inside a transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tracker.analyse.boilerplate import blanked, repeated
from tracker.models import Entry, utc_text
from tracker.store.connection import Database
from tracker.store.feeds import as_list

_MOST = 200
"""Most passages kept of one source, so that a document made of nothing else cannot fill the database."""


def learn(db: Database, source: str, entries: Sequence[Entry], now: datetime) -> None:
    """Add what a document of this source repeats; nothing is ever forgotten, so retagging gives what polling gave."""
    found = repeated((entry.title, entry.summary) for entry in entries if entry.outlet is None and entry.summary)
    if found:
        room = _MOST - db.execute("SELECT count(*) FROM boilerplate WHERE source = ?", (source,)).fetchone()[0]
        known = of_sources(db, [source])[source]
        new = [passage for passage in found if passage not in known][:room]
        db.conn.executemany(
            "INSERT INTO boilerplate (source, passage, learned_at) VALUES (?, ?, ?)",
            [(source, passage, utc_text(now)) for passage in new],
        )


def of_sources(db: Database, sources: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Return the boilerplate of each of these sources."""
    found: dict[str, set[str]] = {source: set() for source in sources}
    for row in db.query(
        "SELECT source, passage FROM boilerplate WHERE source IN (SELECT value FROM json_each(?))", (as_list(found),)
    ):
        found[row["source"]].add(row["passage"])
    return {source: frozenset(passages) for source, passages in found.items()}


def own_summaries(db: Database, summaries: Sequence[tuple[str, str]]) -> list[str]:
    """Return these summaries, given with their source, with its boilerplate blanked; offsets are those of the text as
    given.

    Code that tags or compares articles reads these.
    """
    known = of_sources(db, {source for source, _ in summaries})
    return [blanked(summary, known[source]) for source, summary in summaries]
