"""SQLite: the only package that knows sqlite-utils."""
