"""Readers of feed formats: RSS, Atom, JSON Feed and news sitemaps."""
