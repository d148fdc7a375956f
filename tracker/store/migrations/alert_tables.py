"""What the migration for alerts makes, as SQL. Append-only, as tables.py is."""

ALERTS = """
CREATE TABLE alert_watches (
    alert TEXT NOT NULL,
    recipient TEXT NOT NULL,
    meaning TEXT NOT NULL,
    since TEXT NOT NULL,
    ran_at TEXT NOT NULL,
    PRIMARY KEY (alert, recipient)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_failed ON deliveries(key) WHERE outcome = 'failed';
"""
