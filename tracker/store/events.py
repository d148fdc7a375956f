"""The policy timeline as rows: what happened in the debate on which day; call inside a transaction."""

from collections.abc import Iterable

from tracker.analyse.timeline import Event
from tracker.store.connection import Database


def declare(db: Database, events: Iterable[Event]) -> None:
    """Replace the timeline by these events, one per day and title; write nothing if it is unchanged."""
    wanted = {(str(event.day), event.title): (event.url, event.tag) for event in events}
    stored = {(row[0], row[1]): (row[2], row[3]) for row in db.execute("SELECT day, title, url, tag FROM events")}
    if wanted == stored:
        return
    db.execute("DELETE FROM events")
    db.conn.executemany(
        "INSERT INTO events (day, title, url, tag) VALUES (?, ?, ?, ?)",
        [(*key, *value) for key, value in sorted(wanted.items())],
    )
