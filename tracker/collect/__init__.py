"""Fetch documents from the outside world, guard against it, parse them, and schedule the next poll."""
