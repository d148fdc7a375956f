"""Detect copies and stories: articles that share a text or an event; no I/O."""
