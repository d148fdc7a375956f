"""Everything the tracker publishes: exports, releases, digests, alerts, feeds, and the words they share."""
