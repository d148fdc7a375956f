"""What a killed process or an upgrade left to do with stored articles: asked in every round, and rarely anything."""

from tracker.store.connection import Database


def is_untagged(db: Database) -> bool:
    """Return whether an article waits for its tags."""
    return db.execute("SELECT 1 FROM articles WHERE rulebook IS NULL LIMIT 1").fetchone() is not None


def is_ungrouped(db: Database) -> bool:
    """Return whether an article waits for its story."""
    return db.execute("SELECT 1 FROM articles WHERE story IS NULL LIMIT 1").fetchone() is not None
