"""The policy timeline as rows: what happened in the debate on which day; for use inside a transaction."""

from collections.abc import Iterable

from sqlite_utils import Database

from tracker.analyse.timeline import Event


def declare(db: Database, events: Iterable[Event]) -> None:
    """Make the timeline that of these events, one for each day and title; nothing is written where it is already."""
    wanted = {(str(event.day), event.title): (event.url, event.tag) for event in events}
    stored = {(row[0], row[1]): (row[2], row[3]) for row in db.execute("SELECT day, title, url, tag FROM events")}
    if wanted == stored:
        return
    db.execute("DELETE FROM events")
    db.conn.executemany(
        "INSERT INTO events (day, title, url, tag) VALUES (?, ?, ?, ?)",
        [(*key, *value) for key, value in sorted(wanted.items())],
    )
