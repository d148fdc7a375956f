"""Copies and stories: which articles share a text or an event; no I/O."""
