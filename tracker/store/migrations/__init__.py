"""The tables, as an append-only list of migrations."""
