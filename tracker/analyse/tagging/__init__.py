"""Rules that give tags, and how good they are: no I/O."""
