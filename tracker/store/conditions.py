"""Terms that many statements share, as SQL: lists from the closed vocabularies, and the times at which articles count.

Two other times are elsewhere: what an article's publisher claims is `published_at`, and what of that can be believed is
`appearance.APPEARED`, which orders the articles of a story.
"""

from collections.abc import Iterable
from typing import Final

from tracker.models import RELEASING_KINDS, SUBJECT_FACETS
from tracker.outcomes import Outcome


def sql_list(values: Iterable[str]) -> str:
    """Return the right side of IN; the values are ours and contain no quotes."""
    return "('" + "', '".join(values) + "')"


OBSERVED: Final = sql_list(outcome.value for outcome in Outcome if outcome.observed)
"""The outcomes of polls that saw what the feed offered."""

UNREACHABLE: Final = sql_list(outcome.value for outcome in Outcome if outcome.unreachable)
"""The outcomes of polls that nothing answered."""

RELEVANCES: Final = "(SELECT 'both' AS value UNION ALL SELECT id FROM tags WHERE facet = 'topic')"
"""The relevances of relevant articles, as a table: listed, so that the index on them is used."""

SUBJECTS: Final = sql_list(SUBJECT_FACETS)
"""The facets of tags that say more of an article than its topics."""

RELEASING: Final = sql_list(RELEASING_KINDS)
"""The kinds of source whose own texts the press reprints."""

IMPORT: Final = "import:"
"""URL prefix of the feed under which a source's imported articles are sighted; it is never polled."""

POLLED: Final = f"url NOT LIKE '{IMPORT}%'"
"""Condition: a feed, `url` qualified by its table where needed, is one that is polled."""


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

WORDED_AT: Final = "coalesce(a.worded_at, a.stated_at, a.first_seen_at)"
"""Since when an article `a` has the words by which it is grouped: with the articles of that round."""
