"""Parse search queries and rank articles by them; no I/O."""
