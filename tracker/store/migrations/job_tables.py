"""What migration m010 makes, as SQL: since when each job is in the schedule, so that a new one waits for its time."""

SCHEDULED = """
CREATE TABLE jobs (
    job TEXT PRIMARY KEY,
    schedule TEXT NOT NULL,
    since_at TEXT NOT NULL
) STRICT;
CREATE INDEX job_runs_by_due ON job_runs(job, due_at);
"""
