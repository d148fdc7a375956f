"""Exports for colleagues, programs and archives: stored data as CSV, JSON lines, Parquet or Excel."""
