"""What people type into the search, and how well an article answers it; no I/O."""
