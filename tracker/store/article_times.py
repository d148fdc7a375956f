"""The times by which articles count or become news, as SQL; each is stated here alone.

Two others are elsewhere: what an article's publisher claims is `published_at`, and what of that can be believed is
`appearance.APPEARED`, which orders the articles of a story.
"""

from typing import Final


def counted_at(of: str) -> str:
    """Return the time at which the article `of` counts: in figures, charts, exports, searches and digests.

    Its day, in the operator's time zone, is the article's day.
    """
    return f"coalesce({of}.published_at, {of}.first_seen_at)"


COUNTED_AT: Final = counted_at("a")
"""The same for an article `a`."""

COUNTED_BETWEEN: Final = """(
    SELECT id FROM articles INDEXED BY articles_published
    WHERE published_at >= :counted_since AND published_at < :counted_before
    UNION ALL SELECT id FROM articles INDEXED BY articles_undated
    WHERE published_at IS NULL AND first_seen_at >= :counted_since AND first_seen_at < :counted_before)"""
"""The articles that count in a time, by its indexes: SQLite finds none for the expression."""

STATED_AT: Final = "coalesce(a.stated_at, a.first_seen_at)"
"""When an article `a` came to us in its publisher's words; its first sighting if others showed it no earlier."""
