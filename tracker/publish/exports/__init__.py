"""Files for colleagues, programs and archives: what is stored, as CSV, JSON lines or Parquet."""
